"""A font that is embedded keeps what is drawn, under the names by which the text asks for it."""

import io
import zlib
from functools import cache

import pytest
from fontTools.cffLib import CFFFontSet, TopDict
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

from hometeach.kernel import documents, typefaces

RARE = "䶮堃喆翀赟祎玥𬱖㛃犇"


@cache
def embedded() -> tuple[bytes, bytes]:
    """What WeasyPrint would embed for some words, and what is embedded."""
    found: list[bytes] = []

    def look(_pages: object, pdf: object) -> None:
        found.extend(one.stream[0] for one in pdf.objects if getattr(one, "extra", {}).get("Subtype") == "/OpenType")  # type: ignore[attr-defined]

    from weasyprint import HTML

    html = f"<p style=\"font-family:'{documents.FONT}'\">{RARE} 送教上门 12:30 abc</p>"
    HTML(string=html).write_pdf(finisher=look, font_config=documents.font_configuration())
    return found[0], typefaces.compact(found[0])


def outlines(top: TopDict, name: str) -> list[object]:
    pen = RecordingPen()
    top.CharStrings[name].draw(pen)
    return pen.value


def read(cff: bytes) -> TopDict:
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(cff), None)
    return fonts[0]


def test_every_outline_is_what_it_was_and_has_the_same_name() -> None:
    before, after = TTFont(io.BytesIO(embedded()[0]))["CFF "].cff[0], read(embedded()[1])
    assert len(after.charset) > len(RARE)
    for name in after.charset:
        assert outlines(after, name) == outlines(before, name)


def test_it_is_a_fraction_of_what_it_was() -> None:
    before, after = (len(zlib.compress(one)) for one in embedded())
    assert after < before / 5


@pytest.mark.parametrize("font", [b"", b"OTTO\0\0", b"\0\1\0\0\0\0\0\0\0\0\0\0"])
def test_a_font_that_cannot_be_read_is_left_as_it_is(font: bytes) -> None:
    with pytest.raises(typefaces.Unreadable):
        typefaces.compact(font)
