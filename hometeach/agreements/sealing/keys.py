"""With what key is a document sealed, and whose seals are believed?

One interface, three origins: a key that the set-up makes itself (honestly
labelled as the bureau's own), the bureau's PKCS#12 file, or its PKCS#11
device. The key is loaded once for a process. Beside it stands the folder of
what is believed: the chain of every key that ever sealed here and of every
timestamp authority, so that old seals can be checked after a change of keys.
"""

import hashlib
import logging
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asn1crypto import pem
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from flask import current_app

from hometeach.kernel.clock import machine_now

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

log = logging.getLogger(__name__)

#: How long a certificate that was made here is good; the root outlives it, so that old seals can be read.
LEAF_DAYS, ROOT_DAYS = 3 * 365, 15 * 365
#: So long before its end a key that was made here gives way to a new one.
BEFORE_END = timedelta(days=30)
#: The order of the curve P-256: of the two signatures (r, s) and (r, n - s) only the one with the smaller s is made.
ORDERS = {"secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551}
#: The folders beside the key: whose seals, and whose timestamps, are believed.
SEALS, AUTHORITIES = "trusted", "authorities"

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class KeyUnusable(Exception):  # noqa: N818 - a state of the deployment
    """The key cannot be had; the message says why and what to do."""


@dataclass(frozen=True)
class SealKey:
    """A key with its certificates, the own one first, the root last."""

    signer: "Signer"
    chain: tuple[Certificate, ...]

    @property
    def certificate(self) -> Certificate:
        """The one that the seal is checked with."""
        return self.chain[0]


@dataclass(frozen=True)
class Trust:
    """Whose seals and whose timestamps are believed. Chains: the own certificate first."""

    chains: tuple[tuple[Certificate, ...], ...]
    authorities: tuple[Certificate, ...] = ()


def with_small_s(signature: bytes, curve: str) -> bytes:
    """The one of the two equally good ECDSA signatures whose second number is the smaller."""
    order = ORDERS.get(curve)
    if order is None:
        return signature
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, order - s))


def seal_key() -> SealKey:
    """The key of the running application, loaded at its first use.

    Raises: KeyUnusable.
    """
    loaded: SealKey | None = current_app.extensions.get("hometeach.seal_key")
    if loaded is None or not is_good(loaded.certificate, machine_now()):
        loaded = load_seal_key(current_app.config)
        current_app.extensions["hometeach.seal_key"] = loaded
    return loaded


def trust() -> Trust:
    """Whose seals and timestamps this deployment believes."""
    return trust_in(folder_of(current_app.config))


def folder_of(settings: Mapping[str, Any]) -> Path:
    """Where the seal's key and certificates are kept: outside the database."""
    folder: Path = settings["SEAL_DIR"] or settings["VAR_DIR"] / "seal"
    return folder


def refuse_without_key(settings: Mapping[str, Any]) -> None:
    """See at the start that a deployment has said with what it seals, and by what it believes timestamps.

    Raises: SystemExit with what to set.
    """
    try:
        for _url, path in settings["TIMESTAMP_AUTHORITIES"]:
            read_chain(Path(path))
    except KeyUnusable as unusable:
        raise SystemExit(f"Not started: HOMETEACH_TIMESTAMP_AUTHORITIES: {unusable}") from unusable
    if not (settings["SEAL_PKCS12"] or settings["SEAL_PKCS11"] or settings["SEAL_EMBEDDED"]):
        raise SystemExit(
            "Not started: HOMETEACH_SEAL_PKCS12 (a file) or HOMETEACH_SEAL_PKCS11 (a module) not set. Without a "
            "certificate of the bureau's own, HOMETEACH_SEAL_EMBEDDED=1 seals with one that is made here."
        )
    if settings["SEAL_PKCS12"]:
        try:
            _of_pkcs12(settings)
        except KeyUnusable as unusable:
            raise SystemExit(f"Not started: {unusable}") from unusable


def load_seal_key(settings: Mapping[str, Any]) -> SealKey:
    """The key that the configuration names; its chain is believed from now on, and kept when the key changes.

    Raises: KeyUnusable.
    """
    if settings["SEAL_PKCS12"]:
        key = _of_pkcs12(settings)
    elif settings["SEAL_PKCS11"]:
        key = _of_pkcs11(settings)
    elif settings["SEAL_EMBEDDED"]:
        key = _embedded(folder_of(settings), settings["BUREAU_NAME"])
    else:
        raise KeyUnusable("no key is configured: set HOMETEACH_SEAL_PKCS12 or HOMETEACH_SEAL_PKCS11")
    believe(folder_of(settings) / SEALS, key.chain)
    return key


def trust_in(folder: Path) -> Trust:
    """What stands in the folders of the certificates. A file that cannot be read is believed in nothing, and told."""
    given = [one for chain in _chains_in(folder / AUTHORITIES) for one in chain]
    return Trust(tuple(_chains_in(folder / SEALS)), tuple(given))


def _chains_in(folder: Path) -> Iterator[tuple[Certificate, ...]]:
    for path in sorted(folder.glob("*.pem")):
        try:
            chain = read_chain(path)
        except KeyUnusable as unusable:
            log.error("not believed: %s", unusable)
            continue
        if chain:
            yield chain


def believe(folder: Path, chain: tuple[Certificate, ...]) -> None:
    """Keep a chain among those that are believed; what stands there stays."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(chain[0].dump()).hexdigest()}.pem"
    if not path.exists():
        _write_once(path, b"".join(pem.armor("CERTIFICATE", one.dump()) for one in chain), 0o644)


def read_chain(path: Path) -> tuple[Certificate, ...]:
    """The certificates of a PEM file in its order.

    Raises: KeyUnusable if it cannot be read.
    """
    try:
        return tuple(Certificate.load(der) for _kind, _head, der in pem.unarmor(path.read_bytes(), multiple=True))
    except (OSError, ValueError) as broken:
        raise KeyUnusable(f"{path.name} holds no certificates that can be read") from broken


def certificate_name(certificate: Certificate) -> str:
    """Whose certificate it is, in its own words."""
    return str(certificate.subject.native.get("common_name") or certificate.subject.human_friendly)


def make_chain(bureau: str, now: datetime) -> tuple[ec.EllipticCurvePrivateKey, tuple[x509.Certificate, ...]]:
    """A key, its certificate, and the root that issued it. The root's own key is kept nowhere: it issues this once."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name(f"{bureau} 送教上门电子封章（自建根证书）", bureau)
    root = (
        _certificate(root_name, root_name, root_key.public_key(), now, ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(seals=False), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _certificate(_name(f"{bureau} 送教上门电子封章", bureau), root_name, key.public_key(), now, LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(seals=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return key, (leaf, root)


def kept_key(key: PrivateKey, chain: tuple[x509.Certificate, ...]) -> SealKey:
    """A key in memory as a seal's key."""
    from hometeach.agreements.sealing.kept import KeptSigner  # a second and 40 MB that a web page never needs

    loaded = tuple(Certificate.load(one.public_bytes(serialization.Encoding.DER)) for one in chain)
    return SealKey(KeptSigner(key, loaded), loaded)


def is_good(certificate: Certificate, now: datetime) -> bool:
    """Whether a certificate may be sealed with now."""
    valid = certificate["tbs_certificate"]["validity"]
    return bool(valid["not_before"].native <= now <= valid["not_after"].native)


def _embedded(folder: Path, bureau: str) -> SealKey:
    """The newest key that was made here; a new one before its certificate runs out."""
    now = machine_now()
    newest = max(folder.glob("seal-key-*.pem"), default=None)
    if newest is not None:
        key = _of_pem(newest)
        if is_good(key.certificate, now + BEFORE_END):
            return key
    path = folder / f"seal-key-{now:%Y%m}.pem"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KeyUnusable(f"no key can be made in {folder}: {error.strerror}; see HOMETEACH_SEAL_DIR") from error
    made, chain = make_chain(bureau, now)
    whole = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
    _write_once(path, whole, 0o600)
    return _of_pem(path)


def _of_pem(path: Path) -> SealKey:
    try:
        content = path.read_bytes()
        key: Any = serialization.load_pem_private_key(content, password=None)
        chain = tuple(x509.load_pem_x509_certificates(content))
    except (OSError, ValueError) as broken:
        raise KeyUnusable(f"{path.name} holds no key with its certificates that can be read") from broken
    return kept_key(key, chain)


def _of_pkcs12(settings: Mapping[str, Any]) -> SealKey:
    path = Path(settings["SEAL_PKCS12"])
    try:
        loaded = pkcs12.load_pkcs12(path.read_bytes(), settings["SEAL_PKCS12_PASSWORD"].encode() or None)
    except (OSError, ValueError) as broken:
        raise KeyUnusable(f"{path.name} cannot be opened: look at the file and HOMETEACH_SEAL_PKCS12_PASSWORD") from (
            broken
        )
    if loaded.cert is None or not isinstance(loaded.key, PrivateKey):
        raise KeyUnusable(f"{path.name} holds no RSA or elliptic-curve key with its certificate")
    others = [one.certificate for one in loaded.additional_certs]
    return kept_key(loaded.key, tuple(_in_order(loaded.cert.certificate, others)))


def _of_pkcs11(settings: Mapping[str, Any]) -> SealKey:
    """The key on a device. Its driver for Python is asked for only here: few have a device."""
    try:
        from hometeach.agreements.sealing.device import open_device
    except ImportError as missing:
        raise KeyUnusable("a PKCS#11 device needs the package python-pkcs11: install it beside the product") from (
            missing
        )
    return open_device(settings)


def _in_order(own: x509.Certificate, others: list[x509.Certificate]) -> list[x509.Certificate]:
    """The chain from the own certificate up, as far as its issuers were given."""
    chain = [own]
    while (issuer := next((one for one in others if one.subject == chain[-1].issuer), None)) not in (None, *chain):
        chain.append(issuer)  # type: ignore[arg-type]
    return chain


def _name(common: str, bureau: str) -> x509.Name:
    named = [(NameOID.COUNTRY_NAME, "CN"), (NameOID.ORGANIZATION_NAME, bureau), (NameOID.COMMON_NAME, common)]
    return x509.Name([x509.NameAttribute(oid, value[:64]) for oid, value in named])


def _certificate(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, seals: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=seals,
        content_commitment=seals,
        key_cert_sign=not seals,
        crl_sign=not seals,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_once(path: Path, content: bytes, mode: int) -> None:
    """Write a file whole, once, even by two at a time: the first one's stays."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its file is the one
    finally:
        draft.unlink()
