"""The evidence pack: all that a lawyer needs to check one agreement with common tools.

What is in it are the bytes that are kept; only the README, the event log and the audit rows are written for it.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from asn1crypto import pem
from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.offers.wording import in_chinese
from hometeach.agreements.sealing import container, making
from hometeach.agreements.sealing.drawing import strokes_svg
from hometeach.agreements.sealing.keys import Certificate, Trust
from hometeach.agreements.sealing.material import Material, material_of
from hometeach.agreements.sealing.models import Seal, seal_of
from hometeach.agreements.sealing.page import evidence_words
from hometeach.agreements.sealing.verifying import Verdict, verify
from hometeach.agreements.signing.evidence import evidence_of
from hometeach.agreements.signing.models import signatures_of
from hometeach.agreements.signing.telling import Evidence
from hometeach.kernel import audit, documents
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.clock import aware
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db

#: The oldest moment that a zip can write: packing has no time of its own.
NO_TIME = (1980, 1, 1, 0, 0, 0)
SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def evidence_pack(offer: Offer, trust: Trust) -> bytes:
    """The zip of a sealed agreement.

    Raises: Refused ``seal:none`` while it is not sealed, ``seal:broken`` where what is kept does not verify.
    """
    seal = seal_of(offer.id)
    if seal is None:
        raise Refused("seal:none", _("This agreement is not sealed yet. Look at the list of seals for the reason."))
    verdict = verify(seal.document.content, trust)
    if not verdict.valid:
        raise Refused("seal:broken", _("What is kept does not verify (%(reason)s).", reason=verdict.reason))
    with in_chinese():
        return _zipped(dict(_members(offer, seal, verdict, trust)), seal)


def event_log(evidence: Evidence) -> str:
    """Every event and signature as canonical JSON, with moments in +08:00."""
    told = asdict(evidence)
    for one in told["signed"]:
        one["drawing"] = one["drawing"] and {"strokes": len(one["drawing"]["strokes"])}
    return audit.canonical(_told(told))


def chain_segment(offer: Offer) -> str:
    """The audit rows of an offer with the hash before each, and how the chain ends, as canonical JSON."""
    statement = select(AuditEvent).where(AuditEvent.about == f"offer:{offer.public_id}").order_by(AuditEvent.seq)
    rows = [
        {
            **{name: getattr(row, name) for name in ("seq", "at", "actor", "action", "about", "detail")},
            "mac": row.mac.hex(),
            "mac_before": _mac_before(row.seq),
        }
        for row in db.session.scalars(statement)
    ]
    length, head = audit.head()
    return audit.canonical({"rows": rows, "length": length, "head": head})


def _members(offer: Offer, seal: Seal, verdict: Verdict, trust: Trust) -> Iterator[tuple[str, bytes]]:
    sealed, evidence = seal.document.content, evidence_of(offer)
    der = making.container_in(sealed)
    read = container.opened(der)
    chain = next(one for one in trust.chains if one[0].sha256 == read.certificate_digest)
    material = material_of(sealed)
    yield "sealed.pdf", sealed
    yield "unsigned.pdf", offer.document.content
    yield "events.json", event_log(evidence).encode()
    yield "audit.json", chain_segment(offer).encode()
    yield from _marks(offer, evidence)
    yield "certificates/seal.pem", _pem(chain[:1])
    yield "certificates/issuer.pem", _pem(chain[1:] or chain)
    yield "seal.p7s", der
    if read.token is not None:
        yield "timestamp.tst", read.token
        yield "signature.bin", read.signature
        yield "certificates/authorities.pem", _pem(trust.authorities)
    if material is not None:
        yield from _statuses(material)
    if seal.earlier_document is not None:
        yield "sealed-before-timestamp.pdf", seal.earlier_document.content
    yield "README.txt", _readme(offer, seal, verdict, material).encode()


def _marks(offer: Offer, evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """What each signer put under it: strokes as they were kept and as a picture, or the paper's scan."""
    for number, signature in enumerate(signatures_of(offer).values(), start=1):
        if signature.strokes:
            yield f"signatures/{number}-strokes.json", signature.strokes.encode()
        if signature.scan:
            yield f"signatures/{number}-paper.{SUFFIXES.get(signature.scan.kind, 'bin')}", signature.scan.content
    for number, one in enumerate(evidence.signed, start=1):
        if one.drawing:
            yield f"signatures/{number}-picture.svg", str(strokes_svg(one.drawing)).encode()


def _statuses(material: Material) -> Iterator[tuple[str, bytes]]:
    """What the issuers said of the certificates, as it stands in the file."""
    yield "certificates/all.pem", _pem(material.certificates)
    for number, answer in enumerate(material.answers, start=1):
        yield f"revocation/{number}.ocsp", answer
    for number, revoked in enumerate(material.lists, start=1):
        yield f"revocation/{number}.crl", revoked


def _readme(offer: Offer, seal: Seal, verdict: Verdict, material: Material | None) -> str:
    start, end = making.gap_in(seal.document.content)
    return documents.render(
        "evidence_pack.txt",
        number=offer.number,
        unsigned_sha256=offer.document_sha256,
        unsigned_bytes=offer.document.size,
        sealed_sha256=seal.sha256,
        level=seal.level.value,
        authority=verdict.authority,
        timestamp=evidence_words(verdict.timestamp) if verdict.timestamp else "",
        sealed_at=evidence_words(aware(seal.sealed_at)),
        certificate_sha256=seal.certificate_sha256,
        signature_algorithm=seal.signature_algorithm,
        before=start,
        after=end + 1,
        code=seal.code,
        stamped_at=int(verdict.timestamp.timestamp()) if verdict.timestamp else 0,
        material=material,
        has_earlier=seal.earlier_document is not None,
    )


def _zipped(members: dict[str, bytes], seal: Seal) -> bytes:
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(members.items()))
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name, content in [*sorted(members.items()), ("SHA256SUMS", sums.encode())]:
            info = ZipInfo(name, NO_TIME)
            info.external_attr = 0o644 << 16
            info.compress_type = ZIP_DEFLATED
            packed.writestr(info, content)
        packed.comment = seal.code.encode()
    return out.getvalue()


def _mac_before(seq: int) -> str:
    mac = db.session.scalar(select(AuditEvent.mac).where(AuditEvent.seq == seq - 1))
    return (mac or audit.GENESIS).hex()


def _pem(chain: tuple[Certificate, ...]) -> bytes:
    return b"".join(pem.armor("CERTIFICATE", one.dump()) for one in chain)


def _told(value: object) -> dict[str, object]:
    """Values as JSON knows them: moments in words, codes as they are."""
    read: dict[str, object] = json.loads(
        json.dumps(value, default=lambda one: evidence_words(one) if hasattr(one, "isoformat") else str(one))
    )
    return read
