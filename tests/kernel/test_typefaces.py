"""A font that is embedded keeps what is drawn, under the names by which the text asks for it."""

import io
import zlib
from functools import cache

import pytest
from fontTools.cffLib import CFFFontSet, TopDict
from fontTools.pens.recordingPen import RecordingPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from hometeach.kernel import documents, typefaces
from hometeach.kernel.outlines import GRID, coarse

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


def test_every_outline_is_what_it_was_to_the_grid_and_has_the_same_name() -> None:
    before, after = TTFont(io.BytesIO(embedded()[0]))["CFF "].cff[0], read(embedded()[1])
    assert len(after.charset) > len(RARE)
    for name in after.charset:
        was, now = outlines(before, name), outlines(after, name)
        assert [operator for operator, _points in now] == [operator for operator, _points in was]
        assert all(near(one, other) for (_a, one), (_b, other) in zip(now, was, strict=True)), name
        assert after.CharStrings[name].width == before.CharStrings[name].width


def near(some: tuple[tuple[float, float], ...], others: tuple[tuple[float, float], ...]) -> bool:
    pairs = zip(some, others, strict=True)
    return all(abs(a - b) <= GRID / 2 for one, other in pairs for a, b in zip(one, other, strict=True))


def test_every_glyph_of_the_font_can_be_set_on_the_grid() -> None:
    """All ways of writing a curve occur: each is followed point by point."""
    file, face = documents.font_file()
    font = TTFont(file, fontNumber=face)
    options = Options(hinting=False, desubroutinize=True, notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=range(0x4E00, 0x5200))
    subsetter.subset(font)
    glyphs = font["CFF "].cff[0].CharStrings
    left = 0
    for name in tuple(glyphs.keys()):
        glyph = glyphs[name]
        was = RecordingPen()
        glyph.draw(was)
        glyph.compile()
        before = glyph.bytecode
        after = coarse(before)
        left += after == before
        glyph.setBytecode(after)
        now = RecordingPen()
        glyph.draw(now)
        assert all(near(one, other) for (_a, one), (_b, other) in zip(now.value, was.value, strict=True)), name
    assert left < 20, "glyphs that are on the grid already, or that nobody could read"


@pytest.mark.parametrize("glyph", [b"", b"\x8b\x01\x0e", b"\xff\0\0\0\0\x15\x0e", b"\x1c\x00", b"\x8b\x0a\x0e"])
def test_a_glyph_that_is_written_in_another_way_stays_as_it_is(glyph: bytes) -> None:
    assert coarse(glyph) == glyph


def test_it_is_a_fraction_of_what_it_was() -> None:
    before, after = (len(zlib.compress(one)) for one in embedded())
    assert after < before / 5


@pytest.mark.parametrize("font", [b"", b"OTTO\0\0", b"\0\1\0\0\0\0\0\0\0\0\0\0"])
def test_a_font_that_cannot_be_read_is_left_as_it_is(font: bytes) -> None:
    with pytest.raises(typefaces.Unreadable):
        typefaces.compact(font)
