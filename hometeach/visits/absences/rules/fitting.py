"""Which times fit both the child and the teacher?"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

#: Proposals begin at a multiple of so many minutes.
STEP = 15
#: So many proposals are offered at once.
MOST = 12


class Taken(NamedTuple):
    """Time that somebody has given already. Units: minutes after midnight."""

    day: date
    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What kind of time is looked for.

    Units: ``minutes`` the lesson lasts; ``opens`` and ``closes`` bound the
    working day, minutes after midnight; so is ``start_minute``, the usual
    hour, where there is one. ``weekday`` 0 is Monday.
    """

    minutes: int
    opens: int
    closes: int
    weekday: int | None = None
    start_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A time that fits. Units: minutes after midnight."""

    day: date
    start_minute: int
    end_minute: int
    is_taught: bool
    is_usual_weekday: bool


def fitting_times(
    days: Iterable[date],
    *,
    child: Sequence[Taken],
    teacher: Sequence[Taken],
    is_taught: Callable[[date], bool],
    wish: Wish,
    full_days: Collection[date] = (),
    most: int = MOST,
) -> list[Proposal]:
    """At most one time a day that neither has given already: teaching days first, then by day.

    On each day the one nearest to the usual hour. ``full_days`` are those on
    which one more lesson of the child would not count.
    """
    by_day = _by_day([*child, *teacher])
    found = [
        Proposal(day, start, start + wish.minutes, is_taught(day), day.weekday() == wish.weekday)
        for day in sorted(set(days) - set(full_days))
        if (start := _nearest_start(by_day.get(day, []), wish)) is not None
    ]
    return sorted(found, key=lambda one: (not one.is_taught, one.day))[:most]


def full_days(child: Iterable[Taken], most_per_day: Callable[[date], int]) -> set[date]:
    """The days on which the child has as many lessons as count on one day."""
    return {day for day, lessons in Counter(one.day for one in child).items() if lessons >= most_per_day(day)}


def _by_day(taken: Iterable[Taken]) -> dict[date, list[Taken]]:
    found: dict[date, list[Taken]] = {}
    for one in taken:
        found.setdefault(one.day, []).append(one)
    return found


def _nearest_start(taken: Sequence[Taken], wish: Wish) -> int | None:
    """The start within the working day that overlaps nothing and lies nearest to the usual hour."""
    usual = wish.start_minute if wish.start_minute is not None else wish.opens
    starts = {*range(wish.opens, wish.closes - wish.minutes + 1, STEP), usual, *(one.end_minute for one in taken)}
    free = [start for start in starts if _is_free(start, taken, wish)]
    return min(free, key=lambda start: (abs(start - usual), start), default=None)


def _is_free(start: int, taken: Iterable[Taken], wish: Wish) -> bool:
    end = start + wish.minutes
    if start < wish.opens or end > wish.closes:
        return False
    return all(end <= one.start_minute or one.end_minute <= start for one in taken)
