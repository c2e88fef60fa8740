"""Published schedules, and the private calendar feeds of teachers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.extensions import Model
from hometeach.people.models import Identified


class ScheduleVersion(Identified, Model):
    """A school's schedule of one term as it was published. Never changed, never deleted."""

    __tablename__ = "schedule_version"

    school_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    #: The name of the term in the calendar.
    term: Mapped[str] = mapped_column(String(80))
    #: Counted from 1 for each school and term.
    number: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: Public id of the account.
    by: Mapped[str] = mapped_column(String(64))
    #: Canonical JSON of the weekly hours by code: no names.
    content: Mapped[str] = mapped_column(Text)
    #: Of the content, in hex.
    sha256: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("school_id", "term", "number"),
        CheckConstraint("number > 0", name="number"),
    )


class CalendarFeed(Model):
    """The address under which a teacher's calendar programme fetches the planned sessions."""

    __tablename__ = "calendar_feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"), index=True)
    #: SHA-256 of the random word in the address; the word itself is shown once.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
