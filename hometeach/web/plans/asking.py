"""As what does the person who asks stand to a child, and which plans may they open?"""

from typing import Any

from flask import g
from sqlalchemy import or_, select

from hometeach.cases.plan.models import Plan, PlanStep
from hometeach.cases.plan.rules import Asker, Hat, PlanAction, PlanStatus
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child, OrgUnit, ResponsibleSpan, ServingSpan, in_force
from hometeach.people.rules import UnitKind
from hometeach.schedule.models import children_taught_by
from hometeach.web.base import load_child, person, sees_child


def asker_for(child: Child) -> Asker:
    """The person with all hats that they wear before this child today."""
    asking, today = person(), clock.today()
    worn = {Hat.CENTRE} if is_centre() else set()
    coordinated = {grant.unit_id: grant.is_head for grant in asking.grants if grant.role is Role.SCHOOL_COORDINATOR}
    heads = {grant.unit_id for grant in asking.grants if grant.role is Role.SCHOOL_COORDINATOR and grant.is_head}
    school = _serving_school(child)
    worn |= {Hat.COORDINATES} if school in coordinated else set()
    worn |= {Hat.HEAD} if school in heads else set()
    teacher = asking.signed_in.teacher_id
    if Role.TEACHER in asking.roles and teacher is not None:
        worn |= {Hat.ANSWERS} if _answers(teacher, child) else set()
        taught = children_taught_by(teacher, today).where(Child.id == child.id)
        worn |= {Hat.TEACHES} if db.session.scalar(taught) else set()
    return Asker(asking.actor, frozenset(worn), teacher)


def is_centre() -> bool:
    """Whether the person coordinates the special school, which looks at the plans of all schools."""
    units = [grant.unit_id for grant in person().grants if grant.role is Role.SCHOOL_COORDINATOR]
    special = select(OrgUnit.id).where(OrgUnit.id.in_(units), OrgUnit.kind == UnitKind.SPECIAL_SCHOOL)
    return bool(units) and db.session.scalar(special.limit(1)) is not None


def opens_plan() -> Any:
    """The condition on ``Plan`` that the person may open it: the child's file, or for the centre what it looks at."""
    seen = Plan.child_id.in_(select(Child.id).where(sees_child()))
    return or_(seen, _for_the_centre()) if is_centre() else seen


def load_plan(public_id: str, version: int) -> Plan:
    """One version of a child's plan, if the person may open it; opening the child's file is logged.

    Raises: NotFound, alike for foreign and absent.
    """
    statement = select(Plan).join(Child, Child.id == Plan.child_id)
    plan = db.session.scalar(statement.where(Child.public_id == public_id, Plan.version == version, opens_plan()))
    if plan is None:
        load_child(public_id)
        raise NotFound
    g.opened.append((f"child:{plan.child.public_id}", "file", ""))
    return plan


def sees_file_of(child: Child) -> bool:
    """Whether the person may open the child's page, and not only this plan."""
    return db.session.scalar(select(Child.id).where(Child.id == child.id, sees_child())) is not None


def _for_the_centre() -> Any:
    advised = select(PlanStep.plan_id).where(PlanStep.action == PlanAction.ADVISE, PlanStep.by == person().actor)
    return or_(Plan.status == PlanStatus.SUBMITTED, Plan.id.in_(advised))


def _serving_school(child: Child) -> int | None:
    statement = select(ServingSpan.school_id).where(
        ServingSpan.child_id == child.id, in_force(ServingSpan, clock.today())
    )
    return db.session.scalar(statement)


def _answers(teacher: int, child: Child) -> bool:
    statement = select(ResponsibleSpan.id).where(
        ResponsibleSpan.child_id == child.id,
        ResponsibleSpan.teacher_id == teacher,
        in_force(ResponsibleSpan, clock.today()),
    )
    return db.session.scalar(statement) is not None
