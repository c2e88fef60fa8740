"""Which children stand in a list, each with the school that serves it and the teacher who answers for it today?"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from hometeach.cases.models import awaits_placement
from hometeach.kernel.extensions import db
from hometeach.people.access import Scope
from hometeach.people.models import Child, OrgUnit, ResponsibleSpan, ServingSpan, Teacher, in_force


class Listed(NamedTuple):
    """A child as lists show it. What is empty: nobody serves it, or answers for it, on the day asked."""

    id: int
    public_id: str
    name: str
    code: str
    school_id: int | None
    school: str | None
    school_code: str | None
    school_key: str | None
    teacher_id: int | None
    teacher: str | None
    teacher_code: str | None
    teacher_key: str | None
    teacher_school_id: int | None

    @property
    def who_acts(self) -> tuple[str, str]:
        """Sorts by who must act: school, then teacher, the unassigned last."""
        return (self.school_code or "\uffff", self.teacher_code or "\uffff")

    def teacher_opens_for(self, scope: Scope) -> bool:
        """Whether a person with this scope may open the teacher's page."""
        if self.teacher_id is None:
            return False
        is_own = self.teacher_id == scope.teacher_id or self.teacher_school_id in scope.school_ids
        return scope.everything or is_own


def children_listed(day: date, *conditions: ColumnElement[bool]) -> list[Listed]:
    """The children of whom the conditions hold, by code."""
    return [Listed._make(row) for row in db.session.execute(listing(day).where(*conditions).order_by(Child.code))]


def listing(day: date) -> Select[*tuple[Any, ...]]:
    """The columns of :class:`Listed`, to be narrowed and ordered."""
    return (
        select(
            Child.id,
            Child.public_id,
            Child.name,
            Child.code,
            OrgUnit.id,
            OrgUnit.name,
            OrgUnit.code,
            OrgUnit.public_id,
            Teacher.id,
            Teacher.name,
            Teacher.code,
            Teacher.public_id,
            Teacher.school_id,
        )
        .outerjoin(ServingSpan, (ServingSpan.child_id == Child.id) & in_force(ServingSpan, day))
        .outerjoin(OrgUnit, OrgUnit.id == ServingSpan.school_id)
        .outerjoin(ResponsibleSpan, (ResponsibleSpan.child_id == Child.id) & in_force(ResponsibleSpan, day))
        .outerjoin(Teacher, Teacher.id == ResponsibleSpan.teacher_id)
    )


def count_awaiting(*conditions: ColumnElement[bool]) -> int:
    """How many of the children of whom the conditions hold wait for a decision where they are placed."""
    return db.session.scalar(select(func.count()).select_from(Child).where(awaits_placement(), *conditions)) or 0


def schools_among(children: Sequence[Listed]) -> list[tuple[str, str]]:
    """The schools of these children as (key, name), by code, for a choice."""
    return _distinct((one.school_code, one.school_key, one.school) for one in children)


def teachers_among(children: Sequence[Listed]) -> list[tuple[str, str]]:
    """The teachers of these children as (key, name), by code, for a choice."""
    return _distinct((one.teacher_code, one.teacher_key, one.teacher) for one in children)


def _distinct(found: Any) -> list[tuple[str, str]]:
    return [(key, name) for code, key, name in sorted({one for one in found if one[0] is not None})]
