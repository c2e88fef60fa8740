"""What day is it, and to which week, month or span does a day belong?

The only module that reads the machine's clock. The civil date is the date in
Asia/Shanghai, or the one that ``HOMETEACH_TODAY`` fixes; leases, sign-in and
audit always use :func:`machine_now`.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
LAST_DAY = date.max


def machine_now() -> datetime:
    """The moment by the machine's clock, in UTC, to the microsecond."""
    return datetime.now(UTC)


def today() -> date:
    """The civil date: the frozen one if there is one, else today's in Asia/Shanghai.

    Raises: ValueError if ``HOMETEACH_TODAY`` is set and is no date.
    """
    frozen = frozen_today()
    return frozen if frozen is not None else machine_now().astimezone(SHANGHAI).date()


def frozen_today() -> date | None:
    """The date that ``HOMETEACH_TODAY`` fixes, or None where time runs freely."""
    text = os.environ.get("HOMETEACH_TODAY", "").strip()
    return date.fromisoformat(text) if text else None


def local(moment: datetime) -> datetime:
    """The same moment on a clock in Asia/Shanghai. A naive moment is taken as UTC."""
    return aware(moment).astimezone(SHANGHAI)


def aware(moment: datetime) -> datetime:
    """The same moment with its zone: SQLite gives back naive ones, and all of ours are UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class ClockWatch:
    """Notices when the machine's clock was set: it then runs apart from the one that only ever counts on."""

    def __init__(self, wall: Callable[[], datetime] = machine_now, ticking: Callable[[], float] = time.monotonic):
        self._wall, self._ticking = wall, ticking
        self.trust()

    def trust(self) -> None:
        """Take the clock as it stands now for right."""
        self._began = self._wall() - timedelta(seconds=self._ticking())

    def suspect(self, jump: timedelta) -> None:
        """Take it to have been set by so much already."""
        self._began -= jump

    @property
    def jump(self) -> timedelta:
        """By how much the clock was set since it was trusted; negative where it was set back."""
        return self._wall() - timedelta(seconds=self._ticking()) - self._began


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from ``first`` to ``last``, both included. An open end is ``LAST_DAY``."""

    first: date
    last: date = LAST_DAY

    @classmethod
    def of(cls, first: date, last: date | None) -> "Span":
        """The span of two stored dates, where an empty end is open."""
        return cls(first, last if last is not None else LAST_DAY)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def meets(self, other: "Span") -> bool:
        """Whether the two share at least one day."""
        return self.first <= other.last and other.first <= self.last


def in_any(day: date, spans: Iterable[Span]) -> bool:
    """Whether one of the spans holds the day. A loop and no generator: asked of every session at every save."""
    for span in spans:  # noqa: SIM110
        if span.first <= day <= span.last:
            return True
    return False


def days_of(span: Span) -> Iterator[date]:
    """Every day of a span that has an end."""
    for ordinal in range(span.first.toordinal(), span.last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def united(spans: Iterable[Span]) -> list[Span]:
    """The same days as sorted spans that neither overlap nor touch."""
    merged: list[Span] = []
    for span in sorted(spans):
        if span.last < span.first:
            continue
        if merged and (merged[-1].last == LAST_DAY or span.first <= merged[-1].last + ONE_DAY):
            merged[-1] = Span(merged[-1].first, max(merged[-1].last, span.last))
        else:
            merged.append(span)
    return merged


def without(spans: Iterable[Span], removed: Iterable[Span]) -> list[Span]:
    """The days of ``spans`` that lie in none of ``removed``, as sorted spans."""
    kept = united(spans)
    for hole in united(removed):
        kept = [piece for span in kept for piece in _minus(span, hole)]
    return kept


def monday_of(day: date) -> date:
    """The Monday of the week, Monday to Sunday, in which the day lies."""
    return day - timedelta(days=day.weekday())


def week_of(day: date) -> Span:
    """The week, Monday to Sunday, in which the day lies."""
    monday = monday_of(day)
    return Span(monday, monday + timedelta(days=6))


def month_of(day: date) -> Span:
    """The calendar month in which the day lies."""
    first = day.replace(day=1)
    return Span(first, (first + timedelta(days=31)).replace(day=1) - ONE_DAY)


def year_span(year: int) -> Span:
    """The calendar year."""
    return Span(date(year, 1, 1), date(year, 12, 31))


def _minus(span: Span, hole: Span) -> list[Span]:
    if not span.meets(hole):
        return [span]
    pieces = []
    if span.first < hole.first:
        pieces.append(Span(span.first, hole.first - ONE_DAY))
    if hole.last < span.last:
        pieces.append(Span(hole.last + ONE_DAY, span.last))
    return pieces
