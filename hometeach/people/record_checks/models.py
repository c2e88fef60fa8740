"""The papers on which it stands that nothing was found of a teacher."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.extensions import Model, db
from hometeach.people.models import Identified, Teacher


class RecordCheck(Identified, Model):
    """A paper that was seen: nothing was found of a teacher on a day. Append only."""

    __tablename__ = "record_check"

    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"), index=True)
    #: The day of the paper.
    checked_on: Mapped[date] = mapped_column(Date)
    #: Its issuer and number.
    paper: Mapped[str] = mapped_column(String(80))
    #: Public id of the account that saw it.
    seen_by: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("paper <> ''", name="names_the_paper"),)


def record_checks_of(teacher: Teacher) -> list[RecordCheck]:
    """The papers that were seen of a teacher, the latest first."""
    statement = select(RecordCheck).where(RecordCheck.teacher_id == teacher.id)
    return list(db.session.scalars(statement.order_by(RecordCheck.checked_on.desc(), RecordCheck.id.desc())))
