"""In which of its states is a period or a session shown, and by which mark and words?

:func:`cell_state` decides from a ledger row's numbers. A state has a mark as
well as a colour, so that it survives print, colour blindness and sunlight.
"""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from hometeach.compliance.rules import Cause, LedgerRow, RowVerdict
from hometeach.visits.rules import Verdict


class State(StrEnum):
    """What a cell can show. The value is the CSS class, one letter because a page has thousands of cells."""

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


#: The sign that stands for a state without its colour. ``static/marks.woff2`` draws each of them.
MARKS = {
    State.MET: "●",
    State.MADE_UP: "◐",
    State.EXCUSED: "○",
    State.KNOWN_CAUSE: "◇",
    State.UNACCOUNTED: "✕",
    State.OPEN: "．",
    State.OPEN_GIVEN: "●",
    State.NOTHING_OWED: "–",
    State.GIVEN: "＋",
    State.NO_ROW: "",
}
_STATE_WORDS = {
    State.MET: _l("met"),
    State.MADE_UP: _l("met by a make-up"),
    State.EXCUSED: _l("excused"),
    State.KNOWN_CAUSE: _l("short, the cause is known"),
    State.UNACCOUNTED: _l("nobody accounts for it"),
    State.OPEN: _l("not over yet"),
    State.OPEN_GIVEN: _l("not over yet, already given"),
    State.NOTHING_OWED: _l("nothing owed"),
    State.GIVEN: _l("given beyond what was owed"),
    State.NO_ROW: _l("no row"),
}


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
        (State.KNOWN_CAUSE, lambda row: bool(row.causes) and Cause.NOTHING not in dict(row.causes)),
        (State.UNACCOUNTED, lambda row: True),
    ),
}


def cell_state(row: RowNumbers | None) -> State:
    """Which state a period's cell shows; without a row, none.

    A row that is short for several causes is unaccounted for as soon as
    nothing at all explains a part of it.
    """
    if row is None:
        return State.NO_ROW
    return next(state for state, applies in _STATES[row.verdict] if applies(row))


def verdict_state(verdict: Verdict) -> State:
    """The state in which a session's verdict is shown: counted, withdrawn, or held and not counted."""
    return {Verdict.COUNTED: State.MET, Verdict.VOID: State.NOTHING_OWED}.get(verdict, State.KNOWN_CAUSE)


def state_words(state: State) -> str:
    """A state in words."""
    return str(_STATE_WORDS[state])
