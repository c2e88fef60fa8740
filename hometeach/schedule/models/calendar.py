"""The school calendar: what the bureau writes, over the prefilled public holidays."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import holidays
from sqlalchemy import CheckConstraint, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.clock import Span, days_of
from hometeach.kernel.extensions import Model, coded, db
from hometeach.people.models import Dated, Identified
from hometeach.schedule.calendar.rules import CalendarKind, Entry
from hometeach.schedule.rules import Calendar, Term


class CalendarEntry(Identified, Dated, Model):
    """Days of a term, a closure, a public holiday or shifted working days, as the bureau writes them."""

    __tablename__ = "calendar_entry"

    kind: Mapped[CalendarKind] = mapped_column(coded(CalendarKind))
    name: Mapped[str] = mapped_column(String(80))

    __table_args__ = (
        UniqueConstraint("kind", "effective_from", "name"),
        CheckConstraint("effective_to IS NOT NULL AND effective_from <= effective_to", name="closed"),
    )

    def as_entry(self) -> Entry:
        """The same for the pure rules."""
        return Entry(self.kind, self.name, self.span)


def entries_in_order() -> list[CalendarEntry]:
    """The rows of the calendar by their first day."""
    statement = select(CalendarEntry).order_by(CalendarEntry.effective_from, CalendarEntry.kind, CalendarEntry.name)
    return list(db.session.scalars(statement))


_WRITTEN = select(
    *(CalendarEntry.__table__.c[name] for name in ("kind", "name", "effective_from", "effective_to"))
).order_by(*(CalendarEntry.__table__.c[name] for name in ("effective_from", "kind", "name")))


def written_entries() -> list[Entry]:
    """What the bureau has written into the calendar, by its first day."""
    return [Entry(kind, name, Span.of(first, last)) for kind, name, first, last in _written()]


def the_calendar() -> Calendar:
    """The school calendar: the bureau's entries over the prefilled public holidays."""
    return _calendar_of_rows(_written())


def _written() -> tuple[Any, ...]:
    db.session.flush()  # what is asked by table does not see to it
    return tuple(db.session.connection().execute(_WRITTEN).all())


@lru_cache(maxsize=4)
def _calendar_of_rows(rows: tuple[Any, ...]) -> Calendar:
    """The calendar that such rows say, made once: it is read all day and changes once a term."""
    return calendar_of((kind, Span.of(first, last), name) for kind, name, first, last in rows)


def calendar_from(entries: Iterable[Entry]) -> Calendar:
    """The calendar that such entries make, each winning over the prefilled days."""
    return calendar_of((entry.kind, entry.span, entry.name) for entry in entries)


def calendar_of(entries: Iterable[tuple[CalendarKind, Span, str]]) -> Calendar:
    """The calendar that such entries make, each winning over the prefilled days."""
    spans: dict[CalendarKind, list[tuple[Span, str]]] = {kind: [] for kind in CalendarKind}
    for kind, span, name in entries:
        spans[kind].append((span, name))
    terms = tuple(Term(name, span) for span, name in spans[CalendarKind.TERM])
    off, on = prefilled_days(tuple(sorted({day.year for term in terms for day in (term.span.first, term.span.last)})))
    written_off = {day for span, _ in spans[CalendarKind.HOLIDAY] for day in days_of(span)}
    written_on = {day for span, _ in spans[CalendarKind.SHIFTED] for day in days_of(span)}
    return Calendar(
        terms=terms,
        closures=tuple(span for span, _ in spans[CalendarKind.CLOSURE]),
        holidays=frozenset((off - written_on) | written_off),
        shifted=frozenset((on - written_off) | written_on),
    )


@lru_cache(maxsize=16)
def prefilled_days(years: tuple[int, ...]) -> tuple[frozenset[date], frozenset[date]]:
    """The State Council's public holidays and shifted working days of some years.

    Source: the ``holidays`` package, pinned; the bureau's own entries win.
    """
    if not years:
        return frozenset(), frozenset()
    country = holidays.country_holidays("CN", years=range(years[0], years[-1] + 1))
    shifted = frozenset(country.weekend_workdays)
    return frozenset(country) - shifted, shifted


def prefilled_names(years: Iterable[int]) -> dict[date, str]:
    """The public holidays of some years by name, in Chinese."""
    return dict(sorted(holidays.country_holidays("CN", years=list(years), language="zh_CN").items()))
