"""Where can a case stand? The states of one child's case, in the order of its life."""

from enum import StrEnum


class CaseStatus(StrEnum):
    """The state of a case."""

    REGISTERED = "registered"
    VERIFYING = "verifying"
    ASSESSING = "assessing"
    PLACEMENT_PENDING = "placement_pending"
    PLACED_HOME = "placed_home"
    PLACED_OTHER = "placed_other"
    AGREEMENT_PENDING = "agreement_pending"
    REFUSED = "refused"
    PLANNING = "planning"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVIEW_DUE = "review_due"
    CLOSING = "closing"
    CLOSED = "closed"


#: The states before anybody has decided where the child is placed.
BEFORE_PLACEMENT = frozenset(
    {CaseStatus.REGISTERED, CaseStatus.VERIFYING, CaseStatus.ASSESSING, CaseStatus.PLACEMENT_PENDING}
)


def adopted_status(*, agreement_in_force: bool, suspended: bool) -> CaseStatus:
    """Where a case that comes from a bureau's own lists stands on the day it comes.

    One with an agreement in force is active; a missing plan, schedule or file
    item is a finding, not a bar.
    """
    if not agreement_in_force:
        return CaseStatus.AGREEMENT_PENDING
    return CaseStatus.SUSPENDED if suspended else CaseStatus.ACTIVE


def may_activate(*, agreement_in_force: bool, plan_approved: bool, schedule_published: bool) -> bool:
    """Whether a case that is being planned becomes active: all three, or none of it counts."""
    return agreement_in_force and plan_approved and schedule_published
