"""What is kept of a visit beside its times: the details, the goals, the draft, and the leave to be late."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    ForeignKey,
    LargeBinary,
    Select,
    String,
    UniqueConstraint,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.cases.plan.models import PlanGoal
from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.sealing import Sealed
from hometeach.people.models import Child, Guardian, Identified, ResponsibleSpan, Teacher, in_force
from hometeach.schedule.models import Occurrence, OccurrenceState, children_taught_by
from hometeach.visits.models import Absence, ExcuseReason, Visit, VisitTeacher
from hometeach.visits.recording.rules import GoalScore, TimeEntry, VisitFacts
from hometeach.visits.rules import ExcuseEffect


class VisitDetail(Identified, Model):
    """What a visit made in the app tells beside its times. A visit that came by import has none."""

    __tablename__ = "visit_detail"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), unique=True)
    #: Public id of the account that wrote it down.
    recorded_by: Mapped[str] = mapped_column(String(64))
    #: Written down on a later day than the visit's own; for ever.
    is_late: Mapped[bool]
    arrived_entry: Mapped[TimeEntry] = mapped_column(coded(TimeEntry))
    left_entry: Mapped[TimeEntry] = mapped_column(coded(TimeEntry))
    #: When the buttons were pressed, by our clock and by the phone's; empty for what was typed.
    arrived_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    left_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    arrived_device_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    left_device_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: The guardian or carer who was there, as on file.
    carer_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id"))
    domain: Mapped[str | None] = mapped_column(ForeignKey("learning_domain.code"))
    has_incident: Mapped[bool]
    #: JSON of what was written, by the name of the question.
    written = Sealed()
    written_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: Equal for records that tell of the child in the very same words.
    performance_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    #: What the teacher takes away: the beginning of the audit row's hash.
    receipt_code: Mapped[str] = mapped_column(String(16))

    @property
    def words(self) -> Mapping[str, str]:
        """What was written, by the name of the question."""
        told: dict[str, str] = json.loads(self.written)
        return told


class VisitGoal(Model):
    """How one goal of the plan went on one visit."""

    __tablename__ = "visit_goal"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("plan_goal.id"), primary_key=True, index=True)
    #: 0 (not yet) to 4 (reached); empty where it was worked on and not rated.
    score: Mapped[int | None]
    prompt_level: Mapped[str | None] = mapped_column(ForeignKey("prompt_level.code"))

    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 4", name="score"),)


class VisitDraft(Identified, Model):
    """What a teacher has typed of a visit and not recorded yet."""

    __tablename__ = "visit_draft"

    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"))
    #: The planned session, or the child and the day.
    subject: Mapped[str] = mapped_column(String(64))
    #: JSON of the fields of the form.
    typed = Sealed()
    typed_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    arrived_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    left_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    arrived_device_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    left_device_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    saved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (UniqueConstraint("teacher_id", "subject"),)

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the form as they were typed."""
        told: dict[str, str] = json.loads(self.typed)
        return told


class LatePermission(Identified, Model):
    """The school's leave to write down a visit of one day after the bureau's days are over."""

    __tablename__ = "late_permission"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    day: Mapped[date] = mapped_column(Date)
    #: Public id of the account that gave leave.
    given_by: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    why = Sealed()
    why_sealed: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("child_id", "day"),)


def draft_of(teacher_id: int, subject: str) -> VisitDraft | None:
    """What this teacher has typed of this visit."""
    statement = select(VisitDraft).where(VisitDraft.teacher_id == teacher_id, VisitDraft.subject == subject)
    return db.session.scalar(statement)


def drafts_among(teacher_id: int, subjects: Sequence[str]) -> set[str]:
    """Which of these visits the teacher has begun to write down."""
    statement = select(VisitDraft.subject).where(VisitDraft.teacher_id == teacher_id, VisitDraft.subject.in_(subjects))
    return set(db.session.scalars(statement))


def detail_of(visit_id: int) -> VisitDetail | None:
    """What the record tells beside its times, None for one that came by import."""
    return db.session.scalar(select(VisitDetail).where(VisitDetail.visit_id == visit_id))


def is_permitted(child_id: int, day: date) -> bool:
    """Whether the school gave leave to write down a visit of that day although it is too late."""
    given = exists().where(LatePermission.child_id == child_id, LatePermission.day == day)
    return bool(db.session.scalar(select(given)))


def taught_on(teacher_id: int, day: date) -> ColumnElement[bool]:
    """The condition on ``Child`` that a teacher taught it on a day: answered for it, had its hour, or stood in.

    Asked for the day of the visit, not for today: a child that moved to another
    school since is still written down by who was there.
    """
    answered = select(ResponsibleSpan.child_id).where(
        ResponsibleSpan.teacher_id == teacher_id, in_force(ResponsibleSpan, day)
    )
    planned = select(Occurrence.child_id).where(
        Occurrence.teacher_id == teacher_id,
        Occurrence.planned_on == day,
        Occurrence.state != OccurrenceState.CANCELLED,
    )
    return or_(Child.id.in_(answered), Child.id.in_(children_taught_by(teacher_id, day)), Child.id.in_(planned))


def was_there(teacher_id: int) -> ColumnElement[bool]:
    """The condition on ``Visit`` that a teacher was there."""
    return exists().where(VisitTeacher.visit_id == Visit.id, VisitTeacher.teacher_id == teacher_id)


def last_visit(child_id: int, before: date) -> tuple[Visit, VisitDetail] | None:
    """The child's last visit up to a day of which something was written, with what was written."""
    statement = (
        select(Visit, VisitDetail)
        .join(VisitDetail, VisitDetail.visit_id == Visit.id)
        .where(Visit.child_id == child_id, Visit.held_on <= before, Visit.is_void.is_(False))
        .order_by(Visit.held_on.desc(), Visit.arrived_second.desc(), Visit.id.desc())
        .limit(1)
    )
    found = db.session.execute(statement).first()
    return (found[0], found[1]) if found else None


def goals_of(visit_id: int) -> tuple[GoalScore, ...]:
    """How the goals went, by the goals' public ids."""
    statement = (
        select(PlanGoal.public_id, VisitGoal.score, VisitGoal.prompt_level)
        .join(PlanGoal, PlanGoal.id == VisitGoal.goal_id)
        .where(VisitGoal.visit_id == visit_id)
        .order_by(PlanGoal.position, PlanGoal.id)
    )
    return tuple(GoalScore(goal, score, prompt or "") for goal, score, prompt in db.session.execute(statement))


def facts_of(visit: Visit) -> VisitFacts:
    """What a record says now."""
    detail = detail_of(visit.id)
    present = (
        select(Teacher.code)
        .join(VisitTeacher, VisitTeacher.teacher_id == Teacher.id)
        .where(VisitTeacher.visit_id == visit.id)
        .order_by(VisitTeacher.position, Teacher.code)
    )
    carer = db.session.get(Guardian, detail.carer_id) if detail and detail.carer_id else None
    return VisitFacts(
        arrived=visit.arrived_second,
        left=visit.left_second,
        mode=visit.mode,
        teachers=tuple(db.session.scalars(present)),
        makes_up_for=visit.makes_up_for,
        carer=carer.public_id if carer else "",
        domain=(detail.domain or "") if detail else "",
        goals=goals_of(visit.id),
        has_incident=bool(detail and detail.has_incident),
        words=dict(detail.words) if detail else {"performance": visit.content} if visit.content else {},
    )


def sharing_time(facts: VisitFacts, child_id: int, day: date, *, except_id: int | None = None) -> list[Visit]:
    """The records that would share time with this one, for the child or for one of its teachers."""
    taught = exists().where(
        VisitTeacher.visit_id == Visit.id,
        VisitTeacher.teacher_id == Teacher.id,
        Teacher.code.in_(facts.teachers),
    )
    statement = select(Visit).where(
        Visit.held_on == day,
        Visit.is_void.is_(False),
        Visit.arrived_second < facts.left,
        Visit.left_second > facts.arrived,
        (Visit.child_id == child_id) | taught,
    )
    statement = statement if except_id is None else statement.where(Visit.id != except_id)
    return list(db.session.scalars(statement.order_by(Visit.arrived_second, Visit.id)))


def visit_of_occurrence(occurrence_id: int) -> Visit | None:
    """The record of a planned session, once somebody wrote it down, unless it was withdrawn."""
    statement = select(Visit).where(Visit.occurrence_id == occurrence_id, Visit.is_void.is_(False))
    return db.session.scalar(statement)


def dates_to_make_up(child_id: int) -> Select[date]:
    """The missed dates of a child that ask for a make-up and have none yet, the latest first."""
    repaid = exists().where(
        Visit.child_id == child_id, Visit.makes_up_for == Absence.missed_on, Visit.is_void.is_(False)
    )
    return (
        select(Absence.missed_on)
        .join(ExcuseReason, ExcuseReason.code == Absence.reason_code)
        .where(Absence.child_id == child_id, Absence.is_approved, ExcuseReason.effect == ExcuseEffect.MAKE_UP, ~repaid)
        .order_by(Absence.missed_on.desc())
    )
