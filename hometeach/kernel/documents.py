"""HTML in, PDF bytes and their SHA-256 out.

Documents have a Jinja environment of their own, without a request: a template
is rendered with what it is given and nothing else. Nothing is ever fetched;
what a page needs stands in it. A character that the font cannot draw stops the
document with its name, before a family reads an empty box.
"""

import atexit
import hashlib
import logging
import subprocess
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask_babel import gettext, ngettext
from flask_babel import gettext as _
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hometeach.kernel import slimming
from hometeach.kernel.errors import Refused

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
#: The one family that is printed with: it has every rare character of the lists.
FONT = "Noto Sans CJK SC"
#: Characters of names that common fonts lack; the printing font has them.
RARE = "䶮堃喆翀赟祎玥𬱖㛃犇"
#: Characters that leave no mark on paper: controls, joiners, spaces. Private and unassigned ones are not among them.
INVISIBLE = ("Cc", "Cf", "Z")

#: Pango's font map is not made for two threads at a time.
_one_at_a_time = Lock()
logging.getLogger("fontTools").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Document:
    """A finished PDF and the hash that proves it."""

    content: bytes
    pages: int

    @property
    def sha256(self) -> str:
        """Of the bytes, in hex."""
        return hashlib.sha256(self.content).hexdigest()


def render(template: str, **facts: Any) -> str:
    """A template under ``templates/documents/`` with its facts, as HTML."""
    return environment().get_template(f"documents/{template}").render(facts)


def print_pdf(html: str, *stylesheets: str) -> Document:
    """The HTML as a PDF, with the sheets of ``templates/documents/`` that it is printed by.

    Raises: Refused (``document:glyph``) naming every character that the font lacks;
    FatalURLFetchingError if the HTML asks for anything outside itself.
    """
    refuse_missing_glyphs(html)
    from weasyprint import HTML  # half a second and 60 MB that a web page never needs

    with _one_at_a_time:
        sheets, fonts = [_sheet(name) for name in ("print.css", *stylesheets)], font_configuration()
        pages = HTML(string=html, url_fetcher=_nothing_fetched()).render(stylesheets=sheets, font_config=fonts)
        return Document(pages.write_pdf(finisher=_slim), len(pages.pages))


def missing_glyphs(text: str) -> list[str]:
    """The characters of a text that the printing font cannot draw, each once, in order.

    Empty on a machine that has no such font at all: ``font_file`` says so there.
    """
    file = font_file()
    drawn = _drawn_by(*file) if file else None
    if drawn is None:
        return []
    return [mark for mark in dict.fromkeys(text) if ord(mark) not in drawn and not _is_invisible(mark)]


def refuse_missing_glyphs(text: str) -> None:
    """Stop before a family reads an empty box.

    Raises: Refused (``document:glyph``) naming every character that the font lacks.
    """
    lacking = missing_glyphs(text)
    if lacking:
        named = "、".join(map(glyph_name, lacking))
        raise Refused("document:glyph", _("The font has no glyph for: %(characters)s", characters=named))


def glyph_name(mark: str) -> str:
    """A character with its code point and its Unicode name."""
    return f"{mark} U+{ord(mark):04X} {unicodedata.name(mark, '')}".rstrip()


@cache
def font_file() -> tuple[str, int] | None:
    """The file and the face in it that fontconfig gives for the printing font; None where it is not installed."""
    pattern = ["fc-match", "--format", "%{family}\n%{file}\n%{index}", FONT]
    try:
        answer = subprocess.run(pattern, capture_output=True, text=True, check=True, timeout=20)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    family, file, index = answer.stdout.split("\n")
    return (file, int(index)) if FONT in family else None


@cache
def has_every_glyph() -> bool:
    """Whether the printing font is there and draws all that the product itself can print, and rare names.

    What people write is looked at when it is printed.
    """
    return font_file() is not None and not missing_glyphs(RARE + printable_text())


def printable_text() -> str:
    """Every character that comes from the product: the documents' templates, all its words, the lists it comes with."""
    sources = (("templates/documents", "*.html"), ("translations", "*.po"), ("hometeach", "*.toml"))
    files = [file for folder, kind in sources for file in sorted((TEMPLATES.parent / folder).rglob(kind))]
    return "".join(dict.fromkeys("".join(file.read_text(encoding="utf-8") for file in files)))


@cache
def environment() -> Environment:
    """The environment of the documents: everything escaped, a missing fact is an error, words by the catalogue."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    return made


@cache
def font_configuration() -> "FontConfiguration":
    """One per process: making it reads every font of the machine."""
    from weasyprint.text.fonts import FontConfiguration

    atexit.register(_let_go)
    return FontConfiguration()


def _let_go() -> None:
    """Let it remove its folder while Python still can."""
    _sheet.cache_clear()
    font_configuration.cache_clear()


@cache
def _sheet(name: str) -> "CSS":
    """A style sheet of the documents, read once."""
    from weasyprint import CSS

    return CSS(string=(TEMPLATES / "documents" / name).read_text(encoding="utf-8"), font_config=font_configuration())


def _slim(_pages: Any, pdf: Any) -> None:
    slimming.slim(pdf)


@cache
def _nothing_fetched() -> Any:
    """A fetcher that fetches nothing, whatever the scheme, and stops the document that asks.

    Source: CVE-2026-55073; a fetcher is a subclass since WeasyPrint 70.
    """
    from weasyprint.urls import URLFetcher

    class NothingFetched(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            raise PermissionError("a document fetches nothing")

    return NothingFetched(fail_on_errors=True)


@cache
def _drawn_by(file: str, face: int) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(file, fontNumber=face, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _is_invisible(mark: str) -> bool:
    return unicodedata.category(mark).startswith(INVISIBLE)
