"""Does the design page stand in the demonstration, complete, and nowhere else?"""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

import config
from hometeach.visits.rules import Verdict
from hometeach.web import words

PAGES = ["/design", "/design/one-thing", "/design/one-thing?large=1", "/design/stack", "/design/chart.svg"]
FAMILIES = ("strip", "states", "page", "forms", "tables", "events")


@pytest.fixture
def demonstration(bare_app: Flask) -> FlaskClient:
    """A browser at a demonstration."""
    bare_app.config["DEMONSTRATION"] = True
    return bare_app.test_client()


@pytest.mark.parametrize("path", PAGES)
def test_outside_the_demonstration_there_is_no_design_page(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_the_demonstration_shows_it_to_anybody(demonstration: FlaskClient, path: str) -> None:
    assert demonstration.get(path).status_code == 200


def test_every_component_stands_on_the_design_page() -> None:
    shown = "".join(page.read_text("utf-8") for page in (config.ROOT / "templates" / "design").glob("*.html"))
    macros = "".join((config.ROOT / "templates" / "macros" / f"{name}.html").read_text("utf-8") for name in FAMILIES)
    made = set(re.findall(r"{% macro ([a-z]\w+)", macros))
    assert {name for name in made if not re.search(rf"\b{name}\b", shown)} == set()


def test_it_shows_every_verdict(demonstration: FlaskClient) -> None:
    page = demonstration.get("/design").text
    with demonstration.application.test_request_context():
        assert all(words.verdict_words(verdict) in page for verdict in Verdict)


@pytest.mark.parametrize(
    ("language", "title"), [("zh_Hans_CN", "全部组件"), ("en", "All components")], ids=["in Chinese", "in English"]
)
def test_it_speaks_the_language_that_was_chosen(demonstration: FlaskClient, language: str, title: str) -> None:
    demonstration.post("/language", data={"language": language, "back": "/design"})
    assert f"<h1>{title}</h1>" in demonstration.get("/design").text


def test_a_form_with_mistakes_keeps_what_was_typed_and_leads_to_them(demonstration: FlaskClient) -> None:
    page = demonstration.get("/design/one-thing").text
    assert "图片交换</textarea>" in page
    assert '<a href="#content">' in page
    assert '<a href="#mode-0">' in page
    assert 'aria-describedby="content-hint content-error content-counter"' in page
    assert 'aria-invalid="true"' in re.search(r"<textarea[^>]*>", page)[0]  # type: ignore[index]


def test_addresses_of_our_files_change_with_their_bytes(bare_app: Flask) -> None:
    asset = bare_app.jinja_env.globals["asset"]
    first = asset("css/tokens.css")  # type: ignore[operator]
    assert re.fullmatch(r"/static/css/tokens\.css\?v=[0-9a-f]{12}", first)
    assert first != asset("css/base.css")  # type: ignore[operator]
