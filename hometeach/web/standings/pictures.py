"""How does a term look: for one child, and for many under one another?"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import groupby

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from hometeach.schedule.rules import Metric, PeriodKind
from hometeach.web import words
from hometeach.web.standings import ledger
from hometeach.web.standings.ledger import Row
from hometeach.web.standings.listed import Listed
from hometeach.web.standings.names import counted_words
from hometeach.web.standings.terms import Terms
from hometeach.web.states import MARKS, RowNumbers, State, state_words
from hometeach.web.strips import Cell, Head, Line, Stack, make_cell, period_heads


class TermState(StrEnum):
    """How a child's term stands, by its worst period. The order is that of urgency."""

    UNACCOUNTED = "unaccounted"
    SHORT = "short"
    MET = "met"
    NOTHING_OWED = "nothing"


TERM_STATE_WORDS = {
    TermState.UNACCOUNTED: _l("nobody accounts for some of it"),
    TermState.SHORT: _l("short, the causes are known"),
    TermState.MET: _l("nothing missing"),
    TermState.NOTHING_OWED: _l("nothing owed this term"),
}


@dataclass(frozen=True)
class TermLine:
    """One child's term as cells, by kind of period, and what they come to."""

    cells_of: Mapping[PeriodKind, Sequence[Cell]]

    @cached_property
    def cells(self) -> list[Cell]:
        """All of them, the shorter periods first."""
        return [cell for cells in self.cells_of.values() for cell in cells]

    @cached_property
    def counts(self) -> Counter[State]:
        """How many periods stand in which state."""
        return Counter(cell.state for cell in self.cells)

    @property
    def unaccounted(self) -> int:
        """Periods for a part of which nobody accounts."""
        return self.counts[State.UNACCOUNTED]

    @property
    def unaccounted_of(self) -> Counter[PeriodKind]:
        """The same by kind of period."""
        return Counter(
            {
                kind: sum(cell.state is State.UNACCOUNTED for cell in cells)
                for kind, cells in self.cells_of.items()
                if self.unaccounted
            }
        )

    @property
    def unaccounted_words(self) -> str:
        """The same in words; empty where there is none."""
        return counted_words(self.unaccounted_of)

    @property
    def known(self) -> int:
        """Periods that are short for known causes alone."""
        return self.counts[State.KNOWN_CAUSE]

    @property
    def state(self) -> TermState:
        """How the term stands."""
        if self.unaccounted:
            return TermState.UNACCOUNTED
        if self.known:
            return TermState.SHORT
        owed = set(self.counts) - {State.NO_ROW, State.NOTHING_OWED, State.GIVEN}
        return TermState.MET if owed else TermState.NOTHING_OWED

    @property
    def runs(self) -> list[tuple[State, str]]:
        """Marks of one state side by side, for a strip that stands in one cell of a list."""
        return [
            (state, (MARKS[state] or "\u3000") * len(list(some)))
            for state, some in groupby(self.cells, key=lambda cell: cell.state)
        ]

    @property
    def spoken(self) -> str:
        """The line for the ear: 达标 9，无人交代 1."""
        shown = (state for state in State if self.counts[state] and state is not State.NO_ROW)
        return words.listed(f"{state_words(state)} {self.counts[state]}" for state in shown)


class Grid:
    """The cells of one kind of period. Cells that look and sound alike are made once."""

    def __init__(self, kind: PeriodKind, heads: Sequence[Head], rows: Sequence[Row], as_of: date):
        self.kind = kind
        self.heads = heads
        self.rows = ledger.by_child(rows, as_of)
        self._as_of = as_of
        self._made: dict[tuple[str, Metric, RowNumbers], Cell] = {}
        self._blank = {head.key: make_cell(head, None) for head in heads}

    def cells(self, child_id: int) -> list[Cell]:
        """A child's cells, one under each head."""
        of_child = self.rows.get(child_id, {})
        return [self._cell(head, of_child.get(head.period.first)) for head in self.heads]

    def _cell(self, head: Head, row: Row | None) -> Cell:
        if row is None:
            return self._blank[head.key]
        numbers = row.numbers(self._as_of)
        key = (head.key, row.metric, numbers)
        if key not in self._made:
            self._made[key] = make_cell(head, numbers, row.metric)
        return self._made[key]


class TermPicture:
    """The term of some children, each by the shortest periods that it is judged by."""

    def __init__(self, terms: Terms, rows: Sequence[Row]):
        self.terms = terms
        kinds = [kind for kind in PeriodKind if any(row.kind is kind for row in rows)] or [PeriodKind.WEEK]
        self.grids = {kind: _grid(terms, kind, [row for row in rows if row.kind is kind]) for kind in kinds}
        self._lines: dict[int, TermLine] = {}

    def line(self, child_id: int) -> TermLine:
        """One child's term."""
        if child_id not in self._lines:
            grids = [grid for grid in self.grids.values() if child_id in grid.rows]
            self._lines[child_id] = TermLine({grid.kind: grid.cells(child_id) for grid in grids})
        return self._lines[child_id]

    @property
    def telling(self) -> list[Row]:
        """The row that speaks for each child-period."""
        return [row for grid in self.grids.values() for periods in grid.rows.values() for row in periods.values()]

    @cached_property
    def states(self) -> list[State]:
        """The states that are shown, for the key."""
        children = {child for grid in self.grids.values() for child in grid.rows}
        shown = {cell.state for child in children for cell in self.line(child).cells}
        return [state for state in State if state in shown and state is not State.NO_ROW]

    def unaccounted_words(self, children: Iterable[Listed]) -> str:
        """For how many of these children's periods nobody accounts, in words; empty where there is none."""
        counted: Counter[PeriodKind] = Counter()
        for child in children:
            counted.update(self.line(child.id).unaccounted_of)
        return counted_words(counted)


def picture_of(terms: Terms, *conditions: ColumnElement[bool]) -> TermPicture:
    """The chosen term of the children of whom the conditions hold."""
    return TermPicture(terms, ledger.ledger_rows(ledger.meets(terms.span), ledger.is_leading(), *conditions))


def stacks_of(
    picture: TermPicture,
    children: Sequence[Listed],
    *,
    caption: str,
    base: str,
    note: Callable[[Listed], str] = lambda child: child.code,
) -> list[Stack]:
    """These children's terms under one another, a stack for each kind of period.

    Children who are judged by nothing stand in the first. ``base`` is the
    address that a child's public id follows.
    """
    unjudged = {child.id for child in children if not picture.line(child.id).cells_of}
    stacks = []
    for grid in picture.grids.values():
        shown = [child for child in children if child.id in grid.rows or child.id in unjudged]
        lines = [_line(grid, child, base, note(child)) for child in shown]
        if lines:
            stacks.append(Stack(caption, grid.heads, lines, _("Child"), tail=(_("Nobody accounts for"),)))
            unjudged = set()
    return stacks


def _line(grid: Grid, child: Listed, base: str, note: str) -> Line:
    cells = grid.cells(child.id)
    unaccounted = sum(cell.state is State.UNACCOUNTED for cell in cells)
    address = f"{base}{child.public_id}"
    return Line(child.name, address, f"{address}/{grid.kind.value}/", cells, note, (str(unaccounted or ""),))


def _grid(terms: Terms, kind: PeriodKind, rows: Sequence[Row]) -> Grid:
    if kind is PeriodKind.WEEK:
        return Grid(kind, terms.heads(), rows, terms.as_of)
    periods = sorted({row.period for row in rows})
    return Grid(kind, period_heads(kind, periods, as_of=terms.as_of), rows, terms.as_of)
