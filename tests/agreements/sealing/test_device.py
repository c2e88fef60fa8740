"""Does the bureau's key seal from a PKCS#11 device? Tried on one in software (SoftHSM), spoken to as to any other."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from hometeach.agreements.sealing import actions
from hometeach.agreements.sealing.keys import KeyUnusable, load_seal_key, make_chain, trust
from hometeach.agreements.sealing.models import attempts_of, seal_of
from hometeach.agreements.sealing.verifying import verify
from hometeach.kernel.clock import machine_now
from tests.agreements.sealing.conftest import TODAY
from tests.agreements.sealing.issuing import SEALS
from tests.agreements.sealing.test_keys import settings
from tests.agreements.sealing.text import told_by

pytestmark = pytest.mark.once

MODULE, TOKEN, PIN = "/usr/lib/softhsm/libsofthsm2.so", "bureau", "123456"


@pytest.fixture(scope="session")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], dict[str, str]]]:
    """A device with a key of each kind, made elsewhere and put on it; the settings that name one of them.

    Its driver reads where it keeps them when it is first loaded: one for all tests.
    """
    folder = tmp_path_factory.mktemp("device")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    patched = pytest.MonkeyPatch()
    patched.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
    _run(folder, "softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", PIN)
    _put_elliptic(folder)
    _put_rsa(folder)

    def named(key: str) -> dict[str, str]:
        return {
            "SEAL_PKCS11": MODULE,
            "SEAL_PKCS11_TOKEN": TOKEN,
            "SEAL_PKCS11_KEY": key,
            "SEAL_PKCS11_PIN": PIN,
        }

    yield named
    patched.undo()


def _put_elliptic(folder: Path) -> None:
    key, chain = make_chain("X市教育局", machine_now())
    _put(folder, "elliptic", "01", key, chain[0].public_bytes(serialization.Encoding.DER))


def _put_rsa(folder: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "rsa.pem").write_bytes(pem)
    (folder / "seals.cnf").write_text(f"[req]\ndistinguished_name = any\n[any]\n[seals]\n{SEALS}")
    made = ("-key", "rsa.pem", "-subj", "/CN=Bureau", "-config", "seals.cnf", "-extensions", "seals", "-days", "300")
    _run(folder, "openssl", "req", "-x509", *made, "-outform", "DER", "-out", "rsa.der")
    _put(folder, "rsa", "02", key, (folder / "rsa.der").read_bytes())


def _put(folder: Path, label: str, number: str, key: object, certificate: bytes) -> None:
    """A key and its certificate, under one label and number, as the device's own tool puts them there."""
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "certificate.der").write_bytes(certificate)
    at = ("--token", TOKEN, "--pin", PIN, "--label", label, "--id", number)
    _run(folder, "softhsm2-util", "--import", "key.pem", *at)
    written = ("--login", "--write-object", "certificate.der", "--type", "cert", "--token-label", TOKEN)
    _run(folder, "pkcs11-tool", "--module", MODULE, *written, *at[2:])


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [("elliptic", "ecdsa-with-SHA256 (secp256r1)"), ("rsa", "sha256WithRSAEncryption (2048)")],
)
def test_a_key_on_a_device_seals(app, conclude, device, key, algorithm):
    app.config.update(device(key), SEAL_EMBEDDED=False)
    first, second = conclude(), conclude()
    kept = [actions.seal_next(TODAY), actions.seal_next(TODAY)]
    assert kept == [True, True], [(one.step, one.told) for one in attempts_of(first.id)]
    for offer in (first, second):
        seal = seal_of(offer.id)
        verdict = verify(seal.document.content, trust())
        assert (verdict.valid, verdict.number, seal.signature_algorithm) == (True, offer.number, algorithm), verdict
        told = told_by("pdfsig", "-nocert", "{file}", document=seal.document.content)
        assert "Signature is Valid." in told
        assert "Total document signed" in told
    assert not list(Path(app.config["VAR_DIR"]).rglob("seal-key-*.pem")), "no key is made beside it"


def test_a_wrong_name_is_told(tmp_path, device):
    for wrong in ({"SEAL_PKCS11_TOKEN": "none"}, {"SEAL_PKCS11_KEY": "none"}, {"SEAL_PKCS11": "/usr/lib/none.so"}):
        with pytest.raises(KeyUnusable, match="cannot be used"):
            load_seal_key(settings(tmp_path, **{**device("elliptic"), **wrong}))


def test_a_wrong_word_is_told(tmp_path, device):
    """In a process of its own: a device asks each process once."""
    wrong = settings(str(tmp_path), **{**device("elliptic"), "SEAL_PKCS11_PIN": "000000"})
    code = f"from hometeach.agreements.sealing.keys import load_seal_key; load_seal_key({wrong!r})"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "KeyUnusable: the PKCS#11 device cannot be used: PinIncorrect" in answer.stderr
    assert "000000" not in answer.stderr.splitlines()[-1]
