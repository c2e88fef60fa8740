"""A key in memory that seals."""

from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, core
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from hometeach.agreements.sealing.keys import Certificate, PrivateKey, with_small_s
from hometeach.agreements.sealing.tokens import wrapped

SEQUENCE, SET, FIRST = 0x30, 0x31, 0xA0


@dataclass(frozen=True)
class Mould:
    """A container of this key without what differs from seal to seal: the digest and the signature.

    Building one of its parts costs more than the seal itself; they are the same each time.
    """

    #: The signed attributes, around the digest.
    attributes: tuple[bytes, bytes]
    #: What stands around the attributes, and around the signature, among what is said of the signer.
    signer: tuple[bytes, bytes]
    #: What stands before that.
    before: bytes

    @classmethod
    def of(cls, whole: cms.ContentInfo, digest: bytes) -> "Mould":
        """Of a container that pyHanko has built for a digest."""
        data = whole["content"]
        signer = data["signer_infos"][0]
        before, after = signer["signed_attrs"].untag().dump().split(digest)
        return cls(
            attributes=(before, after),
            signer=(
                b"".join(signer[name].dump() for name in ("version", "sid", "digest_algorithm")),
                signer["signature_algorithm"].dump(),
            ),
            before=b"".join(
                data[name].dump() for name in ("version", "digest_algorithms", "encap_content_info", "certificates")
            ),
        )

    def signed(self, digest: bytes) -> bytes:
        """What is signed for a digest: the attributes as a set."""
        return digest.join(self.attributes)

    def filled(self, signed: bytes, signature: bytes) -> cms.ContentInfo:
        """The container with these attributes and this signature."""
        about, algorithm = self.signer
        attributes = bytes([FIRST]) + signed[1:]  # a set that is tagged anew
        info = wrapped(SEQUENCE, about + attributes + algorithm + core.OctetString(signature).dump())
        data = wrapped(SEQUENCE, self.before + wrapped(SET, info))
        return cms.ContentInfo.load(
            wrapped(SEQUENCE, cms.ContentType("signed_data").dump() + wrapped(FIRST, data)), strict=True
        )


class KeptSigner(Signer):
    """A key in memory, parsed once: parsing costs more than signing."""

    def __init__(self, key: PrivateKey, chain: tuple[Certificate, ...]):
        store = SimpleCertificateStore()
        store.register_multiple(chain[1:])
        super().__init__(signing_cert=chain[0], cert_registry=store)
        self._key = key
        self._mould: Mould | None = None

    async def async_sign(self, data_digest: bytes, digest_algorithm: str, *given: Any, **terms: Any) -> cms.ContentInfo:
        """The container; what is the same in all of them is built once."""
        ours = digest_algorithm == "sha256" and not given and terms.get("use_pades") and not terms.get("dry_run")
        if ours and self._mould is not None:
            signed = self._mould.signed(data_digest)
            return self._mould.filled(signed, await self.async_sign_raw(signed, digest_algorithm))
        whole = await super().async_sign(data_digest, digest_algorithm, *given, **terms)
        if ours:
            self._mould = Mould.of(whole, data_digest)
        return whole

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The bare signature."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return with_small_s(self._key.sign(data, ec.ECDSA(hashes.SHA256())), self._key.curve.name)
