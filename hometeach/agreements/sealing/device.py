"""The bureau's key on a PKCS#11 device: it seals and never leaves the device.

Needs the package ``python-pkcs11``, which only those with a device install.
"""

from collections.abc import Mapping
from typing import Any

from pkcs11 import PKCS11Error
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

from hometeach.agreements.sealing.keys import KeyUnusable, SealKey, with_small_s


class DeviceSigner(PKCS11Signer):
    """Signs on the device."""

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
        session = open_pkcs11_session(
            settings["SEAL_PKCS11"],
            token_criteria=TokenCriteria(label=settings["SEAL_PKCS11_TOKEN"]),
            user_pin=settings["SEAL_PKCS11_PIN"],
        )
        signer = DeviceSigner(session, key_label=settings["SEAL_PKCS11_KEY"], other_certs_to_pull=None)
        own = signer.signing_cert
    except (PKCS11Error, SigningError) as broken:
        raise KeyUnusable(f"the PKCS#11 device cannot be used: {type(broken).__name__}") from broken
    return SealKey(signer, (own, *(one for one in signer.cert_registry if one.sha256 != own.sha256)))
