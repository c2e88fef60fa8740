"""All that is told of one signed and countersigned agreement, gathered for the page of evidence."""

import json
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.agreements.offers.choices import Choice
from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.offers.wording import QUESTIONS, in_chinese
from hometeach.agreements.signing.facts import detail_of
from hometeach.agreements.signing.models import OfferEvent, Signature, countersignature_of, events_of, signatures_of
from hometeach.agreements.signing.rules import Identity
from hometeach.agreements.signing.telling import CountersignedBy, Drawing, Evidence, Happened, SignedBy
from hometeach.kernel.clock import aware
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Account, Guardian, OrgUnit
from hometeach.people.rules import masked_id_number, masked_phone


def evidence_of(offer: Offer) -> Evidence:
    """The evidence of an agreement that was concluded.

    Raises: Refused ``evidence:not_concluded``.
    """
    countersigned = countersignature_of(offer)
    if countersigned is None:
        raise Refused("evidence:not_concluded", _("The school has not countersigned this agreement yet."))
    signatures = signatures_of(offer)
    return Evidence(
        number=offer.number,
        school=db.session.get_one(OrgUnit, offer.school_id).name,
        document_sha256=offer.document_sha256,
        template=f"{offer.template.title} v{offer.template.version}",
        rule=_rule_of(offer),
        signed=tuple(_signed(signer, signatures[signer.id]) for signer in offer.signers if signer.id in signatures),
        not_signed=tuple((one.name, one.relation) for one in offer.signers if one.id not in signatures),
        events=tuple(
            Happened(
                event.event,
                aware(event.at),
                name_of(event.by),
                next((one.name for one in offer.signers if one.id == event.signer_id), ""),
                _detail(event),
            )
            for event in events_of([offer.id])
        ),
        countersigned=CountersignedBy(
            countersigned.name, countersigned.office, aware(countersigned.at), countersigned.document_sha256
        ),
    )


def _detail(event: OfferEvent) -> dict[str, Any]:
    """What else was said with an event; what was chosen with a signature in the words that are printed."""
    detail = detail_of(event)
    if chosen := detail.get("choices"):
        with in_chinese():
            detail["note"] = "；".join(f"{QUESTIONS[Choice(name)]}{choice}" for name, choice in sorted(chosen.items()))
    return detail


def name_of(actor: str) -> str:
    """Who it was, by name: an account, somebody of the family, or a process as the log names it."""
    kind, _colon, public_id = actor.partition(":")
    if kind == "guardian":
        name = db.session.scalar(select(Guardian.name).where(Guardian.public_id == public_id))
    else:
        name = db.session.scalar(select(Account.name).where(Account.public_id == actor))
    return name or actor


def _signed(signer: Signer, signature: Signature) -> SignedBy:
    proof: dict[str, Any] = json.loads(signature.proof)
    guardian = signer.guardian
    return SignedBy(
        name=signer.name,
        relation=signer.relation,
        phone=masked_phone(guardian.phone) or "",
        id_number=masked_id_number(guardian.id_number) or "",
        route=signature.route,
        method=signature.method,
        signed_at=aware(signature.signed_at),
        document_sha256=signature.document_sha256,
        identity=_identity(proof),
        code_sent_at=_moment(proof.get("code_sent_at")),
        code_entered_at=_moment(proof.get("code_entered_at")),
        device=proof.get("device", ""),
        address=proof.get("address", ""),
        drawing=_drawing(signature.strokes),
        typed_name=signature.typed_name or "",
        scan_sha256=signature.scan.sha256 if signature.scan else "",
        witnesses=tuple(proof.get("witnesses", ())),
        taken_by=name_of(signature.taken_by) if signature.taken_by else "",
    )


def _identity(proof: dict[str, Any]) -> str:
    said = {
        Identity.CODE: _("By a code that was sent to the signer's own phone"),
        Identity.DOCUMENT: _("By a document that was looked at: %(what)s", what=proof.get("document", "")),
        Identity.KNOWN: _("Known in person to who took the signature"),
    }
    return said[Identity(proof["identity"])]


def _drawing(strokes: str | None) -> Drawing | None:
    if not strokes:
        return None
    read = json.loads(strokes)
    return Drawing(
        read["width"], read["height"], tuple(tuple((point[0], point[1]) for point in one) for one in read["strokes"])
    )


def _rule_of(offer: Offer) -> str:
    """The delivery rule that was in force when the agreement was drawn up, as its facts name it."""
    rule = offer.terms.get("rule", "")
    return str(rule.get("code", "")) if isinstance(rule, dict) else str(rule)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
