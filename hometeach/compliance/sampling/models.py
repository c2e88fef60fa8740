"""Samples as they were drawn, and what was noted of their children. Appended, never changed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, LargeBinary, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.compliance.sampling.rules import CheckKind
from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.sealing import Sealed
from hometeach.people.models import Child, Identified


class Sample(Identified, Model):
    """Children drawn by chance for an inspection."""

    __tablename__ = "sample"

    #: What was drawn with; the same weights and it give the same children.
    seed: Mapped[str] = mapped_column(String(40))
    as_of: Mapped[date] = mapped_column(Date)
    weights_digest: Mapped[str] = mapped_column(String(64))
    #: Public id of the account.
    drawn_by: Mapped[str] = mapped_column(String(64))
    drawn_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SampleChild(Model):
    """A child of a sample, in the order in which it was drawn."""

    __tablename__ = "sample_child"

    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), primary_key=True, index=True)
    position: Mapped[int]
    weight: Mapped[int]

    child: Mapped[Child] = relationship()


class CheckResult(Identified, Model):
    """What a call-back or an unannounced visit gave (F20)."""

    __tablename__ = "check_result"

    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"), index=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    kind: Mapped[CheckKind] = mapped_column(coded(CheckKind))
    checked_on: Mapped[date] = mapped_column(Date)
    #: Who was spoken to; empty where nobody was reached. Named by the relation, never by name.
    reached: Mapped[str] = mapped_column(String(80))
    #: Whether the session asked about took place; empty where that is not known.
    took_place: Mapped[bool | None]
    #: How long it lasted, as was said.
    minutes: Mapped[int | None]
    is_satisfied: Mapped[bool | None]
    note = Sealed()
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    noted_by: Mapped[str] = mapped_column(String(64))
    noted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("minutes IS NULL OR minutes BETWEEN 0 AND 1440", name="minutes"),)


class Drawn(NamedTuple):
    """A child of a sample with what was noted of it, the newest first."""

    place: SampleChild
    results: Sequence[CheckResult]


def samples() -> Select[Sample]:
    """Every sample, the newest first."""
    return select(Sample).order_by(Sample.id.desc())


def sample_of(public_id: str) -> Sample | None:
    """The sample with this public id."""
    return db.session.scalar(select(Sample).where(Sample.public_id == public_id))


def drawn_in(sample: Sample) -> list[Drawn]:
    """The children of a sample in the order in which they were drawn."""
    results: dict[int, list[CheckResult]] = {}
    noted = select(CheckResult).where(CheckResult.sample_id == sample.id).order_by(CheckResult.id.desc())
    for one in db.session.scalars(noted):
        results.setdefault(one.child_id, []).append(one)
    places = select(SampleChild).where(SampleChild.sample_id == sample.id).order_by(SampleChild.position)
    return [Drawn(place, results.get(place.child_id, ())) for place in db.session.scalars(places)]
