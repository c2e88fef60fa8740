"""What may happen next to an offer that stands somewhere?"""

from hometeach.agreements.signing.rules.codes import AgreementState as S
from hometeach.agreements.signing.rules.states import Answer

#: Nothing can happen to it any more.
ENDED = frozenset({S.RECALLED, S.WITHDRAWN, S.TERMINATED, S.SUPERSEDED, S.EXPIRED})
#: The school has countersigned, and it still holds.
CONCLUDED = frozenset({S.NOT_YET_BEGUN, S.COUNTERSIGNED, S.SEALED, S.EXPIRING})
#: The family is asked, or the school has to act.
OPEN = frozenset(S) - ENDED - CONCLUDED


def refusal_to_sign(state: S, answer: Answer, *, has_signed_before: bool, may_sign: bool) -> str | None:
    """Why somebody may not sign now, by its code; None where they may."""
    if state in ENDED:
        return "sign:over"
    if state in CONCLUDED:
        return "sign:concluded"
    if not may_sign:
        return "sign:no_authority"
    if answer is Answer.SIGNED:
        return "sign:signed_already"
    if has_signed_before:
        return "sign:taken_back"
    return None
