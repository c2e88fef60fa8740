"""The safety notes of a child: each saving is a version of its own, the newest holds."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, LargeBinary, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.extensions import Model, db
from hometeach.kernel.sealing import Sealed
from hometeach.people.models import Identified


class SafetyNote(Identified, Model):
    """What was noted of a child for a safe visit, by whom and when, and when somebody last said that it is still so."""

    __tablename__ = "safety_note"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    #: From 1; the highest holds.
    version: Mapped[int]
    #: JSON of the answers, by the name of the question: health facts.
    written = Sealed()
    written_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: Public id of the account; so is ``confirmed_by``.
    written_by: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    confirmed_by: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("child_id", "version"),
        CheckConstraint("version >= 1", name="version"),
    )

    @property
    def answers(self) -> Mapping[str, str]:
        """What was noted, by the name of the question; empty where there is nothing to heed."""
        told: dict[str, str] = json.loads(self.written)
        return told


def safety_note_of(child_id: int) -> SafetyNote | None:
    """The notes that hold for a child; None where nobody has written any."""
    return safety_notes_of([child_id]).get(child_id)


def safety_notes_of(child_ids: Collection[int]) -> dict[int, SafetyNote]:
    """The notes that hold, by child."""
    newest = (
        select(SafetyNote.child_id, func.max(SafetyNote.version).label("version"))
        .where(SafetyNote.child_id.in_(child_ids))
        .group_by(SafetyNote.child_id)
        .subquery()
    )
    statement = select(SafetyNote).join(
        newest, (SafetyNote.child_id == newest.c.child_id) & (SafetyNote.version == newest.c.version)
    )
    return {one.child_id: one for one in db.session.scalars(statement)}
