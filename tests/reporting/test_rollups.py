"""What a year comes to: each figure from plain rows, missing where nothing is known."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hometeach.compliance.rules import Cause, RowVerdict
from hometeach.kernel.clock import Span
from hometeach.reporting.rollups import (
    DayFacts,
    LedgerFact,
    SessionFact,
    balance,
    bureau_rule,
    by_week,
    headline_quota,
    suppressed,
    taught,
    totals,
    weekly_quota,
    weekly_sessions,
    weeks_met,
)
from hometeach.schedule.rules import DeliveryRule, Metric, PeriodKind, Quota, RuleScope
from hometeach.visits.rules import Verdict

MONDAY = date(2026, 3, 2)
RULE = DeliveryRule("R", Span(date(2026, 1, 1)), 60, (Quota(PeriodKind.WEEK, Metric.SESSIONS, 1),))


def row(child: int = 1, week: int = 0, **facts) -> LedgerFact:
    """One child-week of one session, met unless told otherwise."""
    first = MONDAY + timedelta(weeks=week)
    defaults = {
        "kind": PeriodKind.WEEK,
        "metric": Metric.SESSIONS,
        "required": 1,
        "delivered": 1,
        "made_up": 0,
        "excused": 0,
        "unaccounted": 0,
        "surplus": 0,
        "invalid": 0,
        "verdict": RowVerdict.MET,
    }
    return LedgerFact(child=child, school=1, first=first, last=first + timedelta(days=6), **(defaults | facts))


SHORT = {"delivered": 0, "unaccounted": 1, "verdict": RowVerdict.SHORT, "causes": (0, 0, 0, 1)}
EXEMPT = {"delivered": 0, "excused": 1, "verdict": RowVerdict.EXEMPT}
OPEN = {"delivered": 0, "unaccounted": 1, "verdict": RowVerdict.OPEN}


def session(child: int = 1, day: date = MONDAY, verdict: Verdict = Verdict.COUNTED, **facts) -> SessionFact:
    """One session of two class hours, counted unless told otherwise."""
    defaults = {"school": 1, "class_hours": 2, "repays": False, "teachers": (1,)}
    return SessionFact(child=child, day=day, verdict=verdict, **(defaults | facts))


def test_only_counted_sessions_make_children_teachers_hours_and_make_ups() -> None:
    sums = taught(
        [
            session(1, teachers=(1, 2)),
            session(1, day=MONDAY + timedelta(days=7), repays=True),
            session(2, verdict=Verdict.TOO_SHORT, teachers=(3,), repays=True),
            session(3, verdict=Verdict.VOID),
        ]
    )
    assert sums == (3, 2, 4, 1, 1, 2)


def test_open_rows_stand_outside_and_exempt_rows_outside_the_rate() -> None:
    over = balance([row(), row(2, **SHORT), row(3, **EXEMPT), row(4, **OPEN)])
    assert (over.rows, over.met, over.short, over.exempt) == (3, 1, 1, 1)
    assert (over.required, over.unaccounted) == (3, 1)
    assert over.rate == over.share_met == 50.0
    assert over.cause(Cause.NOTHING) == 1


def test_what_is_given_beyond_what_is_owed_does_not_lift_the_rate() -> None:
    over = balance([row(delivered=3, surplus=2), row(2, **SHORT)])
    assert over.rate == 50.0
    assert over.surplus == 2


def test_a_rate_of_nothing_is_missing() -> None:
    assert balance([]).rate is None
    assert balance([row(**EXEMPT)]).share_met is None
    assert weeks_met([row(**OPEN)]) is None


def test_a_child_week_is_met_only_where_every_weekly_quota_is() -> None:
    hours = {"metric": Metric.CLASS_HOURS}
    assert weeks_met([row(), row(**hours)]) == 100.0
    assert weeks_met([row(), row(**hours, **SHORT)]) == 0.0
    assert weeks_met([row(), row(**hours, **EXEMPT)]) == 100.0
    assert weeks_met([row(), row(kind=PeriodKind.MONTH, **SHORT)]) == 100.0


def test_a_percentage_is_half_up_to_one_decimal() -> None:
    assert weeks_met([row(n) for n in range(1)] + [row(n, **SHORT) for n in range(1, 16)]) == 6.3


def test_an_empty_county_has_noughts_where_it_counted_and_nothing_where_it_could_not() -> None:
    figures = totals([], [], DayFacts())
    assert figures["A4-03"] == figures["A4-10"] == 0
    assert figures["A4-01"] is figures["A4-05"] is figures["A4-07"] is figures["A4-13"] is None


def test_the_day_s_figures_are_those_of_the_day() -> None:
    day = DayFacts(
        agreed=frozenset({1, 2, 3}),
        suspended=frozenset({3, 9}),
        agreements=4,
        scheduled=frozenset({1, 3, 8}),
        files_complete=frozenset({2, 8}),
        rule=RULE,
    )
    figures = totals([], [], day)
    assert [figures[f"A4-{n:02d}"] for n in (1, 2, 4, 7, 8, 9)] == [1, 60, 2, 1, 4, 1]


def test_the_rule_of_the_bureau_is_the_one_that_took_effect_last() -> None:
    newer = DeliveryRule("N", Span(date(2026, 9, 1)), 80, RULE.quotas)
    school = DeliveryRule("S", Span(date(2026, 9, 2)), 40, RULE.quotas, RuleScope.SCHOOL, "X01")
    assert bureau_rule([RULE, newer, school], date(2026, 11, 23)) is newer
    assert bureau_rule([RULE, newer, school], date(2026, 3, 1)) is RULE
    assert bureau_rule([newer], date(2026, 3, 1)) is None


def test_a_rule_without_a_weekly_quota_says_nothing_by_the_week() -> None:
    monthly = DeliveryRule("M", Span(MONDAY), 60, (Quota(PeriodKind.MONTH, Metric.SESSIONS, 2),))
    assert (weekly_quota(RULE), weekly_quota(monthly), weekly_quota(None)) == (1, None, None)


def test_the_report_leads_with_the_weekly_sessions_else_with_the_shortest_period() -> None:
    monthly = row(kind=PeriodKind.MONTH, metric=Metric.CLASS_HOURS)
    assert headline_quota([monthly, row()]) == (PeriodKind.WEEK, Metric.SESSIONS)
    assert headline_quota([monthly]) == (PeriodKind.MONTH, Metric.CLASS_HOURS)
    assert headline_quota([]) is None
    assert weekly_sessions([monthly, row()]) == [row()]


def test_a_week_of_a_school_says_how_many_children_stand_how() -> None:
    weeks = [Span(MONDAY, MONDAY + timedelta(days=6)), Span(MONDAY + timedelta(days=7), MONDAY + timedelta(days=13))]
    first, second = by_week([row(), row(2, **SHORT), row(3, **EXEMPT)], weeks)
    assert first is not None
    assert (first.rows, first.met, first.short, first.exempt_excused, first.nothing) == (3, 1, 1, 1, 1)
    assert second is None


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        pytest.param({"a": 5, "b": 0, "c": 3}, {"a": 5, "b": 0, "c": 3}, id="none is small"),
        pytest.param({"a": 5, "b": 2, "c": 4}, {"a": 5, "b": None, "c": None}, id="the next smallest hides it"),
        pytest.param({"a": 1, "b": 2, "c": 4}, {"a": None, "b": None, "c": 4}, id="two hide each other"),
        pytest.param({"a": 1, "b": 0}, {"a": None, "b": 0}, id="nothing else to hide"),
    ],
)
def test_a_count_that_points_at_a_child_is_hidden_and_cannot_be_taken_from_the_total(counts, shown) -> None:
    assert suppressed(counts, below=3) == shown


numbers = st.integers(0, 5)


@given(st.lists(st.tuples(numbers, numbers, numbers, numbers)))
def test_the_year_s_account_balances_whatever_the_rows(parts) -> None:
    rows = []
    for number, (required, delivered, made_up, wished) in enumerate(parts):
        excused = min(wished, required)
        rest = required - delivered - made_up - excused
        verdict = RowVerdict.EXEMPT if required == excused else RowVerdict.SHORT if rest > 0 else RowVerdict.MET
        rows.append(
            row(
                number,
                required=required,
                delivered=delivered,
                made_up=made_up,
                excused=excused,
                unaccounted=max(0, rest),
                surplus=max(0, -rest),
                verdict=verdict,
                causes=(0, 0, 0, max(0, rest)),
            )
        )
    over = balance(rows)
    assert over.required == over.delivered + over.made_up + over.excused + over.unaccounted - over.surplus
    assert sum(over.causes) == over.unaccounted
    assert over.rate is None or 0 <= over.rate <= 100
