"""The evidence page: who signed how, every event, what the seal is, and what level of proof it has."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from hometeach.agreements.offers.wording import in_chinese
from hometeach.agreements.sealing import drawing, wording
from hometeach.agreements.sealing.keys import Certificate, certificate_name
from hometeach.agreements.sealing.rules import Level
from hometeach.agreements.signing.telling import Evidence, Happened, SignedBy
from hometeach.kernel import documents
from hometeach.kernel.clock import local
from hometeach.kernel.documents import Document, missing_glyphs

#: What of an event's detail is printed: the rest stands in the event log of the evidence pack.
TOLD = ("reason", "words", "note", "outcome")


@dataclass(frozen=True)
class Sealing:
    """What the page says of the seal itself."""

    bureau: str
    code: str
    #: Where anybody may ask by that code; empty where the deployment has no address.
    address: str
    unsigned_bytes: int
    #: Length and last hash of the audit log.
    audit_head: tuple[int, str]
    certificate: Certificate
    level: Level
    #: Which authority is asked for the timestamp, or why there is none.
    timestamp: str
    sealed_at: datetime


def evidence_page(evidence: Evidence, sealing: Sealing) -> Document:
    """The evidence as a PDF, in Chinese, whoever asks.

    Raises: Refused (``document:glyph``) naming the characters of a name that the font lacks.
    """
    with in_chinese():
        return documents.print_pdf(_html(evidence, sealing), "evidence.css")


def evidence_words(moment: datetime) -> str:
    """A moment on evidence: 2026-11-23 14:05:09 +08:00."""
    shown = local(moment)
    return f"{shown:%Y-%m-%d %H:%M:%S} +08:00"


def printable(text: str) -> str:
    """Free text as it can be printed: a character without a glyph is told by its number, never left out."""
    lacking = set(missing_glyphs(text))
    return "".join(f"[U+{ord(mark):04X}]" if mark in lacking else mark for mark in text)


def _html(evidence: Evidence, sealing: Sealing) -> str:
    return documents.render(
        "evidence.html",
        bureau=sealing.bureau,
        language="zh-Hans-CN",
        page_number=Markup('<span class="page"></span>'),
        page_count=Markup('<span class="pages"></span>'),
        evidence=evidence,
        sealing=sealing,
        signed=[(one, _signer_facts(one), _picture(one)) for one in evidence.signed],
        countersigned_at=evidence_words(evidence.countersigned.at),
        school_seal=drawing.seal_svg(evidence.school, _("electronic picture")),
        events=[_event(one) for one in evidence.events],
        seal_facts=_seal_facts(sealing),
        has_timestamp=sealing.level is not Level.B_B,
    )


def _signer_facts(one: SignedBy) -> list[tuple[str, str]]:
    """(question, answer) pairs; what does not apply to a route is left out."""
    answers = [
        (_("Name and relation"), f"{one.name}，{one.relation}"),
        (_("Phone (masked)"), one.phone),
        (_("ID number (masked)"), one.id_number),
        (_("How identity was proved"), printable(one.identity)),
        (_("Route and kind"), f"{wording.ROUTES[one.route]}，{wording.METHODS[one.method]}"),
        (_("Code sent"), evidence_words(one.code_sent_at) if one.code_sent_at else ""),
        (_("Code entered"), evidence_words(one.code_entered_at) if one.code_entered_at else ""),
        (_("Signed"), evidence_words(one.signed_at)),
        (_("Device"), printable(one.device)),
        (_("Network address"), printable(one.address)),
        (_("Taken by"), printable(one.taken_by)),
        (_("Witnesses"), printable("、".join(one.witnesses))),
        (_("SHA-256 of the paper's scan"), one.scan_sha256),
        (_("Bound to the document with SHA-256"), one.document_sha256),
    ]
    return [(question, answer) for question, answer in answers if answer]


def _picture(one: SignedBy) -> Markup | str:
    """The strokes, or the typed name as text."""
    return drawing.strokes_svg(one.drawing) if one.drawing else one.typed_name


def _event(one: Happened) -> dict[str, str]:
    said = "；".join(str(one.detail[name]) for name in TOLD if one.detail.get(name))
    return {
        "at": evidence_words(one.at),
        "what": str(wording.EVENTS[one.event]),
        "by": printable(one.by),
        "about": printable(one.about),
        "said": printable(said),
    }


def _seal_facts(sealing: Sealing) -> list[tuple[str, str]]:
    length, head = sealing.audit_head
    algorithms = f"SHA-256, {signature_algorithm(sealing.certificate)}, ETSI.CAdES.detached, DocMDP 1"
    answers: list[tuple[str, Any]] = [
        (_("Level"), wording.LEVELS[sealing.level]),
        (_("Timestamp"), printable(sealing.timestamp)),
        (_("Time by the bureau's machine, which is no timestamp"), evidence_words(sealing.sealed_at)),
        (_("Certificate"), certificate_name(sealing.certificate)),
        (_("SHA-256 of the certificate"), sealing.certificate.sha256.hex()),
        (_("Algorithms"), algorithms),
        (_("Audit log: rows and last hash"), f"{length}，{head}"),
    ]
    return [(question, str(answer)) for question, answer in answers]


def signature_algorithm(certificate: Certificate) -> str:
    """The name of the algorithm as its standards give it."""
    public = certificate.public_key
    if public.algorithm == "ec":
        return f"ecdsa-with-SHA256 ({public.curve[1]})"
    return f"sha256WithRSAEncryption ({public.bit_size})"
