"""What is a period called, by the term that it lies in, and how are many of them counted?"""

from collections.abc import Callable, Mapping, Sequence

from flask_babel import ngettext

from hometeach.kernel.clock import Span, monday_of
from hometeach.schedule.rules import PeriodKind, Term
from hometeach.web import words
from hometeach.web.words.amounts import enumerated


class PeriodNames:
    """Names periods: 第12周（11月16–22日）. Each is worked out once."""

    def __init__(self, terms: Sequence[Term]):
        self._terms = terms
        self._known: dict[tuple[PeriodKind, Span], str] = {}

    def __call__(self, kind: PeriodKind, period: Span) -> str:
        """The name of one period."""
        key = (kind, period)
        if key not in self._known:
            self._known[key] = self._name(kind, period)
        return self._known[key]

    def _name(self, kind: PeriodKind, period: Span) -> str:
        term = term_meeting(self._terms, period)
        if term is None:
            return words.period_words(kind, period)
        if kind is PeriodKind.WEEK:
            number = (period.first - monday_of(term.span.first)).days // 7 + 1
            return words.period_words(kind, period, number=number)
        return words.period_words(kind, period, name=term.name if kind is PeriodKind.TERM else term.school_year)


def term_meeting(terms: Sequence[Term], period: Span) -> Term | None:
    """The first term that shares a day with the period."""
    return min((term for term in terms if term.span.meets(period)), key=lambda term: term.span, default=None)


def periods_words(kind: PeriodKind, count: int) -> str:
    """So many periods of a kind: 5 周, 3 个月."""
    return _PERIODS[kind](count)


def counted_words(counts: Mapping[PeriodKind, int]) -> str:
    """Periods of several kinds, the shortest first, empty where there is none: 5 周、3 个月."""
    said = [periods_words(kind, counts[kind]) for kind in PeriodKind if counts.get(kind)]
    return enumerated(said) if said else ""


def _weeks(n: int) -> str:
    return ngettext("%(num)s week", "%(num)s weeks", n)


def _fortnights(n: int) -> str:
    return ngettext("%(num)s fortnight", "%(num)s fortnights", n)


def _months(n: int) -> str:
    return ngettext("%(num)s month", "%(num)s months", n)


def _terms(n: int) -> str:
    return ngettext("%(num)s term", "%(num)s terms", n)


def _school_years(n: int) -> str:
    return ngettext("%(num)s school year", "%(num)s school years", n)


_PERIODS: Mapping[PeriodKind, Callable[[int], str]] = {
    PeriodKind.WEEK: _weeks,
    PeriodKind.FORTNIGHT: _fortnights,
    PeriodKind.MONTH: _months,
    PeriodKind.TERM: _terms,
    PeriodKind.SCHOOL_YEAR: _school_years,
}
