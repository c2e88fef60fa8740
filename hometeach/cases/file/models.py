"""What a file holds on paper: entered by hand where no record of the application proves it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model
from hometeach.people.models import Identified


class FileItem(Identified, Model):
    """One paper in a child's file. Taken out again it stays, with who took it out."""

    __tablename__ = "file_item"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    #: Its number in the list of forms: F01 to F21.
    code: Mapped[str] = mapped_column(String(8))
    #: The day on the paper.
    dated_on: Mapped[date] = mapped_column(Date)
    #: The last day on which it counts; empty: as long as the list of forms says.
    valid_to: Mapped[date | None] = mapped_column(Date)
    #: Who made or signed it, as the paper says.
    made_by: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="")
    #: Public id of the account that entered it.
    entered_by: Mapped[str] = mapped_column(String(64))
    entered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)
    taken_out_by: Mapped[str | None] = mapped_column(String(64))
    taken_out_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR dated_on <= valid_to", name="in_order"),
        CheckConstraint("(taken_out_by IS NULL) = (taken_out_at IS NULL)", name="taken_out"),
    )


def papers_of(children: Select[int]) -> Select[FileItem]:
    """The papers in the files of the children whose ids are selected, the newest first; not those taken out."""
    statement = select(FileItem).where(FileItem.child_id.in_(children), FileItem.taken_out_at.is_(None))
    return statement.order_by(FileItem.child_id, FileItem.code, FileItem.dated_on.desc(), FileItem.id.desc())
