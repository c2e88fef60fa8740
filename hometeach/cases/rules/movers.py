"""As whom may somebody move this child's case?

Roles map to movers: the principal is a coordinator who is head of the school
that serves the child; the resource centre is a coordinator of a special
school; township and committee act through the school and the bureau. One
person may be several.
"""

from collections.abc import Collection
from dataclasses import dataclass

from hometeach.cases.rules.moves import Mover
from hometeach.people.access import Grant, Role


@dataclass(frozen=True, slots=True)
class Around:
    """Who stands around a child on a day: ids of its school, its teacher, and the special schools."""

    school_id: int | None
    teacher_id: int | None
    special_school_ids: frozenset[int] = frozenset()


def movers_of(grants: Collection[Grant], teacher_id: int | None, around: Around) -> frozenset[Mover]:
    """As whom somebody with these roles, and perhaps a teacher of this id, moves the case of this child."""
    found = {mover for grant in grants for mover in _movers_by(grant, around)}
    answers = teacher_id is not None and teacher_id == around.teacher_id
    if answers and any(grant.role is Role.TEACHER for grant in grants):
        found.add(Mover.TEACHER)
    return frozenset(found)


def _movers_by(grant: Grant, around: Around) -> set[Mover]:
    if grant.role is Role.BUREAU_OFFICER:
        return {Mover.OFFICER}
    if grant.role is not Role.SCHOOL_COORDINATOR:
        return set()
    found = {Mover.CENTRE} if grant.unit_id in around.special_school_ids else set()
    if grant.unit_id == around.school_id:
        found |= {Mover.COORDINATOR, Mover.HEAD} if grant.is_head else {Mover.COORDINATOR}
    return found
