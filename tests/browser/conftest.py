"""A real Chromium at a real server, which runs on this machine and on a database of its own."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from hometeach.demonstration import PASSWORD, SEEDS
from hometeach.kernel.jobs import committed
from tests.browser.walking import Walk
from tests.conftest import IS_LONG, filled, lent_app
from tests.databases import database, made_once

#: The same engine as the browser with windows, at less than half of its processor time.
CHROMIUM = "/usr/bin/chromium-headless-shell"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TODAY = date(2026, 11, 23)
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
#: Only what is wrong is told in full: to list what is right with each of thousands of cells takes as long as to look.
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
_AT_390, _AT_1280 = pytest.param(PHONE, id="390"), pytest.param(DESK, id="1280")
#: A walk goes at both widths over both engines; by day once, at the width of whoever walks: on a phone or at a desk.
ON_A_PHONE = pytest.mark.parametrize("size", [_AT_390, _AT_1280] if IS_LONG else [_AT_390])
AT_A_DESK = pytest.mark.parametrize("size", [_AT_390, _AT_1280] if IS_LONG else [_AT_1280])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


Window = Callable[..., Page]


@contextmanager
def windows(chromium: Browser, at: str) -> Iterator[Window]:
    """Opens windows of a size at an address; at the end no page may have complained to its console."""
    complaints: list[str] = []
    contexts = []

    def window(size: dict[str, int] = DESK) -> Page:
        context = chromium.new_context(viewport=size, base_url=at, has_touch=size is PHONE)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield window
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Page, name: str) -> None:
    """Come in as somebody of the demonstration."""
    page.goto("/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/")


@pytest.fixture
def opened(chromium: Browser, county_address: str) -> Iterator[Window]:
    """Opens a window of a size at the sample county."""
    with windows(chromium, county_address) as window:
        yield window


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Where the application answers, as a demonstration, for as long as the block runs."""
    app.config["DEMONSTRATION"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


@pytest.fixture
def address(bare_app: Flask) -> Iterator[str]:
    """Where the application answers on an empty database."""
    with served(bare_app) as at:
        yield at


@pytest.fixture
def county_address(county_app: Flask) -> Iterator[str]:
    """Where the sample county answers."""
    with served(county_app) as at:
        yield at


@pytest.fixture(scope="session")
def demonstration_template(county_template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample county with all the work that the demonstration has waiting."""
    return county_with(tmp_path_factory, "demonstration", SEEDS, county_template)


def county_with(
    factory: pytest.TempPathFactory, kind: str, seeds: Iterable[Callable[[date], None]], county_template: str
) -> str:
    """What a copy of the sample county with this work waiting in it is made from."""

    def fill() -> None:
        with committed():
            for add in seeds:
                add(TODAY)

    return made_once(factory, kind, partial(filled, fill), county_template)


@pytest.fixture
def demonstration_app(demonstration_template: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a copy of the demonstration, outside any context."""
    with database(tmp_path, demonstration_template) as url, lent_app(url, tmp_path) as app:
        yield app


@pytest.fixture
def walk_as(chromium: Browser, demonstration_app: Flask) -> Iterator[Callable[[str, str, dict[str, int]], Walk]]:
    """Somebody of the demonstration, signed in, in a window of a size; at the end no page may have complained."""
    with served(demonstration_app) as at, windows(chromium, at) as window:

        def come_in(sign_in_name: str, walk: str, size: dict[str, int]) -> Walk:
            page = window(size)
            sign_in(page, sign_in_name)
            return Walk(page, f"{walk}-{size['width']}")

        yield come_in


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Window]:
    """Opens a window of a size at the application on an empty database."""
    with windows(chromium, address) as window:
        yield window


def violations(page: Page, *, contrast: bool = IS_LONG) -> list[str]:
    """What axe finds wrong with the page, with the elements it names.

    Contrast, most of the work, is measured by day on the design page, where every component and colour stands, on
    each role's home, and on what a family reads.
    """
    options = RULES if contrast else RULES | {"rules": {"color-contrast": {"enabled": False}}}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {one['help']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
