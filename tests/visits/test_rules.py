"""A session counts or it does not, and the first reason that applies is the one told."""

from dataclasses import replace
from datetime import date

import pytest

from hometeach.kernel.clock import Span
from hometeach.schedule.rules import Calendar, DeliveryRule, Metric, Mode, PeriodKind, Quota, RuleBook, Term
from hometeach.visits.rules import Confirmation, Session, judge_sessions, overlapping

TUESDAY = date(2026, 9, 8)
TERM = Term("2026-2027学年第一学期", Span(date(2026, 9, 1), date(2027, 1, 22)))
RULE = DeliveryRule("R", Span(date(2026, 9, 1)), 60, (Quota(PeriodKind.WEEK, Metric.SESSIONS, 1),))
AGREED = [Span(date(2026, 9, 1), date(2027, 1, 22))]


def session(
    number: str = "V1", day: date = TUESDAY, start: str = "15:00", minutes: int = 60, **values: object
) -> Session:
    hours, past = start.split(":")
    arrived = int(hours) * 3600 + int(past) * 60
    facts: dict[str, object] = {"child": "S1", "teachers": ("T1",), **values}
    return Session(number=number, day=day, arrived=arrived, left=arrived + minutes * 60, **facts)  # type: ignore[arg-type]


def verdicts(*sessions: Session, rule: DeliveryRule = RULE, agreed: list[Span] = AGREED, **facts: object) -> list[str]:
    judged = judge_sessions(
        sessions,
        book=RuleBook([rule], "S1", []),
        calendar=Calendar((TERM,)),
        agreed=agreed,
        suspended=facts.get("suspended", []),  # type: ignore[arg-type]
        clashing=overlapping([*sessions, *facts.get("others", [])]),  # type: ignore[misc]
    )
    by_number = {item.session.number: item.verdict.value for item in judged}
    return [by_number[one.number] for one in sessions]


@pytest.mark.parametrize(
    ("minutes", "seconds", "verdict"),
    [(60, 0, "counted"), (59, 0, "too_short"), (59, 59, "too_short"), (61, 0, "counted")],
    ids=["exactly the minimum counts", "one less does not", "whole minutes only", "more counts"],
)
def test_the_minimum_is_at_least(minutes: int, seconds: int, verdict: str) -> None:
    held = session(minutes=minutes)
    assert verdicts(held._replace(left=held.left + seconds)) == [verdict]


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        pytest.param({"void": True, "confirmation": Confirmation.DISPUTED}, "void", id="void before all"),
        pytest.param({"day": date(2026, 8, 25), "minutes": 10}, "no_rule", id="no rule in force that day"),
        pytest.param({"day": date(2027, 2, 2), "minutes": 10}, "outside_agreement", id="no agreement that day"),
        pytest.param({"confirmation": Confirmation.DISPUTED, "minutes": 10}, "disputed", id="a dispute before length"),
        pytest.param({"mode": Mode.REMOTE, "minutes": 10}, "mode_not_counted", id="its mode does not count"),
        pytest.param({"confirmation": Confirmation.UNCONFIRMED}, "counted", id="no confirmation asked for"),
    ],
)
def test_the_first_reason_is_the_verdict(changes: dict[str, object], verdict: str) -> None:
    assert verdicts(session(**changes)) == [verdict]  # type: ignore[arg-type]


def test_a_suspended_case_comes_before_a_dispute() -> None:
    held = session(confirmation=Confirmation.DISPUTED)
    assert verdicts(held, suspended=[Span(TUESDAY, TUESDAY)]) == ["suspended"]


def test_too_few_teachers_come_before_too_short() -> None:
    assert verdicts(session(minutes=10), rule=replace(RULE, min_teachers=2)) == ["too_few_teachers"]


@pytest.mark.parametrize("confirmation", [Confirmation.UNCONFIRMED, Confirmation.CONFIRMED])
def test_where_confirmation_is_required_only_a_confirmed_session_counts(confirmation: Confirmation) -> None:
    expected = "counted" if confirmation is Confirmation.CONFIRMED else "unconfirmed"
    assert verdicts(session(confirmation=confirmation), rule=replace(RULE, confirmation_required=True)) == [expected]


def test_both_of_an_overlapping_pair_are_told() -> None:
    first, second = session("V1", start="15:00"), session("V2", start="15:59")
    assert verdicts(first, second) == ["overlap", "overlap"]


def test_touching_ends_do_not_overlap() -> None:
    first, second = session("V1", start="15:00"), session("V2", start="16:00")
    assert verdicts(first, second) == ["counted", "over_daily_cap"]


def test_a_teacher_cannot_be_in_two_homes() -> None:
    elsewhere = session("V9", start="15:30", child="S2", teachers=("T1", "T2"))
    assert verdicts(session(), others=[elsewhere]) == ["overlap"]


def test_a_void_session_overlaps_nothing() -> None:
    assert verdicts(session("V1"), session("V2", void=True)) == ["counted", "void"]


def test_a_group_lesson_does_not_overlap_itself() -> None:
    elsewhere = session("V9", child="S2", group="G1")
    assert verdicts(session(group="G1"), others=[elsewhere]) == ["counted"]


def test_a_long_session_overlaps_all_that_it_spans() -> None:
    whole = session("V1", start="08:00", minutes=600)
    parts = [session("V2", start="09:00"), session("V3", start="12:00")]
    assert verdicts(whole, *parts) == ["overlap"] * 3


def test_the_earliest_of_a_day_counts_and_only_counted_ones_use_the_cap_up() -> None:
    short, first, second = (
        session("V3", start="08:00", minutes=30),
        session("V2", start="10:00"),
        session("V1", start="14:00"),
    )
    assert verdicts(short, first, second) == ["too_short", "counted", "over_daily_cap"]


def test_remote_sessions_count_up_to_the_cap_of_the_term() -> None:
    rule = replace(RULE, modes=frozenset({Mode.HOME, Mode.REMOTE}), remote_cap=2)
    days = [date(2026, 9, 22), date(2026, 9, 8), date(2026, 9, 15)]
    held = [session(f"V{n}", day, mode=Mode.REMOTE) for n, day in enumerate(days)]
    assert verdicts(*held, rule=rule) == ["over_remote_cap", "counted", "counted"]


def test_sessions_outside_any_term_share_one_remote_count() -> None:
    rule = replace(RULE, span=Span(date(2026, 1, 1)), modes=frozenset({Mode.REMOTE}), remote_cap=1)
    days = [date(2026, 8, 3), date(2026, 8, 10), date(2026, 9, 8), date(2027, 2, 2)]
    held = [session(f"V{n}", day, mode=Mode.REMOTE) for n, day in enumerate(days)]
    agreed = [Span(date(2026, 1, 1))]
    assert verdicts(*held, rule=rule, agreed=agreed) == ["counted", "over_remote_cap", "counted", "over_remote_cap"]
