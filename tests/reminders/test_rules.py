"""Who is told what on which day, for how long, and when is it not true any more?"""

from datetime import date, timedelta

import pytest

from hometeach.kernel.settings import DEFAULTS
from hometeach.reminders.rules import Kind, Matter, Rung, Side, due_of, is_quiet, ladder_of, still_true

TUESDAY = date(2026, 11, 24)
LADDER = ladder_of("teacher+1 teacher+2 school+3 bureau+7")
TOLD = {Side.TEACHER: ("account:lin",), Side.SCHOOL: ("account:he",), Side.BUREAU: ("account:bai", "account:mo")}


def matter(kind: Kind = Kind.RECORD_MISSING, **values) -> Matter:
    return Matter(kind, "child:an", TUESDAY, str(TUESDAY), values.pop("told", TOLD), **values)


def told_on(day: date, ladder=LADDER, **values) -> list[tuple[str, int]]:
    """Who is told on a day, whichever day it was derived on."""
    found = {due for back in range(-2, 1) for due in due_of(matter(**values), ladder, day + timedelta(days=back))}
    return sorted((due.recipient, due.rung) for due in found if due.falls_on == day)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (0, []),
        (1, [("account:lin", 0)]),
        (2, [("account:lin", 1)]),
        (3, [("account:he", 2)]),
        (4, []),
        (7, [("account:bai", 3), ("account:mo", 3)]),
        (8, []),
    ],
)
def test_the_ladder_goes_from_the_teacher_to_the_school_to_the_bureau(days, told):
    assert told_on(TUESDAY + timedelta(days=days)) == told


def test_deriving_on_any_day_within_reach_gives_the_same_rows():
    """A day that was missed heals by itself, as long as it is worth telling."""
    first = set(due_of(matter(), LADDER, TUESDAY + timedelta(days=1)))
    second = set(due_of(matter(), LADDER, TUESDAY + timedelta(days=2)))
    assert first & second
    assert {due.rung for due in second} == {0, 1, 2}
    assert {due.rung for due in due_of(matter(), LADDER, TUESDAY + timedelta(days=5))} == {1, 2, 3}
    assert list(due_of(matter(), LADDER, TUESDAY + timedelta(days=30))) == []


def test_nothing_is_told_after_the_last_day_on_which_it_is_of_use():
    visit = matter(Kind.VISIT_TOMORROW, until=TUESDAY - timedelta(days=1))
    ladder = ladder_of("teacher-1")
    assert [due.last_on for due in due_of(visit, ladder, TUESDAY - timedelta(days=2))] == [date(2026, 11, 23)]
    assert list(due_of(visit, ladder, TUESDAY)) == []


@pytest.mark.parametrize(
    ("change", "is_true"),
    [
        ("nothing", True),
        ("done", False),
        ("another person", False),
        ("too late", False),
    ],
)
def test_what_is_done_or_late_or_somebody_elses_is_not_told(change, is_true):
    one = matter()
    matters = {} if change == "done" else {one.key: one}
    recipient = "account:shi" if change == "another person" else "account:lin"
    on = TUESDAY + timedelta(days=9 if change == "too late" else 1)
    assert still_true(one.key, recipient, TUESDAY + timedelta(days=4), matters, on) is is_true


@pytest.mark.parametrize(
    ("text", "ladder"),
    [
        ("", ()),
        ("teacher-1", (Rung(Side.TEACHER, -1),)),
        ("school+0  bureau+14", (Rung(Side.SCHOOL, 0), Rung(Side.BUREAU, 14))),
    ],
)
def test_a_ladder_is_read_as_the_bureau_writes_it(text, ladder):
    assert ladder_of(text) == ladder


@pytest.mark.parametrize("text", ["teacher", "+3", "principal+3", "teacher+x", "teacher 3"])
def test_a_ladder_that_makes_no_sense_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        ladder_of(text)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_ladder(kind):
    assert ladder_of(DEFAULTS[f"ladder_{kind.value}"].value)


@pytest.mark.parametrize(
    ("hour", "is_so"), [(20, False), (21, True), (23, True), (0, True), (7, True), (8, False), (12, False)]
)
def test_the_quiet_hours_go_past_midnight(hour, is_so):
    assert is_quiet(hour, 21, 8) is is_so


def test_equal_ends_mean_no_quiet_hours():
    assert not any(is_quiet(hour, 0, 0) for hour in range(24))
    assert is_quiet(13, 13, 14)
