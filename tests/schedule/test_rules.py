"""The rule of delivery: which rule is in force, which days are taught, what a period asks."""

from datetime import date

import pytest

from hometeach.kernel.clock import Span
from hometeach.schedule.models import CalendarKind, calendar_of
from hometeach.schedule.rules import (
    Calendar,
    DeliveryRule,
    Metric,
    PartialPeriod,
    PeriodKind,
    Quota,
    RuleBook,
    RuleScope,
    Slot,
    Term,
    make_up_window,
    missed_slot_minutes,
    planned_days,
    required,
)

AUTUMN = Term("2026-2027学年第一学期", Span(date(2026, 9, 1), date(2027, 1, 22)))
SPRING = Term("2025-2026学年第二学期", Span(date(2026, 3, 2), date(2026, 7, 10)))
WEEKLY = Quota(PeriodKind.WEEK, Metric.SESSIONS, 1)


def rule(code: str = "R", first: date = date(2026, 9, 1), last: date = date.max, **values: object) -> DeliveryRule:
    return DeliveryRule(code=code, span=Span(first, last), min_minutes=60, quotas=(WEEKLY,), **values)  # type: ignore[arg-type]


def of_2026() -> Calendar:
    """The sample's calendar with the State Council's public holidays and shifted days."""
    return calendar_of(
        [
            (CalendarKind.TERM, AUTUMN.span, AUTUMN.name),
            (CalendarKind.TERM, SPRING.span, SPRING.name),
            (CalendarKind.CLOSURE, Span(date(2026, 11, 5), date(2026, 11, 6)), "运动会"),
        ]
    )


@pytest.mark.parametrize(
    ("day", "code"),
    [
        pytest.param(date(2026, 8, 31), None, id="before any rule"),
        pytest.param(date(2026, 9, 1), "BUREAU", id="first day of the bureau's rule"),
        pytest.param(date(2026, 9, 10), "SCHOOL", id="the school's rule wins over the bureau's"),
        pytest.param(date(2026, 9, 20), "CHILD", id="the child's rule wins over the school's"),
        pytest.param(date(2026, 10, 1), "SCHOOL", id="the day after the child's rule ended"),
        pytest.param(date(2026, 11, 1), "BUREAU", id="another school serves the child"),
        pytest.param(date(2026, 12, 1), "NEWER", id="among equals the later start"),
    ],
)
def test_the_narrowest_rule_in_force_wins_whole(day: date, code: str | None) -> None:
    rules = [
        rule("BUREAU"),
        rule("NEWER", date(2026, 12, 1)),
        rule("SCHOOL", date(2026, 9, 5), scope=RuleScope.SCHOOL, scope_key="X03"),
        rule("CHILD", date(2026, 9, 14), date(2026, 9, 30), scope=RuleScope.CHILD, scope_key="S1"),
        rule("OTHER", date(2026, 9, 1), scope=RuleScope.CHILD, scope_key="S2"),
    ]
    schools = [(Span(date(2026, 1, 1), date(2026, 10, 31)), "X03"), (Span(date(2026, 11, 1)), "X04")]
    found = RuleBook(rules, "S1", schools).on(day)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("monday", "days"),
    [
        pytest.param(date(2026, 10, 5), ["10-08", "10-09", "10-10"], id="national day week with a shifted saturday"),
        pytest.param(date(2026, 9, 28), ["09-28", "09-29", "09-30"], id="thursday and friday are holiday"),
        pytest.param(date(2026, 2, 16), [], id="spring festival lies in no term"),
        pytest.param(date(2026, 11, 2), ["11-02", "11-03", "11-04"], id="two days closed"),
        pytest.param(date(2026, 8, 31), ["09-01", "09-02", "09-03", "09-04"], id="the term begins on tuesday"),
    ],
)
def test_teaching_days_of_a_week(monday: date, days: list[str]) -> None:
    week = Span(monday, date.fromordinal(monday.toordinal() + 6))
    calendar = of_2026()
    assert [day.isoformat()[5:] for day in calendar.list_teaching_days(week)] == days
    assert calendar.teaching_days(week) == len(days)


def test_what_the_bureau_writes_wins_over_the_prefilled_calendar() -> None:
    saturday, holiday = date(2026, 10, 10), date(2026, 10, 1)
    term = (CalendarKind.TERM, AUTUMN.span, AUTUMN.name)
    assert calendar_of([term]).is_teaching_day(saturday)
    assert not calendar_of([term, (CalendarKind.HOLIDAY, Span(saturday, saturday), "")]).is_teaching_day(saturday)
    assert calendar_of([term, (CalendarKind.SHIFTED, Span(holiday, holiday), "")]).is_teaching_day(holiday)


def test_a_closure_wins_over_a_shifted_day() -> None:
    saturday = date(2026, 10, 10)
    calendar = Calendar((AUTUMN,), (Span(saturday, saturday),), shifted=frozenset({saturday}))
    assert not calendar.is_teaching_day(saturday)


def test_periods_are_those_with_a_day_in_a_term() -> None:
    periods = of_2026().periods
    assert periods[PeriodKind.WEEK][0] == Span(date(2026, 3, 2), date(2026, 3, 8))
    assert Span(date(2026, 7, 13), date(2026, 7, 19)) not in periods[PeriodKind.WEEK]
    assert periods[PeriodKind.FORTNIGHT][0] == Span(date(2026, 3, 2), date(2026, 3, 15))
    assert Span(date(2026, 8, 31), date(2026, 9, 13)) in periods[PeriodKind.FORTNIGHT]
    assert [span.first.month for span in periods[PeriodKind.MONTH]] == [3, 4, 5, 6, 7, 9, 10, 11, 12, 1]
    assert periods[PeriodKind.TERM] == (SPRING.span, AUTUMN.span)
    assert periods[PeriodKind.SCHOOL_YEAR] == (SPRING.span, AUTUMN.span)


def test_a_school_year_runs_from_the_first_to_the_last_day_of_its_terms() -> None:
    second = Term("2026-2027学年第二学期", Span(date(2027, 2, 22), date(2027, 7, 9)))
    calendar = Calendar((second, AUTUMN))
    assert calendar.periods[PeriodKind.SCHOOL_YEAR] == (Span(date(2026, 9, 1), date(2027, 7, 9)),)


@pytest.mark.parametrize(
    ("policy", "period", "minimum", "teaching", "active", "asked"),
    [
        pytest.param("prorate", "week", 1, 5, 5, 1, id="a whole week"),
        pytest.param("prorate", "week", 1, 3, 3, 1, id="three of five: 0.6 is one"),
        pytest.param("prorate", "week", 1, 5, 2, 0, id="two of five: 0.4 is none"),
        pytest.param("prorate", "fortnight", 1, 10, 5, 1, id="exactly a half rounds up"),
        pytest.param("prorate", "week", 2, 6, 6, 2, id="six teaching days ask for no more"),
        pytest.param("prorate", "month", 6, 20, 10, 3, id="a month goes by its own teaching days"),
        pytest.param("prorate", "month", 6, 0, 0, 0, id="a month without teaching days"),
        pytest.param("full", "week", 2, 5, 1, 2, id="full from one active day on"),
        pytest.param("full", "week", 2, 5, 0, 0, id="full of none"),
        pytest.param("whole_only", "week", 2, 5, 5, 2, id="a whole week of five"),
        pytest.param("whole_only", "week", 2, 4, 4, 0, id="a week of four days is not whole"),
        pytest.param("whole_only", "week", 2, 5, 4, 0, id="one day not active"),
        pytest.param("whole_only", "fortnight", 2, 10, 10, 2, id="a whole fortnight"),
        pytest.param("whole_only", "month", 3, 17, 17, 3, id="a month needs all of its own days"),
        pytest.param("whole_only", "month", 3, 0, 0, 0, id="no teaching day asks for nothing"),
    ],
)
def test_what_a_period_asks(policy: str, period: str, minimum: int, teaching: int, active: int, asked: int) -> None:
    quota = Quota(PeriodKind(period), Metric.SESSIONS, minimum)
    judged_by = rule(partial_period=PartialPeriod(policy))
    assert required(quota, judged_by, teaching=teaching, active=active) == asked


@pytest.mark.parametrize(("minutes", "hours"), [(39, 0), (40, 1), (79, 1), (80, 2), (119, 2), (130, 3)])
def test_class_hours_drop_the_rest(minutes: int, hours: int) -> None:
    assert rule().class_hours(minutes) == hours


def test_the_window_of_a_make_up_holds_both_its_ends() -> None:
    window = make_up_window(date(2026, 9, 16), rule(make_up_days=14))
    assert window == Span(date(2026, 9, 9), date(2026, 9, 30))


def test_a_slot_becomes_planned_sessions_on_taught_and_active_days_only() -> None:
    thursdays = Slot(3, 900, 960, Span(date(2026, 9, 1)))
    within = Span(date(2026, 9, 21), date(2026, 10, 31))
    active = [Span(date(2026, 9, 1), date(2026, 10, 22))]
    days = planned_days(thursdays, of_2026(), active, within)
    assert [day.isoformat()[5:] for day in days] == ["09-24", "10-08", "10-15", "10-22"]


def test_a_missed_slot_is_as_long_as_planned() -> None:
    slots = [Slot(1, 900, 980, Span(date(2026, 9, 1))), Slot(1, 600, 660, Span(date(2026, 9, 1), date(2026, 9, 30)))]
    assert missed_slot_minutes(slots, date(2026, 9, 8)) == 60
    assert missed_slot_minutes(slots, date(2026, 10, 13)) == 80
    assert missed_slot_minutes(slots, date(2026, 10, 14)) == 0


def test_weeks_are_numbered_from_the_term() -> None:
    calendar = of_2026()
    assert calendar.week_number(date(2026, 9, 1)) == 1
    assert calendar.week_number(date(2026, 11, 22)) == 12
    assert calendar.week_number(date(2026, 8, 1)) is None
