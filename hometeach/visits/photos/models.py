"""The photos that were taken at a visit."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model, db
from hometeach.kernel.files import StoredFile
from hometeach.people.models import Identified
from hometeach.visits.models import Visit


class VisitPhoto(Identified, Model):
    """One photo. The picture is kept without what the camera told beside it; the hash proves what came."""

    __tablename__ = "visit_photo"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    #: SHA-256 of the bytes as they were handed in, in hex.
    original_sha256: Mapped[str] = mapped_column(String(64))
    kept_by: Mapped[str] = mapped_column(String(64))
    kept_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)
    removed_by: Mapped[str | None] = mapped_column(String(64))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    visit: Mapped[Visit] = relationship()
    file: Mapped[StoredFile] = relationship()

    __table_args__ = (
        UniqueConstraint("visit_id", "original_sha256"),
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed"),
    )


def photos_of(visit: Visit) -> Sequence[VisitPhoto]:
    """Those that were not taken away, in the order in which they came."""
    there = select(VisitPhoto).where(VisitPhoto.visit_id == visit.id, VisitPhoto.removed_at.is_(None))
    return db.session.scalars(there.order_by(VisitPhoto.id)).all()
