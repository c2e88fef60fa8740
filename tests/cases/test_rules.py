"""Every state × every mover × every event, against a table typed from the bureau's own description of a case.

The table in moves.txt is not read from the product: what it says has to be said there as well.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from hometeach.cases.rules import (
    MOVES,
    TABLE,
    Acting,
    Around,
    CaseStatus,
    Event,
    Given,
    Known,
    Mover,
    Need,
    Past,
    adopted_status,
    decide,
    may_activate,
    movers_of,
)
from hometeach.cases.rules.codes import ExitReason, PlacementForm, YearLine, line_of_exit, line_of_placement
from hometeach.cases.rules.moves import acts_as, waiting
from hometeach.cases.rules.needs import holding, is_done_here, last_change, met_needs
from hometeach.kernel.clock import Span
from hometeach.people.access import Grant, Role

#: Columns and remarks stand at the file's head.
EXPECTED = (Path(__file__).parent / "moves.txt").read_text(encoding="utf-8")
ROWS = {
    cells[0]: cells[1:]
    for line in EXPECTED.splitlines()
    if not line.startswith("#")
    for cells in [[cell.strip() for cell in f"{line} |".split("|")]]
}
STATES = [None, *CaseStatus]
EVERYTHING = frozenset(Need)
ASKED_BY_ANOTHER = dict.fromkeys(Event, "another")
TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 4, tzinfo=UTC)


def test_there_are_fourteen_states_and_a_row_for_every_event() -> None:
    assert len(CaseStatus) == 14
    assert set(ROWS) == {event.value for event in Event} == {move.event.value for move in TABLE}
    assert len(TABLE) == len(MOVES)


def test_every_state_every_mover_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    cells = 0
    for event, (sources, target, movers, *_rest) in ROWS.items():
        for status in STATES:
            for mover in (*Mover, None):
                acting = Acting("me", frozenset({mover} if mover else ()))
                refusal = decide(MOVES[Event(event)], status, acting, EVERYTHING, ASKED_BY_ANOTHER)
                stands_there = (status.value if status else "-") in sources.split()
                may = mover is not None and mover.value in movers.split()
                expected = "case:not_from_here" if not stands_there else None if may else "case:not_yours"
                assert (refusal.code if refusal else None) == expected, (event, status, mover)
                cells += 1
                if expected is None:
                    after = status if target == "=" else CaseStatus(target)
                    assert MOVES[Event(event)].target(status) is after, event
    assert cells >= 300
    with capsys.disabled():
        print(f"\ncases: {len(STATES)} states × {len(Mover) + 1} movers × {len(ROWS)} events = {cells} cells")


@pytest.mark.parametrize("event", ROWS)
def test_each_fact_that_is_missing_is_named(event: str) -> None:
    sources, _target, movers, needs, *_asked = ROWS[event]
    status = None if sources == "-" else CaseStatus(sources.split()[0])
    for mover in movers.split():
        acting = Acting("me", frozenset({Mover(mover)}))
        for need in needs.split():
            refusal = decide(MOVES[Event(event)], status, acting, EVERYTHING - {Need(need)}, ASKED_BY_ANOTHER)
            assert refusal is not None, (event, need)
            assert (refusal.code, refusal.need) == (f"case:{need}", Need(need))
        assert {need.value for need in MOVES[Event(event)].needs} == set(needs.split())


@pytest.mark.parametrize("event", [event for event, row in ROWS.items() if row[4]])
def test_who_asked_never_answers(event: str) -> None:
    sources, _target, movers, _needs, asked, *_rest = ROWS[event]
    move, status = MOVES[Event(event)], CaseStatus(sources.split()[0])
    acting = Acting("me", frozenset(Mover(one) for one in movers.split()))
    for one in asked.split():
        by_me = {**ASKED_BY_ANOTHER, Event(one): "me"}
        refusal = decide(move, status, acting, EVERYTHING, by_me)
        assert refusal is not None
        assert refusal.code == "case:both_sides"
        nobody_asked = {key: by for key, by in ASKED_BY_ANOTHER.items() if key is not Event(one)}
        refusal = decide(move, status, acting, EVERYTHING, nobody_asked)
        assert refusal is not None
        assert refusal.code == "case:not_asked"


def test_the_school_suspends_for_its_days_and_the_bureau_beyond() -> None:
    too_long = EVERYTHING - {Need.WITHIN_SCHOOLS_DAYS}
    head, officer = Acting("he", frozenset({Mover.HEAD})), Acting("bai", frozenset({Mover.OFFICER}))
    both = Acting("both", frozenset({Mover.HEAD, Mover.OFFICER}))
    move = MOVES[Event.SUSPEND]
    refusal = decide(move, CaseStatus.ACTIVE, head, too_long, ASKED_BY_ANOTHER)
    assert refusal is not None
    assert refusal.code == "case:within_schools_days"
    assert decide(move, CaseStatus.ACTIVE, officer, too_long, ASKED_BY_ANOTHER) is None
    assert decide(move, CaseStatus.ACTIVE, both, too_long, ASKED_BY_ANOTHER) is None
    assert acts_as(move, both, too_long) is Mover.OFFICER


def test_a_person_says_why_a_review_is_called_and_the_night_need_not() -> None:
    wordless, move = EVERYTHING - {Need.WORDS}, MOVES[Event.CALL_REVIEW]
    for mover, code in ((Mover.SYSTEM, None), (Mover.OFFICER, "case:words"), (Mover.COORDINATOR, "case:words")):
        refusal = decide(move, CaseStatus.ACTIVE, Acting("me", frozenset({mover})), wordless, {})
        assert (refusal.code if refusal else None) == code


def test_what_was_taken_back_goes_where_it_came_from() -> None:
    move = MOVES[Event.TAKE_BACK]
    assert move.target(CaseStatus.PLACEMENT_PENDING, CaseStatus.SUSPENDED) is CaseStatus.SUSPENDED
    assert move.target(CaseStatus.PLACEMENT_PENDING, CaseStatus.ACTIVE) is CaseStatus.ACTIVE


@pytest.mark.parametrize(
    ("history", "asked"),
    [
        ([], {}),
        ([(Event.ASK_SUSPENSION, "lin", False)], {Event.ASK_SUSPENSION: "lin"}),
        ([(Event.ASK_SUSPENSION, "lin", False), (Event.DECLINE_SUSPENSION, "he", False)], {}),
        ([(Event.ASK_SUSPENSION, "lin", False), (Event.SUSPEND, "he", True)], {}),
        (
            [(Event.WRITE_REVIEW, "lin", False), (Event.SIGN_REVIEW, "te", False)],
            {Event.WRITE_REVIEW: "lin", Event.SIGN_REVIEW: "te"},
        ),
        ([(Event.ASK_CLOSING, "he", True)], {Event.ASK_CLOSING: "he"}),
        ([(Event.WRITE_REVIEW, "lin", False), (Event.ASK_CLOSING, "he", True)], {Event.ASK_CLOSING: "he"}),
    ],
    ids=["nothing", "asked", "declined", "granted", "two asks", "asked by going on", "the case went on"],
)
def test_what_was_asked_waits_until_it_is_answered(
    history: list[tuple[Event, str, bool]], asked: dict[Event, str]
) -> None:
    assert waiting(history) == asked


def past(event: Event, *, on: date = TODAY, at: datetime = NOW, to: CaseStatus | None = None) -> Past:
    stays = CaseStatus.AGREEMENT_PENDING
    return Past(event, "he", stays if to is None else CaseStatus.ACTIVE, to or stays, at, on)


def is_met(need: Need, known: Known, **given: object) -> bool:
    return need in met_needs(Given(**{"done_on": TODAY, **given}), known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "met"), [((1, 2), False), ((1, 2, 2), False), ((1, 2, 3), True)], ids=["two", "one day twice", "three"]
)
def test_three_attempts_are_on_three_days(days: tuple[int, ...], met: bool) -> None:
    attempts = [past(Event.RECORD_ATTEMPT, on=date(2026, 11, day)) for day in days]
    assert is_met(Need.THREE_ATTEMPTS, Known(history=attempts)) is met


def test_attempts_of_an_earlier_try_do_not_count() -> None:
    earlier = [past(Event.RECORD_ATTEMPT, on=date(2026, 11, day)) for day in (1, 2, 3)]
    again = past(Event.PROPOSE_AGREEMENT, to=CaseStatus.AGREEMENT_PENDING)
    assert not is_met(Need.THREE_ATTEMPTS, Known(history=[*earlier, again]))


@pytest.mark.parametrize(
    ("hours", "met"), [(23.9, True), (24, True), (24.1, False)], ids=["before", "to the hour", "after"]
)
def test_a_withdrawal_is_taken_back_within_a_day(hours: float, met: bool) -> None:
    gone = past(Event.WITHDRAW, to=CaseStatus.PLACEMENT_PENDING)
    assert is_met(Need.WITHIN_A_DAY, Known(history=[gone], now=NOW + timedelta(hours=hours))) is met


def test_only_a_withdrawal_is_taken_back() -> None:
    opinion = past(Event.RECORD_OPINION, to=CaseStatus.PLACEMENT_PENDING)
    assert not is_met(Need.WITHIN_A_DAY, Known(history=[opinion], now=NOW))


def test_a_dispute_is_open_until_it_is_decided_on_an_opinion_given_since() -> None:
    raised, opinion, kept = map(past, (Event.RAISE_DISPUTE, Event.RECORD_SECOND_OPINION, Event.UPHOLD_PLACEMENT))
    for history, is_open, heard in (
        ([], False, False),
        ([raised], True, False),
        ([raised, opinion], True, True),
        ([raised, opinion, kept], False, False),
        ([raised, opinion, kept, raised], True, False),
    ):
        known = Known(history=history)
        assert is_met(Need.OPEN_DISPUTE, known) is is_open
        assert is_met(Need.NO_OPEN_DISPUTE, known) is not is_open
        assert is_met(Need.SECOND_OPINION, known) is heard


def test_what_was_answered_and_decided_holds_no_longer() -> None:
    raised, opinion, kept = map(past, (Event.RAISE_DISPUTE, Event.RECORD_SECOND_OPINION, Event.UPHOLD_PLACEMENT))
    asked, declined = past(Event.ASK_SUSPENSION), past(Event.DECLINE_SUSPENSION)
    for history, held in (
        ([raised, opinion], [Event.RECORD_SECOND_OPINION, Event.RAISE_DISPUTE]),
        ([raised, opinion, kept], [Event.UPHOLD_PLACEMENT]),
        ([asked], [Event.ASK_SUSPENSION]),
        ([asked, declined], [Event.DECLINE_SUSPENSION]),
        ([asked, past(Event.WITHDRAW, to=CaseStatus.PLACEMENT_PENDING)], []),
    ):
        assert holding(Known(history=history)) == held


def test_a_second_dispute_asks_for_an_opinion_of_its_own() -> None:
    raised, opinion = past(Event.RAISE_DISPUTE), past(Event.RECORD_SECOND_OPINION)
    move = MOVES[Event.RECORD_SECOND_OPINION]
    assert is_done_here(move, Known(history=[raised, opinion]))
    assert not is_done_here(move, Known(history=[raised, opinion, raised]))


@pytest.mark.parametrize(
    ("holds_from", "since"),
    [(date(2026, 11, 16), date(2026, 11, 16)), (TODAY, TODAY), (date(2026, 12, 4), TODAY)],
    ids=["noted later", "the same day", "from a day to come"],
)
def test_a_state_is_as_old_as_the_move_that_led_to_it(holds_from: date, since: date) -> None:
    suspended = past(Event.SUSPEND, on=holds_from, to=CaseStatus.SUSPENDED)
    asked_since = past(Event.ASK_RETURN, on=date(2026, 12, 9))
    assert last_change([suspended, asked_since], date(2026, 12, 1)) == since
    assert last_change([asked_since], TODAY) is None


@pytest.mark.parametrize(
    ("code", "unit", "met"),
    [("graduated", "", True), ("moved_out", "", False), ("moved_out", "邻县教育局", True), ("deceased", "", True)],
)
def test_a_receiving_unit_is_named_where_somebody_receives(code: str, unit: str, met: bool) -> None:
    assert is_met(Need.RECEIVING_UNIT, Known(), code=code, receiving_unit=unit) is met


@pytest.mark.parametrize(
    ("code", "ticked", "met"), [("deferred", False, False), ("deferred", True, True), ("mainstream", False, True)]
)
def test_schooling_is_put_off_on_the_guardians_application_only(code: str, ticked: bool, met: bool) -> None:
    assert is_met(Need.APPLICATION, Known(), code=code, ticked=frozenset({Need.APPLICATION} if ticked else ())) is met


@pytest.mark.parametrize(
    ("until", "met"), [(None, False), (TODAY, False), (TODAY + timedelta(days=1), True)], ids=["none", "same", "next"]
)
def test_the_return_lies_after_the_first_day(until: date | None, met: bool) -> None:
    assert is_met(Need.RETURN_DATE, Known(), until_on=until) is met


@pytest.mark.parametrize(
    ("asked", "met"), [(0, False), (30, True), (31, False)], ids=["nothing asked", "just", "a day more"]
)
def test_the_schools_days_end_at_the_bureaus_number(asked: int, met: bool) -> None:
    assert is_met(Need.WITHIN_SCHOOLS_DAYS, Known(days_asked=asked, days_by_school=30)) is met


def test_a_wish_to_withdraw_is_a_guardians_and_in_writing() -> None:
    known, ticked = Known(guardians=frozenset({"wu"})), frozenset({Need.FAMILYS_WISH})
    assert is_met(Need.FAMILYS_WISH, known, guardian="wu", ticked=ticked)
    assert not is_met(Need.FAMILYS_WISH, known, guardian="stranger", ticked=ticked)
    assert not is_met(Need.FAMILYS_WISH, known, guardian="wu")


def test_a_case_becomes_active_when_all_three_are_there() -> None:
    for agreement, plan, schedule in [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]:
        may = may_activate(
            agreement_in_force=bool(agreement), plan_approved=bool(plan), schedule_published=bool(schedule)
        )
        assert may is bool(agreement and plan and schedule)


def test_lists_alone_tell_three_states() -> None:
    assert adopted_status(agreement_in_force=False, suspended=True) is CaseStatus.AGREEMENT_PENDING
    assert adopted_status(agreement_in_force=True, suspended=True) is CaseStatus.SUSPENDED
    assert adopted_status(agreement_in_force=True, suspended=False) is CaseStatus.ACTIVE


SCHOOL, SPECIAL, OTHER = 1, 2, 3
AROUND = Around(school_id=SCHOOL, teacher_id=7, special_school_ids=frozenset({SPECIAL}))


@pytest.mark.parametrize(
    ("role", "unit", "head", "teacher", "movers"),
    [
        (Role.BUREAU_OFFICER, 9, False, None, {Mover.OFFICER}),
        (Role.SCHOOL_COORDINATOR, SCHOOL, True, None, {Mover.COORDINATOR, Mover.HEAD}),
        (Role.SCHOOL_COORDINATOR, SCHOOL, False, None, {Mover.COORDINATOR}),
        (Role.SCHOOL_COORDINATOR, OTHER, True, None, set()),
        (Role.SCHOOL_COORDINATOR, SPECIAL, False, None, {Mover.CENTRE}),
        (Role.TEACHER, SCHOOL, False, 7, {Mover.TEACHER}),
        (Role.TEACHER, SCHOOL, False, 8, set()),
        (Role.BUREAU_OFFICER, 9, False, 7, {Mover.OFFICER}),
        (Role.AUDITOR, 9, False, None, set()),
        (Role.RELIEF_CLERK, 9, False, None, set()),
        (Role.ADMINISTRATOR, 9, False, None, set()),
    ],
)
def test_roles_map_to_movers(role: Role, unit: int, head: bool, teacher: int | None, movers: set[Mover]) -> None:
    assert movers_of([Grant(role, unit, Span(TODAY), head)], teacher, AROUND) == movers


def test_every_exit_and_placement_has_its_line_in_the_yearly_table() -> None:
    assert {line_of_exit(reason) for reason in ExitReason} == {
        YearLine.SPECIAL_SCHOOL,
        YearLine.MAINSTREAM,
        YearLine.OTHER,
    }
    assert line_of_exit(ExitReason.GRADUATED) is YearLine.OTHER
    assert {line_of_placement(form) for form in PlacementForm} == set(YearLine)
