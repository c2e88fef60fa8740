"""The bureau's key on a PKCS#11 device: it seals and never leaves the device.

Needs the package ``python-pkcs11``, which only those with a device install.
"""

from collections.abc import Mapping
from typing import Any

from pkcs11 import PKCS11Error, UserAlreadyLoggedIn
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko_certvalidator.registry import CertificateStore, SimpleCertificateStore

from hometeach.agreements.sealing.chains import chain_of
from hometeach.agreements.sealing.keys import KeyUnusable, SealKey, with_small_s


class DeviceSigner(PKCS11Signer):
    """Signs on the device, with a chain that was put in order."""

    #: The certificates above the own one; none others of the device go into a seal.
    issuers: CertificateStore | None = None

    @property
    def cert_registry(self) -> Any:
        """What goes into a seal beside the own certificate."""
        return super().cert_registry if self.issuers is None else self.issuers

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The bare signature."""
        signature = await super().async_sign_raw(data, digest_algorithm, dry_run)
        public = self.signing_cert.public_key
        return with_small_s(signature, public.curve[1]) if public.algorithm == "ec" and not dry_run else signature


def open_device(settings: Mapping[str, Any]) -> SealKey:
    """Open the device that the configuration names.

    Raises: KeyUnusable.
    """
    try:
        # The digest is made here: few devices make it themselves, and all sign one.
        signer = DeviceSigner(
            _session(settings), key_label=settings["SEAL_PKCS11_KEY"], other_certs_to_pull=None, use_raw_mechanism=True
        )
        chain = chain_of(signer.signing_cert, tuple(signer.cert_registry))
    except (PKCS11Error, SigningError) as broken:
        raise KeyUnusable(f"the PKCS#11 device cannot be used: {type(broken).__name__}") from broken
    signer.issuers = SimpleCertificateStore.from_certs(chain[1:])
    return SealKey(signer, chain)


def _session(settings: Mapping[str, Any]) -> Any:
    """A session on the device: who has logged in once in this process stays so, and is not asked again."""
    module, token = settings["SEAL_PKCS11"], TokenCriteria(label=settings["SEAL_PKCS11_TOKEN"])
    try:
        return open_pkcs11_session(module, token_criteria=token, user_pin=settings["SEAL_PKCS11_PIN"])
    except UserAlreadyLoggedIn:
        return open_pkcs11_session(module, token_criteria=token)
