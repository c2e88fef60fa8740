"""The people of the demonstration: one sign-in per role, on a county's own workbook.

Exists only in demonstration mode. Their accounts are marked, so that no real
deployment ever lets one of them in, or starts on a database that holds one.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from hometeach.kernel import audit
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.entry.actions import set_password
from hometeach.people.founding import found_bureau
from hometeach.people.models import (
    Account,
    OrgUnit,
    ResponsibleSpan,
    RoleGrant,
    Teacher,
    account_by_sign_in_name,
    in_force,
)

#: Known to everybody who reads this: good for invented people on one machine, and refused everywhere else.
PASSWORD = "songjiao-2026"  # noqa: S105


@dataclass(frozen=True, slots=True)
class SignInCard:
    """What the demonstration prints for one role."""

    role: Role
    sign_in_name: str
    name: str


CAST = (
    SignInCard(Role.BUREAU_OFFICER, "bai", "白科长"),
    SignInCard(Role.SCHOOL_COORDINATOR, "he", "何校长"),
    SignInCard(Role.TEACHER, "lin", ""),
    SignInCard(Role.AUDITOR, "qin", "秦组长"),
    SignInCard(Role.RELIEF_CLERK, "yu", "余干事"),
    SignInCard(Role.ADMINISTRATOR, "guan", "管老师"),
)


def seed(on: date, bureau_name: str) -> tuple[SignInCard, ...]:
    """Make the accounts that are missing; those that are there stay as they are.

    Raises: Refused ``demonstration:no_teachers`` before a workbook was imported.
    """
    bureau = found_bureau(bureau_name)
    teacher = _busiest_teacher(on)
    if teacher is None:
        raise Refused(
            "demonstration:no_teachers", "Import a workbook first: flask import-workbook examples/county.xlsx"
        )
    for card in CAST:
        if account_by_sign_in_name(card.sign_in_name) is None:
            _make(card, _unit_of(card.role, bureau, teacher), teacher if card.role is Role.TEACHER else None)
    return CAST


def _busiest_teacher(on: date) -> Teacher | None:
    """The teacher who answers for most children that day."""
    answered = (
        select(ResponsibleSpan.teacher_id, func.count().label("children"))
        .where(in_force(ResponsibleSpan, on))
        .group_by(ResponsibleSpan.teacher_id)
        .subquery()
    )
    statement = select(Teacher).join(answered, answered.c.teacher_id == Teacher.id)
    return db.session.scalars(statement.order_by(answered.c.children.desc(), Teacher.code)).first()


def _unit_of(role: Role, bureau: OrgUnit, teacher: Teacher) -> int:
    return teacher.school_id if role in (Role.TEACHER, Role.SCHOOL_COORDINATOR) else bureau.id


def _make(card: SignInCard, unit_id: int, teacher: Teacher | None) -> None:
    account = Account(
        sign_in_name=card.sign_in_name,
        name=card.name or (teacher.name if teacher else card.sign_in_name),
        teacher_id=teacher.id if teacher else None,
        password_hash="",
        is_demonstration=True,
    )
    set_password(account, PASSWORD)
    is_head = card.role is Role.SCHOOL_COORDINATOR
    account.grants = [RoleGrant(role=card.role, unit_id=unit_id, effective_from=date(2026, 1, 1), is_head=is_head)]
    db.session.add(account)
    db.session.flush()
    audit.record(
        "account:make", actor="demonstration", about=f"account:{account.public_id}", detail={"role": card.role.value}
    )
