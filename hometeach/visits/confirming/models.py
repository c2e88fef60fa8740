"""The family's answers, never changed, and the disputes that come of them."""

from collections.abc import Collection
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
    and_,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.outbox import Message
from hometeach.kernel.sealing import Sealed
from hometeach.people.models import Child, Guardian, Identified
from hometeach.visits.confirming.rules import OUTCOMES, Answer, DisputeKind, DisputeState, Route
from hometeach.visits.models import Visit
from hometeach.visits.recording.models import VisitDetail
from hometeach.visits.rules import Confirmation

IS_OPEN = text("state = 'open'")


class VisitConfirmation(Identified, Model):
    """What somebody of the family said of one session. A later answer is another row; the last counts."""

    __tablename__ = "visit_confirmation"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id"), index=True)
    answer: Mapped[Answer] = mapped_column(coded(Answer))
    #: How long it lasted as the family remembers it, in minutes; only where it was shorter.
    minutes_claimed: Mapped[int | None]
    words = Sealed()
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    route: Mapped[Route] = mapped_column(coded(Route))
    #: What the record said when the family was asked. Seconds after midnight.
    arrived_second: Mapped[int]
    left_second: Mapped[int]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    guardian: Mapped[Guardian] = relationship()
    telephone: Mapped["TelephoneAnswer | None"] = relationship()

    __table_args__ = (
        CheckConstraint("minutes_claimed IS NULL OR minutes_claimed >= 0", name="minutes"),
        CheckConstraint("minutes_claimed IS NULL OR answer = 'shorter'", name="minutes_of_shorter"),
    )


class TelephoneAnswer(Model):
    """Who took an answer down on the telephone, and when. Never changed: it stays marked for ever."""

    __tablename__ = "telephone_answer"

    confirmation_id: Mapped[int] = mapped_column(ForeignKey("visit_confirmation.id"), primary_key=True)
    #: Public id of the account.
    taken_by: Mapped[str] = mapped_column(String(64))
    called_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: What whoever answered was to the child on that day.
    relation: Mapped[str] = mapped_column(String(20))


class Dispute(Identified, Model):
    """Something that a family disputes: the bureau's to decide, with a last day."""

    __tablename__ = "dispute"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    #: The record that it is about; empty for a complaint about anything else.
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    #: Who said it; empty where it comes from the bureau's own list.
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id"))
    kind: Mapped[DisputeKind] = mapped_column(coded(DisputeKind))
    minutes_claimed: Mapped[int | None]
    words = Sealed()
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[DisputeState] = mapped_column(coded(DisputeState))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: Public id of the officer, or ``guardian:<public id>`` of the one who took it back.
    decided_by: Mapped[str] = mapped_column(String(64), default="")
    #: In words that the family reads.
    reason = Sealed()
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    child: Mapped[Child] = relationship()
    visit: Mapped[Visit | None] = relationship()
    guardian: Mapped[Guardian | None] = relationship()

    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        Index("uq_dispute_open_visit", "visit_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index(None, "state", "due_on"),
    )


def answers_to(visit: Visit) -> list[VisitConfirmation]:
    """What the family said of a session, the first answer first."""
    statement = select(VisitConfirmation).where(VisitConfirmation.visit_id == visit.id)
    return list(db.session.scalars(statement.order_by(VisitConfirmation.id)))


def visits_to_ring_about(child_ids: Collection[int], since: date, on: date) -> list[Visit]:
    """The records of these days of which nobody of the family has said anything, the latest first."""
    answered = exists().where(VisitConfirmation.visit_id == Visit.id)
    statement = select(Visit).where(
        Visit.child_id.in_(child_ids),
        Visit.held_on.between(since, on),
        Visit.is_void.is_(False),
        Visit.confirmation == Confirmation.UNCONFIRMED,
        ~answered,
    )
    return list(db.session.scalars(statement.order_by(Visit.held_on.desc(), Visit.id.desc())))


def dispute_about(visit: Visit) -> Dispute | None:
    """The newest dispute about a session."""
    statement = select(Dispute).where(Dispute.visit_id == visit.id).order_by(Dispute.id.desc()).limit(1)
    return db.session.scalar(statement)


def decided_dispute(visit: Visit) -> Dispute | None:
    """The newest dispute about a session if the bureau has decided it: from then on the staff may read why."""
    dispute = dispute_about(visit)
    return dispute if dispute is not None and dispute.state in OUTCOMES else None


def disputes_of(child: Child) -> list[Dispute]:
    """What the family of a child disputes, newest first."""
    return list(db.session.scalars(select(Dispute).where(Dispute.child_id == child.id).order_by(Dispute.id.desc())))


def open_disputes() -> Select[Dispute]:
    """What waits for a decision, the first to fall due first."""
    return select(Dispute).where(Dispute.state == DisputeState.OPEN).order_by(Dispute.due_on, Dispute.id)


def decided_disputes() -> Select[Dispute]:
    """What was decided or taken back, newest first."""
    statement = select(Dispute).where(Dispute.state != DisputeState.OPEN)
    return statement.order_by(Dispute.decided_at.desc(), Dispute.id.desc())


def count_open(*, due_before: date | None = None) -> int:
    """How many disputes wait for a decision; only those whose last day is past, where a day is given."""
    statement = select(func.count()).select_from(Dispute).where(Dispute.state == DisputeState.OPEN)
    statement = statement.where(Dispute.due_on < due_before) if due_before else statement
    return db.session.scalar(statement) or 0


def is_disputed_in_a_list() -> ColumnElement[bool]:
    """The condition on ``Visit`` that a bureau's own list calls it disputed, and nobody has taken that up here."""
    taken_up = exists().where(Dispute.visit_id == Visit.id)
    return and_(Visit.confirmation == Confirmation.DISPUTED, Visit.is_void.is_(False), ~taken_up)


def count_disputed_in_a_list() -> int:
    """How many records are so."""
    return db.session.scalar(select(func.count()).select_from(Visit).where(is_disputed_in_a_list())) or 0


def visits_to_ask_about(since: date, on: date) -> list[Visit]:
    """The records made here of these days that nobody of the family was asked about or has confirmed."""
    asked = exists().where(Message.about == "visit:" + Visit.public_id, Message.kind == "ask_visit")
    statement = (
        select(Visit)
        .join(VisitDetail, VisitDetail.visit_id == Visit.id)
        .where(
            Visit.held_on.between(since, on),
            Visit.is_void.is_(False),
            Visit.confirmation == Confirmation.UNCONFIRMED,
            ~asked,
        )
        .order_by(Visit.held_on, Visit.id)
    )
    return list(db.session.scalars(statement))


def last_answers(visit_ids: Collection[int]) -> dict[int, Answer]:
    """The last answer to each of these sessions."""
    statement = (
        select(VisitConfirmation.visit_id, VisitConfirmation.answer)
        .where(VisitConfirmation.visit_id.in_(visit_ids))
        .order_by(VisitConfirmation.id)
    )
    return {row.visit_id: row.answer for row in db.session.execute(statement)}
