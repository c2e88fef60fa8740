"""How is a strip printed: one mark for each week, as text that any reader can copy and search?

Each mark is one em wide, so that lines stand exactly under one another without
a table: 38 weeks of 310 children cost a few spans a child.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from hometeach.compliance.rules import State
from hometeach.kernel.clock import Span
from hometeach.reporting.rollups import LedgerFact, WeekState

#: The marks, each a full-width character of the printing font, and the class of those that need more than ink.
MET, MADE_UP, EXCUSED, KNOWN, NOTHING_OWED, OPEN, NO_ROW = "●", "◐", "○", "◇", "－", "．", "\u3000"
UNACCOUNTED = "×"
#: Look and mark of each state of a child's week. What was given before its time, or beyond what was owed, is given.
_CHILD_MARKS = {
    State.MET: ("", MET),
    State.MADE_UP: ("", MADE_UP),
    State.EXCUSED: ("", EXCUSED),
    State.KNOWN_CAUSE: ("", KNOWN),
    State.UNACCOUNTED: ("u", UNACCOUNTED),
    State.OPEN: ("", OPEN),
    State.OPEN_GIVEN: ("", MET),
    State.NOTHING_OWED: ("", NOTHING_OWED),
    State.GIVEN: ("", MET),
}
#: Full-width digits for one, half-width (by the font's own feature) for two: either way one em.
WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class Run:
    """Marks of one look side by side. ``look`` is the CSS class: none for ink, ``uu`` for two digits in one em."""

    look: str
    marks: str


@dataclass(frozen=True, slots=True)
class MonthHead:
    """A month over its weeks. ``width`` in weeks."""

    month: int
    width: int


def month_heads(weeks: Sequence[Span]) -> list[MonthHead]:
    """The heads over a strip's weeks."""
    months = [(month, list(some)) for month, some in groupby(weeks, key=lambda week: week.first.month)]
    return [MonthHead(month, len(some)) for month, some in months]


def child_strip(rows: Mapping[date, LedgerFact], weeks: Sequence[Span]) -> list[Run]:
    """The strip of one child."""
    return _runs(_child_mark(rows.get(week.first)) for week in weeks)


def group_strip(states: Iterable[WeekState | None]) -> list[Run]:
    """The strip of a school or the bureau: the number that nobody accounts for, else the week's mark."""
    return [Run(*_group_mark(state)) for state in states]


def _runs(marks: Iterable[tuple[str, str]]) -> list[Run]:
    return [Run(look, "".join(mark for _, mark in some)) for look, some in groupby(marks, key=lambda pair: pair[0])]


def _child_mark(row: LedgerFact | None) -> tuple[str, str]:
    return ("", NO_ROW) if row is None else _CHILD_MARKS[row.state]


def _group_mark(state: WeekState | None) -> tuple[str, str]:
    if state is None:
        return "", NO_ROW
    if state.is_open:
        return "", OPEN
    if state.nothing:
        return _counted(state.nothing)
    if state.short:
        return "", KNOWN
    return "", (MET if state.met else EXCUSED if state.exempt_excused else NOTHING_OWED)


def _counted(number: int) -> tuple[str, str]:
    """A count that is one em wide; three digits do not fit and stand as the mark itself."""
    if number < 10:
        return "u counted", str(number).translate(WIDE_DIGITS)
    return ("uu counted", str(number)) if number < 100 else ("u counted", UNACCOUNTED)
