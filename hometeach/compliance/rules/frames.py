"""Which periods have a row, and by which rule is each judged?

The same for all children to whom the same rules apply, whatever their own
days: made once under a calendar and kept.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from hometeach.kernel.clock import Span
from hometeach.schedule.rules import Calendar, DeliveryRule, PeriodKind, Quota, RuleBook


class Frame(NamedTuple):
    """A period with the rule it is judged by and the quotas, numbered, that run over such periods.

    Units: ``teaching`` in days; ``weekdays`` are those, 0 for Monday, of which at least one is taught.
    """

    period: Span
    rule: DeliveryRule
    teaching: int
    weekdays: frozenset[int]
    quotas: tuple[tuple[int, Quota], ...]


class Framed:
    """The frames of one kind of period, by start, and the places of their rows. A day is looked up once."""

    def __init__(self, frames: Sequence[Frame]):
        self.frames = frames
        self._starts = [frame.period.first for frame in frames]
        #: Periods of one kind may share days (the fortnights of adjoining terms), never for longer than this.
        self._longest = max(((frame.period.last - frame.period.first).days for frame in frames), default=0)
        self._last = max((frame.period.last for frame in frames), default=date.min)
        self._known: dict[date, tuple[int, ...]] = {}

    @cached_property
    def _places(self) -> list[range]:
        """Where the rows of each frame stand, one for each of its quotas."""
        ends = [0]
        for frame in self.frames:
            ends.append(ends[-1] + len(frame.quotas))
        return [range(start, end) for start, end in pairwise(ends)]

    def covering(self, day: date) -> tuple[int, ...]:
        """The places of the rows whose period holds the day."""
        if day > self._last or day < self._starts[0]:
            return ()
        known = self._known.get(day)
        if known is None:
            found = self._meeting(Span(day, day))
            known = self._known[day] = tuple(place for number in found for place in self._places[number])
        return known

    def meeting(self, span: Span) -> "Framed":
        """Only the frames whose period shares a day with the span."""
        return Framed([self.frames[number] for number in self._meeting(span)])

    def _meeting(self, span: Span) -> Iterator[int]:
        first = bisect_left(self._starts, span.first - timedelta(days=self._longest))
        for number in range(first, bisect_right(self._starts, span.last)):
            if self.frames[number].period.last >= span.first:
                yield number


class Frames:
    """The frames under one calendar, by the rules that apply."""

    def __init__(self, calendar: Calendar):
        self.calendar = calendar
        self._books: dict[tuple[object, ...], RuleBook] = {}
        self._framed: dict[tuple[object, ...], Framed] = {}

    def book(self, book: RuleBook) -> RuleBook:
        """One book for all to whom the same rules apply, so that a day is looked up once."""
        return self._books.setdefault(book.signature, book)

    def of(self, kind: PeriodKind, book: RuleBook) -> Framed:
        """The periods of a kind that have a row under these rules."""
        key = (kind, book.signature)
        if key not in self._framed:
            self._framed[key] = Framed(list(self._frames(kind, self.book(book))))
        return self._framed[key]

    def _frames(self, kind: PeriodKind, book: RuleBook) -> Iterator[Frame]:
        for period in self.calendar.periods[kind]:
            first = self.calendar.first_term_day(period)
            rule = book.on(first) if first is not None else None
            quotas = _quotas_of(rule, kind) if rule is not None else ()
            if rule is not None and quotas:
                taught = self.calendar.list_teaching_days(period)
                yield Frame(period, rule, len(taught), frozenset(day.weekday() for day in taught), quotas)


def _quotas_of(rule: DeliveryRule, kind: PeriodKind) -> tuple[tuple[int, Quota], ...]:
    return tuple((number, quota) for number, quota in enumerate(rule.quotas) if quota.period is kind)
