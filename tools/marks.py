"""Draw the marks of the strip as a font, and the product's mark from the same strip.

    .venv/bin/python tools/marks.py      writes static/marks.woff2 and static/mark.svg

The marks are text (● ◐ ○ ◇ ✕ ． – ＋), so that they can be copied, searched and
printed without colour. Systems draw these characters in different sizes, or
lack them; this font draws them alike everywhere, on paper too. It is drawn
here, from geometry, so that nobody's licence is needed.
"""

import math
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph

STATIC = Path(__file__).resolve().parent.parent / "static"
EM = 1000
#: The middle of a full-width character whose box reaches from -120 to 880.
MIDDLE_X, MIDDLE_Y = 500, 380
RADIUS = 320
STROKE = 84
#: Seconds since 1904; fixed, so that the bytes are the same on every day.
DRAWN_AT = 3_849_984_000

Contour = list[tuple[float, float]]


def arc(radius: float, start: float, end: float, steps: int = 48) -> Contour:
    """Points on a circle about the middle, from one angle to another, in degrees."""
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(MIDDLE_X + radius * math.cos(a), MIDDLE_Y + radius * math.sin(a)) for a in angles]


def disc() -> list[Contour]:
    return [arc(RADIUS, 360, 0)[:-1]]


def ring() -> list[Contour]:
    return [*disc(), arc(RADIUS - STROKE, 0, 360)[:-1]]


def half_disc() -> list[Contour]:
    """A ring whose left half is filled."""
    return [*disc(), arc(RADIUS - STROKE, -90, 90)]


def diamond() -> list[Contour]:
    outer, inner = RADIUS + 60, RADIUS + 60 - STROKE * math.sqrt(2)
    return [_four(outer, clockwise=True), _four(inner, clockwise=False)]


def _four(reach: float, *, clockwise: bool) -> Contour:
    points: Contour = [
        (MIDDLE_X, MIDDLE_Y + reach),
        (MIDDLE_X + reach, MIDDLE_Y),
        (MIDDLE_X, MIDDLE_Y - reach),
        (MIDDLE_X - reach, MIDDLE_Y),
    ]
    return points if clockwise else points[::-1]


def plus(reach: float = RADIUS, turn: float = 0.0, stroke: float = STROKE + 20) -> list[Contour]:
    """Two bars through the middle, turned by so many degrees."""
    half = stroke / 2
    corners = [
        (-half, reach), (half, reach), (half, half), (reach, half), (reach, -half), (half, -half),
        (half, -reach), (-half, -reach), (-half, -half), (-reach, -half), (-reach, half), (-half, half),
    ]  # fmt: skip
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return [[(MIDDLE_X + x * cos - y * sin, MIDDLE_Y + x * sin + y * cos) for x, y in corners]]


def dot_at_foot() -> list[Contour]:
    radius, foot = 84, 70
    return [[(x, y - MIDDLE_Y + foot) for x, y in arc(radius, 360, 0)[:-1]]]


def dash() -> list[Contour]:
    width, height = 170, 34
    left, right, low, high = MIDDLE_X - width, MIDDLE_X + width, MIDDLE_Y - height, MIDDLE_Y + height
    return [[(left, high), (right, high), (right, low), (left, low)]]


#: Each mark with what draws it.
GLYPHS = {
    "●": disc(),
    "◐": half_disc(),
    "○": ring(),
    "◇": diamond(),
    "✕": plus(reach=RADIUS + 50, turn=45),
    "．": dot_at_foot(),
    "–": dash(),
    "＋": plus(),
}


def build_font(target: Path) -> None:
    """Write the font."""
    names = {character: f"u{ord(character):04X}" for character in GLYPHS}
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap({ord(character): name for character, name in names.items()})
    glyphs = {names[character]: _drawn(contours) for character, contours in GLYPHS.items()}
    glyphs[".notdef"] = _drawn([])
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (EM, _left_edge(glyph)) for name, glyph in glyphs.items()})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "HomeTeach Marks", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = DRAWN_AT
    builder.font.flavor = "woff2"
    builder.font.recalcTimestamp = False
    builder.save(target)


def _left_edge(glyph: Glyph) -> int:
    """Where the ink begins; a browser shifts a glyph whose metrics say otherwise."""
    return getattr(glyph, "xMin", 0)


def _drawn(contours: list[Contour]) -> Glyph:
    pen = TTGlyphPen(None)
    for contour in contours:
        first, *rest = [(round(x), round(y)) for x, y in contour]
        pen.moveTo(first)
        for point in rest:
            pen.lineTo(point)
        pen.closePath()
    return pen.glyph()


#: A cell of the strip between two others: given before, given now, to come.
MARK = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">
<rect width="32" height="32" rx="6" fill="#1E5B52"/>
<path d="M0 8h32M0 24h32M8 8v16M24 8v16" fill="none" stroke="#E4EEEB" stroke-width="1.5"/>
<circle cx="16" cy="16" r="4.75" fill="#FFFFFF"/>
<path d="M0 11.25a4.75 4.75 0 0 1 0 9.5z" fill="#FFFFFF"/>
<circle cx="28.5" cy="20.5" r="1.25" fill="#E4EEEB"/>
</svg>
"""


def main() -> None:
    build_font(STATIC / "marks.woff2")
    (STATIC / "mark.svg").write_text(MARK, encoding="utf-8")


if __name__ == "__main__":
    main()
