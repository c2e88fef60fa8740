"""Which entries can stand in a school calendar, one beside the other?

Source: the calendar of the school year as the bureau issues it; public
holidays and shifted working days by the State Council's yearly notice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hometeach.kernel.clock import Span

#: A name of a term begins with its school year.
SCHOOL_YEAR = re.compile(r"(\d{4})-(\d{4})学年", re.ASCII)
#: No entry is longer: it would be a slip in the year.
MOST_DAYS = 300
YEARS = range(2000, 2100)


class CalendarKind(StrEnum):
    """What a calendar entry says of its days."""

    TERM = "term"
    CLOSURE = "closure"
    HOLIDAY = "holiday"
    SHIFTED = "shifted"


@dataclass(frozen=True, slots=True)
class Entry:
    """Days of one kind, as the bureau writes them."""

    kind: CalendarKind
    name: str
    span: Span


class Misfit(StrEnum):
    """Why an entry cannot stand."""

    NAMELESS = "nameless"
    FAR = "far"
    REVERSED = "reversed"
    TOO_LONG = "too_long"
    TERM_NAME = "term_name"
    EXISTS = "exists"
    TERMS_OVERLAP = "terms_overlap"
    OFF_AND_ON = "off_and_on"


def misfit_of(entry: Entry, others: Sequence[Entry]) -> tuple[Misfit, Entry | None] | None:
    """Why an entry cannot stand beside the others, and beside which; None where it can."""
    alone = _misfit_alone(entry)
    if alone is not None:
        return alone, None
    for other in others:
        beside = _misfit_beside(entry, other)
        if beside is not None:
            return beside, other
    return None


def is_term_name(name: str) -> bool:
    """Whether a name begins with a school year, the second of its years being the next after the first."""
    found = SCHOOL_YEAR.match(name)
    return found is not None and int(found[2]) == int(found[1]) + 1


def _misfit_alone(entry: Entry) -> Misfit | None:
    first, last = entry.span.first, entry.span.last
    faults = (
        (Misfit.NAMELESS, not entry.name.strip()),
        (Misfit.FAR, first.year not in YEARS or last.year not in YEARS),
        (Misfit.REVERSED, last < first),
        (Misfit.TOO_LONG, (last - first).days >= MOST_DAYS),
        (Misfit.TERM_NAME, entry.kind is CalendarKind.TERM and not is_term_name(entry.name)),
    )
    return next((fault for fault, applies in faults if applies), None)


def _misfit_beside(entry: Entry, other: Entry) -> Misfit | None:
    if (entry.kind, entry.span.first, entry.name) == (other.kind, other.span.first, other.name):
        return Misfit.EXISTS
    if not entry.span.meets(other.span):
        return None
    kinds = {entry.kind, other.kind}
    if kinds == {CalendarKind.TERM}:
        return Misfit.TERMS_OVERLAP
    return Misfit.OFF_AND_ON if kinds == {CalendarKind.HOLIDAY, CalendarKind.SHIFTED} else None


def with_entry(entries: Sequence[Entry], *, without: Entry | None = None, added: Entry | None = None) -> list[Entry]:
    """The entries as they would stand after one was taken away, added, or both."""
    return [entry for entry in entries if entry != without] + ([added] if added else [])
