"""What happened to an offer, the signatures under it, and the school's countersignature: rows that never change."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing.rules import Method, SigningEvent
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.files import StoredFile
from hometeach.kernel.sealing import Sealed
from hometeach.people.models import Identified


class SigningAuthority(Identified, Model):
    """A paper by which the guardians let a carer sign for the child."""

    __tablename__ = "signing_authority"

    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id"), index=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    #: Who gave it, when, and for what.
    words: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)


class OfferEvent(Identified, Model):
    """One thing that happened to an offer, in the order of ``id``."""

    __tablename__ = "offer_event"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"))
    #: Whose doing or about whom; empty for what concerns the offer as a whole.
    signer_id: Mapped[int | None] = mapped_column(ForeignKey("signer.id"), index=True)
    event: Mapped[SigningEvent] = mapped_column(coded(SigningEvent))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)
    #: As the audit log names who did it.
    by: Mapped[str] = mapped_column(String(64))
    #: Canonical JSON: reason, follow-up date, which clause, seconds of reading, device.
    detail = Sealed()
    detail_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (Index(None, "offer_id", "event"),)


class Signature(Identified, Model):
    """What one signer put under the unsigned document."""

    __tablename__ = "signature"

    signer_id: Mapped[int] = mapped_column(ForeignKey("signer.id"), unique=True)
    route: Mapped[SigningRoute] = mapped_column(coded(SigningRoute))
    method: Mapped[Method] = mapped_column(coded(Method))
    signed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)
    #: The SHA-256 of what was signed: equal to the offer's, or the row is refused.
    document_sha256: Mapped[str] = mapped_column(String(64))
    #: Canonical JSON of the strokes (see docs/signatures.md); empty for paper and typed names.
    strokes = Sealed()
    strokes_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    typed_name: Mapped[str | None] = mapped_column(String(40))
    #: The paper as it came back, for the paper route.
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    #: Canonical JSON: how identity was proved, code asked and entered, device, address, witnesses.
    proof = Sealed()
    proof_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: Who of the staff took it, for every route but the own phone.
    taken_by: Mapped[str | None] = mapped_column(String(64))

    signer: Mapped[Signer] = relationship()
    scan: Mapped[StoredFile | None] = relationship()

    __table_args__ = (
        CheckConstraint("(route = 'phone') = (taken_by IS NULL)", name="taken_by"),
        CheckConstraint("(method = 'drawn') = (strokes_sealed IS NOT NULL)", name="strokes"),
        CheckConstraint("(method = 'typed') = (typed_name IS NOT NULL)", name="typed_name"),
        CheckConstraint("(method IN ('paper', 'fingerprint')) = (scan_id IS NOT NULL)", name="scan"),
    )


class Countersignature(Identified, Model):
    """The school's signature: with it the agreement is concluded. One for an offer."""

    __tablename__ = "countersignature"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), unique=True)
    #: What came into force by it.
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), unique=True)
    by: Mapped[str] = mapped_column(String(64))
    #: As printed: name and office.
    name: Mapped[str] = mapped_column(String(40))
    office: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)
    document_sha256: Mapped[str] = mapped_column(String(64))

    offer: Mapped[Offer] = relationship()
    agreement: Mapped[Agreement] = relationship()


def events_of(offer_ids: Collection[int]) -> list[OfferEvent]:
    """All that happened to these offers, in order."""
    statement = select(OfferEvent).where(OfferEvent.offer_id.in_(offer_ids)).order_by(OfferEvent.id)
    return list(db.session.scalars(statement))


def signatures_of(offer: Offer) -> dict[int, Signature]:
    """The signatures under an offer, by signer."""
    signers = select(Signer.id).where(Signer.offer_id == offer.id)
    statement = select(Signature).where(Signature.signer_id.in_(signers)).order_by(Signature.id)
    return {one.signer_id: one for one in db.session.scalars(statement)}


def countersignature_of(offer: Offer) -> Countersignature | None:
    """The school's signature, once it is there."""
    return db.session.scalar(select(Countersignature).where(Countersignature.offer_id == offer.id))


def offer_of(agreement_id: int) -> Offer | None:
    """The offer that was concluded as this agreement; none for one that came on paper from elsewhere."""
    concluded = select(Countersignature.offer_id).where(Countersignature.agreement_id == agreement_id)
    return db.session.scalar(select(Offer).where(Offer.id.in_(concluded)))


def has_authority(guardian_id: int) -> bool:
    """Whether a paper is on file that lets this carer sign."""
    statement = select(SigningAuthority.id).where(SigningAuthority.guardian_id == guardian_id).limit(1)
    return db.session.scalar(statement) is not None
