"""The ledger: the worked examples of the rule first, then what must always hold."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hometeach.compliance.rules import (
    Cause,
    ChildFacts,
    Excuse,
    Ledger,
    LedgerRow,
    Rate,
    RowVerdict,
    percentage,
    rate,
)
from hometeach.kernel.clock import Span
from hometeach.schedule.models import CalendarKind, calendar_of
from hometeach.schedule.rules import (
    DeliveryRule,
    Metric,
    Mode,
    PartialPeriod,
    PeriodKind,
    Quota,
    RuleBook,
    Slot,
)
from hometeach.visits.rules import Confirmation, ExcuseEffect, Session, overlapping

CALENDAR = calendar_of(
    [
        (CalendarKind.TERM, Span(date(2026, 3, 2), date(2026, 7, 10)), "2025-2026学年第二学期"),
        (CalendarKind.TERM, Span(date(2026, 9, 1), date(2027, 1, 22)), "2026-2027学年第一学期"),
    ]
)
YEAR = Span(date(2026, 1, 1), date(2027, 12, 31))
ASKED = date(2027, 12, 31)
WEEK = Quota(PeriodKind.WEEK, Metric.SESSIONS, 1)


def rule(*quotas: Quota, code: str = "R", first: date = YEAR.first, **values: Any) -> DeliveryRule:
    return DeliveryRule(code, Span(first), values.pop("min_minutes", 60), quotas or (WEEK,), **values)


def held(day: date, minutes: int = 60, makes_up_for: date | None = None, number: str = "") -> Session:
    return Session(
        number or day.isoformat(), "S1", day, 54_000, 54_000 + minutes * 60, ("T1",), makes_up_for=makes_up_for
    )


def ledger(*rules: DeliveryRule, sessions: Any = (), agreed: Any = (YEAR,), **facts: Any) -> list[LedgerRow]:
    book = RuleBook(rules or (rule(),), "S1", [])
    child = ChildFacts(book, sessions, agreed, clashing=overlapping(sessions), **facts)
    return Ledger(CALENDAR).rows(child)


def row_of(rows: list[LedgerRow], first: date, metric: Metric = Metric.SESSIONS) -> LedgerRow:
    return next(row for row in rows if row.period.first == first and row.quota.metric is metric)


def numbers(row: LedgerRow) -> tuple[int, int, int, int, int, int, int, str]:
    return (
        *(row.required, row.delivered, row.made_up, row.excused, row.invalid, row.unaccounted, row.surplus),
        row.verdict(ASKED).value,
    )


WEEK_1, WEEK_3 = date(2026, 9, 7), date(2026, 9, 21)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        pytest.param([60], (1, 1, 0, 0, 0, 0, 0, "met"), id="1: sixty minutes"),
        pytest.param([59], (1, 0, 0, 0, 1, 1, 0, "short"), id="1: fifty-nine minutes"),
        pytest.param([30, 30], (1, 0, 0, 0, 2, 1, 0, "short"), id="2: two half hours are never added"),
    ],
)
def test_a_week_with_sessions_of(minutes: list[int], expected: tuple[Any, ...]) -> None:
    sessions = [held(WEEK_1 + timedelta(days=n), length) for n, length in enumerate(minutes)]
    assert numbers(row_of(ledger(sessions=sessions), WEEK_1)) == expected


def test_3_holiday_weeks_ask_by_their_teaching_days_and_a_vacation_has_no_row() -> None:
    rows = ledger()
    assert row_of(rows, date(2026, 10, 5)).required == 1
    assert row_of(rows, date(2026, 9, 28)).required == 1
    assert not [row for row in rows if date(2026, 2, 16) in row.period]


def test_4_an_agreement_from_thursday_on_asks_nothing_of_its_first_week() -> None:
    quotas = (WEEK, Quota(PeriodKind.MONTH, Metric.CLASS_HOURS, 6))
    friday = WEEK_1 + timedelta(days=4)
    rows = ledger(rule(*quotas), sessions=[held(friday, 80)], agreed=[Span(WEEK_1 + timedelta(days=3))])
    assert numbers(row_of(rows, WEEK_1)) == (0, 1, 0, 0, 0, 0, 1, "exempt")
    assert row_of(rows, date(2026, 9, 1), Metric.CLASS_HOURS).delivered == 2


@pytest.mark.parametrize(
    ("days_later", "missed_week", "own_week"),
    [
        pytest.param(13, (0, 1, "met"), 0, id="within the window"),
        pytest.param(14, (0, 1, "met"), 0, id="on its last day"),
        pytest.param(15, (0, 0, "short"), 1, id="one day too late counts where it was held"),
        pytest.param(-7, (0, 1, "met"), 0, id="seven days before"),
        pytest.param(-8, (0, 0, "short"), 1, id="eight days before"),
    ],
)
def test_5_a_make_up_repays_the_date_that_was_missed(
    days_later: int, missed_week: tuple[int, int, str], own_week: int
) -> None:
    missed = date(2026, 9, 16)
    repaid_on = missed + timedelta(days=days_later)
    rows = ledger(sessions=[held(repaid_on, makes_up_for=missed)])
    missed_row = row_of(rows, date(2026, 9, 14))
    assert (missed_row.delivered, missed_row.made_up, missed_row.verdict(ASKED).value) == missed_week
    assert row_of(rows, repaid_on - timedelta(days=repaid_on.weekday())).delivered == own_week


def test_a_make_up_never_crosses_into_another_term() -> None:
    missed = date(2026, 9, 1)
    rows = ledger(sessions=[held(date(2026, 8, 31), makes_up_for=missed)])
    assert row_of(rows, date(2026, 8, 31)).made_up == 0


def test_a_make_up_in_the_very_week_that_it_repays_is_made_up() -> None:
    missed = WEEK_1 + timedelta(days=1)
    row = row_of(ledger(sessions=[held(missed + timedelta(days=2), makes_up_for=missed)]), WEEK_1)
    assert (row.delivered, row.made_up) == (0, 1)


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        pytest.param(ExcuseEffect.REDUCES, (1, 0, 0, 1, 0, 0, 0, "exempt"), id="ill takes the lesson off"),
        pytest.param(ExcuseEffect.MAKE_UP, (1, 0, 0, 0, 0, 1, 0, "short"), id="a teacher on leave does not"),
    ],
)
def test_6_an_excuse(effect: ExcuseEffect, expected: tuple[Any, ...]) -> None:
    rows = ledger(excuses=[Excuse(WEEK_1 + timedelta(days=2), effect, 60)])
    assert numbers(row_of(rows, WEEK_1)) == expected


@pytest.mark.parametrize(("minutes", "given", "hours"), [(130, 1, 3), (119, 0, 0)])
def test_7_two_lessons_of_three_class_hours(minutes: int, given: int, hours: int) -> None:
    quotas = (
        Quota(PeriodKind.WEEK, Metric.SESSIONS, 2),
        Quota(PeriodKind.SCHOOL_YEAR, Metric.CLASS_HOURS, 216),
    )
    rows = ledger(rule(*quotas, min_minutes=120), sessions=[held(WEEK_1, minutes)])
    assert row_of(rows, WEEK_1).delivered == given
    assert row_of(rows, date(2026, 9, 1), Metric.CLASS_HOURS).delivered == hours


def test_8_a_rule_that_changes_in_mid_week_judges_each_session_by_its_own_day() -> None:
    wednesday = date(2026, 9, 9)
    rules = (rule(), rule(code="R90", first=wednesday, min_minutes=90))
    sessions = [held(date(2026, 9, 8), 70), held(wednesday, 70)]
    row = row_of(ledger(*rules, sessions=sessions), WEEK_1)
    assert (row.rule.code, row.delivered, row.invalid) == ("R", 1, 1)


def test_a_period_that_ends_on_the_day_asked_is_open() -> None:
    row = row_of(ledger(), WEEK_1)
    assert row.verdict(date(2026, 9, 13)) is RowVerdict.OPEN
    assert row.verdict(date(2026, 9, 14)) is RowVerdict.SHORT


def test_a_lesson_excused_and_made_up_stands_twice_and_the_rest_is_surplus() -> None:
    missed = WEEK_1 + timedelta(days=1)
    rows = ledger(
        sessions=[held(missed + timedelta(days=2), makes_up_for=missed)],
        excuses=[Excuse(missed, ExcuseEffect.REDUCES, 60)],
    )
    assert numbers(row_of(rows, WEEK_1)) == (1, 0, 1, 1, 0, 0, 1, "exempt")


@pytest.mark.parametrize(
    ("facts", "as_of", "cause"),
    [
        pytest.param({}, ASKED, Cause.NOTHING, id="nobody says anything"),
        pytest.param({"sessions": [held(WEEK_1, 30)]}, ASKED, Cause.INVALID, id="somebody came and it did not count"),
        pytest.param(
            {"excuses": [Excuse(WEEK_1, ExcuseEffect.MAKE_UP, 60)]},
            date(2026, 9, 21),
            Cause.MAKE_UP,
            id="a make-up is still possible on its last day",
        ),
        pytest.param(
            {"excuses": [Excuse(WEEK_1, ExcuseEffect.MAKE_UP, 60)]},
            date(2026, 9, 22),
            Cause.NOTHING,
            id="and the day after it is not",
        ),
    ],
)
def test_the_cause_of_a_short_week(facts: dict[str, Any], as_of: date, cause: Cause) -> None:
    parts = row_of(ledger(**facts), WEEK_1).causes(as_of)
    assert parts[cause] == 1
    assert sum(parts.values()) == 1


@pytest.mark.parametrize(
    ("make_up_days", "later_days", "last_possible"),
    [
        pytest.param(0, 14, date(2026, 9, 22), id="the rule of the make-up's day allows more"),
        pytest.param(30, 0, date(2026, 9, 8), id="and less"),
    ],
)
def test_how_long_a_make_up_is_possible_is_said_by_the_rule_of_its_own_day(
    make_up_days: int, later_days: int, last_possible: date
) -> None:
    missed = date(2026, 9, 8)
    rules = (
        rule(make_up_days=make_up_days),
        rule(code="R2", first=missed + timedelta(days=1), make_up_days=later_days),
    )
    row = row_of(ledger(*rules, excuses=[Excuse(missed, ExcuseEffect.MAKE_UP, 60)]), WEEK_1)
    assert [one.until for one in row.pending] == [last_possible]
    repaid = ledger(*rules, sessions=[held(last_possible, makes_up_for=missed)])
    too_late = ledger(*rules, sessions=[held(last_possible + timedelta(days=1), makes_up_for=missed)])
    assert (row_of(repaid, WEEK_1).made_up, row_of(too_late, WEEK_1).made_up) == (1, 0)


def test_a_visit_on_a_day_without_a_rule_explains_as_much_as_it_took() -> None:
    minutes = Quota(PeriodKind.WEEK, Metric.MINUTES, 90)
    until_tuesday = replace(rule(minutes), span=Span(YEAR.first, date(2026, 9, 8)))
    row = row_of(ledger(until_tuesday, sessions=[held(date(2026, 9, 9), 120)]), WEEK_1, Metric.MINUTES)
    assert row.causes(ASKED)[Cause.INVALID] == 90


def test_the_calendar_is_the_cause_where_it_took_every_slot() -> None:
    thursdays = Slot(3, 900, 960, Span(date(2026, 9, 1)))
    row = row_of(ledger(slots=[thursdays]), date(2026, 9, 28))
    assert row.causes(ASKED)[Cause.CALENDAR] == 1
    wednesdays = Slot(2, 900, 960, Span(date(2026, 9, 1)))
    row = row_of(ledger(slots=[thursdays, wednesdays]), date(2026, 9, 28))
    assert row.causes(ASKED)[Cause.NOTHING] == 1


def test_a_rate_of_nothing_is_missing() -> None:
    assert rate([], ASKED).percent is None
    assert Rate(0, 3).percent == 0.0
    assert percentage(2, 3) == 66.7
    assert percentage(1, 16) == 6.3


def test_a_rate_leaves_open_and_exempt_rows_out() -> None:
    rows = [row for row in ledger(sessions=[held(WEEK_1)]) if row.period.first in (WEEK_1, WEEK_3)]
    assert rate(rows, ASKED) == Rate(1, 2)
    assert rate(rows, date(2026, 9, 20)) == Rate(1, 1)


# What must always hold, for rules, calendars and sessions that nobody thought of.

days = st.dates(date(2026, 2, 20), date(2027, 2, 1))
spans = st.builds(lambda first, length: Span(first, first + timedelta(days=length)), days, st.integers(0, 90))
quota = st.builds(Quota, st.sampled_from(PeriodKind), st.sampled_from(Metric), st.integers(0, 12))
rules = st.builds(
    lambda first, quotas, **values: rule(*quotas, code=f"R{first}", first=first, **values),
    days,
    st.lists(quota, min_size=1, max_size=4),
    min_minutes=st.integers(20, 90),
    minutes_per_class_hour=st.integers(30, 45),
    min_teachers=st.integers(1, 2),
    modes=st.just(frozenset(Mode)),
    remote_cap=st.none() | st.integers(0, 3),
    max_per_day=st.integers(1, 2),
    confirmation_required=st.booleans(),
    make_up_days=st.integers(0, 30),
    partial_period=st.sampled_from(PartialPeriod),
)
sessions_of_a_child = st.lists(
    st.builds(
        lambda day, start, minutes, **values: Session(
            "", "S1", day, start * 3600, start * 3600 + minutes * 60, **values
        ),
        days,
        st.integers(8, 17),
        st.integers(1, 150),
        teachers=st.sampled_from([("T1",), ("T1", "T2")]),
        mode=st.sampled_from(Mode),
        confirmation=st.sampled_from(Confirmation),
        void=st.booleans(),
        makes_up_for=st.none() | days,
    ),
    max_size=12,
).map(lambda drawn: [one._replace(number=f"V{n:03d}") for n, one in enumerate(drawn)])
excuses = st.lists(
    st.builds(Excuse, days, st.sampled_from(ExcuseEffect), st.integers(0, 150)), max_size=6, unique_by=lambda e: e.day
)
facts_of_a_child = st.fixed_dictionaries(
    {
        "sessions": sessions_of_a_child,
        "agreed": st.lists(spans, max_size=3),
        "suspended": st.lists(spans, max_size=2),
        "excuses": excuses,
    }
)
some_rules = st.lists(rules, min_size=1, max_size=3, unique_by=lambda one: one.span.first)


@given(some_rules, facts_of_a_child, days)
def test_the_identity_holds(drawn_rules: list[DeliveryRule], facts: dict[str, Any], as_of: date) -> None:
    for row in ledger(*drawn_rules, **facts):
        assert row.required == row.delivered + row.made_up + row.excused + row.unaccounted - row.surplus
        assert 0 <= row.excused <= row.required <= row.quota.minimum
        assert row.unaccounted == 0 or row.surplus == 0
        parts = row.causes(as_of)
        assert sum(parts.values()) == row.unaccounted
        assert min(parts.values()) >= 0


@given(some_rules, facts_of_a_child, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_come_changes_nothing(
    drawn_rules: list[DeliveryRule], facts: dict[str, Any], chance: Any
) -> None:
    shuffled = {name: chance.sample(list(values), len(values)) for name, values in facts.items()}
    mixed_rules = chance.sample(drawn_rules, len(drawn_rules))
    assert ledger(*drawn_rules, **facts) == ledger(*mixed_rules, **shuffled)


@given(some_rules, facts_of_a_child, sessions_of_a_child)
def test_a_further_counted_session_that_displaces_none_takes_nothing_away(
    drawn_rules: list[DeliveryRule], facts: dict[str, Any], more: list[Session]
) -> None:
    book = RuleBook(drawn_rules, "S1", [])
    further = [one._replace(number=f"W{n}") for n, one in enumerate(more)][:1]
    before, after = (
        ChildFacts(**{**facts, "sessions": chosen}, book=book, clashing=overlapping(chosen))
        for chosen in (facts["sessions"], [*facts["sessions"], *further])
    )
    book_of = Ledger(CALENDAR)
    counted = {item.session.number for item in book_of.judge(before) if item.is_counted}
    still = {item.session.number for item in book_of.judge(after) if item.is_counted}
    assume(counted <= still)
    for old, new in zip(book_of.rows(before), book_of.rows(after), strict=True):
        assert new.delivered + new.made_up >= old.delivered + old.made_up
