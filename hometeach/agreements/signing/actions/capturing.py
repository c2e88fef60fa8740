"""Take a signature that was drawn without network, once, on return."""

import hashlib
import json
from datetime import date

from flask_babel import gettext as _

from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing.actions.answering import sign
from hometeach.agreements.signing.actions.marks import Mark, Proof
from hometeach.agreements.signing.actions.reading import note_clause_opened, note_summary_read
from hometeach.agreements.signing.models import Signature, signatures_of
from hometeach.agreements.signing.rules import Identity, Method
from hometeach.agreements.signing.rules.strokes import Captured, read_capture
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import hold


def read(text: str) -> Captured:
    """What a device brings back.

    Raises: Refused ``capture:…``, ``strokes:…``.
    """
    try:
        return read_capture(text)
    except ValueError as refused:
        code = str(refused) if ":" in str(refused) and " " not in str(refused) else "capture:format"
        raise Refused(code, _("This capture cannot be read, or was changed on the way.")) from refused


def take_capture(signer: Signer, captured: Captured, text: str, *, by: str, on: date) -> Signature:
    """The signature out of a capture. The same bytes again change nothing; other bytes are refused.

    Raises: Refused ``capture:other_document``, ``capture:taken_already``, and as :func:`sign`.
    """
    offer, digest = signer.offer, hashlib.sha256(text.encode()).hexdigest()
    hold(offer)
    before = signatures_of(offer).get(signer.id)
    if before is not None:
        return _the_same(before, digest)
    if captured.document_sha256 != offer.document_sha256:
        told = _("This signature was made under another version of the agreement. It has to be signed anew.")
        raise Refused("capture:other_document", told)
    note_summary_read(signer, captured.summary_seconds, by=by, on=on)
    for clause in sorted(captured.opened & must_be_opened(offer)):
        note_clause_opened(signer, clause, by=by, on=on)
    return sign(
        signer,
        Mark(Method.DRAWN, strokes=captured.drawn.canonical),
        Proof(
            Identity.KNOWN,
            device=captured.agent,
            capture_sha256=digest,
            device_clock=f"{captured.began_at.isoformat()} - {captured.ended_at.isoformat()}",
        ),
        route=SigningRoute.IN_PERSON,
        by=by,
        on=on,
        must_open=must_be_opened(offer),
    )


def must_be_opened(offer: Offer) -> set[int]:
    """The ids of the clauses that limit rights, of which each is opened by itself."""
    return {clause.id for clause in offer.template.clauses if clause.limits_rights}


def _the_same(before: Signature, digest: str) -> Signature:
    if json.loads(before.proof).get("capture_sha256") == digest:
        return before
    raise Refused("capture:taken_already", _("This person has signed already, with another signature."))
