"""Make a sealed document, or one with its timestamp, step by step. Reads, then works without any transaction open."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.offers.wording import in_chinese
from hometeach.agreements.sealing.actions.failing import StepFailed, at
from hometeach.agreements.sealing.keys import SealKey, Trust
from hometeach.agreements.sealing.models import Seal
from hometeach.agreements.sealing.rules import Level, Step, initials, new_code
from hometeach.agreements.sealing.timestamps import Authority, Failure, first_timestamp
from hometeach.agreements.signing.evidence import evidence_of
from hometeach.agreements.signing.telling import Evidence
from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now, today
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import only_reading
from hometeach.kernel.settings import setting


@dataclass(frozen=True)
class Terms:
    """With what, and on what terms, documents are sealed."""

    key: SealKey
    #: Read anew each time: the key's own chain is among it once the key was loaded.
    trust: Callable[[], Trust]
    authorities: tuple[Authority, ...]
    #: How long each authority may take.
    seconds: float
    #: Whether level B-B suffices where no authority gives a timestamp.
    suffices_without: bool
    #: Where anybody may ask by the printed code.
    address: str


@dataclass(frozen=True)
class Made:
    """A sealed document that was verified."""

    content: bytes
    code: str
    level: Level
    algorithm: str
    certificate_sha256: str
    authority: str
    sealed_at: datetime
    failures: tuple[Failure, ...]

    @property
    def sha256(self) -> str:
        """Of the sealed bytes, in hex."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Material:
    """What a document is sealed from."""

    unsigned: bytes
    evidence: Evidence
    bureau: str
    audit_head: tuple[int, str]
    code: str
    sealed_at: datetime


def seal_anew(offer_id: int, terms: Terms) -> Made:
    """Seal an offer: with a timestamp where one is given, without where that suffices.

    Raises: StepFailed.
    """
    with at(Step.RENDER):
        material = gathered(offer_id)
    failures: tuple[Failure, ...] = ()
    if terms.authorities:
        content = sealed_at_level(material, terms, Level.B_T, _asked(terms))
        stamped, authority, failures = _stamped(content, terms)
        if stamped is not None:
            return _verified(stamped, material, terms, level=Level.B_T, authority=authority, failures=failures)
    if not terms.suffices_without:
        raise StepFailed(Step.TIMESTAMP, _why_none(failures), failures)
    with in_chinese():
        why = _why_none(failures)
    content = sealed_at_level(material, terms, Level.B_B, why)
    return _verified(content, material, terms, level=Level.B_B, failures=failures)


def raise_level(seal_id: int, terms: Terms) -> Made:
    """A seal at B-B with the timestamp that it lacked.

    Raises: StepFailed.
    """
    with at(Step.RENDER), only_reading():
        seal = db.session.get_one(Seal, seal_id)
        content, number = seal.document.content, seal.offer.number
        made = Made(
            content, seal.code, seal.level, seal.signature_algorithm, seal.certificate_sha256, "", seal.sealed_at, ()
        )
    stamped, authority, failures = _stamped(content, terms)
    if stamped is None:
        raise StepFailed(Step.TIMESTAMP, _why_none(failures), failures)
    _must_verify(stamped, terms, Level.B_T, number)
    return replace(made, content=stamped, level=Level.B_T, authority=authority, failures=failures)


def gathered(offer_id: int) -> Material:
    """All that the document is made of, read at one moment."""
    with only_reading(), in_chinese():
        offer = db.session.get_one(Offer, offer_id)
        return Material(
            unsigned=offer.document.content,
            evidence=evidence_of(offer),
            bureau=setting("bureau_name", today()),
            audit_head=audit.head(),
            code=new_code(),
            sealed_at=machine_now().replace(microsecond=0),
        )


def sealed_at_level(material: Material, terms: Terms, level: Level, timestamp: str) -> bytes:
    """The sealed file whose evidence page says this level.

    Raises: StepFailed.
    """
    from hometeach.agreements.sealing import making  # pyHanko: a second and 40 MB that a web page never needs
    from hometeach.agreements.sealing.page import Sealing, evidence_page

    with at(Step.RENDER):
        told = Sealing(
            bureau=material.bureau,
            code=material.code,
            address=terms.address,
            unsigned_bytes=len(material.unsigned),
            audit_head=material.audit_head,
            certificate=terms.key.certificate,
            level=level,
            timestamp=timestamp,
            sealed_at=material.sealed_at,
        )
        page = evidence_page(material.evidence, told)
    with at(Step.SIGN):
        stated = making.Stated(
            number=material.evidence.number,
            initials=tuple(initials(one.name) for one in material.evidence.signed),
            sealed_at=material.sealed_at,
            unsigned_bytes=len(material.unsigned),
            unsigned_sha256=making.sha256_of(material.unsigned),
        )
        return making.seal(material.unsigned, page.content, stated=stated, key=terms.key)


def _stamped(content: bytes, terms: Terms) -> tuple[bytes | None, str, tuple[Failure, ...]]:
    from hometeach.agreements.sealing import container, making

    with at(Step.TIMESTAMP):
        read = container.opened(making.container_in(content))
        token, authority, failures = first_timestamp(list(terms.authorities), read.imprint, seconds=terms.seconds)
        if token is None:
            return None, "", tuple(failures)
        chain = next(one for one in terms.trust().chains if one[0].sha256 == read.certificate_digest)
        return making.with_timestamp(content, token, chain), authority, tuple(failures)


def _verified(
    content: bytes,
    material: Material,
    terms: Terms,
    *,
    level: Level,
    authority: str = "",
    failures: tuple[Failure, ...] = (),
) -> Made:
    from hometeach.agreements.sealing.page import signature_algorithm

    _must_verify(content, terms, level, material.evidence.number)
    return Made(
        content=content,
        code=material.code,
        level=level,
        algorithm=signature_algorithm(terms.key.certificate),
        certificate_sha256=terms.key.certificate.sha256.hex(),
        authority=authority,
        sealed_at=material.sealed_at,
        failures=failures,
    )


def _must_verify(content: bytes, terms: Terms, level: Level, number: str) -> None:
    """What was made is believed only once it verifies, at this level, as this agreement."""
    from hometeach.agreements.sealing.verifying import verify

    with at(Step.VERIFY):
        verdict = verify(content, terms.trust())
    if (verdict.valid, verdict.level, verdict.number) != (True, level, number):
        raise StepFailed(Step.VERIFY, verdict.reason)


def _asked(terms: Terms) -> str:
    """What the page says of the timestamp before it is there: it is in the signature, or this page is never kept."""
    with in_chinese():
        return _(
            "In the signature of this file, given by one of: %(names)s",
            names="、".join(a.name for a in terms.authorities),
        )


def _why_none(failures: tuple[Failure, ...]) -> str:
    if not failures:
        return _("None: no timestamp authority is configured")
    told = "；".join(f"{one.authority}: {one.told}" for one in failures)
    return _("None: no authority gave one when it was sealed (%(told)s)", told=told)
