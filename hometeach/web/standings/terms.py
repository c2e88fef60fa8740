"""Over which term does a page look? The one in its address, else the one that a day lies in."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sqlalchemy import select

from hometeach.kernel.clock import Span, monday_of, week_of
from hometeach.kernel.extensions import db
from hometeach.schedule.models import CalendarEntry, CalendarKind
from hometeach.schedule.rules import Term
from hometeach.web.strips import Head, week_heads


@dataclass(frozen=True)
class Terms:
    """The terms of the calendar, the latest first, and the one that is looked at."""

    every: tuple[Term, ...]
    chosen: Term | None
    as_of: date

    @property
    def span(self) -> Span:
        """The days of the chosen term; none at all where there is no term."""
        return self.chosen.span if self.chosen else Span(self.as_of, self.as_of - timedelta(days=1))

    @property
    def key(self) -> str:
        """By which the chosen term stands in addresses: its first day."""
        return self.chosen.span.first.isoformat() if self.chosen else ""

    @property
    def default_key(self) -> str:
        """The key of the term that is chosen where the address says nothing."""
        nearest = term_nearest(self.every, self.as_of)
        return nearest.span.first.isoformat() if nearest else ""

    @property
    def name(self) -> str:
        """The name of the chosen term, empty where there is none."""
        return self.chosen.name if self.chosen else ""

    @property
    def others(self) -> list[Term]:
        """The other terms, the latest first."""
        return [term for term in self.every if term is not self.chosen]

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        """Every term as (key, name), for a choice."""
        return [(term.span.first.isoformat(), term.name) for term in self.every]

    @cached_property
    def weeks(self) -> list[Span]:
        """The weeks with a day in the chosen term."""
        monday, last = monday_of(self.span.first), self.span.last
        return [week_of(monday + timedelta(days=7 * n)) for n in range((last - monday).days // 7 + 1)]

    def heads(self) -> list[Head]:
        """The heads of the chosen term's weeks."""
        return week_heads(self.weeks, number=self.week_number, as_of=self.as_of)

    def week_number(self, day: date) -> int | None:
        """Which week of the chosen term a day lies in, counted from 1."""
        return (day - monday_of(self.span.first)).days // 7 + 1 if day in self._whole_weeks else None

    @cached_property
    def _whole_weeks(self) -> Span:
        return Span(monday_of(self.span.first), week_of(self.span.last).last)


def chosen_term(as_of: date, key: str = "") -> Terms:
    """The terms, with the one that begins on the day ``key`` chosen, else the one of the day asked.

    A key that names no term is as good as none.
    """
    every = tuple(
        Term(name, Span.of(first, last))
        for name, first, last in db.session.execute(
            select(CalendarEntry.name, CalendarEntry.effective_from, CalendarEntry.effective_to)
            .where(CalendarEntry.kind == CalendarKind.TERM)
            .order_by(CalendarEntry.effective_from.desc(), CalendarEntry.id)
        )
    )
    named = next((term for term in every if term.span.first.isoformat() == key), None)
    return Terms(every, named or term_nearest(every, as_of), as_of)


def term_nearest(terms: tuple[Term, ...], day: date) -> Term | None:
    """The term that a day lies in, else the last one before it, else the first one to come. Latest first."""
    begun = [term for term in terms if term.span.first <= day]
    return begun[0] if begun else next(reversed(terms), None)
