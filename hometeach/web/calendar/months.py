"""How is a school year laid out month by month? Pure, but for the words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hometeach.kernel.clock import ONE_DAY, Span, days_of, in_any, monday_of, month_of
from hometeach.schedule.calendar.rules import CalendarKind
from hometeach.schedule.rules import Calendar
from hometeach.web import words


class DayKind(StrEnum):
    """What is on a day; the value is its class on the page."""

    TAUGHT = "taught"
    SHIFTED = "shifted"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    FREE = "free"
    OUTSIDE = "outside"


#: A sign in the corner of the day, so that the calendar reads in black and white.
MARKS = {
    DayKind.SHIFTED: _l("work"),
    DayKind.CLOSED: _l("shut"),
    DayKind.HOLIDAY: _l("off"),
}
KIND_WORDS = {
    CalendarKind.TERM: _l("Term"),
    CalendarKind.CLOSURE: _l("Closure"),
    CalendarKind.HOLIDAY: _l("Holiday"),
    CalendarKind.SHIFTED: _l("Shifted working day"),
}


@dataclass(frozen=True)
class Day:
    """One day of the calendar. ``name``: what the day is called, where it has a name."""

    number: int
    kind: DayKind
    mark: str
    name: str
    is_today: bool


@dataclass(frozen=True)
class Month:
    """One month: its weeks from Monday on, each with its school week's number; days of other months are left out."""

    name: str
    teaching_days: int
    weeks: list[tuple[int | None, list[Day | None]]]


def months_of(calendar: Calendar, span: Span, names: Mapping[date, str], today: date) -> list[Month]:
    """The months from that of the first to that of the last day of a span."""
    return [_month(calendar, month, names, today) for month in _months(span)]


def kind_of(calendar: Calendar, day: date) -> DayKind:
    """What is on a day. A closure wins over all else; holidays are told outside terms as well."""
    in_term = calendar.term_of(day) is not None
    if in_any(day, calendar.closures):
        return DayKind.CLOSED
    if day in calendar.shifted:
        return DayKind.SHIFTED if in_term else DayKind.OUTSIDE
    if day in calendar.holidays:
        return DayKind.HOLIDAY
    if not in_term:
        return DayKind.OUTSIDE
    return DayKind.TAUGHT if day.weekday() < 5 else DayKind.FREE


def _months(span: Span) -> Iterator[Span]:
    month = month_of(span.first)
    while month.first <= span.last:
        yield month
        month = month_of(month.last + ONE_DAY)


def _month(calendar: Calendar, month: Span, names: Mapping[date, str], today: date) -> Month:
    edges = {day: said for term in calendar.terms for day, said in _edges(term.span)}
    days: dict[date, Day] = {}
    for day in days_of(month):
        kind = kind_of(calendar, day)
        mark = str(MARKS.get(kind) or edges.get(day) or "")
        days[day] = Day(day.day, kind, mark, names.get(day, ""), day == today)
    mondays = sorted({monday_of(day) for day in days})
    weeks = [
        (calendar.week_number(monday), [days.get(monday + timedelta(days=n)) for n in range(7)]) for monday in mondays
    ]
    return Month(_name_of(month.first), calendar.teaching_days(month), weeks)


def _edges(term: Span) -> tuple[tuple[date, str], ...]:
    return (term.first, _("first")), (term.last, _("last"))


def _name_of(first: date) -> str:
    return _("%(days)s %(year)s", days=words.month_name(first), year=first.year)
