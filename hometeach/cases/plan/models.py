"""The plan of a child in its versions, the goals in it, and the lessons written for them."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.cases.plan.rules import APPROVED, OPEN, GoalStatus, PlanAction, PlanStatus, Route
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.sealing import Sealed
from hometeach.people.models import Child, Dated, Identified

IS_OPEN = text("status IN ('draft', 'submitted')")


class LearningDomain(Model):
    """A field of learning in which goals are set: data that the bureau may extend."""

    __tablename__ = "learning_domain"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40), unique=True)
    name_en: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]


class RatingStep(Model):
    """A step of the scale on which a goal is rated."""

    __tablename__ = "rating_step"

    #: 0 (not yet) to 4 (reached).
    score: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))


class PromptLevel(Model):
    """How much help the child needed: data, from none to most."""

    __tablename__ = "prompt_level"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]


class Plan(Identified, Dated, Model):
    """One version of a child's plan. Once approved it never changes; a change is a new version."""

    __tablename__ = "plan"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    #: Counted from 1 for each child.
    version: Mapped[int]
    status: Mapped[PlanStatus] = mapped_column(coded(PlanStatus), default=PlanStatus.DRAFT)
    #: How often the head, the baseline or the services were saved; tells two editors apart.
    revision: Mapped[int] = mapped_column(default=0)
    #: Its name: the term or the year that it is for.
    term: Mapped[str] = mapped_column(String(80))
    team = Sealed()
    team_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    meeting_notes = Sealed()
    meeting_notes_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)

    child: Mapped[Child] = relationship()
    baselines: Mapped[list["PlanBaseline"]] = relationship(
        order_by="PlanBaseline.id", back_populates="plan", cascade="all, delete-orphan"
    )
    goals: Mapped[list["PlanGoal"]] = relationship(order_by="PlanGoal.position, PlanGoal.id", back_populates="plan")
    services: Mapped[list["PlanService"]] = relationship(
        order_by="PlanService.id", back_populates="plan", cascade="all, delete-orphan"
    )
    steps: Mapped[list["PlanStep"]] = relationship(order_by="PlanStep.id", back_populates="plan")

    __table_args__ = (
        UniqueConstraint("child_id", "version"),
        # A child has at most one version that is still being written or waits for approval.
        Index(
            "uq_plan_open",
            "child_id",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        CheckConstraint("effective_to IS NOT NULL AND effective_from <= effective_to", name="closed"),
    )


class PlanBaseline(Identified, Model):
    """What a child can do in one field of learning when the plan is made: health data, sealed."""

    __tablename__ = "plan_baseline"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    domain: Mapped[str] = mapped_column(ForeignKey("learning_domain.code"))
    text = Sealed()
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    plan: Mapped[Plan] = relationship(back_populates="baselines")

    __table_args__ = (UniqueConstraint("plan_id", "domain"),)


class PlanGoal(Identified, Model):
    """A goal of one version: long-term, or a short-term step towards one."""

    __tablename__ = "plan_goal"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    #: The long-term goal that a short-term one leads to; empty for a long-term goal.
    long_goal_id: Mapped[int | None] = mapped_column(ForeignKey("plan_goal.id"), index=True)
    #: The same in every version into which the goal was copied: its progress goes on.
    line: Mapped[str] = mapped_column(String(16), index=True)
    position: Mapped[int]
    revision: Mapped[int] = mapped_column(default=0)
    domain: Mapped[str] = mapped_column(ForeignKey("learning_domain.code"))
    text: Mapped[str] = mapped_column(Text)
    #: Where the goal stands; the one thing that goes on changing after approval.
    status: Mapped[GoalStatus] = mapped_column(coded(GoalStatus), default=GoalStatus.NOT_STARTED)
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    #: By what one sees that the goal is reached: "in 4 of 5 tries, without help".
    criterion: Mapped[str] = mapped_column(Text, default="")
    method: Mapped[str] = mapped_column(Text, default="")
    strategy: Mapped[str] = mapped_column(Text, default="")
    aids: Mapped[str] = mapped_column(Text, default="")
    family_practice: Mapped[str] = mapped_column(Text, default="")
    responsible: Mapped[str] = mapped_column(String(80), default="")

    plan: Mapped[Plan] = relationship(back_populates="goals")

    __table_args__ = (
        CheckConstraint("starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on", name="dates"),
        UniqueConstraint("plan_id", "line"),
    )

    @property
    def is_short_term(self) -> bool:
        """Whether it is a step towards a long-term goal."""
        return self.long_goal_id is not None


class PlanService(Model):
    """Help of one kind that the plan provides for, in minutes a week."""

    __tablename__ = "plan_service"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    domain: Mapped[str] = mapped_column(ForeignKey("learning_domain.code"))
    minutes_per_week: Mapped[int]
    provider: Mapped[str] = mapped_column(String(80))

    plan: Mapped[Plan] = relationship(back_populates="services")

    __table_args__ = (
        UniqueConstraint("plan_id", "domain"),
        CheckConstraint("minutes_per_week > 0", name="minutes"),
    )


class PlanStep(Identified, Model):
    """What somebody did to a plan. Appended, never changed."""

    __tablename__ = "plan_step"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    action: Mapped[PlanAction] = mapped_column(coded(PlanAction))
    #: Public id of the account, or ``guardian:public_id``.
    by: Mapped[str] = mapped_column(String(64))
    #: The civil date that it holds for; a paper may be older than the day it was entered.
    done_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)
    #: What people write here tells of the child's health.
    comment = Sealed()
    comment_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: For an acknowledgement: who of the family, and how.
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id"))
    route: Mapped[Route | None] = mapped_column(coded(Route))

    plan: Mapped[Plan] = relationship(back_populates="steps")


class LessonPlan(Identified, Model):
    """What one lesson shall do; optional, and may be copied for another day or child."""

    __tablename__ = "lesson_plan"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    taught_on: Mapped[date] = mapped_column(Date)
    revision: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(80))
    content: Mapped[str] = mapped_column(Text, default="")
    key_points: Mapped[str] = mapped_column(Text, default="")
    aids: Mapped[str] = mapped_column(Text, default="")
    process: Mapped[str] = mapped_column(Text, default="")
    home_practice: Mapped[str] = mapped_column(Text, default="")
    #: Public id of the account that wrote it first.
    written_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)

    child: Mapped[Child] = relationship()
    goals: Mapped[list[PlanGoal]] = relationship(secondary="lesson_goal", order_by=PlanGoal.position)

    __table_args__ = (Index(None, "child_id", "taught_on"),)


class LessonGoal(Model):
    """A goal that a lesson serves."""

    __tablename__ = "lesson_goal"

    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("plan_goal.id"), primary_key=True, index=True)


def learning_domains() -> list[LearningDomain]:
    """The fields of learning in the order in which they are offered."""
    return list(db.session.scalars(select(LearningDomain).order_by(LearningDomain.position, LearningDomain.code)))


def rating_steps() -> list[RatingStep]:
    """The scale from its lowest step."""
    return list(db.session.scalars(select(RatingStep).order_by(RatingStep.score)))


def prompt_levels() -> list[PromptLevel]:
    """The levels of help, from none to most."""
    return list(db.session.scalars(select(PromptLevel).order_by(PromptLevel.position, PromptLevel.code)))


def plans_of(child_id: int) -> list[Plan]:
    """Every version of a child's plan, the newest first."""
    return list(db.session.scalars(select(Plan).where(Plan.child_id == child_id).order_by(Plan.version.desc())))


def open_plan(child_id: int) -> Plan | None:
    """The version that is being written or waits for approval."""
    return db.session.scalar(select(Plan).where(Plan.child_id == child_id, Plan.status.in_(OPEN)))


def plan_in_force(child_id: int, on: date) -> Plan | None:
    """The approved version that holds on a day: of two that cover it, the newer one."""
    statement = select(Plan).where(Plan.child_id == child_id, *_holds(on)).order_by(Plan.version.desc()).limit(1)
    return db.session.scalar(statement)


def has_approved_plan(child_id: int, on: date) -> bool:
    """Whether an approved plan holds on a day; asked before a case becomes active."""
    return plan_in_force(child_id, on) is not None


def goals_in_force(child_id: int, on: date) -> list[PlanGoal]:
    """The goals of the plan that holds on a day, each long-term goal followed by its short-term ones."""
    plan = plan_in_force(child_id, on)
    return in_outline(plan.goals) if plan else []


def in_outline(goals: Iterable[PlanGoal]) -> list[PlanGoal]:
    """Each long-term goal, followed by its short-term ones."""
    listed = sorted(goals, key=lambda goal: (goal.position, goal.id))
    return [
        goal
        for long_goal in listed
        if not long_goal.is_short_term
        for goal in (long_goal, *(one for one in listed if one.long_goal_id == long_goal.id))
    ]


def children_with_plan_on(on: date) -> Select[int]:
    """Ids of the children for whom an approved plan holds on a day."""
    return select(Plan.child_id).where(*_holds(on)).distinct()


def next_version(child_id: int) -> int:
    """The number that the next version of a child's plan gets."""
    return (db.session.scalar(select(func.max(Plan.version)).where(Plan.child_id == child_id)) or 0) + 1


def lessons_of(child_id: int) -> Select[LessonPlan]:
    """The lessons written for a child, the latest first."""
    statement = select(LessonPlan).where(LessonPlan.child_id == child_id)
    return statement.order_by(LessonPlan.taught_on.desc(), LessonPlan.id.desc())


def _holds(on: date) -> tuple[ColumnElement[bool], ...]:
    return (Plan.status.in_(APPROVED), Plan.effective_from <= on, Plan.effective_to >= on)
