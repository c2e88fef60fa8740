"""Make a sealed document, or one with its timestamp, step by step. Reads, then works without any transaction open."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.offers.wording import in_chinese
from hometeach.agreements.sealing.actions.failing import StepFailed, at
from hometeach.agreements.sealing.actions.terms import Made, Terms
from hometeach.agreements.sealing.models import Seal
from hometeach.agreements.sealing.rules import Level, Step, initials, new_code
from hometeach.agreements.sealing.timestamps import Failure, first_timestamp
from hometeach.agreements.signing.evidence import evidence_of
from hometeach.agreements.signing.telling import Evidence
from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now, today
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import only_reading
from hometeach.kernel.settings import setting

if TYPE_CHECKING:
    from hometeach.agreements.sealing.actions.preparing import Prepared
    from hometeach.agreements.sealing.material import Material


@dataclass(frozen=True)
class Matter:
    """What a document is sealed from."""

    unsigned: bytes
    evidence: Evidence
    bureau: str
    audit_head: tuple[int, str]
    code: str
    sealed_at: datetime


def seal_anew(offer_id: int, terms: Terms) -> Made:
    """Seal an offer at the highest level that can be had now: a lower one only where that suffices.

    Raises: StepFailed.
    """
    from hometeach.agreements.sealing.actions.preparing import prepared

    with at(Step.RENDER):
        matter = gathered(offer_id)
    with at(Step.TIMESTAMP):
        ready = prepared(terms)
    made, ready = _lasting(matter, terms, ready)
    if made is not None:
        return made
    terms = replace(terms, authorities=tuple(one for one in terms.authorities if one not in ready.useless))
    failures = ready.failures
    if terms.authorities:
        content = sealed_at_level(matter, terms, Level.B_T, _asked(terms), token=terms.longest_seen())
        stamped, authority, failed = _stamped(content, terms)
        failures += failed
        if stamped is not None:
            return _verified(stamped, matter, terms, level=Level.B_T, authority=authority, failures=failures)
    if not terms.suffices_without:
        raise StepFailed(Step.TIMESTAMP, _why_none(failures), failures)
    with in_chinese():
        why = _why_none(failures)
    content = sealed_at_level(matter, terms, Level.B_B, why)
    return _verified(content, matter, terms, level=Level.B_B, failures=failures)


def _lasting(matter: Matter, terms: Terms, ready: "Prepared") -> "tuple[Made | None, Prepared]":
    """The seal at B-LT, or none, and then what is known of the authorities by now.

    Raises: StepFailed.
    """
    if ready.material is None or ready.authority is None:
        return None, ready
    only = replace(terms, authorities=(ready.authority,))
    content = sealed_at_level(
        matter, only, Level.B_LT, _asked(only), material=ready.material, token=only.longest_seen()
    )
    stamped, name, failed = _stamped(content, only)
    failures = ready.failures + failed
    if stamped is None:
        return None, replace(ready, useless=(*ready.useless, ready.authority), failures=failures)
    try:
        return _verified(stamped, matter, terms, level=Level.B_LT, authority=name, failures=failures), ready
    except StepFailed as other:
        if other.told != "material":
            raise
    told = Failure(name, "its timestamp is by another certificate than the one before")
    return None, replace(ready, failures=(*failures, told))


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


def gathered(offer_id: int) -> Matter:
    """All that the document is made of, read at one moment."""
    with only_reading(), in_chinese():
        offer = db.session.get_one(Offer, offer_id)
        return Matter(
            unsigned=offer.document.content,
            evidence=evidence_of(offer),
            bureau=setting("bureau_name", today()),
            audit_head=audit.head(),
            code=new_code(),
            sealed_at=machine_now().replace(microsecond=0),
        )


def sealed_at_level(
    matter: Matter,
    terms: Terms,
    level: Level,
    timestamp: str,
    *,
    material: "Material | None" = None,
    token: int | None = None,
) -> bytes:
    """The sealed file whose evidence page says this level.

    Units: ``token``, the length of a timestamp where it is known, in bytes.
    Raises: StepFailed.
    """
    from hometeach.agreements.sealing import making  # pyHanko: a second and 40 MB that a web page never needs
    from hometeach.agreements.sealing.page import Sealing, evidence_page

    with at(Step.RENDER):
        told = Sealing(
            bureau=matter.bureau,
            code=matter.code,
            address=terms.address,
            unsigned_bytes=len(matter.unsigned),
            audit_head=matter.audit_head,
            certificate=terms.key.certificate,
            level=level,
            timestamp=timestamp,
            sealed_at=matter.sealed_at,
        )
        page = evidence_page(matter.evidence, told)
    with at(Step.SIGN):
        stated = making.Stated(
            number=matter.evidence.number,
            initials=tuple(initials(one.name) for one in matter.evidence.signed),
            sealed_at=matter.sealed_at,
            unsigned_bytes=len(matter.unsigned),
            unsigned_sha256=making.sha256_of(matter.unsigned),
        )
        return making.seal(matter.unsigned, page.content, stated=stated, key=terms.key, material=material, token=token)


def _stamped(content: bytes, terms: Terms) -> tuple[bytes | None, str, tuple[Failure, ...]]:
    from hometeach.agreements.sealing import container, making

    with at(Step.TIMESTAMP):
        read = container.opened(making.container_in(content))
        token, authority, failures = first_timestamp(list(terms.authorities), read.imprint, seconds=terms.seconds)
        if token is None:
            return None, "", tuple(failures)
        terms.seen.update({one.url: token for one in terms.authorities if one.name == authority})
        chain = next(one for one in terms.trust().chains if one[0].sha256 == read.certificate_digest)
        return making.with_timestamp(content, token, chain), authority, tuple(failures)


def _verified(
    content: bytes,
    matter: Matter,
    terms: Terms,
    *,
    level: Level,
    authority: str = "",
    failures: tuple[Failure, ...] = (),
) -> Made:
    from hometeach.agreements.sealing.page import signature_algorithm

    _must_verify(content, terms, level, matter.evidence.number)
    return Made(
        content=content,
        code=matter.code,
        level=level,
        algorithm=signature_algorithm(terms.key.certificate),
        certificate_sha256=terms.key.certificate.sha256.hex(),
        authority=authority,
        sealed_at=matter.sealed_at,
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
