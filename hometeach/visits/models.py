"""Recorded sessions and absences: facts, all kept."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    exists,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import Model, coded, db
from hometeach.people.models import Identified
from hometeach.schedule.rules import Mode
from hometeach.visits.absences.rules.states import AbsenceState, Reporter, state_of
from hometeach.visits.rules import Confirmation, ExcuseEffect


class Visit(Identified, Model):
    """One session at one child's place, as it was written down."""

    __tablename__ = "visit"

    #: The list's own number; visits made in the app carry a series of their own.
    number: Mapped[str] = mapped_column(String(40), unique=True)
    #: Its place in the bureau's list, in which sessions are listed back; empty for those made in the app.
    list_position: Mapped[int | None]
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    held_on: Mapped[date] = mapped_column(Date)
    #: Seconds after midnight, Asia/Shanghai.
    arrived_second: Mapped[int]
    left_second: Mapped[int]
    mode: Mapped[Mode] = mapped_column(coded(Mode))
    confirmation: Mapped[Confirmation] = mapped_column(coded(Confirmation))
    is_void: Mapped[bool]
    void_reason: Mapped[str | None] = mapped_column(Text)
    #: The missed date that this session makes up for.
    makes_up_for: Mapped[date | None] = mapped_column(Date)
    #: Records of one lesson for several children share it; empty for a single lesson.
    group_code: Mapped[str] = mapped_column(String(40), default="")
    content: Mapped[str | None] = mapped_column(Text)
    occurrence_id: Mapped[int | None] = mapped_column(ForeignKey("occurrence.id"), unique=True)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("0 <= arrived_second AND arrived_second < left_second AND left_second <= 86400", name="times"),
        CheckConstraint("NOT is_void OR void_reason IS NOT NULL", name="void_says_why"),
        Index(None, "child_id", "held_on"),
        Index(None, "held_on"),
    )


class VisitTeacher(Model):
    """A teacher who was there; the first one keeps the record."""

    __tablename__ = "visit_teacher"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"), primary_key=True, index=True)
    position: Mapped[int]


class ExcuseReason(Model):
    """A coded reason for a missed lesson, and what it does: data that the bureau may extend."""

    __tablename__ = "excuse_reason"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40), unique=True)
    name_en: Mapped[str] = mapped_column(String(60))
    effect: Mapped[ExcuseEffect] = mapped_column(coded(ExcuseEffect))
    position: Mapped[int]
    #: The missed days that it excuses; an empty end is open.
    effective_from: Mapped[date | None] = mapped_column(Date)
    effective_to: Mapped[date | None] = mapped_column(Date)
    #: The document that it rests on.
    source: Mapped[str] = mapped_column(Text, default="", server_default="")

    __table_args__ = (
        CheckConstraint(
            "effective_to IS NULL OR effective_from IS NULL OR effective_from <= effective_to", name="in_order"
        ),
    )

    @property
    def span(self) -> Span:
        """Its days."""
        return Span.of(self.effective_from or date.min, self.effective_to)


class Absence(Identified, Model):
    """A lesson missed, why, and whether the school approved the reason. At most one a day."""

    __tablename__ = "absence"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    missed_on: Mapped[date] = mapped_column(Date)
    reason_code: Mapped[str] = mapped_column(ForeignKey("excuse_reason.code"))
    #: Empty: as long as the slot that was missed.
    planned_minutes: Mapped[int | None]
    #: What the ledger reads; an import writes it too.
    is_approved: Mapped[bool]
    note: Mapped[str | None] = mapped_column(Text)
    #: Empty for an absence that came by a list; so are the columns that follow.
    reported_as: Mapped[Reporter | None] = mapped_column(coded(Reporter))
    #: As the audit log names the person; so does ``decided_by``.
    reported_by: Mapped[str | None] = mapped_column(String(64))
    reported_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: Why the school did not approve it.
    refusal: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def state(self) -> AbsenceState:
        """How it stands."""
        return state_of(
            is_approved=self.is_approved,
            is_withdrawn=self.withdrawn_at is not None,
            is_refused=self.refusal is not None,
        )

    __table_args__ = (
        UniqueConstraint("child_id", "missed_on"),
        Index(None, "missed_on"),
        CheckConstraint("planned_minutes IS NULL OR planned_minutes >= 0", name="minutes"),
    )


#: Beside the visits of a statement those by which a session was held.
_HELD = Visit.__table__.alias("held")


def is_held(session_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The condition that a planned session was held: its visit is on record and not withdrawn."""
    return exists().where(_HELD.c.occurrence_id == session_id, _HELD.c.is_void.is_(False))


def held_sessions() -> Select[int | None]:
    """Ids of the planned sessions that were held: whose visit is on record and not withdrawn."""
    return select(Visit.occurrence_id).where(Visit.occurrence_id.is_not(None), Visit.is_void.is_(False))


def is_waiting() -> ColumnElement[bool]:
    """The condition that an absence waits for the school's decision."""
    return Absence.is_approved.is_(False) & Absence.refusal.is_(None) & Absence.withdrawn_at.is_(None)


def excuse_reasons(within: Span | None = None) -> list[ExcuseReason]:
    """The coded reasons in the order in which they are offered; only those that excuse some of these days, if asked."""
    found = db.session.scalars(select(ExcuseReason).order_by(ExcuseReason.position, ExcuseReason.code))
    return [one for one in found if within is None or one.span.meets(within)]


def times_used() -> dict[str, int]:
    """How many absences carry each reason, by its code."""
    statement = select(Absence.reason_code, func.count().label("times")).group_by(Absence.reason_code)
    return {row.reason_code: row.times for row in db.session.execute(statement)}


def used_after(reason: ExcuseReason, last: date | None) -> int:
    """How many approved absences carry a reason that would not excuse them, were a day its last."""
    if last is None:
        return 0
    statement = select(func.count()).select_from(Absence)
    statement = statement.where(Absence.reason_code == reason.code, Absence.is_approved, Absence.missed_on > last)
    return db.session.scalar(statement) or 0
