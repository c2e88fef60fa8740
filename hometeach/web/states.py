"""By which sign and words is each state shown?

Which state a period is in, ``compliance/rules/marks.py`` decides. A state has a
mark as well as a colour, so that it survives print, colour blindness and
sunlight; its value is the CSS class of its colour.
"""

from flask_babel import lazy_gettext as _l

from hometeach.compliance.rules import RowNumbers, State, cell_state
from hometeach.visits.rules import Verdict

__all__ = ["MARKS", "RowNumbers", "State", "cell_state", "state_words", "verdict_state"]

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


def verdict_state(verdict: Verdict) -> State:
    """The state in which a session's verdict is shown: counted, withdrawn, or held and not counted."""
    return {Verdict.COUNTED: State.MET, Verdict.VOID: State.NOTHING_OWED}.get(verdict, State.KNOWN_CAUSE)


def state_words(state: State) -> str:
    """A state in words."""
    return str(_STATE_WORDS[state])
