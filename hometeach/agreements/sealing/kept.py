"""A key in memory that seals."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from hometeach.agreements.sealing.keys import Certificate, PrivateKey, with_small_s


class KeptSigner(Signer):
    """A key in memory, parsed once: parsing costs more than signing."""

    def __init__(self, key: PrivateKey, chain: tuple[Certificate, ...]):
        store = SimpleCertificateStore()
        store.register_multiple(chain[1:])
        super().__init__(signing_cert=chain[0], cert_registry=store)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The bare signature."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return with_small_s(self._key.sign(data, ec.ECDSA(hashes.SHA256())), self._key.curve.name)
