"""How does a term look: for one child, and for many under one another?"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
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
from hometeach.web.standings.names import periods_words
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
#: The state of a cell as which the term's state is marked.
TERM_STATE_MARKS = {
    TermState.UNACCOUNTED: State.UNACCOUNTED,
    TermState.SHORT: State.KNOWN_CAUSE,
    TermState.MET: State.MET,
    TermState.NOTHING_OWED: State.NOTHING_OWED,
}


@dataclass(frozen=True)
class TermLine:
    """One child's term as cells, and what they come to."""

    cells: Sequence[Cell]

    @cached_property
    def counts(self) -> Counter[State]:
        """How many periods stand in which state."""
        return Counter(cell.state for cell in self.cells)

    @property
    def unaccounted(self) -> int:
        """Periods for a part of which nobody accounts."""
        return self.counts[State.UNACCOUNTED]

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


class TermPicture:
    """The terms of some children, one cell for each period of the shortest kind that they are judged by.

    Cells that look and sound alike are made once.
    """

    def __init__(self, terms: Terms, kind: PeriodKind, rows: Sequence[Row]):
        self.terms = terms
        self.kind = kind
        self.rows = ledger.by_child(rows, terms.as_of)
        self.heads = terms.heads() if kind is PeriodKind.WEEK else _heads_of(kind, rows, terms.as_of)
        self._made: dict[tuple[str, Metric, RowNumbers], Cell] = {}
        self._blank = {head.key: make_cell(head, None) for head in self.heads}
        self._lines: dict[int, TermLine] = {}

    def line(self, child_id: int) -> TermLine:
        """One child's term."""
        if child_id not in self._lines:
            of_child = self.rows.get(child_id, {})
            self._lines[child_id] = TermLine([self._cell(head, of_child.get(head.period.first)) for head in self.heads])
        return self._lines[child_id]

    def _cell(self, head: Head, row: Row | None) -> Cell:
        if row is None:
            return self._blank[head.key]
        numbers = row.numbers(self.terms.as_of)
        key = (head.key, row.metric, numbers)
        if key not in self._made:
            self._made[key] = make_cell(head, numbers, row.metric)
        return self._made[key]

    @cached_property
    def states(self) -> list[State]:
        """The states that are shown, for the key."""
        shown = {cell.state for child in self.rows for cell in self.line(child).cells}
        return [state for state in State if state in shown and state is not State.NO_ROW]

    def periods(self, count: int) -> str:
        """So many of the picture's periods: 5 周."""
        return periods_words(self.kind, count)

    def unaccounted(self, children: Iterable[Listed]) -> int:
        """Periods of these children for a part of which nobody accounts."""
        return sum(self.line(child.id).unaccounted for child in children)


def picture_of(terms: Terms, *conditions: ColumnElement[bool]) -> TermPicture:
    """The chosen term of the children of whom the conditions hold."""
    kind = ledger.leading_kind(ledger.meets(terms.span), *conditions)
    rows = ledger.ledger_rows(ledger.of_kind(kind), ledger.meets(terms.span), *conditions)
    return TermPicture(terms, kind, rows)


def stack_of(
    picture: TermPicture,
    children: Iterable[Listed],
    *,
    caption: str,
    base: str,
    note: Callable[[Listed], str] | None = None,
) -> Stack:
    """These children's terms under one another. ``base`` is the address that a child's public id follows."""
    lines = [
        Line(
            name=child.name,
            href=f"{base}{child.public_id}",
            prefix=f"{base}{child.public_id}/{picture.kind.value}/",
            cells=picture.line(child.id).cells,
            note=note(child) if note else child.code,
            tail=(str(picture.line(child.id).unaccounted or ""),),
        )
        for child in children
    ]
    return Stack(caption, picture.heads, lines, _("Child"), tail=(_("Nobody accounts for"),))


def _heads_of(kind: PeriodKind, rows: Sequence[Row], as_of: date) -> list[Head]:
    return period_heads(kind, sorted({row.period for row in rows}), as_of=as_of)
