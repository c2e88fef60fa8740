"""Do tools that are not ours accept a sealed agreement, and can a lawyer check the pack by its own README?"""

import hashlib
import hmac
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from asn1crypto import pem

from hometeach.agreements.sealing import actions
from hometeach.agreements.sealing.keys import SEALS, folder_of, trust
from hometeach.agreements.sealing.models import seal_of
from hometeach.agreements.sealing.packing import evidence_pack
from hometeach.kernel import audit, sealing
from tests.agreements.sealing import making
from tests.agreements.sealing.authority import Authority, listening
from tests.agreements.sealing.conftest import TODAY
from tests.agreements.sealing.text import text_of, told_by

pytestmark = pytest.mark.once


def test_pdfsig_finds_one_valid_signature_over_the_whole_file(sealed):
    told = told_by("pdfsig", "-nocert", "{file}", document=sealed)
    assert "Signature #1" in told
    assert "Signature #2" not in told
    assert "Total document signed" in told
    assert "Signature is Valid." in told
    assert "Signature Type: ETSI.CAdES.detached" in told


def test_pyhanko_s_own_command_judges_it_valid(sealed, seal_key, tmp_path):
    root, file = tmp_path / "root.pem", tmp_path / "sealed.pdf"
    root.write_bytes(pem.armor("CERTIFICATE", seal_key.chain[-1].dump()))
    file.write_bytes(sealed)
    command = [str(Path(sys.executable).with_name("pyhanko")), "sign", "validate", "--pretty-print"]
    answer = subprocess.run(
        [*command, "--trust", str(root), "--trust-replace", str(file)], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert "The signature covers the entire file." in answer.stdout
    assert "The signature is judged VALID." in answer.stdout


def test_every_font_is_embedded_and_every_name_can_be_read(sealed):
    fonts = told_by("pdffonts", "{file}", document=sealed).splitlines()
    at = fonts[0].index("emb")
    assert len(fonts) > 2
    assert {line[at : at + 3] for line in fonts[2:]} == {"yes"}
    text = re.sub(r"\s", "", text_of(sealed))
    assert "吴" + making.RARE in text
    for told in ("安大山", "何校长", "犇犇特殊教育学校", "138****5678", "不是家长的签名", "电子图样", "+08:00"):
        assert told in text, told
    assert "[U+1F642]" in text, "a character without a glyph is told by its number"
    assert hashlib.sha256(unsigned_part(sealed)).hexdigest() in text


def unsigned_part(sealed: bytes) -> bytes:
    """The unsigned document, cut out as the evidence page says."""
    (count,) = re.findall(r"head -c (\d+)", text_of(sealed))
    return sealed[: int(count)]


def test_the_unsigned_document_is_the_beginning_of_the_sealed_one(sealed):
    unsigned = unsigned_part(sealed)
    assert unsigned.endswith(b"%%EOF\n")
    assert "乙方" in text_of(unsigned)
    assert "签署证据页" not in text_of(unsigned)


def test_a_sealed_agreement_is_small(sealed):
    """Two pages of evidence with their font, and room for a timestamp, beside what the family signed."""
    assert len(sealed) - len(unsigned_part(sealed)) <= 80 * 1024


@pytest.fixture(params=["B-B", "B-T"])
def packed(request, app, conclude, tmp_path) -> tuple[object, bytes]:
    """A sealed agreement, with and without a timestamp, and its pack."""
    offer = conclude()
    if request.param == "B-T":
        authority = Authority(tmp_path / "tsa")
        with listening(authority) as address:
            app.config["TIMESTAMP_AUTHORITIES"] = [[address, str(authority.certificates)]]
            actions.seal_next(TODAY)
    else:
        actions.seal_next(TODAY)
    assert seal_of(offer.id).level.value == request.param
    return offer, evidence_pack(offer, trust())


def test_a_lawyer_checks_the_pack_by_the_commands_of_its_readme(packed, tmp_path):
    offer, content = packed
    folder = tmp_path / "pack"
    zipfile.ZipFile(io.BytesIO(content)).extractall(folder)
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    commands = [line[2:] for line in readme.splitlines() if line.startswith("$ ")]
    assert len(commands) >= 8
    said = ""
    for command in commands:
        answer = subprocess.run(
            command, shell=True, executable="/bin/sh", cwd=folder, capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0, f"{command}: {answer.stderr}"
        said += answer.stdout + answer.stderr
    assert "Total document signed" in said
    assert "Verification successful" in said
    certificate = seal_of(offer.id).certificate_sha256.upper()
    assert ":".join(certificate[at : at + 2] for at in range(0, 64, 2)) in said
    assert offer.number in readme


def test_a_pack_that_was_tampered_with_fails_those_commands(packed, tmp_path):
    _offer, content = packed
    folder = tmp_path / "pack"
    zipfile.ZipFile(io.BytesIO(content)).extractall(folder)
    sealed = (folder / "sealed.pdf").read_bytes()
    (folder / "sealed.pdf").write_bytes(sealed.replace(b"%PDF-1.7", b"%PDF-1.6"))
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    commands = [line[2:] for line in readme.splitlines() if line.startswith("$ ")]
    codes = [
        subprocess.run(one, shell=True, cwd=folder, capture_output=True, check=False).returncode for one in commands
    ]
    assert sum(code != 0 for code in codes) >= 4


def test_the_pack_holds_the_audit_rows_that_the_bureau_can_compute_again(packed):
    offer, content = packed
    archive = zipfile.ZipFile(io.BytesIO(content))
    told = json.loads(archive.read("audit.json"))
    assert {"offer:sign", "agreement:seal"} & {row["action"] for row in told["rows"]}
    for row in told["rows"]:
        fields = tuple(str(row[name]) for name in ("seq", "at", "actor", "action", "about", "detail"))
        body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        mac = hmac.digest(sealing.keys().audit, bytes.fromhex(row["mac_before"]) + body, "sha256")
        assert mac.hex() == row["mac"]
    assert (told["length"], told["head"]) == audit.head()
    events = json.loads(archive.read("events.json"))
    assert events["number"] == offer.number
    assert {"signed", "countersigned"} <= {one["event"] for one in events["events"]}
    assert all(one["at"].endswith("+08:00") for one in events["events"])
    assert any(name.endswith("strokes.json") for name in archive.namelist())


def test_the_command_checks_a_file_without_any_database(app, conclude, tmp_path):
    offer = conclude()
    actions.seal_next(TODAY)
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    content = seal_of(offer.id).document.content
    good.write_bytes(content)
    bad.write_bytes(content + b"\n")
    runner = app.test_cli_runner()
    app.config["SQLALCHEMY_DATABASE_URI"] = "nowhere"
    found = runner.invoke(args=["verify-agreement", str(good)])
    assert (found.exit_code, offer.number in found.output) == (0, True), found.output
    found = runner.invoke(args=["verify-agreement", str(bad)])
    assert (found.exit_code, found.output.startswith("not valid: end")) == (1, True), found.output
    assert list((folder_of(app.config) / SEALS).glob("*.pem"))


def test_the_command_writes_the_pack(app, conclude, tmp_path):
    offer = conclude()
    runner = app.test_cli_runner()
    early = runner.invoke(args=["evidence-pack", offer.number, "--out", str(tmp_path / "early.zip")])
    assert early.exit_code == 1
    actions.seal_next(TODAY)
    out = tmp_path / "pack.zip"
    assert runner.invoke(args=["evidence-pack", offer.number, "--out", str(out)]).exit_code == 0
    assert zipfile.is_zipfile(out)
    assert runner.invoke(args=["evidence-pack", "XY-1999-1", "--out", str(out)]).exit_code == 1
