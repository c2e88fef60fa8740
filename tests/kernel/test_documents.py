"""A document is printed with its own font, fetches nothing, and says which character it cannot print."""

import socket
from pathlib import Path
from subprocess import run

import pytest
from flask import Flask
from jinja2 import UndefinedError
from weasyprint.urls import FatalURLFetchingError

from hometeach.kernel import documents
from hometeach.kernel.errors import Refused

#: Characters of names that common fonts lack.
RARE = "䶮堃喆翀赟祎玥𬱖㛃犇"


@pytest.fixture
def pdf_of(app: Flask, tmp_path: Path):
    """Prints a body as a file."""

    def printed(body: str) -> Path:
        path = tmp_path / "document.pdf"
        path.write_bytes(documents.print_pdf(f"<html lang=zh-CN><body>{body}</body></html>").content)
        return path

    return printed


def text_of(path: Path) -> str:
    return run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout


def test_rare_characters_are_printed_as_text_and_with_glyphs(pdf_of) -> None:
    printed = text_of(pdf_of(f"<p>{RARE}</p>"))
    assert RARE in printed
    assert documents.missing_glyphs(RARE) == []


def test_every_font_is_embedded(pdf_of) -> None:
    listed = run(["pdffonts", pdf_of(f"<p>{RARE} <b>{RARE}</b></p>")], capture_output=True, text=True, check=True)
    rows = listed.stdout.splitlines()[2:]
    assert rows
    assert all(row.split()[-5] == "yes" for row in rows)
    assert all("NotoSansCJKSC" in row.replace("-", "") for row in rows)


def test_a_character_that_the_font_cannot_draw_stops_the_document_with_its_name(app: Flask) -> None:
    with pytest.raises(Refused) as refused:
        documents.print_pdf("<p>安\U0001f600\ue123安</p>")
    assert refused.value.code == "document:glyph"
    assert "\U0001f600" in refused.value.message
    assert "安" not in refused.value.message


def test_a_character_is_named_with_its_code_point_and_its_name() -> None:
    assert documents.glyph_name("䶮") == "䶮 U+4DAE CJK UNIFIED IDEOGRAPH-4DAE"
    assert documents.glyph_name("\ue123") == "\ue123 U+E123"


def test_all_that_the_product_itself_can_print_has_glyphs() -> None:
    text = documents.printable_text()
    assert [documents.glyph_name(mark) for mark in documents.missing_glyphs(text)] == []
    assert {"协", "议", "儿", "教"} <= set(text)
    assert documents.has_every_glyph()


def test_what_leaves_no_mark_needs_no_glyph() -> None:
    assert documents.missing_glyphs("安\n\t\u3000\u00a0\u200d安") == []


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param('<img src="{url}">', id="image"),
        pytest.param('<link rel="stylesheet" href="{url}">', id="style sheet"),
        pytest.param("<style>@import url({url});</style>", id="import"),
        pytest.param('<div style="background:url({url})">x</div>', id="background"),
        pytest.param("<style>@font-face{{font-family:x;src:url({url})}}p{{font-family:x}}</style><p>x", id="font"),
        pytest.param('<svg><image href="{url}" width="9" height="9"/></svg>', id="picture in a picture"),
        pytest.param('<object data="{url}"></object>', id="object"),
        pytest.param('<embed src="{url}">', id="embed"),
        pytest.param("<style>li{{list-style:url({url})}}</style><ul><li>x", id="list mark"),
        pytest.param("<style>p::before{{content:url({url})}}</style><p>x", id="content"),
        pytest.param('<link rel="attachment" href="{url}">', id="attachment"),
    ],
)
@pytest.mark.parametrize("kind", ["http", "file"])
def test_nothing_outside_the_document_is_ever_fetched(app: Flask, tmp_path: Path, hostile: str, kind: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("THE-SECRET", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        url = secret.as_uri() if kind == "file" else f"http://127.0.0.1:{server.getsockname()[1]}/x"
        try:
            content = documents.print_pdf(hostile.format(url=url)).content
        except FatalURLFetchingError:
            content = b""
        with pytest.raises(TimeoutError):
            server.accept()
    assert b"THE-SECRET" not in content


def test_a_template_escapes_what_it_is_given_and_misses_nothing_silently(app: Flask) -> None:
    template = documents.environment().from_string("<p>{{ name }}</p>")
    assert template.render(name="<img src=x>") == "<p>&lt;img src=x&gt;</p>"
    with pytest.raises(UndefinedError):
        template.render()


def test_the_same_document_is_the_same_bytes(app: Flask) -> None:
    first, second = (documents.print_pdf("<p>送教上门</p>") for _ in range(2))
    assert first.sha256 == second.sha256
    assert first.pages == 1
