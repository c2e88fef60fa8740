"""Keep what was made and verified: file, seal and audit row in one transaction, or none of them."""

from datetime import timedelta

from flask import current_app
from sqlalchemy.exc import IntegrityError

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.sealing.actions.claiming import Claim, let_go, note_failures
from hometeach.agreements.sealing.actions.failing import Overtaken
from hometeach.agreements.sealing.actions.terms import Made
from hometeach.agreements.sealing.models import Seal, SealAttempt
from hometeach.agreements.sealing.rules import Step, back_off
from hometeach.kernel import audit, files
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db

#: As whom the job stands in the audit log.
SEALER = "scheduler"
PDF = "application/pdf"


def keep_new(claim: Claim, made: Made) -> Seal:
    """Keep a new seal in the running transaction.

    Raises: Overtaken.
    """
    _end(claim, made)
    seal = Seal(
        offer_id=claim.offer_id,
        document=files.keep(made.content, PDF),
        code=made.code,
        sha256=made.sha256,
        level=made.level,
        digest_algorithm="sha256",
        signature_algorithm=made.algorithm,
        certificate_sha256=made.certificate_sha256,
        timestamp_authority=made.authority or None,
        sealed_at=made.sealed_at,
    )
    db.session.add(seal)
    try:
        db.session.flush()
    except IntegrityError as taken:
        raise Overtaken from taken
    _record("agreement:seal", claim, made, {})
    return seal


def keep_raised(claim: Claim, made: Made) -> Seal:
    """Keep a seal with the timestamp it lacked; what it was before stays kept.

    Raises: Overtaken.
    """
    _end(claim, made)
    seal = db.session.get_one(Seal, claim.seal_id, populate_existing=True)
    before = seal.sha256
    seal.earlier_document_id = seal.document_id
    seal.document = files.keep(made.content, PDF)
    seal.sha256, seal.level, seal.timestamp_authority = made.sha256, made.level, made.authority
    db.session.flush()
    _record("agreement:timestamp", claim, made, {"before": before})
    return seal


def _end(claim: Claim, made: Made) -> None:
    note_failures(claim, made.failures)
    again = back_off(claim.tries, current_app.config["SEAL_BACK_OFF_SECONDS"]) if made.failures else None
    later = machine_now() + again if isinstance(again, timedelta) and not made.authority else None
    if not let_go(claim, later=later):
        raise Overtaken


def _record(action: str, claim: Claim, made: Made, more: dict[str, object]) -> None:
    offer = db.session.get_one(Offer, claim.offer_id)
    db.session.add(SealAttempt(offer_id=offer.id, step=Step.KEEP, succeeded=True, told=made.level.value))
    detail = {
        "number": offer.number,
        "sha256": made.sha256,
        "unsigned": offer.document_sha256,
        "level": made.level.value,
        "certificate": made.certificate_sha256,
        "authority": made.authority,
        **more,
    }
    audit.record(action, actor=SEALER, about=f"offer:{offer.public_id}", detail=detail)
