"""Who must be told of an incident, how does it move on, and who may move it?

Source: domain.md 3, F16; Minors Protection Law art. 11: whoever finds that a
child was harmed, or may be, reports at once to the police, civil affairs and
education.
"""

from collections.abc import Collection
from enum import StrEnum


class IncidentState(StrEnum):
    """How an incident stands."""

    OPEN = "open"
    HANDLED = "handled"
    CLOSED = "closed"


class Party(StrEnum):
    """Who may have been told."""

    GUARDIAN = "guardian"
    SCHOOL = "school"
    BUREAU = "bureau"
    POLICE = "police"
    AMBULANCE = "ambulance"
    CIVIL_AFFAIRS = "civil_affairs"


class EntryKind(StrEnum):
    """What was added to an incident."""

    FOLLOW_UP = "follow_up"
    NOTIFIED = "notified"
    STATE = "state"


#: Who must be told at once where harm is suspected.
AT_ONCE = (Party.POLICE, Party.CIVIL_AFFAIRS, Party.BUREAU)
#: Who must be told of any other incident.
ALWAYS = (Party.GUARDIAN, Party.SCHOOL)
#: Whom the report itself tells, by the inboxes of the head and of the bureau's officers.
BY_ITSELF = (Party.SCHOOL, Party.BUREAU)
#: Where an incident can go from each state. Nothing follows the end.
MOVES: dict[IncidentState, tuple[IncidentState, ...]] = {
    IncidentState.OPEN: (IncidentState.HANDLED,),
    IncidentState.HANDLED: (IncidentState.CLOSED, IncidentState.OPEN),
    IncidentState.CLOSED: (),
}


def still_to_tell(told: Collection[Party], *, harm_suspected: bool) -> tuple[Party, ...]:
    """Who must be told and is not yet.

    Where harm is suspected the guardian is not among them: whoever did it may be of the family.
    """
    return tuple(party for party in (AT_ONCE if harm_suspected else ALWAYS) if party not in told)


def can_move(before: IncidentState, after: IncidentState) -> bool:
    """Whether an incident can go from one state to another."""
    return after in MOVES[before]


def may_move(after: IncidentState, *, is_head: bool, is_officer: bool) -> bool:
    """Whether somebody may move an incident there: the school's head or the bureau, and only the bureau closes one."""
    return is_officer or (is_head and after is not IncidentState.CLOSED)
