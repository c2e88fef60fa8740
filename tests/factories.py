"""The least that a test needs, and the small cast: always the same people.

Teacher Lin 林 (school S1), headteacher He 何 (coordinator and head of S1),
officer Bai 白, auditor Qin 秦, relief clerk Yu 余, administrator Guan 管, and the
stranger Shi 石, a teacher of S2 who must see nothing of S1. Child An 安 is taught
by Lin, child Bo 博 by Shi.
"""

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import select

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.offers.rules import WhoSigns
from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.templates.actions import begin_draft, publish
from hometeach.agreements.templates.models import Clause, Template, template_of
from hometeach.agreements.templates.rules import Block, TemplateState
from hometeach.cases.file.models import FileItem
from hometeach.cases.models import Case
from hometeach.cases.plan.models import LessonPlan, Plan, PlanGoal
from hometeach.cases.rules import CaseStatus
from hometeach.compliance.actions import plan_ahead, rebuild_ledger
from hometeach.compliance.sampling.models import Sample, SampleChild
from hometeach.kernel import audit, clock, files
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.consents.actions import Taken, answer_purposes
from hometeach.people.consents.default import proposed
from hometeach.people.consents.models import NoticePurpose, PrivacyNotice
from hometeach.people.consents.rules import Answer, ConsentRoute, Purpose
from hometeach.people.models import (
    Account,
    Child,
    Guardian,
    OrgUnit,
    ResponsibleSpan,
    RoleGrant,
    ServingSpan,
    Teacher,
    id_number_index,
    phone_index,
)
from hometeach.people.reviewing.models import AccessReview
from hometeach.people.rules import DisabilityType, FamilyCategory, Sex, UnitKind
from hometeach.schedule.models import CalendarEntry, CalendarKind, Occurrence, QuotaRow, RuleRow, SlotRow
from hometeach.schedule.rules import Metric, Mode, PartialPeriod, PeriodKind, RuleScope
from hometeach.visits.confirming.actions import complain
from hometeach.visits.confirming.models import Dispute
from hometeach.visits.incidents.models import Incident
from hometeach.visits.incidents.rules import IncidentState
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.photos.models import VisitPhoto
from hometeach.visits.rules import Confirmation
from hometeach.visits.safety.actions import write_safety_notes
from hometeach.visits.safety.models import SafetyNote

PASSWORD = "a long enough password"
#: As cheap as argon2 can be: what a password costs to try is one test's concern, and hundreds sign in.
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
TERM_FROM, TERM_TO = date(2026, 9, 1), date(2027, 1, 22)
_numbers = count(1)
#: The line of the goal in a plan of :func:`make_plan`.
GOAL = "goal-of-the-cast"
#: The review of :func:`make_review`, and the account of Stranger Shi.
REVIEW, SOMEBODY = "review-of-cast", "account-of-shi"
#: The sample of :func:`make_sample`.
SAMPLE = "sample-of-cast"
#: The notice of :func:`make_photos`.
NOTICE = "notice-of-cast"


def make_unit(code: str, kind: UnitKind = UnitKind.SCHOOL, **values: Any) -> OrgUnit:
    """A unit of the organisation."""
    reached = {"address": "月山镇解放路8号", "phone": "0743-8123456"}
    unit = OrgUnit(code=code, name=values.pop("name", f"学校{code}"), kind=kind, **{**reached, **values})
    db.session.add(unit)
    db.session.flush()
    return unit


def make_teacher(code: str, school: OrgUnit, name: str = "林老师") -> Teacher:
    """A teacher of a school."""
    teacher = Teacher(code=code, name=name, school_id=school.id, phone="13900000000")
    db.session.add(teacher)
    db.session.flush()
    return teacher


def make_child(code: str, school: OrgUnit, teacher: Teacher | None = None, **values: Any) -> Child:
    """A child served by a school since long ago, with a case, one guardian and no agreement."""
    id_number = values.pop("id_number", None)
    phone = values.pop("phone", "13812345678")
    child = Child(
        code=code,
        name=values.pop("name", f"孩子{code}"),
        sex=Sex.FEMALE,
        born_on=date(2015, 6, 1),
        id_number=id_number,
        id_number_index=id_number_index(id_number) if id_number else None,
        disability_type=DisabilityType.INTELLECTUAL,
        disability_level=1,
        family_category=FamilyCategory.NONE,
        roll_school_id=school.id,
        visit_address=values.pop("visit_address", "月山镇大塘村17组"),
        cannot_attend_reason=values.pop("cannot_attend_reason", "癫痫频发"),
        **values,
    )
    db.session.add(child)
    db.session.flush()
    db.session.add(ServingSpan(child_id=child.id, school_id=school.id, effective_from=date(2020, 1, 1)))
    if teacher:
        db.session.add(ResponsibleSpan(child_id=child.id, teacher_id=teacher.id, effective_from=date(2020, 1, 1)))
    db.session.add(Case(child_id=child.id, status=CaseStatus.ACTIVE, placed_on=date(2026, 2, 20)))
    db.session.add(
        Guardian(
            child_id=child.id,
            name="吴奶奶",
            relation="祖母",
            phone=phone,
            phone_index=phone_index(phone),
        )
    )
    db.session.flush()
    return child


def make_agreement(child: Child, first: date = TERM_FROM, last: date | None = TERM_TO) -> Agreement:
    """A paper agreement in force for its span."""
    agreement = Agreement(
        child_id=child.id,
        number=f"XY-{next(_numbers)}",
        effective_from=first,
        effective_to=last,
        route=SigningRoute.PAPER,
    )
    db.session.add(agreement)
    db.session.flush()
    return agreement


def make_wording(on: date = date(2026, 1, 1)) -> Template:
    """The wording of the agreement that the product comes with, published."""
    template = db.session.scalars(select(Template).order_by(Template.version)).first()
    assert template is not None
    if template.state is TemplateState.DRAFT:
        publish(template, on, on=on, by="test")
    return template


def make_template() -> Template:
    """A published wording of three clauses, two of which limit rights."""
    template = template_of(900) or Template(
        version=900,
        title="送教上门协议",
        source="test",
        summary="老师做什么？每周上门教一次。\n要钱吗？不要钱。\n不想要了怎么办？随时可以退出，说一声就行。",
        made_by="test",
        effective_from=date(2020, 1, 1),
    )
    if template.published_at is None:
        texts = {
            Block.TERM: "协议期限为一个学期。",
            Block.CHANGES: "改期须提前一天。",
            Block.SAFETY: "家中须有成人在场。",
        }
        template.clauses = [
            Clause(block=block, position=n, text=text, limits_rights=n > 0)
            for n, (block, text) in enumerate(texts.items())
        ]
        db.session.add(template)
        db.session.flush()
        template.state, template.published_by, template.published_at = TemplateState.PUBLISHED, "test", machine_now()
        db.session.flush()
    return template


def make_offer(child: Child, who: WhoSigns = WhoSigns.ANY_ONE, **values: Any) -> Offer:
    """An agreement for all of the child's guardians; its document says only its number, or is ``content``.

    ``asked``: what whoever signs chooses, by name, and among what.
    """
    number, template = f"XY-2026-{next(_numbers):04d}", make_template()
    serving = db.session.scalar(select(ServingSpan.school_id).where(ServingSpan.child_id == child.id))
    content = values.pop("content", f"%PDF-1.7\n% {number}".encode())
    document = files.keep(content, "application/pdf")
    db.session.flush()
    facts = {"number": number, "template": {"version": template.version}, "words": {}, "rule": {"code": "R"}}
    if asked := values.pop("asked", None):
        facts["choices"] = [{"name": name, "options": options} for name, options in asked.items()]
    offer = Offer(
        child_id=child.id,
        number=number,
        school_id=serving,
        template_id=template.id,
        document_id=document.id,
        document_sha256=document.sha256,
        who_signs=who,
        drawn_up_by=values.pop("drawn_up_by", "test"),
        effective_from=values.pop("effective_from", TERM_FROM),
        effective_to=values.pop("effective_to", TERM_TO),
        **values,
    )
    offer.facts = audit.canonical(facts)
    offer.signers = [
        Signer(
            public_id=f"sign-{one.id}-{next(_numbers)}",
            guardian_id=one.id,
            name=one.name,
            relation=one.relation,
            standing=one.standing,
        )
        for one in child.guardians
    ]
    db.session.add(offer)
    db.session.flush()
    return offer


def make_draft() -> Template:
    """Version 2 of the wording, still being written."""
    draft = begin_draft(make_wording(), by="test")
    draft.version = 2
    db.session.flush()
    return draft


def make_rule(code: str = "R", **values: Any) -> RuleRow:
    """Once a week, at least 60 minutes, for the whole bureau."""
    quotas = values.pop("quotas", [(PeriodKind.WEEK, Metric.SESSIONS, 1)])
    defaults: dict[str, Any] = {
        "effective_from": date(2026, 9, 1),
        "document_no": "X教发〔2026〕11号",
        "scope": RuleScope.BUREAU,
        "min_minutes": 60,
        "minutes_per_class_hour": 40,
        "min_teachers": 1,
        "modes": "community,home,institution",
        "max_per_day": 1,
        "confirmation_required": False,
        "make_up_days": 14,
        "partial_period": PartialPeriod.PRORATE,
    }
    rule = RuleRow(code=code, **{**defaults, **values})
    rule.quotas = [QuotaRow(position=n, period=p, metric=m, minimum=least) for n, (p, m, least) in enumerate(quotas)]
    db.session.add(rule)
    db.session.flush()
    return rule


def make_term(first: date = TERM_FROM, last: date = TERM_TO, name: str = "2026-2027学年第一学期") -> CalendarEntry:
    """A term."""
    entry = CalendarEntry(kind=CalendarKind.TERM, name=name, effective_from=first, effective_to=last)
    db.session.add(entry)
    db.session.flush()
    return entry


def make_slot(child: Child, teacher: Teacher, weekday: int = 1, start: int = 900, end: int = 975) -> SlotRow:
    """A weekly hour: Tuesdays 15:00 to 16:15 where nothing is said."""
    slot = SlotRow(
        child_id=child.id,
        teacher_id=teacher.id,
        weekday=weekday,
        start_minute=start,
        end_minute=end,
        effective_from=TERM_FROM,
    )
    db.session.add(slot)
    db.session.flush()
    return slot


def make_visit(child: Child, *teachers: Teacher, on: date, start: int = 900, minutes: int = 75, **values: Any) -> Visit:
    """A recorded session; ``start`` in minutes after midnight."""
    visit = Visit(
        number=values.pop("number", f"V{next(_numbers):06d}"),
        child_id=child.id,
        held_on=on,
        arrived_second=start * 60,
        left_second=(start + minutes) * 60,
        mode=values.pop("mode", Mode.HOME),
        confirmation=values.pop("confirmation", Confirmation.CONFIRMED),
        is_void=values.pop("is_void", False),
        recorded_at=machine_now(),
        **values,
    )
    db.session.add(visit)
    db.session.flush()
    db.session.add_all(
        VisitTeacher(visit_id=visit.id, teacher_id=teacher.id, position=n) for n, teacher in enumerate(teachers)
    )
    db.session.flush()
    return visit


def make_complaint(child: Child) -> Dispute:
    """Something that a child's family told the bureau, about no record."""
    return complain(child, child.guardians[0], "作业太难了。", on=date(2026, 11, 16))


def make_account(
    name: str, unit: OrgUnit, *roles: Role, teacher: Teacher | None = None, is_head: bool = False
) -> Account:
    """Somebody who can sign in with :data:`PASSWORD`."""
    account = Account(
        sign_in_name=name,
        name=name,
        password_hash=PASSWORD_HASH,
        teacher_id=teacher.id if teacher else None,
        is_demonstration=True,
    )
    account.grants = [
        RoleGrant(role=role, unit_id=unit.id, effective_from=date(2020, 1, 1), is_head=is_head) for role in roles
    ]
    db.session.add(account)
    db.session.flush()
    return account


def make_plan(child: Child, **values: Any) -> Plan:
    """A draft of the term's plan, with one long-term goal."""
    days = {"effective_from": TERM_FROM, "effective_to": TERM_TO}
    plan = Plan(**{"child_id": child.id, "version": 1, "term": "2026 秋", **days, **values})
    plan.goals = [PlanGoal(line=GOAL, position=0, domain="self_care", text="自己吃完一餐")]
    db.session.add(plan)
    db.session.flush()
    return plan


def make_lesson(child: Child) -> LessonPlan:
    """A lesson for the child, by the child's code."""
    lesson = LessonPlan(
        public_id=f"lesson-{child.code}", child_id=child.id, title="用勺吃饭", taught_on=TERM_FROM, written_by="test"
    )
    db.session.add(lesson)
    db.session.flush()
    return lesson


def make_paper(child: Child, code: str = "F06") -> FileItem:
    """A paper in the child's file, known by the child's code."""
    key, kept = f"paper-{child.code}", {"dated_on": TERM_FROM, "made_by": "吴奶奶", "entered_by": "test"}
    paper = FileItem(public_id=key, child_id=child.id, code=code, **kept)
    db.session.add(paper)
    db.session.flush()
    return paper


def make_safety_note(child: Child) -> SafetyNote:
    """What is to be heeded at the child's home."""
    return write_safety_notes(child, {"way": "院里有一条大狗", "seizures": "约一分钟，侧卧"}, over=0, by="test")


def make_incident(child: Child) -> Incident:
    """An incident that the child's teacher reported, by the child's code."""
    today = clock.today()
    serving = select(ServingSpan.school_id).where(ServingSpan.child_id == child.id)
    answers = select(Account.public_id).join(ResponsibleSpan, ResponsibleSpan.teacher_id == Account.teacher_id)
    incident = Incident(
        public_id=f"incident-{child.code}",
        child_id=child.id,
        school_id=db.session.scalar(serving),
        happened_on=today,
        harm_suspected=False,
        written='{"facts": "孩子从床上跌下。"}',
        reported_by=db.session.scalar(answers.where(ResponsibleSpan.child_id == child.id)) or "test",
        reported_at=machine_now(),
        state=IncidentState.OPEN,
    )
    db.session.add(incident)
    db.session.flush()
    return incident


def make_sample(child: Child | None) -> Sample:
    """A sample in which one child was drawn."""
    sample = Sample(
        public_id=SAMPLE,
        seed="seed",
        as_of=date(2026, 11, 23),
        weights_digest="0" * 64,
        drawn_by="test",
        drawn_at=machine_now(),
    )
    db.session.add(sample)
    db.session.flush()
    if child is not None:
        db.session.add(SampleChild(sample_id=sample.id, child_id=child.id, position=0, weight=1))
    db.session.flush()
    return sample


def make_review() -> AccessReview:
    """The access review of this year, begun."""
    review = AccessReview(
        public_id=REVIEW, year=2026, since=date(2025, 11, 23), opened_by="test", opened_at=machine_now()
    )
    db.session.add(review)
    db.session.flush()
    return review


def make_photos() -> None:
    """A photo with a lesson of each child of the cast, whose families allow photos under a notice in force."""
    words = proposed()
    said = {"text": words["text"], "child_rules": words["child_rules"], "source": "test", "published_by": "test"}
    notice = PrivacyNotice(public_id=NOTICE, version=1, effective_from=date(2026, 1, 1), **said)
    notice.purposes = [NoticePurpose(purpose=one, text=words[one], is_new=True) for one in Purpose]
    db.session.add(notice)
    for child in db.session.scalars(select(Child).order_by(Child.id)):
        visit = db.session.scalars(select(Visit).where(Visit.child_id == child.id).order_by(Visit.id)).first()
        yes = Taken(date(2026, 1, 1), notice, ConsentRoute.OWN_PHONE)
        db.session.flush()
        answer_purposes(child.guardians[0], {Purpose.PHOTOS: Answer.GIVEN}, yes, by="test")
        kept = files.keep(b"a picture", "image/jpeg")
        photo = VisitPhoto(
            public_id=f"photo-{child.code}", visit=visit, file=kept, original_sha256="0" * 64, kept_by="x"
        )
        db.session.add(photo)
    db.session.flush()


def first_planned(child: Child) -> str:
    """The public id of the child's first planned session."""
    statement = select(Occurrence.public_id).where(Occurrence.child_id == child.id)
    return db.session.scalars(statement.order_by(Occurrence.planned_on, Occurrence.id)).first() or ""


@dataclass
class Cast:
    """The cast: what tests need to know of them, by name and public id."""

    sign_in_names: dict[Role, str] = field(default_factory=dict)
    own_child: str = ""
    foreign_child: str = ""
    own_school: str = ""
    foreign_school: str = ""
    own_teacher: str = ""
    foreign_teacher: str = ""
    own_guardian: str = ""
    foreign_guardian: str = ""
    own_visit: str = ""
    foreign_visit: str = ""
    own_occurrence: str = ""
    foreign_occurrence: str = ""
    own_slot: str = ""
    foreign_slot: str = ""
    stranger: str = "shi"


def make_cast() -> Cast:
    """The cast with two schools, two children, a rule, a term and some weeks taught. Committed."""
    with committed():
        bureau = make_unit("J00", UnitKind.BUREAU, name="X市教育局")
        own, foreign = make_unit("S1", name="月山镇中心小学"), make_unit("S2", name="石柱乡中心小学")
        lin, shi = make_teacher("T1", own), make_teacher("T2", foreign, "石老师")
        child, other = (
            make_child("C1", own, lin, name="安安"),
            make_child("C2", foreign, shi, name="博博", phone="13998765432"),
        )
        make_wording()
        make_rule()
        make_term()
        visits, slots = {}, {}
        for taught, teacher in ((child, lin), (other, shi)):
            make_agreement(taught)
            slots[taught.code] = make_slot(taught, teacher).public_id
            visits[taught.code] = make_visit(taught, teacher, on=date(2026, 9, 8)).public_id
            make_visit(taught, teacher, on=date(2026, 9, 15), minutes=58)
        make_account("lin", own, Role.TEACHER, teacher=lin)
        make_account("he", own, Role.SCHOOL_COORDINATOR, is_head=True)
        make_account("bai", bureau, Role.BUREAU_OFFICER)
        make_account("qin", bureau, Role.AUDITOR)
        make_account("yu", bureau, Role.RELIEF_CLERK)
        make_account("guan", bureau, Role.ADMINISTRATOR)
        make_account("shi", foreign, Role.TEACHER, teacher=shi).public_id = SOMEBODY
        rebuild_ledger()
        plan_ahead(date(2026, 11, 23))
        return Cast(
            sign_in_names={
                Role.TEACHER: "lin",
                Role.SCHOOL_COORDINATOR: "he",
                Role.BUREAU_OFFICER: "bai",
                Role.AUDITOR: "qin",
                Role.RELIEF_CLERK: "yu",
                Role.ADMINISTRATOR: "guan",
            },
            own_child=child.public_id,
            foreign_child=other.public_id,
            own_school=own.public_id,
            foreign_school=foreign.public_id,
            own_teacher=lin.public_id,
            foreign_teacher=shi.public_id,
            own_guardian=child.guardians[0].public_id,
            foreign_guardian=other.guardians[0].public_id,
            own_visit=visits["C1"],
            foreign_visit=visits["C2"],
            own_occurrence=first_planned(child),
            foreign_occurrence=first_planned(other),
            own_slot=slots["C1"],
            foreign_slot=slots["C2"],
        )
