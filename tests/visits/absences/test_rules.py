"""Who may decide an absence, until when it is made up, and which times fit."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hometeach.kernel.clock import Span
from hometeach.schedule.models import CalendarKind, calendar_of
from hometeach.schedule.rules import DeliveryRule, Metric, PeriodKind, Quota, RuleBook
from hometeach.visits.absences.rules.fitting import Proposal, Taken, Wish, fitting_times, full_days
from hometeach.visits.absences.rules.states import (
    MOVES,
    AbsenceState,
    Bar,
    Step,
    bar_to_decide,
    can_move,
    may_withdraw,
    state_of,
)
from hometeach.visits.absences.rules.windows import days_for_make_up

CALENDAR = calendar_of(
    [
        (CalendarKind.TERM, Span(date(2026, 3, 2), date(2026, 7, 10)), "2025-2026学年第二学期"),
        (CalendarKind.TERM, Span(date(2026, 9, 1), date(2027, 1, 22)), "2026-2027学年第一学期"),
        (CalendarKind.CLOSURE, Span(date(2026, 11, 9), date(2026, 11, 13)), "防汛停课"),
    ]
)
WEEK = Quota(PeriodKind.WEEK, Metric.SESSIONS, 1)


def rule(make_up_days: int, first: date = date(2026, 1, 1)) -> DeliveryRule:
    return DeliveryRule(f"R{first}", Span(first), 60, (WEEK,), make_up_days=make_up_days)


def window(missed_on: date, *rules: DeliveryRule) -> tuple[date, date] | None:
    days = days_for_make_up(missed_on, book=RuleBook(rules or (rule(14),), "S1", []), calendar=CALENDAR)
    return (days[0], days[-1]) if days else None


@pytest.mark.parametrize(
    ("missed_on", "expected"),
    [
        pytest.param(date(2026, 11, 18), (date(2026, 11, 11), date(2026, 12, 2)), id="7 days before to 14 after"),
        pytest.param(date(2026, 9, 3), (date(2026, 9, 1), date(2026, 9, 17)), id="not before the term"),
        pytest.param(date(2027, 1, 21), (date(2027, 1, 14), date(2027, 1, 22)), id="the day before the term's end"),
        pytest.param(date(2027, 1, 22), (date(2027, 1, 15), date(2027, 1, 22)), id="the term's last day"),
        pytest.param(date(2026, 11, 4), (date(2026, 10, 28), date(2026, 11, 18)), id="a closure does not lengthen it"),
        pytest.param(date(2026, 8, 20), None, id="in the vacation"),
    ],
)
def test_the_days_for_a_make_up(missed_on: date, expected: tuple[date, date] | None) -> None:
    assert window(missed_on) == expected


def test_the_rule_of_the_make_ups_own_day_says_how_long_it_may_take() -> None:
    longer_soon = (rule(7), rule(21, first=date(2026, 11, 30)))
    assert window(date(2026, 11, 18), *longer_soon) == (date(2026, 11, 11), date(2026, 12, 9))
    days = days_for_make_up(date(2026, 11, 18), book=RuleBook(longer_soon, "S1", []), calendar=CALENDAR)
    assert date(2026, 11, 25) in days
    assert date(2026, 11, 26) not in days, "the old rule still holds, and its 7 days are over"
    assert date(2026, 11, 30) in days
    assert window(date(2026, 11, 18), rule(0)) == (date(2026, 11, 11), date(2026, 11, 18))


def test_without_a_rule_nothing_can_be_made_up() -> None:
    assert days_for_make_up(date(2026, 11, 18), book=RuleBook((), "S1", []), calendar=CALENDAR) == []


@pytest.mark.parametrize(
    ("actor", "reporter", "coordinators", "is_officer", "expected"),
    [
        pytest.param("he", "lin", {"he"}, False, None, id="the school decides what a teacher reported"),
        pytest.param("he", None, {"he"}, False, None, id="what came by a list"),
        pytest.param("he", "he", {"he"}, False, Bar.OWN_REPORT, id="nobody decides their own"),
        pytest.param("he", "he", {"he", "hua"}, False, Bar.OWN_REPORT, id="a colleague does"),
        pytest.param("hua", "he", {"he", "hua"}, False, None, id="the colleague"),
        pytest.param("bai", "he", {"he"}, True, None, id="the bureau, where the school has nobody else"),
        pytest.param("bai", "he", {"he", "hua"}, True, Bar.NOT_THEIRS, id="the school comes first"),
        pytest.param("bai", "lin", set(), True, None, id="the school has no coordinator"),
        pytest.param("bai", "bai", set(), True, Bar.OWN_REPORT, id="an officer's own report"),
        pytest.param("lin", "wu", {"he"}, False, Bar.NOT_THEIRS, id="a teacher never decides"),
        pytest.param("shi", "lin", {"he"}, False, Bar.NOT_THEIRS, id="another school"),
    ],
)
def test_who_may_decide(
    actor: str, reporter: str | None, coordinators: set[str], is_officer: bool, expected: Bar | None
) -> None:
    assert bar_to_decide(actor, reporter=reporter, coordinators=coordinators, is_officer=is_officer) is expected


def test_whoever_reported_it_and_the_school_can_take_it_back() -> None:
    assert may_withdraw("lin", reporter="lin", coordinators={"he"})
    assert may_withdraw("he", reporter="lin", coordinators={"he"})
    assert not may_withdraw("shi", reporter="lin", coordinators={"he"})


@pytest.mark.parametrize(
    ("step", "state"), [(step, state) for step in Step for state in (None, *AbsenceState)], ids=str
)
def test_each_step_from_each_state(step: Step, state: AbsenceState | None) -> None:
    allowed = {
        Step.REPORT: {None, "rejected", "withdrawn"},
        Step.APPROVE: {"reported"},
        Step.REJECT: {"reported", "approved"},
        Step.WITHDRAW: {"reported", "approved"},
    }
    assert can_move(step, state) is (state in allowed[step])
    assert MOVES[step][1] not in MOVES[step][0]


def test_a_list_that_says_approved_has_the_last_word() -> None:
    assert state_of(is_approved=True, is_withdrawn=True, is_refused=True) is AbsenceState.APPROVED
    assert state_of(is_approved=False, is_withdrawn=True, is_refused=True) is AbsenceState.WITHDRAWN
    assert state_of(is_approved=False, is_withdrawn=False, is_refused=True) is AbsenceState.REJECTED
    assert state_of(is_approved=False, is_withdrawn=False, is_refused=False) is AbsenceState.REPORTED


MONDAY = date(2026, 11, 23)
WISH = Wish(minutes=60, opens=480, closes=1080, weekday=1, start_minute=900)


def days_from(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


def weekdays_are_taught(day: date) -> bool:
    return day.weekday() < 5


def fit(
    count: int = 7,
    *,
    child: tuple[Taken, ...] = (),
    teacher: tuple[Taken, ...] = (),
    wish: Wish = WISH,
    full: Callable[[], set[date]] = set,
) -> list[Proposal]:
    return fitting_times(
        days_from(MONDAY, count),
        child=child,
        teacher=teacher,
        is_taught=weekdays_are_taught,
        wish=wish,
        full_days=full(),
    )


def test_teaching_days_come_first_and_weekends_are_marked() -> None:
    found = fit()
    assert [one.day.weekday() for one in found] == [0, 1, 2, 3, 4, 5, 6]
    assert [one.is_taught for one in found] == [True] * 5 + [False] * 2
    assert {one.start_minute for one in found} == {900}
    assert [one.is_usual_weekday for one in found].index(True) == 1


@pytest.mark.parametrize(
    ("taken", "start"),
    [
        pytest.param((900, 960), 840, id="taken: the hour before, as near as the one after"),
        pytest.param((900, 975), 840, id="the nearer one"),
        pytest.param((840, 900), 900, id="touching ends do not overlap"),
        pytest.param((840, 901), 901, id="one minute over"),
        pytest.param((480, 930), 930, id="only later is free"),
        pytest.param((480, 1080), None, id="the whole day is taken"),
        pytest.param((480, 1021), None, id="what is left is a minute too short"),
    ],
)
def test_the_time_nearest_to_the_usual_hour(taken: tuple[int, int], start: int | None) -> None:
    found = fit(1, teacher=(Taken(MONDAY, *taken),))
    assert [one.start_minute for one in found] == ([] if start is None else [start])


def test_a_lesson_longer_than_the_working_day_fits_nowhere() -> None:
    assert fit(wish=Wish(minutes=601, opens=480, closes=1080)) == []
    assert len(fit(wish=Wish(minutes=600, opens=480, closes=1080))) == 7


def test_a_day_with_as_many_lessons_as_count_is_not_offered() -> None:
    lesson = Taken(MONDAY, 480, 540)
    assert full_days([lesson], lambda _day: 1) == {MONDAY}
    assert full_days([lesson], lambda _day: 2) == set()
    assert MONDAY not in {one.day for one in fit(child=(lesson,), full=lambda: {MONDAY})}


minutes_of_a_day = st.integers(0, 1439).flatmap(lambda start: st.tuples(st.just(start), st.integers(start + 1, 1440)))
some_taken = st.lists(
    st.builds(lambda n, hours: Taken(MONDAY + timedelta(days=n), *hours), st.integers(0, 20), minutes_of_a_day),
    max_size=40,
)
wishes = st.builds(
    Wish,
    minutes=st.integers(1, 240),
    opens=st.integers(300, 720),
    closes=st.integers(721, 1320),
    weekday=st.none() | st.integers(0, 6),
    start_minute=st.none() | st.integers(0, 1439),
)


@given(some_taken, some_taken, wishes, st.integers(1, 21))
def test_what_is_offered_overlaps_nothing_and_stays_within_the_days_and_hours(
    child: list[Taken], teacher: list[Taken], wish: Wish, count: int
) -> None:
    found = fit(count, child=tuple(child), teacher=tuple(teacher), wish=wish)
    assert len({one.day for one in found}) == len(found)
    for one in found:
        assert one.day in days_from(MONDAY, count)
        assert wish.opens <= one.start_minute < one.end_minute <= wish.closes
        assert one.end_minute - one.start_minute == wish.minutes
        for taken in (*child, *teacher):
            assert taken.day != one.day or taken.end_minute <= one.start_minute or one.end_minute <= taken.start_minute
