"""Which entries can stand in a school calendar, one beside the other."""

from datetime import date

import pytest

from hometeach.kernel.clock import Span
from hometeach.schedule.calendar.rules import CalendarKind, Entry, Misfit, is_term_name, misfit_of, with_entry

TERM, CLOSURE, HOLIDAY, SHIFTED = CalendarKind
AUTUMN = Entry(TERM, "2026-2027学年第一学期", Span(date(2026, 9, 1), date(2027, 1, 22)))


def days(kind: CalendarKind, first: date, last: date | None = None, name: str = "运动会") -> Entry:
    return Entry(kind, name, Span(first, last or first))


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("2026-2027学年第一学期", True),
        ("2026-2027学年", True),
        ("2026-2028学年第一学期", False),
        ("2026-2027 第一学期", False),
        ("秋季学期", False),
        ("", False),
    ],
)
def test_a_term_is_named_after_its_school_year(name: str, is_one: bool) -> None:
    assert is_term_name(name) is is_one


@pytest.mark.parametrize(
    ("entry", "misfit"),
    [
        (days(CLOSURE, date(2026, 11, 5), name=" "), Misfit.NAMELESS),
        (days(CLOSURE, date(1926, 11, 5)), Misfit.FAR),
        (days(CLOSURE, date(2026, 11, 5), date(2126, 11, 6)), Misfit.FAR),
        (days(CLOSURE, date(2026, 11, 5), date(2026, 11, 4)), Misfit.REVERSED),
        (days(CLOSURE, date(2026, 1, 1), date(2026, 10, 28)), Misfit.TOO_LONG),
        (days(TERM, date(2026, 9, 1), date(2027, 1, 22), "秋季"), Misfit.TERM_NAME),
        (days(CLOSURE, date(2026, 1, 1), date(2026, 10, 27)), None),
        (days(CLOSURE, date(2026, 11, 5)), None),
        (AUTUMN, None),
    ],
    ids=[
        "no name",
        "a century ago",
        "a century on",
        "end first",
        "301 days",
        "no school year",
        "300 days",
        "a day",
        "a term",
    ],
)
def test_an_entry_by_itself(entry: Entry, misfit: Misfit | None) -> None:
    found = misfit_of(entry, [])
    assert (found[0] if found else None) is misfit


@pytest.mark.parametrize(
    ("entry", "other", "misfit"),
    [
        (days(TERM, date(2027, 1, 22), date(2027, 6, 30), "2026-2027学年第二学期"), AUTUMN, Misfit.TERMS_OVERLAP),
        (days(TERM, date(2027, 1, 23), date(2027, 6, 30), "2026-2027学年第二学期"), AUTUMN, None),
        (days(SHIFTED, date(2026, 10, 10)), days(HOLIDAY, date(2026, 10, 8), date(2026, 10, 10)), Misfit.OFF_AND_ON),
        (days(HOLIDAY, date(2026, 10, 10)), days(SHIFTED, date(2026, 10, 10)), Misfit.OFF_AND_ON),
        (days(SHIFTED, date(2026, 10, 11)), days(HOLIDAY, date(2026, 10, 8), date(2026, 10, 10)), None),
        (days(CLOSURE, date(2026, 11, 5)), days(CLOSURE, date(2026, 11, 5)), Misfit.EXISTS),
        (days(CLOSURE, date(2026, 11, 5)), days(CLOSURE, date(2026, 11, 5), name="停电"), None),
        (days(CLOSURE, date(2026, 11, 5)), days(SHIFTED, date(2026, 11, 5)), None),
        (days(CLOSURE, date(2026, 11, 5)), AUTUMN, None),
    ],
    ids=[
        "terms that share their edge",
        "terms that touch",
        "a shifted day within a holiday",
        "a holiday on a shifted day",
        "the day after a holiday",
        "the same twice",
        "two closures at once",
        "a closure wins over a shifted day",
        "a closure in a term",
    ],
)
def test_an_entry_beside_another(entry: Entry, other: Entry, misfit: Misfit | None) -> None:
    found = misfit_of(entry, [days(HOLIDAY, date(2020, 1, 1)), other])
    assert found == ((misfit, other) if misfit else None)


def test_an_entry_takes_the_place_of_another() -> None:
    old, new = days(CLOSURE, date(2026, 11, 5)), days(CLOSURE, date(2026, 11, 6))
    assert with_entry([AUTUMN, old], without=old, added=new) == [AUTUMN, new]
    assert with_entry([AUTUMN, old], without=old) == [AUTUMN]
    assert with_entry([AUTUMN], added=new) == [AUTUMN, new]
