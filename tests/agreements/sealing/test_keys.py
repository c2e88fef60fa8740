"""With what does a deployment seal, and are seals of before believed after a change of keys?"""

import asyncio
import stat
from datetime import timedelta
from importlib.util import find_spec

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from hometeach.agreements.sealing import actions
from hometeach.agreements.sealing.keys import KeyUnusable, load_seal_key, make_chain, trust, trust_in
from hometeach.agreements.sealing.making import in_a_thread
from hometeach.agreements.sealing.models import seal_of
from hometeach.agreements.sealing.verifying import verify
from hometeach.kernel.clock import machine_now
from tests.agreements.sealing import making
from tests.agreements.sealing.conftest import TODAY

pytestmark = pytest.mark.once


def settings(folder, **given):
    return {
        "SEAL_DIR": folder,
        "SEAL_EMBEDDED": True,
        "SEAL_PKCS12": "",
        "SEAL_PKCS12_PASSWORD": "",
        "SEAL_PKCS11": "",
        "BUREAU_NAME": "X市教育局",
        **given,
    }


def rsa_file(folder, password=b"secret"):
    """The bureau's own certificate, as an authority hands it out."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "X市教育局")])
    now = machine_now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=300))
        .sign(key, hashes.SHA256())
    )
    path = folder / "bureau.p12"
    sealed = serialization.BestAvailableEncryption(password)
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, sealed))
    return path


def test_the_embedded_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first, again = load_seal_key(settings(tmp_path)), load_seal_key(settings(tmp_path))
    assert first.certificate.sha256 == again.certificate.sha256
    (path,) = tmp_path.glob("seal-key-*.pem")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    valid = first.certificate["tbs_certificate"]["validity"]
    days = (valid["not_after"].native - valid["not_before"].native).days
    assert 2 * 365 < days < 4 * 365
    assert "自建" in first.chain[-1].subject.native["common_name"], "honestly labelled"
    (believed,) = trust_in(tmp_path).chains
    assert [one.sha256 for one in believed] == [one.sha256 for one in first.chain]


def test_the_bureau_s_own_file_seals_and_what_was_sealed_before_stays_believed(app, conclude, tmp_path):
    before = conclude()
    assert actions.seal_next(TODAY) is True
    app.config["SEAL_PKCS12"], app.config["SEAL_PKCS12_PASSWORD"] = str(rsa_file(tmp_path)), "secret"
    del app.extensions["hometeach.seal_key"]
    after = conclude()
    assert actions.seal_next(TODAY) is True
    seal, believed = seal_of(after.id), trust()
    assert seal.signature_algorithm == "sha256WithRSAEncryption (2048)"
    assert verify(seal.document.content, believed).valid
    assert verify(seal_of(before.id).document.content, believed).valid
    changed = bytearray(seal.document.content)
    changed[len(changed) // 2] ^= 1
    assert not verify(bytes(changed), believed).valid


def test_a_wrong_password_or_a_file_that_is_none_is_told(tmp_path):
    with pytest.raises(KeyUnusable, match="cannot be opened"):
        load_seal_key(settings(tmp_path, SEAL_PKCS12=str(rsa_file(tmp_path)), SEAL_PKCS12_PASSWORD="wrong"))
    with pytest.raises(KeyUnusable, match="cannot be opened"):
        load_seal_key(settings(tmp_path, SEAL_PKCS12=str(tmp_path / "none.p12")))
    with pytest.raises(KeyUnusable, match="no key is configured"):
        load_seal_key(settings(tmp_path, SEAL_EMBEDDED=False))


def test_a_device_without_its_driver_is_told(tmp_path):
    if find_spec("pkcs11") is None:
        with pytest.raises(KeyUnusable, match="python-pkcs11"):
            load_seal_key(settings(tmp_path, SEAL_PKCS11="/usr/lib/softhsm/libsofthsm2.so"))


def test_the_root_s_own_key_is_kept_nowhere(tmp_path):
    load_seal_key(settings(tmp_path))
    text = next(tmp_path.glob("seal-key-*.pem")).read_text()
    assert text.count("PRIVATE KEY-----") == 2, "one key, its beginning and its end"
    key, chain = make_chain("X市教育局", machine_now())
    assert key.public_key() == chain[0].public_key()
    assert chain[0].issuer == chain[1].subject
    assert making.key_of().certificate.ca is not True


def test_a_key_that_runs_out_gives_way_to_a_new_one_and_stays_believed(tmp_path, monkeypatch):
    first = load_seal_key(settings(tmp_path))
    soon = machine_now() + timedelta(days=3 * 365 - 20)
    monkeypatch.setattr("hometeach.agreements.sealing.keys.machine_now", lambda: soon)
    second = load_seal_key(settings(tmp_path))
    assert first.certificate.sha256 != second.certificate.sha256
    assert load_seal_key(settings(tmp_path)).certificate.sha256 == second.certificate.sha256
    believed = {chain[0].sha256 for chain in trust_in(tmp_path).chains}
    assert believed == {first.certificate.sha256, second.certificate.sha256}


def test_what_is_built_once_for_a_key_is_what_would_be_built_each_time(tmp_path):
    """An RSA signature of the same bytes is the same: so both containers must be, to the last bit."""
    key = load_seal_key(settings(tmp_path, SEAL_PKCS12=str(rsa_file(tmp_path)), SEAL_PKCS12_PASSWORD="secret"))
    first, other, again = (container_for(key.signer, digest) for digest in (b"a" * 32, b"b" * 32, b"a" * 32))
    assert first == again
    assert other != first
    assert len(other) == len(first)


def test_seals_of_one_key_are_believed_from_the_first_to_the_last(without_database):
    key = making.key_of()
    with without_database.app_context():
        for number in ("XY-2026-0001", "XY-2026-0002", "XY-2026-0003"):
            verdict = verify(making.sealed_by(key, number), making.trust_of(key))
            assert (verdict.valid, verdict.number) == (True, number), verdict


def container_for(signer, digest: bytes) -> bytes:
    """What a signer makes for a document with this digest."""
    made = in_a_thread(lambda: asyncio.run(signer.async_sign(digest, "sha256", use_pades=True)))
    return made.dump()


@pytest.mark.parametrize(
    "content", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_cannot_be_read_is_believed_in_nothing_and_spoils_no_other(tmp_path, caplog, content):
    key = load_seal_key(settings(tmp_path))
    (tmp_path / "trusted" / "0.pem").write_bytes(content)
    assert [chain[0].sha256 for chain in trust_in(tmp_path).chains][-1] == key.certificate.sha256
    assert len(trust_in(tmp_path).chains) == 1


def test_a_key_that_is_damaged_is_told(tmp_path):
    load_seal_key(settings(tmp_path))
    (path,) = tmp_path.glob("seal-key-*.pem")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(KeyUnusable, match=path.name):
        load_seal_key(settings(tmp_path))


def test_a_folder_in_which_no_key_can_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(KeyUnusable, match="HOMETEACH_SEAL_DIR"):
        load_seal_key(settings(tmp_path / "file" / "seal"))
