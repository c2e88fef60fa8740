"""The agreement on paper: every name in it, one embedded font, the code on every page, and the size."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hometeach.agreements.offers.documents import longest_facts, unsigned_pdf
from hometeach.agreements.offers.facts import paper_code
from hometeach.agreements.offers.models import Offer
from hometeach.agreements.templates.models import in_print
from hometeach.agreements.templates.rules import LONGEST
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from tests import factories
from tests.agreements.offers.conftest import RARE

pytestmark = pytest.mark.once

Draw = Callable[..., Offer]
MOST_BYTES = 125_000


def text_of(content: bytes, folder: Path) -> str:
    """The text layer as another program reads it, without its line ends."""
    (folder / "a.pdf").write_bytes(content)
    told = subprocess.run(["pdftotext", "-raw", folder / "a.pdf", "-"], capture_output=True, check=True, text=True)
    return told.stdout.replace("\n", "").replace(" ", "")


def test_rare_names_stand_in_the_text_layer_whole(drawn: Draw, child: Child, tmp_path: Path) -> None:
    child.name = RARE
    child.guardians[0].name = RARE[::-1]
    db.session.flush()
    text = text_of(drawn().document.content, tmp_path)
    assert RARE in text
    assert RARE[::-1] in text


def test_all_fonts_are_embedded_and_it_is_one(drawn: Draw, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(drawn().document.content)
    listed = subprocess.run(["pdffonts", tmp_path / "a.pdf"], capture_output=True, check=True, text=True).stdout
    (font,) = listed.splitlines()[2:]
    assert "Noto-Sans-CJK-SC" in font
    assert font.split()[-5:-2] == ["yes", "yes", "yes"]


def test_every_clause_every_annex_and_every_point_is_printed(drawn: Draw, tmp_path: Path) -> None:
    offer = drawn()
    text = text_of(offer.document.content, tmp_path)
    for clause in in_print(offer.template):
        assert clause.text.partition("{")[0].replace(" ", "") in text
    for number in (offer.number, offer.terms["rule"]["code"], "15:00–16:15"):
        assert number in text


def test_the_same_facts_give_the_same_bytes(drawn: Draw) -> None:
    offer = drawn()
    assert unsigned_pdf(offer.template, offer.terms).content == offer.document.content


def test_it_stays_small(drawn: Draw) -> None:
    assert drawn().document.size <= MOST_BYTES


def test_the_code_on_each_page_is_of_these_facts(drawn: Draw, tmp_path: Path) -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    image = pytest.importorskip("PIL.Image")
    offer = drawn()
    (tmp_path / "a.pdf").write_bytes(offer.document.content)
    subprocess.run(["pdftoppm", "-r", "110", "-gray", "-png", tmp_path / "a.pdf", tmp_path / "a"], check=True)
    for page in sorted(tmp_path.glob("a-*.png")):
        (code,) = zxingcpp.read_barcodes(image.open(page))
        assert code.text == str(paper_code(offer.terms))


def test_the_longest_data_fits_on_its_pages(child: Child, tmp_path: Path) -> None:
    template = factories.make_wording()
    text = text_of(unsigned_pdf(template, longest_facts(template), is_trial=True).content, tmp_path)
    assert LONGEST["学校名称"] in text
    assert LONGEST["学生姓名"] in text
