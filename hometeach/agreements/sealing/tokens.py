"""Does an RFC 3161 timestamp token hold: for this imprint, by an authority that is believed, in one spelling only?

A token stands outside what the seal's own signature covers. So nothing in it is
left unchecked: what its signature does not cover has to be exactly what it must
be, and every certificate in it is one of the believed or issued by one of them.

Source: RFC 3161, RFC 5652, RFC 5816.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import algos, cms, core, tsp
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from hometeach.agreements.sealing.foreign import BROKEN
from hometeach.agreements.sealing.keys import Certificate
from hometeach.agreements.sealing.signed import check_signed

DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
TIME_STAMPING = "time_stamping"


class TokenRefused(ValueError):  # noqa: N818 - a state of the token
    """The token does not hold; the message says why, in a few words."""


def time_in(token: bytes, imprint: bytes, authorities: Sequence[Certificate]) -> tuple[datetime, str]:
    """The moment that a token gives for a SHA-256 imprint, and who gave it.

    Raises: TokenRefused.
    """
    try:
        return _time_in(token, imprint, authorities)
    except TokenRefused:
        raise
    except UnsupportedAlgorithm as other:
        raise TokenRefused("its kind of key is not accepted") from other
    except BROKEN as broken:
        raise TokenRefused("it cannot be read") from broken


def certificates_in(token: bytes) -> tuple[Certificate, tuple[Certificate, ...]]:
    """Whose signature a token carries, and all certificates that it brings. It is not checked here.

    Raises: TokenRefused.
    """
    try:
        data = _signed_data(token)
        given = tuple(one.chosen for one in data["certificates"])
        return _signer_among(given, data["signer_infos"][0]["sid"]), given
    except BROKEN as broken:
        raise TokenRefused("it cannot be read") from broken


def _time_in(token: bytes, imprint: bytes, authorities: Sequence[Certificate]) -> tuple[datetime, str]:
    data = _signed_data(token)
    signer = data["signer_infos"][0]
    stated = data["encap_content_info"]["content"].parsed
    certificates = [one.chosen for one in data["certificates"]]
    by = _signer_among(certificates, signer["sid"])
    _check_signature(signer, data["encap_content_info"]["content"].contents, by)
    _check_imprint(stated, imprint)
    moment: datetime = stated["gen_time"].native
    _check_certificates(certificates, by, moment, authorities)
    _check_spelling(token, data, certificates)
    return moment, str(by.subject.native.get("common_name") or by.subject.human_friendly)


def _signed_data(token: bytes) -> cms.SignedData:
    whole = cms.ContentInfo.load(token, strict=True)
    _must(whole["content_type"].native == "signed_data", "it is no signed data")
    data: cms.SignedData = whole["content"]
    _must(len(data["signer_infos"]) == 1, "it has not exactly one signature")
    _must(data["encap_content_info"]["content_type"].native == "tst_info", "it states no time")
    return data


def _signer_among(certificates: Sequence[Certificate], sid: cms.SignerIdentifier) -> Certificate:
    _must(sid.name == "issuer_and_serial_number", "it names its signer in an unusual way")
    wanted = sid.chosen
    for one in certificates:
        if one.issuer == wanted["issuer"] and one.serial_number == wanted["serial_number"].native:
            _must(one.issuer.dump() == wanted["issuer"].dump(), "it spells its signer's issuer otherwise")
            return one
    raise TokenRefused("it lacks its signer's certificate")


def _check_signature(signer: cms.SignerInfo, content: bytes, by: Certificate) -> None:
    digest = signer["digest_algorithm"]["algorithm"].native
    _must(digest in DIGESTS, "its digest algorithm is not accepted")
    signed = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    _must(signed["content_type"][0].native == "tst_info", "its signature is over something else")
    _must(signed["message_digest"][0].native == hashlib.new(digest, content).digest(), "it was altered")
    _check_named_certificate(signed, by)
    algorithm = signer["signature_algorithm"]
    _must(algorithm.signature_algo in ("rsassa_pkcs1v15", "ecdsa"), "its signature algorithm is not accepted")
    used = digest if algorithm["algorithm"].native in ("rsassa_pkcs1v15",) else algorithm.hash_algo
    _must(used == digest, "it names two digest algorithms")
    check_signed(by, signer["signature"].native, signer["signed_attrs"].untag().dump(), DIGESTS[digest]())


def _check_named_certificate(signed: dict[str, core.SetOf], by: Certificate) -> None:
    """The certificate that the token itself says it was signed with: none can be put in its place."""
    if "signing_certificate_v2" in signed:
        named = signed["signing_certificate_v2"][0]["certs"][0]
        digest = named["hash_algorithm"]["algorithm"].native
    else:
        named, digest = signed["signing_certificate"][0]["certs"][0], "sha1"
    _must(named["cert_hash"].native == hashlib.new(digest, by.dump()).digest(), "it names another certificate")


def _check_imprint(stated: tsp.TSTInfo, imprint: bytes) -> None:
    given = stated["message_imprint"]
    _must(given["hash_algorithm"]["algorithm"].native == "sha256", "its imprint is no SHA-256")
    _must(given["hashed_message"].native == imprint, "it is for something else")


def _check_certificates(
    certificates: Sequence[Certificate], by: Certificate, moment: datetime, authorities: Sequence[Certificate]
) -> None:
    believed = {one.dump() for one in authorities}
    _must(len({one.dump() for one in certificates}) == len(certificates), "it holds a certificate twice")
    usage = by.extended_key_usage_value
    _must(usage is not None and usage.native == [TIME_STAMPING], "its certificate is not for timestamps")
    for one in certificates:
        _check_chain(one, [*certificates, *authorities], believed, moment)


def _check_chain(
    certificate: Certificate, known: Sequence[Certificate], believed: set[bytes], moment: datetime
) -> None:
    """Every step up is signed, and the last one is believed."""
    for _step in range(len(known) + 1):
        valid = certificate["tbs_certificate"]["validity"]
        _must(valid["not_before"].native <= moment <= valid["not_after"].native, "a certificate had expired")
        if certificate.dump() in believed:
            return
        issuer = next((one for one in known if one.subject == certificate.issuer and one != certificate), None)
        if issuer is None:
            raise TokenRefused("it is by an authority that is not believed")
        _must(issuer.ca is True, "a certificate was issued by one that may issue none")
        algorithm = certificate["signature_algorithm"]
        check_signed(
            issuer, certificate["signature_value"].native, certificate["tbs_certificate"].dump(), _hash(algorithm)
        )
        certificate = issuer
    raise TokenRefused("its certificates go in a circle")


def _check_spelling(token: bytes, data: cms.SignedData, certificates: Sequence[Certificate]) -> None:
    """What no signature covers is spelt as it must be: the token made anew of its parts is the token."""
    signer = data["signer_infos"][0]
    digest, algorithm = signer["digest_algorithm"], signer["signature_algorithm"]
    _must(digest.dump() in _spellings(algos.DigestAlgorithm, digest["algorithm"].native), "it is spelt otherwise")
    _must(
        algorithm.dump() in _spellings(algos.SignedDigestAlgorithm, algorithm["algorithm"].native),
        "it is spelt otherwise",
    )
    made = cms.SignerInfo(
        {
            "version": "v1",
            "sid": signer["sid"],
            "digest_algorithm": digest,
            "signed_attrs": signer["signed_attrs"],
            "signature_algorithm": algorithm,
            "signature": signer["signature"].native,
        }
    )
    for one in certificates:
        _must(_made_anew(one) == one.dump(), "a certificate is spelt otherwise")
    body = b"".join(
        part.dump()
        for part in (
            core.Integer(3),
            cms.DigestAlgorithms([data["digest_algorithms"][0]]),
            data["encap_content_info"],
            data["certificates"],
            cms.SignerInfos([made]),
        )
    )
    _must(data["digest_algorithms"][0].dump() in _spellings(algos.DigestAlgorithm, digest["algorithm"].native), "spelt")
    whole = wrapped(0x30, cms.ContentType("signed_data").dump() + wrapped(0xA0, wrapped(0x30, body)))
    _must(whole == token, "it is spelt otherwise")


def _made_anew(certificate: Certificate) -> bytes:
    """A certificate of what its signature covers and of the signature: no bit of it stands for nothing."""
    signed = certificate["tbs_certificate"]
    signature = core.OctetBitString(certificate["signature_value"].native)
    return wrapped(0x30, signed.dump() + signed["signature"].dump() + signature.dump())


def _spellings(kind: type[core.Sequence], name: str) -> tuple[bytes, ...]:
    plain = core.ObjectIdentifier(kind({"algorithm": name})["algorithm"].dotted).dump()
    return wrapped(0x30, plain), wrapped(0x30, plain + core.Null().dump())


def wrapped(tag: int, content: bytes) -> bytes:
    """A value in DER: its tag, its length, its content."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _hash(algorithm: algos.SignedDigestAlgorithm) -> hashes.HashAlgorithm:
    _must(algorithm.hash_algo in DIGESTS, "a certificate's algorithm is not accepted")
    return DIGESTS[algorithm.hash_algo]()


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise TokenRefused(otherwise)
