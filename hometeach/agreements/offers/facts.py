"""What goes into an agreement for a child, as it is on that day?

Everything is copied in words: the paper, the page that is read before signing
and the evidence say the same for ever, whatever changes afterwards.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from hometeach.agreements.offers import wording
from hometeach.agreements.offers.rules import Lack, PaperCode, WhoSigns
from hometeach.agreements.templates.models import Template, template_on
from hometeach.cases.plan.models import LearningDomain, Plan, PlanGoal, in_outline, plan_in_force
from hometeach.kernel.audit import canonical
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import setting
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
from hometeach.people.rules import Standing, masked_id_number, masked_phone
from hometeach.schedule.models import SlotRow, all_rules, the_calendar
from hometeach.schedule.planning.publishing import is_published, latest
from hometeach.schedule.rules import DeliveryRule, RuleBook

Facts = dict[str, Any]
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


def gather(
    found: Around,
    *,
    number: str,
    who: WhoSigns,
    reason: str,
    signers: Sequence[Guardian],
    supersedes: str | None,
    on: date,
) -> Facts:
    """The facts as they are frozen: plain values, in the words in which they are printed.

    ``found`` lacks nothing but what may follow.
    """
    with wording.in_chinese():
        facts: Facts = {
            "number": number,
            "drawn_up_on": on.isoformat(),
            "first": found.span.first.isoformat(),
            "last": found.span.last.isoformat(),
            "template": {"version": given(found.template).version, "title": given(found.template).title},
            "who_signs": who.value,
            "who_signs_reason": reason,
            "signers": [_person(one) for one in signers],
            "supersedes": supersedes,
            "schedule": _schedule(found),
            "teachers": [_teacher(one) for one in found.teachers],
            "plan": _plan(found.plan) if found.plan else None,
            "rule": _rule_facts(given(found.rule)),
        }
        facts["words"] = _words(found, facts, on)
    return facts


def paper_code(facts: Facts) -> PaperCode:
    """What is printed as a code on every page."""
    digest = hashlib.sha256(canonical(facts).encode()).hexdigest().upper()
    return PaperCode(facts["number"], facts["template"]["version"], digest)


def _words(found: Around, facts: Facts, on: date) -> dict[str, str]:
    """What stands in place of each placeholder."""
    child, rule = found.child, given(found.rule)
    school, bureau = given(found.school), given(found.bureau)
    return {
        "协议编号": facts["number"],
        "起草日期": wording.day_words(on),
        "学校名称": school.name,
        "学校地址": school.address or school.township or school.name,
        "学校负责人": found.head or school.name,
        "学校电话": school.phone or "",
        "教育局名称": bureau.name,
        "教育局电话": bureau.phone or "",
        "监护人": "；".join(_described(one) for one in facts["signers"]),
        "监护人姓名": wording.enumerated(one["name"] for one in facts["signers"]),
        "照护人": wording.enumerated(f"{one.name}（{one.relation}）" for one in found.carers) or _("none"),
        "学生姓名": child.name,
        "学生编号": child.code,
        "学籍号": masked_id_number(child.roll_no) or _("not yet given"),
        "送教地点": found.place,
        "送教方式": wording.modes_words(rule),
        "起始日期": wording.day_words(found.span.first),
        "截止日期": wording.day_words(found.span.last),
        "送教频次": _close(wording.enumerated(wording.quota_words(one) for one in rule.quotas)) or _("none"),
        "每次时长": _close(wording.minutes_words(rule.min_minutes)),
        "日程": wording.enumerated(
            dict.fromkeys(f"{one['weekday']} {one['time']}" for one in facts["schedule"]["hours"])
        )
        or _("agreed with the family before teaching begins, and given in writing"),
        "送教内容": _contents(facts),
        "送教教师": wording.enumerated(one.name for one in found.teachers)
        or _("named by the school before teaching begins"),
        "规则名称": _rule_name(rule),
        "规则代码": rule.code,
        "补送天数": str(rule.make_up_days),
        "改期提前天数": setting("change_notice_days", on),
    }


def _contents(facts: Facts) -> str:
    domains = dict.fromkeys(goal["domain"] for goal in facts["plan"]["goals"]) if facts["plan"] else ()
    return wording.enumerated(domains) or _(
        "self-care, daily living, communication, cognition, movement, by the child's plan"
    )


def _described(signer: Facts) -> str:
    parts = [signer["relation"]]
    parts += [_("telephone %(number)s", number=signer["phone"])] if signer["phone"] else []
    parts += [_("ID number %(number)s", number=signer["id_number"])] if signer["id_number"] else []
    return f"{signer['name']}（{_close('，'.join(parts))}）"


def _close(text: str) -> str:
    """Without the spaces around figures: within a clause they would come and go with its line ends."""
    return text.replace(" ", "")


def _person(guardian: Guardian) -> Facts:
    return {
        "guardian": guardian.public_id,
        "name": guardian.name,
        "relation": guardian.relation,
        "standing": guardian.standing.value,
        "phone": masked_phone(guardian.phone) or "",
        "id_number": masked_id_number(guardian.id_number) or "",
    }


def _schedule(found: Around) -> Facts:
    school, term = given(found.school), the_calendar().term_of(found.span.first)
    version = latest(school, term.name) if term and is_published(found.child.id, found.span.first) else None
    hours = [
        {
            "weekday": wording.weekday_words(slot.weekday),
            "time": wording.hours_words(slot.start_minute, slot.end_minute),
            "minutes": slot.end_minute - slot.start_minute,
            "mode": str(wording.MODES[slot.mode]),
            "teacher": teacher.name,
            "days": wording.span_words(slot.effective_from, slot.effective_to),
        }
        for slot, teacher in found.hours
    ]
    return {
        "version": version.number if version else None,
        "sha256": version.sha256 if version else None,
        "hours": hours,
    }


def _teacher(teacher: Teacher) -> Facts:
    checked = teacher.record_checked_on
    return {
        "name": teacher.name,
        "code": teacher.code,
        "school": teacher.school.name,
        "specialism": teacher.specialism or "",
        "checked": wording.day_words(checked) if checked else "",
    }


def _plan(plan: Plan) -> Facts:
    names = {one.code: one.name_zh for one in db.session.scalars(select(LearningDomain))}
    return {
        "version": plan.version,
        "term": plan.term,
        "days": wording.span_words(plan.effective_from, plan.effective_to),
        "goals": [_goal(goal, names) for goal in in_outline(plan.goals)],
        "services": [
            {
                "domain": names[one.domain],
                "minutes": wording.minutes_words(one.minutes_per_week),
                "provider": one.provider,
            }
            for one in plan.services
        ],
    }


def _goal(goal: PlanGoal, names: dict[str, str]) -> Facts:
    return {
        "domain": names[goal.domain],
        "text": goal.text,
        "criterion": goal.criterion,
        "is_step": goal.is_short_term,
    }


def _rule_facts(rule: DeliveryRule) -> Facts:
    return {
        "code": rule.code,
        "name": _rule_name(rule),
        "issuer": rule.issuer,
        "days": wording.span_words(rule.span.first, rule.span.last),
        "source": rule.source_text,
        "lines": [list(line) for line in wording.rule_lines(rule)],
    }


def _rule_name(rule: DeliveryRule) -> str:
    title = f"《{rule.title}》" if rule.title else ""
    number = rule.document_no if not title else f"（{rule.document_no}）" if rule.document_no else ""
    return f"{title}{number}" or rule.code


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


def given(value: T | None) -> T:
    """What an agreement cannot be without; its absence was told as a lack."""
    if value is None:
        raise ValueError("asked for before the lacks were")
    return value
