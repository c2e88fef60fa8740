"""Of what a child is owed in a period, what was given, what was excused, and what can nobody account for?

``rows`` says what a ledger row tells; ``frames`` which periods have one;
``ledger`` computes the rows of a child; ``marks`` says in which state a row is shown.
"""

from hometeach.compliance.rules.frames import Frames
from hometeach.compliance.rules.ledger import ChildFacts, Excuse, Ledger
from hometeach.compliance.rules.marks import RowNumbers, State, cell_state
from hometeach.compliance.rules.rows import (
    Cause,
    LedgerRow,
    Pending,
    Rate,
    RowVerdict,
    percentage,
    rate,
    row_verdict,
    standing,
    tell_causes,
)

__all__ = [
    "Cause",
    "ChildFacts",
    "Excuse",
    "Frames",
    "Ledger",
    "LedgerRow",
    "Pending",
    "Rate",
    "RowNumbers",
    "RowVerdict",
    "State",
    "cell_state",
    "percentage",
    "rate",
    "row_verdict",
    "standing",
    "tell_causes",
]
