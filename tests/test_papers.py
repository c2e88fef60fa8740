"""Two commands about paper: an agreement as a file, and whether a text can be printed."""

from pathlib import Path

import pytest
from flask import Flask

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.sealing.models import Seal
from hometeach.agreements.sealing.rules import Level
from hometeach.kernel import documents, files
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from tests import factories


def run(app: Flask, *words: str | Path) -> tuple[int, str]:
    """The exit status of a command, and what it says."""
    result = app.test_cli_runner().invoke(args=[str(word) for word in words])
    return result.exit_code, result.output


@pytest.fixture
def offer(app: Flask) -> Offer:
    """An agreement that was drawn up."""
    with committed():
        school = factories.make_unit("S1")
        return factories.make_offer(factories.make_child("C1", school))


def test_an_agreement_that_is_not_sealed_comes_as_drawn_up_and_says_so(
    app: Flask, offer: Offer, tmp_path: Path
) -> None:
    number, content = offer.number, offer.document.content
    status, said = run(app, "agreement-pdf", number, "--out", tmp_path / "a.pdf")
    assert status == 0
    assert (tmp_path / "a.pdf").read_bytes() == content
    assert "not sealed" in said


def test_a_sealed_agreement_comes_sealed(app: Flask, offer: Offer, tmp_path: Path) -> None:
    number = offer.number
    with committed():
        document = files.keep(b"%PDF sealed", "application/pdf")
        algorithms = {
            "digest_algorithm": "sha256",
            "signature_algorithm": "ecdsa",
            "certificate_sha256": "0" * 64,
            "code": "C" * 12,
        }
        seal = Seal(offer_id=offer.id, document=document, sha256=document.sha256, level=Level.B_B, **algorithms)
        db.session.add(seal)
    status, said = run(app, "agreement-pdf", number, "--out", tmp_path / "a.pdf")
    assert status == 0
    assert (tmp_path / "a.pdf").read_bytes() == b"%PDF sealed"
    assert "sealed, level B-B" in said


def test_a_number_that_nothing_has_is_told(app: Flask, tmp_path: Path) -> None:
    status, said = run(app, "agreement-pdf", "XY-2026-0999", "--out", tmp_path / "a.pdf")
    assert status != 0
    assert "XY-2026-0999" in said
    assert not (tmp_path / "a.pdf").exists()


def test_a_text_of_rare_names_has_its_glyphs(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text(documents.RARE + "\n", encoding="utf-8")
    assert run(app, "check-glyphs", tmp_path / "names.txt")[0] == 0


def test_each_character_without_a_glyph_is_named(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("安\ue123🀀安\ue123", encoding="utf-8")
    status, said = run(app, "check-glyphs", tmp_path / "names.txt")
    assert status == 1
    assert said.count("U+E123") == 1
    assert "U+1F000 MAHJONG TILE EAST WIND" in said


def test_a_file_that_is_no_text_is_told(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_bytes(b"\xff\xfe\x00")
    status, said = run(app, "check-glyphs", tmp_path / "names.txt")
    assert status == 1
    assert "UTF-8" in said
