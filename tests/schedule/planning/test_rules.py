"""What a weekly hour would bring, told before it is saved."""

from dataclasses import replace
from datetime import date

import pytest

from hometeach.kernel.clock import Span
from hometeach.schedule.planning.rules import (
    FallsOut,
    PublishedHour,
    StandIns,
    TakenTime,
    Whose,
    changes_between,
    is_change_of_terms,
    new_part_begins,
    preview_slot,
)
from hometeach.schedule.rules import Calendar, DeliveryRule, Slot, Term

TERM = Term("2026-2027学年第一学期", Span(date(2026, 9, 1), date(2027, 1, 22)))
CALENDAR = Calendar(
    (TERM,), closures=(Span(date(2026, 12, 1), date(2026, 12, 3)),), holidays=frozenset({date(2027, 1, 1)})
)
ALWAYS = (Span(date(2026, 9, 1)),)
TUESDAY = Slot(1, 900, 960, Span(date(2026, 11, 24)))
RULE = DeliveryRule("R", Span(date(2026, 9, 1)), 60, ())


def preview(slot: Slot = TUESDAY, active: tuple[Span, ...] = ALWAYS, taken: tuple[TakenTime, ...] = ()):  # type: ignore[no-untyped-def]
    within = Span(date(2026, 11, 24), date(2026, 12, 15))
    return preview_slot(slot, CALENDAR, active=active, taken=taken, rule=RULE, within=within)


def test_a_closure_takes_its_day_out_and_says_so() -> None:
    found = preview()
    assert found.planned == (date(2026, 11, 24), date(2026, 12, 8), date(2026, 12, 15))
    assert found.fall_out == ((date(2026, 12, 1), FallsOut.CLOSURE),)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2027, 1, 25), FallsOut.VACATION),
        (date(2026, 12, 2), FallsOut.CLOSURE),
        (date(2027, 1, 1), FallsOut.HOLIDAY),
        (date(2026, 11, 28), FallsOut.WEEKEND),
    ],
    ids=lambda value: getattr(value, "value", str(value)),
)
def test_a_day_falls_out_by_its_first_reason(day: date, why: FallsOut) -> None:
    slot = replace(TUESDAY, weekday=day.weekday())
    found = preview_slot(slot, CALENDAR, active=ALWAYS, taken=(), rule=RULE, within=Span(day, day))
    assert found.fall_out == ((day, why),)


def test_days_outside_the_agreement_fall_out() -> None:
    found = preview(active=(Span(date(2026, 12, 5)),))
    assert found.fall_out[0] == (date(2026, 11, 24), FallsOut.INACTIVE)


@pytest.mark.parametrize(
    ("start", "end", "clashes"),
    [(840, 900, False), (841, 901, True), (959, 990, True), (960, 990, False)],
    ids=["ends as it begins", "one minute before", "one minute inside", "begins as it ends"],
)
def test_touching_ends_do_not_clash(start: int, end: int, clashes: bool) -> None:
    day = date(2026, 12, 8)
    found = preview(taken=(TakenTime(day, start, end, Whose.TEACHER, 7),))
    assert found.clashing_days == ((day,) if clashes else ())
    assert (day in found.planned) is not clashes


@pytest.mark.parametrize(("end", "short_by"), [(959, 1), (960, 0), (975, 0)], ids=["one less", "equal", "longer"])
def test_exactly_the_minimum_is_not_short(end: int, short_by: int) -> None:
    assert preview(replace(TUESDAY, end_minute=end)).short_by == short_by


@pytest.mark.parametrize(
    ("changed_from", "old", "new", "begins"),
    [
        (date(2026, 12, 8), 1, 3, date(2026, 12, 7)),
        (date(2026, 11, 25), 4, 3, date(2026, 11, 25)),
        (date(2026, 11, 25), 4, 0, date(2026, 11, 30)),
        (date(2026, 11, 25), 0, 4, date(2026, 11, 30)),
    ],
    ids=["a later week", "this week, still ahead", "would lie in the past", "this week's is over"],
)
def test_a_new_part_begins_where_no_week_has_two_lessons(changed_from: date, old: int, new: int, begins: date) -> None:
    assert new_part_begins(changed_from, old, new, date(2026, 11, 25)) == begins


@pytest.mark.parametrize(
    ("minutes", "modes", "is_change"),
    [((60, 60), ("home", "home"), False), ((60, 75), ("home", "home"), True), ((60, 60), ("home", "remote"), True)],
    ids=["only moved", "other minutes", "other place"],
)
def test_minutes_and_place_are_terms_and_the_time_of_day_is_none(
    minutes: tuple[int, int], modes: tuple[str, str], is_change: bool
) -> None:
    assert is_change_of_terms(minutes, modes) is is_change


def test_a_substitute_teaches_within_the_days_and_no_longer() -> None:
    standing_in = StandIns({(1, 2): [(Span(date(2026, 11, 24), date(2026, 11, 30)), 3)]})
    days = (date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 30), date(2026, 12, 1))
    assert [standing_in.teacher_of(1, 2, day) for day in days] == [2, 3, 3, 2]
    assert standing_in.teacher_of(9, 2, days[1]) == 2


def test_a_version_tells_what_came_what_went_and_what_changed() -> None:
    one = PublishedHour("a", "C1", "T1", 1, 900, 960, "home", "2026-09-01", "2027-01-22")
    other, moved = replace(one, series="b"), replace(one, start_minute=930)
    changes = changes_between([one, other], [moved, replace(one, series="c")])
    assert [(bool(change.before), bool(change.after)) for change in changes] == [
        (True, True),
        (False, True),
        (True, False),
    ]
