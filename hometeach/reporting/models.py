"""What was published of a year: frozen, numbered, never replaced."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.kernel.extensions import Model, db
from hometeach.kernel.files import StoredFile
from hometeach.people.models import Identified


class PublishedReport(Identified, Model):
    """A report as it left the bureau. A later one has the next version; the rows of this one never change."""

    __tablename__ = "published_report"

    year: Mapped[int]
    as_of: Mapped[date] = mapped_column(Date)
    #: 1 for the first report of its year; the highest is the one that stands.
    version: Mapped[int]
    #: Canonical JSON of every figure by code, as ``flask totals`` gives them.
    figures: Mapped[str] = mapped_column(Text)
    #: SHA-256 over every row that the figures were worked out from, and how many those were.
    row_digest: Mapped[str] = mapped_column(String(64))
    row_count: Mapped[int] = mapped_column(BigInteger)
    #: Which way of working them out; it changes with the arithmetic.
    method: Mapped[str] = mapped_column(String(16))
    #: The audit chain as it stood, so that a cut tail is found by the printed paper.
    audit_length: Mapped[int] = mapped_column(BigInteger)
    audit_head: Mapped[str] = mapped_column(String(64))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    published_by: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    file: Mapped[StoredFile] = relationship()

    __table_args__ = (UniqueConstraint("year", "version"), CheckConstraint("version > 0", name="version"))


def published(year: int | None = None) -> list[PublishedReport]:
    """What was published, of one year or of all, the newest first."""
    statement = select(PublishedReport).order_by(PublishedReport.year.desc(), PublishedReport.version.desc())
    return list(db.session.scalars(statement if year is None else statement.where(PublishedReport.year == year)))
