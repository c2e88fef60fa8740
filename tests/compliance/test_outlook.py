"""What approving an absence would do, what can still be made up, and how open periods will end."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hometeach.compliance.rules import ChildFacts, Excuse, Ledger
from hometeach.compliance.rules.consequence import consequence
from hometeach.compliance.rules.debts import Debt, debts_of
from hometeach.compliance.rules.forecast import Outlook, PlannedSession, forecast
from hometeach.kernel.clock import Span
from hometeach.schedule.rules import DeliveryRule, Metric, PeriodKind, Quota, RuleBook, Slot
from hometeach.visits.rules import ExcuseEffect, Session
from tests.compliance.test_rules import (
    CALENDAR,
    WEEK,
    YEAR,
    days,
    facts_of_a_child,
    held,
    rule,
    some_rules,
)

TODAY = date(2026, 11, 23)  # a Monday
WEDNESDAY = date(2026, 11, 18)
SLOT = Slot(2, 900, 960, Span(date(2026, 9, 1)))
REDUCES, MAKE_UP = ExcuseEffect.REDUCES, ExcuseEffect.MAKE_UP
HOURS_OF_A_TERM = Quota(PeriodKind.TERM, Metric.CLASS_HOURS, 20)


def child(*rules: DeliveryRule, **facts: Any) -> ChildFacts:
    given = {"agreed": (Span(date(2026, 11, 2), date(2027, 1, 22)),), "slots": [SLOT], **facts}
    return ChildFacts(RuleBook(rules or (rule(),), "S1", []), **given)


def excuse(effect: ExcuseEffect, day: date = WEDNESDAY, minutes: int = 60) -> Excuse:
    return Excuse(day, effect, minutes)


TAUGHT = [held(date(2026, 11, 4)), held(date(2026, 11, 11))]


def debts(*excuses: Excuse, sessions: Any = (), on: date = TODAY, rules: Any = (), **facts: Any) -> list[Debt]:
    return debts_of(Ledger(CALENDAR), child(*rules, excuses=excuses, sessions=[*TAUGHT, *sessions], **facts), on)


def told(debt: Debt) -> tuple[date, bool, int, date, date]:
    return debt.missed_on, debt.is_absence, debt.amount, debt.days[0], debt.until


def test_an_approved_reason_takes_the_lesson_off_or_asks_for_a_make_up() -> None:
    reduced = consequence(Ledger(CALENDAR), child(), excuse(REDUCES))
    ((before, after),) = reduced.leading
    assert (before.required, before.excused, before.unaccounted) == (1, 0, 1)
    assert (after.required, after.excused, after.unaccounted) == (1, 1, 0)
    assert reduced.until is None
    asked = consequence(Ledger(CALENDAR), child(), excuse(MAKE_UP))
    assert [(after.excused, after.unaccounted) for _before, after in asked.leading] == [(0, 1)]
    assert asked.until == date(2026, 12, 2)


def test_where_the_week_was_taught_all_the_same_no_make_up_is_asked() -> None:
    taught = child(sessions=[held(date(2026, 11, 20))])
    assert consequence(Ledger(CALENDAR), taught, excuse(MAKE_UP)).until is None


def test_a_day_in_no_period_has_no_consequence() -> None:
    nothing = consequence(Ledger(CALENDAR), child(), excuse(REDUCES, date(2026, 8, 12)))
    assert (list(nothing.before), nothing.leading, nothing.until) == ([], [], None)


@given(some_rules, facts_of_a_child, days, st.sampled_from(ExcuseEffect), st.integers(0, 150))
def test_the_consequence_is_what_the_ledger_says_afterwards(
    rules: list[DeliveryRule], drawn: dict[str, Any], day: date, effect: ExcuseEffect, minutes: int
) -> None:
    facts = ChildFacts(RuleBook(rules, "S1", []), **drawn)
    approved = replace(facts, excuses=[*(one for one in facts.excuses if one.day != day), Excuse(day, effect, minutes)])
    expected = [row for row in Ledger(CALENDAR).rows(approved) if day in row.period]
    assert list(consequence(Ledger(CALENDAR), facts, Excuse(day, effect, minutes)).after) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({}, [(WEDNESDAY, False, 1, TODAY, date(2026, 12, 2))], id="a short week, by the hour missed"),
        pytest.param({"excuses": [excuse(REDUCES)]}, [], id="excused: nothing to make up"),
        pytest.param(
            {"excuses": [excuse(MAKE_UP)]},
            [(WEDNESDAY, True, 1, TODAY, date(2026, 12, 2))],
            id="an absence asks for it",
        ),
        pytest.param({"excuses": [excuse(MAKE_UP)], "sessions": [held(date(2026, 11, 20))]}, [], id="taught after all"),
        pytest.param(
            {"excuses": [excuse(MAKE_UP)], "sessions": [held(date(2026, 11, 22), makes_up_for=WEDNESDAY)]},
            [],
            id="made up",
        ),
        pytest.param(
            {"excuses": [excuse(MAKE_UP)], "sessions": [held(date(2026, 11, 22), minutes=59, makes_up_for=WEDNESDAY)]},
            [(WEDNESDAY, True, 1, TODAY, date(2026, 12, 2))],
            id="the make-up was too short",
        ),
        pytest.param(
            {"slots": []}, [(date(2026, 11, 22), False, 1, TODAY, date(2026, 12, 6))], id="no hour: the week's last day"
        ),
    ],
)
def test_what_can_still_be_made_up(facts: dict[str, Any], expected: list[Any]) -> None:
    sessions = [*TAUGHT, *facts.pop("sessions", [])]
    assert [told(one) for one in debts_of(Ledger(CALENDAR), child(sessions=sessions, **facts), TODAY)] == expected


@pytest.mark.parametrize(("on", "count"), [(date(2026, 12, 2), 1), (date(2026, 12, 3), 0)])
def test_on_its_last_day_it_can_be_made_up_and_the_day_after_it_cannot(on: date, count: int) -> None:
    since = [held(date(2026, 11, 25)), held(date(2026, 12, 2), number="V2")]
    assert len(debts(excuse(MAKE_UP), sessions=since, on=on)) == count


def test_two_absences_of_one_week_are_two_debts() -> None:
    thrice = rule(Quota(PeriodKind.WEEK, Metric.SESSIONS, 3))
    slots = [Slot(day, 900, 960, Span(date(2026, 11, 16))) for day in (1, 2, 3)]
    found = debts_of(
        Ledger(CALENDAR),
        child(
            thrice,
            slots=slots,
            agreed=[Span(date(2026, 11, 16), date(2026, 11, 20))],
            excuses=[excuse(MAKE_UP, date(2026, 11, 17)), excuse(MAKE_UP)],
        ),
        date(2026, 11, 18),
    )
    assert [(one.missed_on, one.amount) for one in found] == [(date(2026, 11, 17), 1), (WEDNESDAY, 1)]
    assert {one.until for one in found} == {date(2026, 11, 20)}, "the agreement ends"


def test_the_most_pressing_comes_first() -> None:
    found = debts_of(Ledger(CALENDAR), child(sessions=TAUGHT[:1]), TODAY)
    assert [one.missed_on for one in found] == [date(2026, 11, 11), WEDNESDAY]


@given(some_rules, facts_of_a_child, days, st.integers(0, 400))
def test_a_lesson_held_on_a_day_that_is_offered_repays_the_missed_date(
    rules: list[DeliveryRule], drawn: dict[str, Any], as_of: date, place: int
) -> None:
    ledger, facts = Ledger(CALENDAR), ChildFacts(RuleBook(rules, "S1", []), **drawn)
    for debt in debts_of(ledger, facts, as_of):
        assert debt.amount > 0
        assert min(debt.days) >= as_of
        day = debt.days[place % len(debt.days)]
        make_up = Session("M", "S1", day, 0, 9000, ("T1", "T2"), makes_up_for=debt.missed_on)
        (judged,) = ledger.judge(replace(facts, sessions=[make_up]))
        assert judged.is_counted
        assert ledger.credit(judged) == (debt.missed_on, True)


def planned(day: date, minutes: int = 60, makes_up_for: date | None = None) -> PlannedSession:
    return PlannedSession(day, 900, 900 + minutes, "T1", makes_up_for=makes_up_for)


def outlook(*plan: PlannedSession, rules: Any = (), sessions: Any = (), **facts: Any) -> Outlook:
    return forecast(Ledger(CALENDAR), child(*rules, sessions=sessions, **facts), plan, TODAY)[0]


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        pytest.param([], (0, 0, 1), id="nothing planned"),
        pytest.param([planned(date(2026, 11, 25))], (0, 1, 0), id="what is planned suffices"),
        pytest.param([planned(date(2026, 11, 25), 59)], (0, 0, 1), id="too short to count"),
        pytest.param([planned(date(2026, 11, 28))], (0, 0, 1), id="on a Saturday without teaching"),
        pytest.param([planned(date(2026, 11, 28), makes_up_for=WEDNESDAY)], (0, 0, 1), id="it repays another week"),
        pytest.param([planned(date(2026, 11, 30))], (0, 0, 1), id="next week"),
        pytest.param([planned(date(2026, 11, 20))], (0, 0, 1), id="past, and not written down"),
        pytest.param([planned(TODAY)], (0, 1, 0), id="today"),
    ],
)
def test_how_the_running_week_will_end(plan: list[PlannedSession], expected: tuple[int, int, int]) -> None:
    found = outlook(*plan)
    assert (found.given, found.planned, found.missing) == expected
    assert found.will_be_met is (expected[2] == 0)


def test_what_was_given_already_needs_no_plan() -> None:
    found = outlook(sessions=[held(TODAY)])
    assert (found.given, found.missing, found.is_met) == (1, 0, True)


def test_only_as_many_as_count_on_one_day_are_expected() -> None:
    twice = rule(Quota(PeriodKind.WEEK, Metric.SESSIONS, 2))
    same_day = [planned(date(2026, 11, 25)), PlannedSession(date(2026, 11, 25), 480, 540, "T1")]
    assert outlook(*same_day, rules=[twice]).missing == 1


def test_two_teachers_are_expected_where_the_rule_asks_for_two() -> None:
    assert outlook(planned(date(2026, 11, 25)), rules=[rule(min_teachers=2)]).will_be_met


def test_each_quota_has_an_outlook_of_its_own() -> None:
    both = rule(WEEK, HOURS_OF_A_TERM)
    plan = [planned(date(2026, 11, 25) + timedelta(weeks=n), 80) for n in range(5)]
    week, term = forecast(
        Ledger(CALENDAR), child(both, agreed=(YEAR,), sessions=[held(date(2026, 11, 4), 80)]), plan, TODAY
    )
    assert (week.quota, week.missing) == (WEEK, 0)
    assert (term.quota, term.given, term.planned, term.missing) == (HOURS_OF_A_TERM, 2, 10, 8)
    assert term.period.last == date(2027, 1, 22)


def test_what_is_excused_is_no_longer_due() -> None:
    found = outlook(excuses=[excuse(REDUCES, date(2026, 11, 25))])
    assert (found.due, found.missing, found.is_met) == (0, 0, True)


def test_a_period_that_asks_for_nothing_has_no_outlook() -> None:
    assert forecast(Ledger(CALENDAR), child(agreed=()), [planned(TODAY)], TODAY) == []


@given(some_rules, facts_of_a_child, st.lists(st.builds(planned, days, st.integers(1, 150)), max_size=10), days)
def test_if_all_of_the_plan_is_held_the_ledger_says_what_was_forecast(
    rules: list[DeliveryRule], drawn: dict[str, Any], plan: list[PlannedSession], as_of: date
) -> None:
    ledger, facts = Ledger(CALENDAR), ChildFacts(RuleBook(rules, "S1", []), **drawn)
    expected = [one for one in plan if one.day >= as_of and CALENDAR.is_teaching_day(one.day)]
    given = [
        Session(f"planned {n}", "S1", one.day, one.start_minute * 60, one.end_minute * 60, ("T1", "T2"))
        for n, one in enumerate(sorted(expected, key=lambda one: one[:3]))
    ]
    then = {
        (row.quota_no, row.quota.period, row.period): row
        for row in ledger.rows(replace(facts, sessions=[*facts.sessions, *given]))
    }
    for one in forecast(ledger, facts, plan, as_of):
        rows = [
            row for key, row in then.items() if key[1:] == (one.quota.period, one.period) and row.quota == one.quota
        ]
        assert one.missing in {row.unaccounted for row in rows}
        assert as_of in one.period
