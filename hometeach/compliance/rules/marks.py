"""In which of its states is a period shown? Decided here once, for the screen and for paper alike.

What a state looks like, by sign, colour and words, is the business of those
who show it.
"""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from hometeach.compliance.rules.rows import Cause, LedgerRow, RowVerdict


class State(StrEnum):
    """What the cell of a period can show. The value is one letter, because a page has thousands of cells."""

    MET = "m"
    MADE_UP = "d"
    EXCUSED = "e"
    KNOWN_CAUSE = "k"
    UNACCOUNTED = "u"
    OPEN = "o"
    OPEN_GIVEN = "g"
    NOTHING_OWED = "n"
    GIVEN = "x"
    NO_ROW = "z"


class RowNumbers(NamedTuple):
    """What a cell needs of a ledger row, computed or stored. Units: the quota's metric."""

    verdict: RowVerdict
    required: int
    delivered: int
    made_up: int
    excused: int
    unaccounted: int
    #: Only causes that explain something; empty for a row that is not short.
    causes: tuple[tuple[Cause, int], ...] = ()

    @classmethod
    def of(cls, row: LedgerRow, as_of: date) -> "RowNumbers":
        """The numbers of a row as it stands on a day."""
        verdict = row.verdict(as_of)
        causes = row.causes(as_of) if verdict is RowVerdict.SHORT else {}
        told = tuple((cause, amount) for cause, amount in causes.items() if amount)
        return cls(verdict, row.required, row.delivered, row.made_up, row.excused, row.unaccounted, told)

    @property
    def given(self) -> int:
        """Given in the period or made up for it."""
        return self.delivered + self.made_up


def cell_state(row: RowNumbers | None) -> State:
    """Which state a period's cell shows; without a row, none.

    A row that is short for several causes is unaccounted for as soon as
    nothing at all explains a part of it.
    """
    if row is None:
        return State.NO_ROW
    return next(state for state, applies in _STATES[row.verdict] if applies(row))


_STATES: dict[RowVerdict, tuple[tuple[State, Callable[[RowNumbers], bool]], ...]] = {
    RowVerdict.OPEN: (
        (State.OPEN_GIVEN, lambda row: row.given > 0 and row.unaccounted == 0),
        (State.EXCUSED, lambda row: row.excused > 0 and row.unaccounted == 0),
        (State.NOTHING_OWED, lambda row: row.required == 0),
        (State.OPEN, lambda row: True),
    ),
    RowVerdict.EXEMPT: (
        (State.GIVEN, lambda row: row.given > 0),
        (State.EXCUSED, lambda row: row.excused > 0),
        (State.NOTHING_OWED, lambda row: True),
    ),
    RowVerdict.MET: (
        (State.MADE_UP, lambda row: row.delivered + row.excused < row.required),
        (State.MET, lambda row: True),
    ),
    RowVerdict.SHORT: (
        (
            State.KNOWN_CAUSE,
            lambda row: bool(row.causes) and all(cause is not Cause.NOTHING for cause, _ in row.causes),
        ),
        (State.UNACCOUNTED, lambda row: True),
    ),
}
