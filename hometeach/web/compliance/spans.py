"""Over which week, month or term does the page look, and which lie beside it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import ColumnElement

from hometeach.compliance.models import LedgerEntry
from hometeach.kernel.clock import ONE_DAY, Span, monday_of, month_of, week_of
from hometeach.schedule.rules import PeriodKind, Term
from hometeach.web.forms import day_named
from hometeach.web.standings.ledger import meets
from hometeach.web.standings.names import PeriodNames, term_meeting
from hometeach.web.standings.terms import Terms, chosen_term, term_nearest

#: What can be chosen.
KINDS = (PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.TERM)
#: No day outside these is looked at: it would be a slip in the address.
LOOKED_AT = Span(date(2000, 1, 1), date(2099, 12, 31))
NO_DAYS = Span(date.max, date.min)


@dataclass(frozen=True)
class Within(Terms):
    """The weeks of any span, each with its number in the term that it lies in."""

    looked_at: Span = NO_DAYS

    @property
    def span(self) -> Span:
        """The days that are looked at."""
        return self.looked_at

    @cached_property
    def weeks(self) -> list[Span]:
        """The weeks whose Monday lies in the span; of a term those with a day in it."""
        first = self.looked_at.first
        monday = monday_of(first)
        if self.chosen is None and monday < first:
            monday += 7 * ONE_DAY
        mondays = range((self.looked_at.last - monday).days // 7 + 1)
        return [week_of(monday + 7 * n * ONE_DAY) for n in mondays]

    def week_number(self, day: date) -> int | None:
        """Which week of its term a day lies in, counted from 1."""
        term = term_meeting(self.every, week_of(day))
        return (monday_of(day) - monday_of(term.span.first)).days // 7 + 1 if term else None


@dataclass(frozen=True)
class Chosen:
    """The span that is looked at, and the first days of those beside it; None where there is none."""

    kind: PeriodKind
    within: Within
    previous: date | None
    following: date | None

    @property
    def span(self) -> Span:
        """Its days."""
        return self.within.looked_at

    @property
    def key(self) -> str:
        """By which it stands in addresses: its first day."""
        return self.span.first.isoformat()

    @property
    def name(self) -> str:
        """第12周（11月16–22日）, 2026年11月, or the term's name."""
        return PeriodNames(self.within.every)(self.kind, self.span)

    @property
    def day(self) -> date:
        """The day as of which its children are listed: its last, or today while it runs."""
        return min(self.span.last, self.within.as_of)

    @property
    def of_rows(self) -> ColumnElement[bool]:
        """The condition on ledger rows: a period belongs to the week or month in which it begins, as to the year."""
        if self.kind is PeriodKind.TERM:
            return meets(self.span)
        return LedgerEntry.period_start.between(self.span.first, self.span.last)


def chosen_span(kind: PeriodKind, text: str, today: date) -> Chosen:
    """The week, month or term in which the day of the address lies; today's where it says none."""
    terms = chosen_term(today)
    named = day_named(text)
    day = named if named is not None and named in LOOKED_AT else today
    if kind is PeriodKind.TERM:
        return _term(terms, day)
    span = week_of(day) if kind is PeriodKind.WEEK else month_of(day)
    return Chosen(
        kind,
        Within(terms.every, None, today, span),
        previous=span.first - ONE_DAY,
        following=span.last + ONE_DAY,
    )


def _term(terms: Terms, day: date) -> Chosen:
    term = term_nearest(terms.every, day)
    if term is None:
        return Chosen(PeriodKind.TERM, Within(terms.every, None, terms.as_of, Span(day, day)), None, None)
    place = terms.every.index(term)
    return Chosen(
        PeriodKind.TERM,
        Within(terms.every, term, terms.as_of, term.span),
        previous=_first(terms.every, place + 1),
        following=_first(terms.every, place - 1),
    )


def _first(terms: Sequence[Term], place: int) -> date | None:
    return terms[place].span.first if 0 <= place < len(terms) else None
