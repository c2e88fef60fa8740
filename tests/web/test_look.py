"""Are the style sheets ours, small and honest: raw values in one place, a mark for every state, nothing inline?"""

import re
from hashlib import sha256
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

import config
from hometeach.web import look
from hometeach.web.states import MARKS, State
from tools import marks

STATIC = config.ROOT / "static"
SHEETS = sorted((STATIC / "css").glob("*.css"))
RAW_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
INLINE = re.compile(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|javascript:")
FOREIGN = re.compile(r"""(?:src|href|url\(|@import)\s*[=(]?\s*["']?(?:https?:)?//""")


def test_all_style_sheets_together_are_smaller_than_48_kilobytes() -> None:
    """A phone fetches them once a version: their addresses carry their hash."""
    assert sum(sheet.stat().st_size for sheet in SHEETS) < 48_000


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet.name != "tokens.css"], ids=lambda path: path.name)
def test_colours_are_written_in_the_tokens_only(sheet: Path) -> None:
    assert not RAW_COLOUR.findall(sheet.read_text(encoding="utf-8"))


def test_every_token_that_is_used_is_set() -> None:
    sheets = "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS)
    used, made = set(re.findall(r"var\((--[\w-]+)", sheets)), set(re.findall(r"(--[\w-]+):", sheets))
    assert used == made


def test_every_style_sheet_is_linked() -> None:
    assert {sheet.stem for sheet in SHEETS} == {*look.STYLESHEETS, "print"}


@pytest.mark.parametrize(
    "template", sorted((config.ROOT / "templates").rglob("*.html")), ids=lambda path: "/".join(path.parts[-2:])
)
def test_no_template_has_style_or_script_in_it_or_fetches_from_elsewhere(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not INLINE.search(text)
    assert not FOREIGN.search(text)


def test_the_font_draws_every_mark() -> None:
    drawn = TTFont(STATIC / "marks.woff2").getBestCmap()
    assert {mark for mark in MARKS.values() if mark} == {chr(code) for code in drawn}


def test_the_tokens_load_the_font_for_every_mark() -> None:
    tokens = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    assert all(f"U+{ord(mark):04X}" in tokens for mark in MARKS.values() if mark)


def test_the_address_of_the_font_changes_with_its_bytes() -> None:
    digest = sha256((STATIC / "marks.woff2").read_bytes()).hexdigest()[:12]
    assert f"../marks.woff2?v={digest}" in (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")


def test_the_font_and_the_mark_are_what_their_tool_draws(tmp_path: Path) -> None:
    marks.build_font(tmp_path / "marks.woff2")
    assert (tmp_path / "marks.woff2").read_bytes() == (STATIC / "marks.woff2").read_bytes()
    assert (STATIC / "mark.svg").read_text(encoding="utf-8") == marks.MARK


def test_every_state_has_a_colour() -> None:
    sheet = (STATIC / "css" / "strip.css").read_text(encoding="utf-8")
    coloured = sheet.partition("@layer states")[2]
    assert all(f"  .{state}" in coloured for state in State if state is not State.NO_ROW)


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    "ink", ["ink", "ink-2", "ink-3", "brand", "brand-dark", "met", "excused", "unaccounted", "known-cause"]
)
@pytest.mark.parametrize("ground", ["paper", "sheet"])
def test_text_stands_out_from_what_it_is_written_on(ink: str, ground: str) -> None:
    tokens = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    lighter, darker = (
        luminance(re.search(rf"--{name}: (#\w+)", tokens)[1])  # type: ignore[index]
        for name in (ground, ink)
    )
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_title_of_a_page_is_words_and_nothing_else() -> None:
    block = re.compile(r"{% block title %}(.*?){% endblock", re.DOTALL)
    pages = (config.ROOT / "templates").rglob("*.html")
    titles = [title for path in pages for title in block.findall(path.read_text("utf-8"))]
    assert len(titles) > 50
    assert [title for title in titles if "<" in title] == []
