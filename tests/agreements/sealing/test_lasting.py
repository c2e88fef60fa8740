"""Is a seal at B-LT only where the file alone proves both certificates good, and is it told why where it is not?

A root, an issuer below it and a timestamp authority, all by openssl: the bureau's certificate is answered about by
OCSP, the others by lists.
"""

import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from asn1crypto import core, pem
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from flask import Flask, current_app
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from hometeach.agreements.sealing import actions, container, making, timestamps
from hometeach.agreements.sealing.keys import Trust, read_chain, seal_key, trust
from hometeach.agreements.sealing.material import Material, material_of
from hometeach.agreements.sealing.models import SealClaim, attempts_of, seal_of
from hometeach.agreements.sealing.packing import evidence_pack
from hometeach.agreements.sealing.proving import Revoked, Unproved, prove
from hometeach.agreements.sealing.rules import Level, Step
from hometeach.agreements.sealing.statuses import gathered
from hometeach.agreements.sealing.timestamps import ask
from hometeach.agreements.sealing.verifying import CHECKS, verify
from hometeach.agreements.sealing.verifying.lasting import check_material
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from tests.agreements.sealing import making as cast
from tests.agreements.sealing.attacks import ATTACKS, Target, refilled, stated
from tests.agreements.sealing.authority import Authority, listening
from tests.agreements.sealing.conftest import TODAY
from tests.agreements.sealing.issuing import NEW_KEY, SEALS, Office, open_office
from tests.agreements.sealing.text import text_of, told_by
from tests.conftest import IS_LONG

pytestmark = pytest.mark.once

#: Bits that are changed anywhere in the file, and the step from one to the next in the room of the seal.
FLIPS, GAP = (2_000, 17) if IS_LONG else (200, 97)


class World:
    """A bureau with a certificate of an authority, and a timestamp authority, both of which can be asked about."""

    def __init__(self, folder: Path, office: Office):
        self.office, self.folder = office, folder
        self.root = office.issuer("root", short=False)
        self.issuer = office.issuer("issuer", above=self.root)
        self.issuer.openssl(
            "req", *NEW_KEY, "-keyout", "bureau.key", "-out", "bureau.csr", "-subj", "/CN=X市教育局", "-utf8"
        )
        self.bureau = self.issuer.folder / "bureau.pem"
        self.issuer.issue(self.issuer.folder / "bureau.csr", self.bureau, SEALS)
        self.tsa_root = office.issuer("tsaroot", short=False)
        self.authority = Authority(folder / "tsa", issuer=self.tsa_root)

    def file(self) -> Path:
        """The bureau's key as the authority hands it out."""
        key = serialization.load_pem_private_key((self.issuer.folder / "bureau.key").read_bytes(), None)
        own, *others = (
            x509.load_pem_x509_certificate(one.read_bytes())
            for one in (self.bureau, self.issuer.certificate, self.root.certificate)
        )
        path = self.folder / "bureau.p12"
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", key, own, others, serialization.NoEncryption()))
        return path


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> Iterator[World]:
    """A deployment that seals with it; half a second for each that is asked."""
    with open_office(Office(tmp_path / "office")) as office:
        made = World(tmp_path, office)
        with listening(made.authority) as address:
            app.config["SEAL_PKCS12"] = str(made.file())
            app.config["TIMESTAMP_AUTHORITIES"] = [[address, str(made.authority.certificates)]]
            app.config["TIMESTAMP_SECONDS"] = 2.0
            app.config["SEAL_BACK_OFF_SECONDS"] = (60.0,)
            yield made


def sealed_once(conclude) -> tuple[object, bytes]:
    offer = conclude()
    assert actions.seal_next(TODAY) is True
    return offer, seal_of(offer.id).document.content


def failures_of(offer) -> list[str]:
    return [one.told for one in attempts_of(offer.id) if not one.succeeded]


def test_where_everybody_answers_a_seal_is_b_lt_from_the_file_alone(app, conclude, world):
    offer, sealed = sealed_once(conclude)
    believed = trust()
    asked, stamps = list(world.office.asked), world.authority.asked
    verdict = verify(sealed, believed)
    assert (verdict.valid, verdict.level, seal_of(offer.id).level) == (True, Level.B_LT, Level.B_LT), verdict
    assert (world.office.asked, world.authority.asked) == (asked, stamps), "nobody is asked to check it"
    assert sorted(asked) == ["/issuer.ocsp", "/root.crl", "/tsaroot.crl"]
    assert "PAdES B-LT" in text_of(sealed)
    assert failures_of(offer) == []
    assert actions.seal_next(TODAY) is None
    long_after = machine_now() + timedelta(days=20 * 365)
    assert verify(sealed, believed, now=long_after).level is Level.B_LT


def test_the_authority_is_asked_for_nothing_only_once(app, conclude, world):
    sealed_once(conclude)
    assert world.authority.asked == 2, "once to see its certificate, once for the seal"
    sealed_once(conclude)
    assert world.authority.asked == 3


def test_tools_that_are_not_ours_accept_it(app, conclude, world, tmp_path):
    _offer, sealed = sealed_once(conclude)
    told = told_by("pdfsig", "-nocert", "{file}", document=sealed)
    assert "Signature #2" not in told
    assert "Total document signed" in told
    assert "Signature is Valid." in told
    file = tmp_path / "sealed.pdf"
    file.write_bytes(sealed)
    command = [str(Path(sys.executable).with_name("pyhanko")), "sign", "validate", "--pretty-print", "--force-revinfo"]
    for one in (world.root, world.tsa_root):
        command += ["--trust", str(one.certificate)]
    answer = subprocess.run([*command, "--trust-replace", str(file)], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "The signature is judged VALID." in answer.stdout


def test_by_its_own_store_a_library_that_asks_nobody_finds_it_trusted(app, conclude, world):
    _offer, sealed = sealed_once(conclude)
    reader = PdfFileReader(BytesIO(sealed))
    roots = [read_chain(one.certificate)[0] for one in (world.root, world.tsa_root)]
    terms = {"trust_roots": roots, "allow_fetching": False, "revocation_mode": "require", "moment": machine_now()}
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(terms)
    status = making.in_a_thread(validate_pdf_signature, reader.embedded_signatures[0], context)
    assert (status.bottom_line, status.trusted, status.timestamp_validity.trusted) == (True, True, True)
    bare = ValidationContext(ocsps=[], crls=[], **terms)
    status = making.in_a_thread(validate_pdf_signature, reader.embedded_signatures[0], bare)
    assert (status.trusted, status.timestamp_validity.trusted) == (False, False), "without the store it is not"


@pytest.mark.parametrize("behaves", ["refuses", "garbage", "slow"])
def test_where_the_short_answer_fails_the_list_is_asked_and_the_failure_is_told(app, conclude, world, behaves):
    world.office.behaves["ocsp"] = behaves
    app.config["TIMESTAMP_SECONDS"] = 0.5
    offer, sealed = sealed_once(conclude)
    assert verify(sealed, trust()).level is Level.B_LT
    (told,) = failures_of(offer)
    assert "revocation status" in told
    assert "/issuer.crl" in world.office.asked


@pytest.mark.parametrize("behaves", ["refuses", "garbage", "slow"])
def test_where_an_issuer_says_nothing_the_seal_is_b_t_and_says_so(app, conclude, world, behaves):
    world.office.behaves["crl"] = behaves
    app.config["TIMESTAMP_SECONDS"] = 0.5
    offer, sealed = sealed_once(conclude)
    verdict = verify(sealed, trust())
    assert (verdict.valid, verdict.level, seal_of(offer.id).level) == (True, Level.B_T, Level.B_T), verdict
    assert "PAdES B-T" in text_of(sealed)
    assert "B-LT" not in text_of(sealed)
    assert len(failures_of(offer)) == 1
    assert b"/DSS" not in sealed


def test_with_a_revoked_certificate_nothing_is_sealed(app, conclude, world):
    world.issuer.revoke(world.bureau)
    offer = conclude()
    assert actions.seal_next(TODAY) is False
    assert seal_of(offer.id) is None
    (failed,) = attempts_of(offer.id)
    assert (failed.step, "revoked" in failed.told) == (Step.SIGN, True)


def test_a_revoked_authority_gives_no_timestamp(app, conclude, world):
    world.tsa_root.revoke(world.authority.folder / "tsa.pem")
    offer, sealed = sealed_once(conclude)
    assert verify(sealed, trust()).level is Level.B_B
    (told,) = failures_of(offer)
    assert told.endswith("its certificate was revoked")


def test_where_the_authority_is_down_it_is_asked_once_and_the_seal_is_b_b(app, conclude, world):
    world.authority.behaves = "refuses"
    offer, _sealed = sealed_once(conclude)
    assert (seal_of(offer.id).level, world.authority.asked) == (Level.B_B, 1)
    assert len(failures_of(offer)) == 1
    world.authority.behaves = "up"
    with committed():
        db.session.execute(sa.update(SealClaim).values(not_before=machine_now() - timedelta(seconds=1)))
    assert actions.seal_next(TODAY) is True
    assert verify(seal_of(offer.id).document.content, trust()).level is Level.B_T, "no store can come later"


def test_an_authority_that_signs_with_a_new_certificate_is_noticed(app, conclude, world):
    sealed_once(conclude)
    world.authority.renew("TSA of next year")
    offer, sealed = sealed_once(conclude)
    assert verify(sealed, trust()).level is Level.B_T
    (told,) = failures_of(offer)
    assert "another certificate" in told
    _offer, sealed = sealed_once(conclude)
    assert verify(sealed, trust()).level is Level.B_LT


def test_a_lawyer_checks_the_pack_by_its_readme(app, conclude, world, tmp_path):
    offer, _sealed = sealed_once(conclude)
    folder = tmp_path / "pack"
    zipfile.ZipFile(BytesIO(evidence_pack(offer, trust()))).extractall(folder)
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    said = ""
    for command in [line[2:] for line in readme.splitlines() if line.startswith("$ ")]:
        answer = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, f"{command}: {answer.stderr}"
        said += answer.stdout + answer.stderr
    assert said.count("Response verify OK") == 1
    assert said.count("verify OK\n") == 1 + 2, "an answer and two lists"
    _check_by_openssl(folder)


def _check_by_openssl(folder: Path) -> None:
    """What openssl says of the issuers below the roots, by the lists of the pack alone."""
    lists = b""
    for path in folder.glob("revocation/*.crl"):
        lists += pem.armor("X509 CRL", path.read_bytes())
    (folder / "lists.pem").write_bytes(lists)
    issuer = folder / "issuer-alone.pem"
    issuer.write_bytes(pem.armor("CERTIFICATE", read_chain(folder / "certificates/issuer.pem")[0].dump()))
    command = ["openssl", "verify", "-crl_check", "-CRLfile", "lists.pem", "-CAfile", "certificates/all.pem"]
    answer = subprocess.run([*command, issuer.name], cwd=folder, capture_output=True, text=True, check=False)
    assert answer.stdout.strip() == f"{issuer.name}: OK", answer.stderr


def test_no_bit_of_a_file_at_b_lt_can_be_changed(app, conclude, world):
    _offer, sealed = sealed_once(conclude)
    believed, die = trust(), random.Random(20261128)
    start, end = making.gap_in(sealed)
    places = [die.randrange(len(sealed)) for _ in range(FLIPS)] + list(range(start - 1, end + 1, GAP))
    for at in places:
        changed = bytearray(sealed)
        changed[at] ^= 1 << die.randrange(8)
        assert not verify(bytes(changed), believed).valid, at


def test_no_timestamp_can_be_taken_out_of_it_nor_be_exchanged(app, conclude, world, tmp_path):
    _offer, sealed = sealed_once(conclude)
    other = Authority(tmp_path / "other", "Another authority")
    believed = Trust(trust().chains, (*trust().authorities, *read_chain(other.certificates)))
    read = container.opened(making.container_in(sealed))
    bare = refilled(sealed, container.made_anew(read, believed.chains[0], None))
    assert verify(bare, believed).reason == "material"
    with listening(other) as address:
        token = ask(timestamps.Authority(address, read_chain(other.certificates)), read.imprint, seconds=5)
    exchanged = making.with_timestamp(sealed, token, believed.chains[0])
    assert verify(exchanged, believed).reason == "material"


@pytest.fixture
def pieces(app, conclude, world) -> tuple[Target, Material]:
    """What an insider has: the parts of a sealed agreement, the bureau's key, and the material."""
    _offer, sealed = sealed_once(conclude)
    key, stranger = seal_key(), cast.key_of("别的局")
    unsigned, evidence = cast.printed(), cast.printed("证据")
    target = Target(sealed, sealed, key, stranger, stranger, stranger, unsigned, evidence)
    return target, material_of(sealed)


def _sealed_with(target: Target, material: Material) -> bytes:
    """A file that the bureau's own key seals with a store of this material, and with a good timestamp."""
    content = making.seal(target.unsigned, target.evidence, stated=stated(target), key=target.key, material=material)
    imprint = container.opened(making.container_in(content)).imprint
    (authority,) = timestamps.configured(current_app.config)
    return making.with_timestamp(content, ask(authority, imprint, seconds=5), target.key.chain)


def test_a_store_that_does_not_prove_everything_is_refused(app, pieces):
    target, whole = pieces
    assert verify(_sealed_with(target, whole), trust()).level is Level.B_LT
    lacking = [
        Material(),
        replace(whole, answers=()),
        replace(whole, lists=whole.lists[:1]),
        replace(whole, lists=whole.lists[1:]),
        replace(whole, certificates=whole.certificates[1:]),
        replace(whole, certificates=whole.certificates[:-1]),
        replace(whole, certificates=target.stranger.chain),
    ]
    weak = tuple(check for check in CHECKS if check is not check_material)
    for material in lacking:
        made = _sealed_with(target, material)
        assert verify(made, trust()).reason == "material", material
        assert verify(made, trust(), checks=weak).valid, "the check is there because nothing else sees it"


def test_material_that_says_revoked_or_was_out_of_force_proves_nothing(app, world, pieces):
    target, whole = pieces
    chain, roots, now = target.key.chain, target.key.chain[-1:], machine_now()
    prove(chain[0], whole, roots, now)
    with pytest.raises(Unproved):
        prove(chain[0], whole, roots, now + timedelta(days=30))
    with pytest.raises(Unproved):
        prove(chain[0], whole, roots, now - timedelta(days=2))
    with pytest.raises(Unproved):
        prove(chain[-1], whole, roots, now)
    with pytest.raises(Unproved):
        prove(chain[0], whole, (), now)
    world.issuer.revoke(world.bureau)
    said, _failures = gathered(chain, seconds=5)
    with pytest.raises(Revoked):
        prove(chain[0], said, roots, machine_now())


def test_an_answer_by_a_kind_of_key_that_nobody_knows_proves_nothing(app, pieces):
    target, whole = pieces
    (answer,) = whole.answers
    kind = answer.rindex(core.ObjectIdentifier("1.2.840.10045.2.1").dump()) + 2
    unknown = replace(whole, answers=(answer[:kind] + b"\x29" + answer[kind + 1 :],))
    chain = target.key.chain
    with pytest.raises(Unproved):
        prove(chain[0], unknown, chain[-1:], machine_now())


def test_no_attack_on_a_file_at_b_lt_is_believed(app, pieces):
    target, _material = pieces
    believed = trust()
    made = {name: attack(target) for name, attack in ATTACKS.items()}
    through = [name for name, one in made.items() if one != target.sealed and verify(one, believed).valid]
    assert through == []
    assert len(made) >= 50
