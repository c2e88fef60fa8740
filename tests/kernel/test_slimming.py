"""A printed document is smaller than WeasyPrint makes it, looks the same, and is read the same."""

import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from hometeach.kernel import documents, slimming

#: A drawing in the corner of each page, as a code is drawn: many short lines in one path.
CODE = "".join(f"M{place % 13 * 2} {place // 13 * 2}h1" for place in range(169))
DRAWN = f'<svg width="60" height="60" viewBox="0 0 26 26"><path stroke="#000" d="{CODE}"/></svg>'
STYLE = (
    "<style>@page { size: A5; @top-right-corner { content: element(code) } } .code { position: running(code) }"
    f" p {{ break-after: page; font-family: '{documents.FONT}' }}</style>"
)
WORDS = "送教上门 䶮𬱖 12:30 abc，每周一次。"


@pytest.fixture(scope="module")
def printed() -> tuple[bytes, bytes]:
    """Three pages with words and a drawing on each: as they would be, and as they are."""
    from weasyprint import HTML

    html = f"{STYLE}<div class='code'>{DRAWN}</div><p>{WORDS}</p><p>{WORDS}</p><p>{WORDS}</p>"
    pages = HTML(string=html).render(font_config=documents.font_configuration())
    return pages.write_pdf(), pages.write_pdf(finisher=lambda _pages, pdf: slimming.slim(pdf))


def told(document: bytes, folder: Path, *command: str) -> bytes:
    file = folder / "document.pdf"
    file.write_bytes(document)
    return subprocess.run([*command, str(file)], check=True, capture_output=True).stdout


def told_text(document: bytes, folder: Path) -> bytes:
    told(document, folder, "pdftotext", "-layout")
    return (folder / "document.txt").read_bytes()


def test_it_is_read_the_same(printed, tmp_path):
    was, now = (told_text(one, tmp_path) for one in printed)
    assert now == was
    assert WORDS[:4].encode() in now


def test_it_looks_the_same(printed, tmp_path):
    """To the pixel at the size of a screen, but for a shade at the edge of a glyph."""
    was, now = (told(one, tmp_path, "pdftoppm", "-gray", "-r", "96", "-f", "1", "-l", "1") for one in printed)
    assert len(was) == len(now)
    assert max(abs(one - other) for one, other in zip(was, now, strict=True)) <= 48
    assert len(set(now)) > 20


def test_the_drawing_stands_in_it_once(printed):
    was, now = ([page.get_contents().get_data() for page in PdfReader(BytesIO(file)).pages] for file in printed)
    assert all(one.count(b" l\n") > 150 for one in was[:3])
    assert all(one.count(b" l\n") < 20 and b"/Shared0 Do" in one for one in now[:3])


def test_widths_of_one_em_are_left_out(printed):
    (font,) = PdfReader(BytesIO(printed[1])).pages[0]["/Resources"]["/Font"].values()
    widths = font.get_object()["/DescendantFonts"][0].get_object()["/W"]
    assert all(round(width) != 1000 for some in widths[1::2] for width in some)
    assert widths[1::2], "letters and figures have their own"
