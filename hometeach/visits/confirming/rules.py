"""What do the answers of a family and the outcome of a dispute make of a record?

Source: rule.md 2 (``disputed``, ``unconfirmed``); settled.md "Planned and done":
a dispute ends as rejected (the record stands), upheld (``disputed`` stays), or
corrected (a new version, judged anew).
"""

from collections.abc import Sequence
from enum import StrEnum

from hometeach.visits.rules import Confirmation


class Answer(StrEnum):
    """The one question after each visit, and its three answers."""

    AS_WRITTEN = "as_written"
    SHORTER = "shorter"
    DID_NOT_COME = "did_not_come"


class Route(StrEnum):
    """How an answer came in."""

    LINK = "link"
    DOOR = "door"
    #: Somebody of the bureau rang up and wrote it down.
    STAFF_CALL = "staff_call"


class DisputeKind(StrEnum):
    """What a dispute is about."""

    SHORTER = "shorter"
    DID_NOT_COME = "did_not_come"
    #: Anything else that a family wants the bureau to look into.
    COMPLAINT = "complaint"
    #: The bureau's own list calls the record disputed.
    FROM_LIST = "from_list"


class DisputeState(StrEnum):
    """How a dispute stands. Only ``open`` is followed by another state."""

    OPEN = "open"
    REJECTED = "rejected"
    UPHELD = "upheld"
    CORRECTED = "corrected"
    #: The one who said it took it back.
    WITHDRAWN = "withdrawn"


#: What the bureau can decide.
OUTCOMES = (DisputeState.REJECTED, DisputeState.UPHELD, DisputeState.CORRECTED)
#: What the bureau is told where an answer differs from the record.
DISPUTED_BY = {Answer.SHORTER: DisputeKind.SHORTER, Answer.DID_NOT_COME: DisputeKind.DID_NOT_COME}

_AFTER = {
    DisputeState.OPEN: Confirmation.DISPUTED,
    DisputeState.UPHELD: Confirmation.DISPUTED,
    DisputeState.REJECTED: Confirmation.CONFIRMED,
}


def confirmation_now(answers: Sequence[Answer], dispute: DisputeState | None, *, before: Confirmation) -> Confirmation:
    """How a record stands confirmed, after these answers to it as it reads now, the last one last.

    ``dispute`` is the state of the newest dispute about the record, None where
    there never was one; ``before`` is what the record said when nobody had been
    asked. A corrected record waits for the family's word anew.
    """
    if dispute in _AFTER:
        return _AFTER[dispute]
    if answers and answers[-1] is Answer.AS_WRITTEN:
        return Confirmation.CONFIRMED
    return Confirmation.UNCONFIRMED if dispute is not None else before


class Unfit(StrEnum):
    """Why somebody may not take an answer down on the telephone."""

    WAS_THERE = "was_there"
    WROTE_IT = "wrote_it"
    ANSWERED_THEMSELVES = "answered_themselves"


def unfit_to_take_down(
    *, was_there: bool, wrote_it: bool, answered_by: Sequence[Route], dispute: DisputeState | None
) -> Unfit | None:
    """Why this person may not write down what the family says of a record on the telephone; None where they may.

    Never a teacher of the visit nor whoever recorded it; and where the family has spoken with its own
    device, or disputes the record, nobody else's pen says otherwise. ``answered_by``: how the answers to
    the record as it reads now came in.
    """
    if was_there:
        return Unfit.WAS_THERE
    if wrote_it:
        return Unfit.WROTE_IT
    by_itself = any(route is not Route.STAFF_CALL for route in answered_by)
    return Unfit.ANSWERED_THEMSELVES if by_itself or dispute is DisputeState.OPEN else None


def may_answer(dispute: DisputeState | None) -> bool:
    """Whether the family may still say something of a record: not once the bureau decided that it stands or falls."""
    return dispute not in (DisputeState.REJECTED, DisputeState.UPHELD)
