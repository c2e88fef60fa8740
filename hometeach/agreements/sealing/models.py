"""Sealed documents, whose turn it is to be sealed, and every attempt at it."""

from datetime import datetime

from sqlalchemy import Boolean, DateTime, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.sealing.rules import Level, Step
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model, coded
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
