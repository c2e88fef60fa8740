"""Whose sessions, hours and teachers does the person who plans see?"""

from typing import Any

from sqlalchemy import or_, select

from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child, OrgUnit, Teacher
from hometeach.schedule.models import Occurrence, SlotRow, Substitution
from hometeach.web.base import load_child, person, sees_child


def load_hour(public_id: str) -> tuple[SlotRow, Child]:
    """The weekly hour of this address with its child, if the person sees the child.

    Raises: NotFound, alike for foreign and absent.
    """
    return _with_child(SlotRow, public_id)


def load_session(public_id: str) -> tuple[Occurrence, Child]:
    """The planned session of this address with its child, if the person sees the child.

    Raises: NotFound, alike for foreign and absent.
    """
    return _with_child(Occurrence, public_id)


def load_stand_in(public_id: str) -> tuple[Substitution, Child]:
    """The days of this address on which somebody stands in, if the person sees the child.

    Raises: NotFound, alike for foreign and absent.
    """
    return _with_child(Substitution, public_id)


def own_schools() -> list[OrgUnit]:
    """The schools that the person coordinates, by code."""
    statement = select(OrgUnit).where(OrgUnit.id.in_(person().scope.school_ids))
    return list(db.session.scalars(statement.order_by(OrgUnit.code)))


def teachers_offered(besides: int | None = None) -> list[Teacher]:
    """Whom the person may give an hour to: a coordinator the school's teachers, a teacher themselves.

    ``besides`` is the teacher of the hour that stands, who may keep it.
    """
    scope = person().scope
    mine = [Teacher.school_id.in_(scope.school_ids), Teacher.id == scope.teacher_id, Teacher.id == besides]
    return list(db.session.scalars(select(Teacher).where(or_(*mine)).order_by(Teacher.code)))


def is_coordinator() -> bool:
    """Whether the person plans for a school."""
    return Role.SCHOOL_COORDINATOR in person().roles


def _with_child(model: Any, public_id: str) -> Any:
    statement = select(model, Child.public_id).join(Child, Child.id == model.child_id)
    found = db.session.execute(statement.where(model.public_id == public_id, sees_child())).first()
    if found is None:
        raise NotFound
    return found[0], load_child(found[1])
