"""The versions of a record, the wishes to change a checked one, and the school's checks."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, String, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.sealing import Sealed
from hometeach.people.models import Identified
from hometeach.visits.correcting.rules import Change, RequestState


class VisitVersion(Identified, Model):
    """What a record said before it was changed. Appended, never changed."""

    __tablename__ = "visit_version"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    #: Counted from 1 for each record.
    number: Mapped[int]
    #: What happened to it then.
    change: Mapped[Change] = mapped_column(coded(Change))
    #: Canonical JSON of what it said.
    content = Sealed()
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    why = Sealed()
    why_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: Public id of the account that changed it, or asked for it.
    changed_by: Mapped[str] = mapped_column(String(64))
    #: The second person, where one was needed.
    approved_by: Mapped[str | None] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (UniqueConstraint("visit_id", "number"),)


class CorrectionRequest(Identified, Model):
    """The wish to correct or withdraw a record that the school has checked."""

    __tablename__ = "correction_request"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    change: Mapped[Change] = mapped_column(coded(Change))
    #: How many versions the record had when it was asked for: a later change makes the wish stale.
    base: Mapped[int]
    #: Canonical JSON of what it shall say; empty where it shall be withdrawn.
    wanted = Sealed()
    wanted_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    why = Sealed()
    why_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[RequestState] = mapped_column(coded(RequestState), default=RequestState.WAITING)
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answer = Sealed()
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        # One wish at a time.
        Index(
            "uq_correction_request_waiting",
            "visit_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(None, "visit_id"),
    )


class Verification(Model):
    """That the school checked a record. From then on a change takes a second person."""

    __tablename__ = "visit_verification"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    #: Public id of the account.
    verified_by: Mapped[str] = mapped_column(String(64))
    verified_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def versions_of(visit_id: int) -> list[VisitVersion]:
    """What a record said before, the oldest first."""
    statement = select(VisitVersion).where(VisitVersion.visit_id == visit_id)
    return list(db.session.scalars(statement.order_by(VisitVersion.number)))


def count_versions(visit_id: int) -> int:
    """How often a record was changed."""
    statement = select(func.count()).select_from(VisitVersion).where(VisitVersion.visit_id == visit_id)
    return db.session.scalar(statement) or 0


def verification_of(visit_id: int) -> Verification | None:
    """The school's check of a record, if it was made."""
    return db.session.get(Verification, visit_id)


def waiting_request(visit_id: int) -> CorrectionRequest | None:
    """The wish that waits for an answer."""
    statement = select(CorrectionRequest).where(
        CorrectionRequest.visit_id == visit_id, CorrectionRequest.state == RequestState.WAITING
    )
    return db.session.scalar(statement)


def requests_of(visit_id: int) -> list[CorrectionRequest]:
    """Every wish to change a record, the oldest first."""
    statement = select(CorrectionRequest).where(CorrectionRequest.visit_id == visit_id)
    return list(db.session.scalars(statement.order_by(CorrectionRequest.asked_at, CorrectionRequest.id)))


def verified_among(visit_ids: Collection[int]) -> dict[int, Verification]:
    """The checks of these records."""
    statement = select(Verification).where(Verification.visit_id.in_(visit_ids))
    return {one.visit_id: one for one in db.session.scalars(statement)}
