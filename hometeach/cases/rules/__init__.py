"""Where can a case stand, how does it move, by whom, and what must be there before?"""

from hometeach.cases.rules.codes import (
    ExitReason,
    PauseReason,
    PlacementForm,
    Proposal,
    RollHandling,
    Source,
    YearLine,
)
from hometeach.cases.rules.movers import Around, movers_of
from hometeach.cases.rules.moves import ASKS, MOVES, TABLE, Acting, Event, Move, Mover, Need, Refusal, decide
from hometeach.cases.rules.needs import Given, Known, Past
from hometeach.cases.rules.states import BEFORE_PLACEMENT, CaseStatus, adopted_status, may_activate

__all__ = [
    "ASKS",
    "BEFORE_PLACEMENT",
    "MOVES",
    "TABLE",
    "Acting",
    "Around",
    "CaseStatus",
    "Event",
    "ExitReason",
    "Given",
    "Known",
    "Move",
    "Mover",
    "Need",
    "Past",
    "PauseReason",
    "PlacementForm",
    "Proposal",
    "Refusal",
    "RollHandling",
    "Source",
    "YearLine",
    "adopted_status",
    "decide",
    "may_activate",
    "movers_of",
]
