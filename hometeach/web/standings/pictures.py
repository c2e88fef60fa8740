"""How does a term look: for one child, and for many under one another?"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import groupby

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from hometeach.compliance.builds import builds_of
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


#: The class of some marks side by side, and the marks.
Run = tuple[str, str]
#: Keeps the place of a period without a row: as wide as a mark.
NO_MARK = "\u3000"
#: The states that are told, in the order in which they are.
SHOWN = tuple(state for state in State if state is not State.NO_ROW)
#: Which state speaks for the children of a group: the one that asks for most.
MOST_URGENT = (
    State.UNACCOUNTED,
    State.KNOWN_CAUSE,
    State.OPEN,
    State.OPEN_GIVEN,
    State.MET,
    State.MADE_UP,
    State.EXCUSED,
    State.GIVEN,
    State.NOTHING_OWED,
    State.NO_ROW,
)


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

    @cached_property
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
    def runs(self) -> list[Run]:
        """Marks of one state side by side, for a strip that stands in one cell of a list."""
        return runs_of(cell.state for cell in self.cells)

    @property
    def spoken(self) -> str:
        """The line for the ear: 达标 9，无人交代 1."""
        return spoken_counts(self.counts)


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A strip in one cell of a list, of one child or of several: for the eye, and for the ear."""

    runs: Sequence[Run]
    spoken: str

    @classmethod
    def of(cls, states: Sequence[State]) -> "MarkLine":
        """One child's line, out of the state of each of its periods."""
        return cls(runs_of(states), spoken_counts(Counter(states)))


def runs_of(states: Iterable[State]) -> list[Run]:
    """Marks of one state side by side."""
    return [(state, (MARKS[state] or NO_MARK) * len(list(some))) for state, some in groupby(states)]


def spoken_counts(counts: Mapping[State, int]) -> str:
    """How many periods stand in which state, in words."""
    return _spoken(tuple(counts.get(state, 0) for state in SHOWN), get_locale())


@lru_cache(maxsize=4096)
def _spoken(counts: tuple[int, ...], _locale: Locale | None) -> str:
    """Kept, because the lines of a list say the same few things over and over."""
    return words.listed(f"{state_words(state)} {count}" for state, count in zip(SHOWN, counts, strict=True) if count)


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
        self._groups: dict[tuple[int, ...], MarkLine] = {}

    def line(self, child_id: int) -> TermLine:
        """One child's term."""
        if child_id not in self._lines:
            grids = [grid for grid in self.grids.values() if child_id in grid.rows]
            self._lines[child_id] = TermLine({grid.kind: grid.cells(child_id) for grid in grids})
        return self._lines[child_id]

    def group_line(self, children: Iterable[Listed]) -> MarkLine:
        """The term of a teacher, a school or the bureau.

        Each period stands for all of the children who are judged by its kind:
        the number of those for whom nobody accounts, else the mark of the
        child that is worst off.
        """
        ids = tuple(child.id for child in children)
        if ids not in self._groups:
            self._groups[ids] = self._group_line([self.line(child_id) for child_id in ids])
        return self._groups[ids]

    def _group_line(self, lines: Sequence[TermLine]) -> MarkLine:
        runs: list[Run] = []
        counts: Counter[State] = Counter()
        for line in lines:
            counts.update(line.counts)
        for kind in self.grids:
            cells_of = [line.cells_of[kind] for line in lines if kind in line.cells_of]
            runs += [_group_run([cell.state for cell in cells]) for cells in zip(*cells_of, strict=True)]
        return MarkLine(_joined(runs), spoken_counts(counts))

    @property
    def telling(self) -> list[Row]:
        """The row that speaks for each child-period."""
        return [row for grid in self.grids.values() for periods in grid.rows.values() for row in periods.values()]

    @cached_property
    def states(self) -> list[State]:
        """The states that are shown, for the key."""
        children = {child for grid in self.grids.values() for child in grid.rows}
        shown = {cell.state for child in children for cell in self.line(child).cells}
        return [state for state in SHOWN if state in shown]

    def unaccounted_words(self, children: Iterable[Listed]) -> str:
        """For how many of these children's periods nobody accounts, in words; empty where there is none."""
        counted: Counter[PeriodKind] = Counter()
        for child in children:
            counted.update(self.line(child.id).unaccounted_of)
        return counted_words(counted)


def picture_of(terms: Terms, *conditions: ColumnElement[bool]) -> TermPicture:
    """The chosen term of the children of whom the conditions (on ``Child``) hold."""
    return picture(terms, tuple(builds_of(*conditions).items()), get_locale())


@lru_cache(maxsize=16)
def picture(terms: Terms, builds: tuple[tuple[int, str], ...], _locale: Locale | None) -> TermPicture:
    """The same picture, with all that was made of it, while no ledger of these children was built anew."""
    return TermPicture(terms, ledger.leading_rows(dict(builds), terms.span))


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


def _group_run(states: Sequence[State]) -> Run:
    """One period of a group. A figure takes the room of one mark; one of three digits has none, and is the mark."""
    missing = states.count(State.UNACCOUNTED)
    if missing and len(states) > 1 and missing < 100:
        return (f"{State.UNACCOUNTED} count", str(missing))
    worst = min(states, key=MOST_URGENT.index)
    return (worst, MARKS[worst] or NO_MARK)


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Marks of one look in one run; a figure keeps a run of its own."""
    joined: list[Run] = []
    for look, marks in runs:
        if joined and joined[-1][0] == look and not marks.isdigit():
            joined[-1] = (look, joined[-1][1] + marks)
        else:
            joined.append((look, marks))
    return joined


def _grid(terms: Terms, kind: PeriodKind, rows: Sequence[Row]) -> Grid:
    if kind is PeriodKind.WEEK:
        return Grid(kind, terms.heads(), rows, terms.as_of)
    periods = sorted({row.period for row in rows})
    return Grid(kind, period_heads(kind, periods, as_of=terms.as_of), rows, terms.as_of)
