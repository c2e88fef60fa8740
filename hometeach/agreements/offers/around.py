"""What is there, on a day, of which an agreement for a child is made?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from hometeach.agreements.offers.rules import Lack
from hometeach.agreements.templates.models import Template, template_on
from hometeach.cases.plan.models import Plan, plan_in_force
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import (
    Account,
    Child,
    Guardian,
    OrgUnit,
    ResponsibleSpan,
    RoleGrant,
    ServingSpan,
    Teacher,
    in_force,
    the_bureau,
)
from hometeach.people.rules import Standing
from hometeach.schedule.models import SlotRow, all_rules
from hometeach.schedule.rules import DeliveryRule, RuleBook

T = TypeVar("T")


@dataclass(frozen=True)
class Around:
    """All that an agreement for a child is made of, as it stands."""

    child: Child
    span: Span
    #: Where lessons are held: as it was said for this agreement, else the family's address.
    place: str
    template: Template | None
    school: OrgUnit | None
    bureau: OrgUnit | None
    head: str
    rule: DeliveryRule | None
    #: (hour, teacher) in the order of the week.
    hours: Sequence[tuple[SlotRow, Teacher]]
    teachers: Sequence[Teacher]
    plan: Plan | None
    may_sign: Sequence[Guardian]
    carers: Sequence[Guardian]

    @property
    def lacks(self) -> list[Lack]:
        """What is missing, what keeps it from being drawn up first."""
        missing = {
            Lack.TEMPLATE: self.template is None,
            Lack.SCHOOL: self.school is None,
            Lack.SCHOOL_PHONE: self.school is not None and not self.school.phone,
            Lack.BUREAU_PHONE: self.bureau is None or not self.bureau.phone,
            Lack.RULE: self.rule is None,
            Lack.SIGNER: not self.may_sign,
            Lack.PLACE: not self.place,
            Lack.SCHEDULE: not self.hours,
            Lack.TEACHER: not self.teachers,
            Lack.PLAN: self.plan is None,
            Lack.ROLL_NO: not self.child.roll_no,
        }
        return [lack for lack in Lack if missing[lack]]


def around(child: Child, span: Span, *, place: str = "", authorised: Collection[int] = ()) -> Around:
    """What an agreement of these days would be made of.

    ``place`` is where lessons are held if not at the family's address;
    ``authorised`` are ids of carers whose written authority to sign is on file.
    """
    hours = _hours(child, span)
    school = _school(child, span.first)
    return Around(
        child=child,
        span=span,
        place=place.strip() or child.visit_address or "",
        template=template_on(span.first),
        school=school,
        bureau=the_bureau(),
        head=_head_of(school, span.first),
        rule=_rule(child, span.first),
        hours=hours,
        teachers=_teachers(child, span, hours),
        plan=plan_in_force(child.id, span.first),
        may_sign=[one for one in child.guardians if _may_sign(one, authorised)],
        carers=[one for one in child.guardians if one.standing is Standing.CARER],
    )


def given(value: T | None) -> T:
    """What an agreement cannot be without; its absence was told as a lack."""
    if value is None:
        raise ValueError("asked for before the lacks were")
    return value


def _may_sign(guardian: Guardian, authorised: Collection[int]) -> bool:
    return guardian.standing is Standing.GUARDIAN or guardian.id in authorised


def _school(child: Child, day: date) -> OrgUnit | None:
    served = select(ServingSpan.school_id).where(ServingSpan.child_id == child.id, in_force(ServingSpan, day))
    return db.session.scalar(select(OrgUnit).where(OrgUnit.id.in_(served)))


def _head_of(school: OrgUnit | None, day: date) -> str:
    """The principal's name; of a school without one, the first who coordinates it."""
    if school is None:
        return ""
    statement = (
        select(Account.name)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.unit_id == school.id, RoleGrant.role == Role.SCHOOL_COORDINATOR, in_force(RoleGrant, day))
        .order_by(RoleGrant.is_head.desc(), RoleGrant.id)
        .limit(1)
    )
    return db.session.scalar(statement) or ""


def _rule(child: Child, day: date) -> DeliveryRule | None:
    serving = (
        select(ServingSpan.effective_from, ServingSpan.effective_to, OrgUnit.code)
        .join(OrgUnit, OrgUnit.id == ServingSpan.school_id)
        .where(ServingSpan.child_id == child.id)
        .order_by(ServingSpan.effective_from)
    )
    schools = [(Span.of(first, last), code) for first, last, code in db.session.execute(serving)]
    return RuleBook(all_rules(), child.code, schools).on(day)


def _hours(child: Child, span: Span) -> list[tuple[SlotRow, Teacher]]:
    statement = (
        select(SlotRow, Teacher)
        .join(Teacher, Teacher.id == SlotRow.teacher_id)
        .where(SlotRow.child_id == child.id, SlotRow.effective_from <= span.last)
        .where(or_(SlotRow.effective_to.is_(None), SlotRow.effective_to >= span.first))
        .order_by(SlotRow.effective_from, SlotRow.weekday, SlotRow.start_minute, SlotRow.id)
    )
    return [(slot, teacher) for slot, teacher in db.session.execute(statement)]


def _teachers(child: Child, span: Span, hours: Sequence[tuple[SlotRow, Teacher]]) -> list[Teacher]:
    """Who answers for the child first, then those of the hours."""
    answering = select(ResponsibleSpan.teacher_id).where(
        ResponsibleSpan.child_id == child.id, in_force(ResponsibleSpan, span.first)
    )
    statement = select(Teacher).options(joinedload(Teacher.school)).where(Teacher.id.in_(answering))
    found = [*db.session.scalars(statement), *(teacher for _slot, teacher in hours)]
    return list(dict.fromkeys(found))
