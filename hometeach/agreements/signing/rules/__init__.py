"""What can happen to an offer, how does it stand after that, and what may happen next?"""

from hometeach.agreements.signing.rules.codes import (
    AgreementState,
    Contact,
    Identity,
    Method,
    Outcome,
    SigningEvent,
)
from hometeach.agreements.signing.rules.states import Answer, Asked, Facts, Happened, answers_of, differences, state_of
from hometeach.agreements.signing.rules.steps import CONCLUDED, ENDED, OPEN, refusal_to_sign

__all__ = [
    "CONCLUDED",
    "ENDED",
    "OPEN",
    "AgreementState",
    "Answer",
    "Asked",
    "Contact",
    "Facts",
    "Happened",
    "Identity",
    "Method",
    "Outcome",
    "SigningEvent",
    "answers_of",
    "differences",
    "refusal_to_sign",
    "state_of",
]
