"""Weekly slots, the planned sessions that come of them, and who stands in for whom."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Select, String, Text, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.files import new_public_id
from hometeach.people.models import IN_ORDER, Child, Dated, Identified, in_force
from hometeach.schedule.planning.rules import StandIns
from hometeach.schedule.rules import Mode, Slot


class OccurrenceState(StrEnum):
    """How a planned session stands. Only ``planned`` ones are held apart by the database."""

    PLANNED = "planned"
    CLASHING = "clashing"
    CANCELLED = "cancelled"


class SlotRow(Identified, Dated, Model):
    """A child's weekly hour with a teacher."""

    __tablename__ = "slot"

    #: Shared by the parts of an hour that was changed "this and later": to people it is one hour.
    series: Mapped[str] = mapped_column(String(16), default=new_public_id, index=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"), index=True)
    #: 0 is Monday.
    weekday: Mapped[int]
    #: Minutes after midnight.
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    mode: Mapped[Mode] = mapped_column(coded(Mode), default=Mode.HOME)
    #: Why the hour is shorter than the rule's minimum; empty for one that is not.
    short_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("child_id", "weekday", "start_minute", "effective_from"),
        CheckConstraint(IN_ORDER, name="in_order"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440", name="times"),
    )

    def as_slot(self) -> Slot:
        """The same for the pure rules."""
        return Slot(self.weekday, self.start_minute, self.end_minute, self.span)


class Occurrence(Identified, Model):
    """A planned session, known for good by its series and its original date: through moves and through
    a split of its slot. One that makes up for a missed date has a series of its own, and no slot."""

    __tablename__ = "occurrence"

    series: Mapped[str] = mapped_column(String(16), default=new_public_id)
    original_on: Mapped[date] = mapped_column(Date)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"), index=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"))
    planned_on: Mapped[date] = mapped_column(Date)
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    state: Mapped[OccurrenceState] = mapped_column(coded(OccurrenceState))
    #: The missed date that this session is planned to repay.
    makes_up_for: Mapped[date | None] = mapped_column(Date)
    #: Whether somebody moved this one alone: its slot no longer says when it is.
    is_moved: Mapped[bool] = mapped_column(default=False)
    #: Why this one was moved or cancelled.
    change_reason: Mapped[str | None] = mapped_column(Text)
    #: Counts its changes, so that of two who edit it at once the second is told.
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("series", "original_on"),
        CheckConstraint("0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440", name="times"),
        CheckConstraint("slot_id IS NOT NULL OR makes_up_for IS NOT NULL", name="comes_of_something"),
        Index(None, "teacher_id", "planned_on"),
        Index(None, "child_id", "planned_on"),
    )


class Substitution(Identified, Dated, Model):
    """The days on which another teacher stands in for one, with one child."""

    __tablename__ = "substitution"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    #: Public id of the account.
    by: Mapped[str] = mapped_column(String(64))
    #: Public id of the cover during leave that it came with; empty where it was written for this child alone.
    cover: Mapped[str | None] = mapped_column(String(16))

    __table_args__ = (
        UniqueConstraint("child_id", "teacher_id", "effective_from"),
        CheckConstraint("effective_to IS NOT NULL AND effective_from <= effective_to", name="closed"),
        CheckConstraint("teacher_id <> substitute_id", name="somebody_else"),
    )


def children_taught_by(teacher_id: int, on: date) -> Select[int]:
    """Ids of the children with whom a teacher has a slot that day, for whom the teacher stands in, or whom the
    teacher alone is to visit for a make-up: of that one until its day is over."""
    slots = select(SlotRow.child_id).where(SlotRow.teacher_id == teacher_id, in_force(SlotRow, on))
    stood_in = select(Substitution.child_id).where(Substitution.substitute_id == teacher_id, in_force(Substitution, on))
    made_up = select(Occurrence.child_id).where(
        Occurrence.teacher_id == teacher_id,
        Occurrence.planned_on >= on,
        Occurrence.slot_id.is_(None),
        Occurrence.state != OccurrenceState.CANCELLED,
    )
    return select(Child.id).where(or_(Child.id.in_(slots), Child.id.in_(stood_in), Child.id.in_(made_up)))


def stand_ins(child_ids: Collection[int] | None = None) -> StandIns:
    """Who stands in for whom with these children, or with all."""
    statement = select(
        Substitution.child_id,
        Substitution.teacher_id,
        Substitution.substitute_id,
        Substitution.effective_from,
        Substitution.effective_to,
    ).order_by(Substitution.effective_from, Substitution.id)
    if child_ids is not None:
        statement = statement.where(Substitution.child_id.in_(child_ids))
    found: dict[tuple[int, int], list[tuple[Span, int]]] = {}
    for child_id, teacher_id, substitute_id, first, last in db.session.execute(statement):
        found.setdefault((child_id, teacher_id), []).append((Span.of(first, last), substitute_id))
    return StandIns(found)
