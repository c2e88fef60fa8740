"""What an import wrote: kept, so that the next one is compared with it and not with what stands."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, LargeBinary, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model, db
from hometeach.kernel.resealing import SEALED_TO
from hometeach.people.models import Identified


class ImportRun(Identified, Model):
    """One workbook that was taken in."""

    __tablename__ = "import_run"

    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)
    #: As the audit names people: the account's public id, or the process.
    by: Mapped[str] = mapped_column(String(64))
    #: JSON: for each list how many were created, updated, unchanged, in conflict, missing.
    counts: Mapped[str] = mapped_column(Text)


class ImportedRow(Model):
    """What the last workbook that stated a thing stated of it."""

    __tablename__ = "imported_row"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), index=True)
    #: Name of the list, see ``stating.LISTS``.
    list_name: Mapped[str] = mapped_column(String(16))
    #: The parts of the thing's key, joined as ``comparing`` joins them.
    key: Mapped[str] = mapped_column(String(200))
    #: Keyed hash of the values: tells sameness without opening the seal.
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: JSON of the values, sealed to list and key.
    values_sealed: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("list_name", "key"), {"info": {SEALED_TO: ("list_name", "key")}})


def last_runs(most: int = 20) -> list[ImportRun]:
    """The last imports, the newest first."""
    return list(db.session.scalars(select(ImportRun).order_by(ImportRun.id.desc()).limit(most)))


def state_of_imports() -> int:
    """Id of the last import, 0 before the first: whoever looked at a preview looked at this state."""
    return db.session.scalar(select(func.max(ImportRun.id))) or 0
