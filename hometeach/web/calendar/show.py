"""One school year on a page, to be read, to be printed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request

from hometeach.kernel import clock
from hometeach.kernel.clock import ONE_DAY, Span, days_of, month_of
from hometeach.people.access import FILE_READERS, Role
from hometeach.schedule.calendar.rules import CalendarKind
from hometeach.schedule.models import CalendarEntry, entries_in_order, prefilled_days, prefilled_names, the_calendar
from hometeach.schedule.rules import Calendar
from hometeach.web import words
from hometeach.web.base import allowed, person
from hometeach.web.calendar import pages
from hometeach.web.calendar.months import KIND_WORDS, MARKS, months_of


@dataclass(frozen=True)
class Prefilled:
    """Days of the State Council's calendar, and whether the bureau has written something else over them."""

    name: str
    span: Span
    is_working: bool
    is_overwritten: bool


@pages.get("")
@allowed(*FILE_READERS)
def show() -> str:
    """A school year month by month, with what the bureau wrote and what was filled in beforehand."""
    calendar, entries = the_calendar(), entries_in_order()
    years = calendar.school_years
    name = _chosen(years, request.args.get("year", ""))
    span = _whole_months(years[name]) if name else None
    here = [entry for entry in entries if span and entry.span.meets(span)]
    return render_template(
        "calendar/show.html",
        years=list(years),
        year=name,
        span=years.get(name),
        teaching_days=calendar.teaching_days(years[name]) if name else 0,
        months=months_of(calendar, span, _names(here, span), clock.today()) if span else [],
        marks={kind.value: mark for kind, mark in MARKS.items()},
        weekdays=[words.weekday_name(date(2026, 1, 5) + timedelta(days=n)) for n in range(7)],
        entries=here,
        kind_words=KIND_WORDS,
        prefilled=list(_prefilled(span, calendar)) if span else [],
        unknown_years=_unknown_years(span) if span else [],
        may_edit=Role.BUREAU_OFFICER in person().roles,
    )


def _chosen(years: dict[str, Span], wanted: str) -> str:
    """The school year that is asked for, else the one of today, else the last."""
    today = clock.today()
    now = next((name for name, span in years.items() if today in span), next(reversed(years), ""))
    return wanted if wanted in years else now


def _whole_months(span: Span) -> Span:
    return Span(month_of(span.first).first, month_of(span.last).last)


def _names(entries: Iterable[CalendarEntry], span: Span) -> dict[date, str]:
    """What each day is called: by the bureau, else by the State Council."""
    names = {day: name for day, name in prefilled_names(_years(span)).items() if day in span}
    for entry in entries:
        if entry.kind is not CalendarKind.TERM:
            names.update(dict.fromkeys(days_of(entry.span), entry.name))
    return names


def _prefilled(span: Span, calendar: Calendar) -> Iterable[Prefilled]:
    """The prefilled days of a span by their first day, those of one name in a row as one."""
    off, on = prefilled_days(_years(span))
    names = prefilled_names(_years(span))
    runs = [*((run, False) for run in _runs(off, names)), *(([day], True) for day in on)]
    for run, is_working in sorted(runs):
        if run[0] in span:
            standing = calendar.shifted if is_working else calendar.holidays
            is_overwritten = not all(day in standing for day in run)
            yield Prefilled(names.get(run[0], ""), Span(run[0], run[-1]), is_working, is_overwritten)


def _runs(days: Iterable[date], names: dict[date, str]) -> list[list[date]]:
    """Days that follow each other under one name."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] + ONE_DAY == day and names.get(runs[-1][-1]) == names.get(day):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _years(span: Span) -> tuple[int, ...]:
    return tuple(range(span.first.year, span.last.year + 1))


def _unknown_years(span: Span) -> list[int]:
    """The years of a span whose notice of shifted days is not known here: no year is without any."""
    _off, on = prefilled_days(_years(span))
    return [year for year in _years(span) if not any(day.year == year for day in on)]
