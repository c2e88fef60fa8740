"""How do a child's periods become a strip, and many strips a stack?

The strip is the product's picture: one cell for each week, or other period, of
a quota. What is made here is ready for ``templates/macros/strip.html``; which
state a cell shows is decided in ``states.py``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

from flask_babel import gettext as _

from hometeach.kernel.clock import Span
from hometeach.schedule.rules import Metric, PeriodKind
from hometeach.web import words
from hometeach.web.states import MARKS, RowNumbers, State, cell_state, state_words


class Cell(NamedTuple):
    """One period of one child. ``key`` ends the address of the page that shows its arithmetic."""

    state: State
    mark: str
    label: str
    key: str


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: one period."""

    period: Span
    #: The last part of the address of the period's page.
    key: str
    #: For the ear, at the head of the column: 第12周（11月16–22日）.
    full: str
    #: For the ear, in each cell: 第12周.
    spoken: str
    #: For the eye: the week's number over its Monday's day of the month.
    number: str
    foot: str
    #: The month that the column stands under.
    group: str
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One child's cells in a stack."""

    name: str
    #: The child's page.
    href: str
    #: What the addresses of the line's cells begin with.
    prefix: str
    cells: Sequence[Cell]
    #: What stands beside the name: the school, in a bureau's stack.
    note: str = ""
    #: One figure for each of the stack's ``tail`` heads.
    tail: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Strip:
    """One child's line by itself."""

    caption: str
    heads: Sequence[Head]
    prefix: str
    cells: Sequence[Cell]

    @property
    def groups(self) -> list[tuple[str, int]]:
        """The months over the columns, each with how many it covers."""
        return months_over(self.heads)

    @property
    def states(self) -> list[State]:
        """The states that are shown, for the key beneath."""
        return _shown(self.cells)


@dataclass(frozen=True, slots=True)
class Stack:
    """Many children's lines over one term."""

    caption: str
    heads: Sequence[Head]
    lines: Sequence[Line]
    #: Heads of the first column and, where there is one, of the column of notes.
    name_head: str
    note_head: str = ""
    tail: Sequence[str] = ()

    @property
    def groups(self) -> list[tuple[str, int]]:
        """The months over the columns, each with how many it covers."""
        return months_over(self.heads)

    @property
    def states(self) -> list[State]:
        """The states that are shown, for the key beneath."""
        return _shown(cell for line in self.lines for cell in line.cells)


def week_heads(weeks: Iterable[Span], *, number: Callable[[date], int | None], as_of: date) -> list[Head]:
    """The heads of a term's weeks. ``number`` is ``Calendar.week_number``."""
    return [_week_head(week, number(week.first), as_of) for week in weeks]


def period_heads(kind: PeriodKind, periods: Iterable[Span], *, as_of: date) -> list[Head]:
    """The heads of months, fortnights or longer periods."""
    return [_period_head(kind, period, as_of) for period in periods]


def months_over(heads: Sequence[Head]) -> list[tuple[str, int]]:
    """The months that stand over the columns, each with the number of its columns."""
    return [(name, len(list(some))) for name, some in groupby(heads, key=lambda head: head.group)]


class CellMaker:
    """Makes the cells of one quota. Cells that look and sound alike are made once.

    ``rows`` of :meth:`cells` maps the first day of a period to its numbers.
    """

    def __init__(self, heads: Sequence[Head], metric: Metric = Metric.SESSIONS):
        self._heads = heads
        self._metric = metric
        self._made: dict[tuple[str, RowNumbers | None], Cell] = {}

    def cells(self, rows: Mapping[date, RowNumbers]) -> list[Cell]:
        """A line of cells, one under each head."""
        return list(self._cells(rows))

    def _cells(self, rows: Mapping[date, RowNumbers]) -> Iterator[Cell]:
        for head in self._heads:
            numbers = rows.get(head.period.first)
            known = self._made.get((head.key, numbers))
            if known is None:
                known = self._made[head.key, numbers] = make_cell(head, numbers, self._metric)
            yield known


def make_cell(head: Head, row: RowNumbers | None, metric: Metric = Metric.SESSIONS) -> Cell:
    """One cell with its label for the ear: 第12周，应送 1，已送 1，达标."""
    state = cell_state(row)
    if row is None:
        return Cell(state, MARKS[state], "", head.key)
    label = words.spoken_row(
        head.spoken,
        state_words(state),
        metric,
        required=row.required,
        delivered=row.delivered,
        made_up=row.made_up,
        excused=row.excused,
        causes=dict(row.causes),
    )
    return Cell(state, MARKS[state], label, head.key)


def _shown(cells: Iterable[Cell]) -> list[State]:
    present = {cell.state for cell in cells}
    return [state for state in State if state in present and state is not State.NO_ROW]


def _week_head(week: Span, number: int | None, as_of: date) -> Head:
    return Head(
        period=week,
        key=week.first.isoformat(),
        full=words.week_words(number, week),
        spoken=_spoken_week(week, number),
        number=str(number or ""),
        foot=str(week.first.day),
        group=words.short_month_name(week.first),
        is_now=as_of in week,
    )


def _spoken_week(week: Span, number: int | None) -> str:
    return _("Week %(number)s", number=number) if number else words.span_words(week)


def _period_head(kind: PeriodKind, period: Span, as_of: date) -> Head:
    return Head(
        period=period,
        key=period.first.isoformat(),
        full=words.period_words(kind, period),
        spoken=words.period_words(kind, period),
        number=str(period.first.month),
        foot=str(period.first.day) if kind is not PeriodKind.MONTH else "",
        group=str(period.first.year),
        is_now=as_of in period,
    )
