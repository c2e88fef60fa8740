"""The signature container of a seal: taken apart, made anew, and given the timestamp that it lacked.

The container stands in the one gap of the file that the signature does not
cover. So it has one spelling only: made anew from the signed attributes, the
signature and the token in it, and from the certificates that are believed, it
must be the very bytes that stand there.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import algos, cms

from hometeach.agreements.sealing.foreign import BROKEN
from hometeach.agreements.sealing.keys import Certificate

#: Bytes that are kept free for a timestamp where none was seen yet: one with three RSA certificates takes about 6 KB.
TOKEN_ROOM = 6656
#: By so many bytes two timestamps of one authority may differ.
SPARE = 128
#: What the container holds beside certificates, signature and timestamp, at most, in bytes.
ATTRIBUTES = 512
#: More hex digits than these no room has.
LARGEST = 65_536
TOKEN = "signature_time_stamp_token"  # noqa: S105 - the name of an attribute


class Malformed(ValueError):  # noqa: N818 - a state of the bytes
    """It is no container as it is made here."""


@dataclass(frozen=True)
class Container:
    """What the container of a seal says."""

    signer: cms.SignerInfo
    certificates: tuple[Certificate, ...]
    #: The bytes that the signature is over, and the signature.
    signed: bytes
    signature: bytes
    #: What the signed attributes state of the document and of the certificate.
    document_digest: bytes
    certificate_digest: bytes
    #: The timestamp token, DER; None at B-B.
    token: bytes | None

    @property
    def imprint(self) -> bytes:
        """What a timestamp of this signature is given for."""
        return hashlib.sha256(self.signature).digest()


def opened(der: bytes) -> Container:
    """A container taken apart.

    Raises: Malformed.
    """
    try:
        return _opened(der)
    except BROKEN as broken:
        raise Malformed(str(broken)) from broken


def _opened(der: bytes) -> Container:
    whole = cms.ContentInfo.load(der, strict=True)
    (signer,) = whole["content"]["signer_infos"]
    signed = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    if set(signed) != {"content_type", "message_digest", "signing_certificate_v2"}:
        raise Malformed("other signed attributes")
    (named,) = signed["signing_certificate_v2"][0]["certs"]
    return Container(
        signer=signer,
        certificates=tuple(one.chosen for one in whole["content"]["certificates"]),
        signed=signer["signed_attrs"].untag().dump(),
        signature=signer["signature"].native,
        document_digest=signed["message_digest"][0].native,
        certificate_digest=named["cert_hash"].native,
        token=_token_in(signer),
    )


def made_anew(read: Container, chain: Sequence[Certificate], token: bytes | None) -> bytes:
    """The container as it must be spelt, of what is signed in it, a chain of certificates and a timestamp token."""
    kind = "sha256_ecdsa" if chain[0].public_key.algorithm == "ec" else "sha256_rsa"
    digest = algos.DigestAlgorithm({"algorithm": "sha256"})
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            "issuer_and_serial_number",
            cms.IssuerAndSerialNumber({"issuer": chain[0].issuer, "serial_number": chain[0].serial_number}),
        ),
        "digest_algorithm": digest,
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": kind}),
        "signed_attrs": read.signer["signed_attrs"],
        "signature": read.signature,
    }
    if token is not None:
        stamped = cms.CMSAttribute({"type": TOKEN, "values": [cms.ContentInfo.load(token)]})
        info["unsigned_attrs"] = cms.CMSAttributes([stamped])
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms([digest]),
            "encap_content_info": {"content_type": "data"},
            "certificates": [cms.CertificateChoices("certificate", one) for one in sorted(chain, key=Certificate.dump)],
            "signer_infos": [cms.SignerInfo(info)],
        }
    )
    made: bytes = cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()
    return made


def room_for(chain: Sequence[Certificate], token: int | None) -> int:
    """How much room is kept for a container with this chain: enough for a timestamp too, also for one that comes later.

    Units: hex digits; ``token`` in bytes, None where it is not known how long one will be.
    """
    public = chain[0].public_key
    signature = public.bit_size // 8 if public.algorithm == "rsa" else 2 * (public.bit_size // 8) + 8
    own = sum(len(one.dump()) for one in chain) + len(chain[0].issuer.dump()) + signature + ATTRIBUTES
    return 2 * (own + (TOKEN_ROOM if token is None else token) + SPARE)


def spelt(der: bytes, room: int) -> bytes:
    """The container as it stands in the file: capital hex digits, then zeros to the end of the room.

    Units: ``room`` in hex digits.

    Raises: Malformed if it is larger than the room.
    """
    digits = der.hex().upper().encode()
    if len(digits) > room:
        raise Malformed("larger than the room that is kept for it")
    return digits.ljust(room, b"0")


def _token_in(signer: cms.SignerInfo) -> bytes | None:
    if not signer["unsigned_attrs"]:
        return None
    (attribute,) = signer["unsigned_attrs"]
    if attribute["type"].native != TOKEN:
        raise Malformed("an unsigned attribute that is no timestamp")
    (token,) = attribute["values"]
    der: bytes = token.dump()
    return der
