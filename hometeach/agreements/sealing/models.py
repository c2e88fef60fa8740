"""Sealed documents, whose turn it is to be sealed, and every attempt at it."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Boolean, ColumnElement, DateTime, ForeignKey, Integer, String, Text, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.sealing.rules import Level, Step
from hometeach.agreements.signing.models import Countersignature
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.files import StoredFile
from hometeach.people.models import Identified


class Seal(Identified, Model):
    """The sealed document of one concluded offer. Its bytes change only when a level is added, each kept."""

    __tablename__ = "seal"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), unique=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    #: The same seal before a timestamp was added to it, if that came later.
    earlier_document_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    #: Printed on the evidence page: by it anybody may ask whether the seal holds.
    code: Mapped[str] = mapped_column(String(24), unique=True)
    #: Of the sealed bytes, in hex; it stands in the audit chain too.
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    level: Mapped[Level] = mapped_column(coded(Level))
    #: Names of the algorithms as their standards give them, so that others (SM2, SM3) can come.
    digest_algorithm: Mapped[str] = mapped_column(String(32))
    signature_algorithm: Mapped[str] = mapped_column(String(32))
    #: SHA-256 of the certificate, in hex.
    certificate_sha256: Mapped[str] = mapped_column(String(64))
    #: Which of the authorities gave the timestamp; empty at B-B.
    timestamp_authority: Mapped[str | None] = mapped_column(String(200))
    sealed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)

    offer: Mapped[Offer] = relationship()
    document: Mapped[StoredFile] = relationship(foreign_keys=document_id)
    earlier_document: Mapped[StoredFile | None] = relationship(foreign_keys=earlier_document_id)


class SealAttempt(Model):
    """One attempt to seal, or to raise the level of a seal: what failed is never silent."""

    __tablename__ = "seal_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    step: Mapped[Step] = mapped_column(coded(Step))
    succeeded: Mapped[bool] = mapped_column(Boolean)
    #: What went wrong in words without personal data; which authority, for a timestamp.
    told: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)


class SealClaim(Model):
    """Whose turn an offer is: who seals it holds it until the lease runs out. One row for an offer."""

    __tablename__ = "seal_claim"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), primary_key=True, autoincrement=False)
    #: Counted up by each claim: whose number is no more the newest keeps nothing.
    fence: Mapped[int] = mapped_column(Integer, default=0)
    #: Claims since something last succeeded, counted before the attempt is made.
    tries: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: After a failure: when it is tried again.
    not_before: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Waiting(NamedTuple):
    """A countersigned agreement that is not sealed yet, or whose seal lacks its timestamp."""

    offer: Offer
    seal: Seal | None
    claim: SealClaim | None
    #: The last thing that failed, since which nothing was kept.
    failed: SealAttempt | None


def seal_of(offer_id: int) -> Seal | None:
    """The seal of an offer."""
    return db.session.scalar(select(Seal).where(Seal.offer_id == offer_id))


def sealed_among(offer_ids: Collection[int]) -> set[int]:
    """Which of these offers are sealed."""
    return set(db.session.scalars(select(Seal.offer_id).where(Seal.offer_id.in_(offer_ids))))


def seal_by_code(code: str) -> Seal | None:
    """The seal whose evidence page carries this code."""
    return db.session.scalar(select(Seal).where(Seal.code == code))


def attempts_of(offer_id: int) -> list[SealAttempt]:
    """Every attempt at one offer, in order."""
    return list(
        db.session.scalars(select(SealAttempt).where(SealAttempt.offer_id == offer_id).order_by(SealAttempt.id))
    )


def to_do(*, with_timestamps: bool) -> ColumnElement[bool]:
    """The condition, over ``Offer`` joined outward to ``Seal``, that something is left to do.

    ``with_timestamps``: whether there is an authority that could raise a level.
    """
    unsealed = Seal.id.is_(None)
    return or_(unsealed, Seal.level == Level.B_B) if with_timestamps else unsealed


def waiting(*, with_timestamps: bool) -> list[Waiting]:
    """What is not sealed yet, and what waits for its timestamp; the unsealed first, the longest waiting first."""
    rows = db.session.execute(
        select(Offer, Seal, SealClaim)
        .join(Countersignature, Countersignature.offer_id == Offer.id)
        .outerjoin(Seal, Seal.offer_id == Offer.id)
        .outerjoin(SealClaim, SealClaim.offer_id == Offer.id)
        .where(to_do(with_timestamps=with_timestamps))
        .order_by(Seal.id.is_not(None), Countersignature.at, Offer.id)
    ).all()
    failed = _last_failures([offer.id for offer, _seal, _claim in rows])
    return [Waiting(offer, seal, claim, failed.get(offer.id)) for offer, seal, claim in rows]


def _last_failures(offer_ids: Collection[int]) -> dict[int, SealAttempt]:
    statement = select(SealAttempt).where(SealAttempt.offer_id.in_(offer_ids)).order_by(SealAttempt.id)
    last: dict[int, SealAttempt] = {}
    for attempt in db.session.scalars(statement):
        last[attempt.offer_id] = attempt
    return {offer_id: attempt for offer_id, attempt in last.items() if not attempt.succeeded}
