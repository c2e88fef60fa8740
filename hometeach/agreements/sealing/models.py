"""Sealed documents, and every attempt at one."""

from datetime import datetime

from sqlalchemy import Boolean, DateTime, ForeignKey, String, Text
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
    document: Mapped[StoredFile] = relationship()


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
