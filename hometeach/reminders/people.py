"""Who may be told something, by side: those who hold the role today and can be reached under their public name."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.entry.guardians.rules import Reach, reach_of
from hometeach.people.models import (
    Account,
    Child,
    Guardian,
    OrgUnit,
    RoleGrant,
    in_force,
    responsible_teachers_on,
    serving_schools_on,
)
from hometeach.reminders.rules import Side

Told = dict[Side, tuple[str, ...]]
NOBODY: tuple[str, ...] = ()


@dataclass(frozen=True)
class Desk:
    """What is known of a child by its id."""

    public_id: str
    school_id: int | None
    teacher_id: int | None


class People:
    """The people of one day, read once. All ids are of rows; who is told is named as messages name people."""

    def __init__(self, on: date):
        self.children = _desks(on)
        self.units = {row.id: row.public_id for row in db.session.execute(select(OrgUnit.id, OrgUnit.public_id))}
        self._teachers, self._heads, self.officers = _accounts(on)
        self._families = _families()

    def about_child(self, child_id: int, *, teacher_id: int | None = None) -> Told:
        """Who is told about a child: its family, the teacher (who answers for it, unless another is named), the
        school, the bureau."""
        desk = self.children[child_id]
        teaching = teacher_id if teacher_id is not None else desk.teacher_id
        return {
            Side.GUARDIAN: self._families.get(child_id, NOBODY),
            Side.TEACHER: self._teachers.get(teaching or 0, NOBODY),
            Side.SCHOOL: self._heads.get(desk.school_id or 0, NOBODY),
            Side.BUREAU: self.officers,
        }

    def about_school(self, school_id: int) -> Told:
        """Who is told about a school."""
        return {Side.SCHOOL: self._heads.get(school_id, NOBODY), Side.BUREAU: self.officers}


def _desks(on: date) -> dict[int, Desk]:
    """The children who are served that day."""
    schools = dict(db.session.execute(serving_schools_on(on)).all())
    teachers = dict(db.session.execute(responsible_teachers_on(on)).all())
    rows = db.session.execute(select(Child.id, Child.public_id))
    return {row.id: Desk(row.public_id, schools.get(row.id), teachers.get(row.id)) for row in rows if row.id in schools}


def _accounts(on: date) -> tuple[Mapping[int, tuple[str, ...]], Mapping[int, tuple[str, ...]], tuple[str, ...]]:
    teachers: dict[int, tuple[str, ...]] = {}
    heads: defaultdict[int, list[str]] = defaultdict(list)
    officers = []
    statement = (
        select(Account.public_id, Account.teacher_id, RoleGrant.role, RoleGrant.unit_id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(Account.disabled_at.is_(None), in_force(RoleGrant, on))
        .order_by(Account.id, RoleGrant.id)
    )
    for public_id, teacher_id, role, unit_id in db.session.execute(statement):
        name = f"account:{public_id}"
        if role is Role.TEACHER and teacher_id is not None:
            teachers[teacher_id] = (name,)
        elif role is Role.SCHOOL_COORDINATOR:
            heads[unit_id].append(name)
        elif role is Role.BUREAU_OFFICER:
            officers.append(name)
    return (
        teachers,
        {unit: tuple(dict.fromkeys(names)) for unit, names in heads.items()},
        tuple(dict.fromkeys(officers)),
    )


def _families() -> Mapping[int, tuple[str, ...]]:
    """The guardians and carers of each child who may be reached at all."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    statement = select(Guardian.child_id, Guardian.public_id, Guardian.contact_rule).order_by(Guardian.id)
    for child_id, public_id, rule in db.session.execute(statement):
        if reach_of(rule, None) is not Reach.NOT_AT_ALL:
            found[child_id].append(f"guardian:{public_id}")
    return {child_id: tuple(names) for child_id, names in found.items()}
