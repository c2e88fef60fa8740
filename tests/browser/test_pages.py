"""Every page of every role, in a real browser, on the sample county: readable, silent, and never wider than its window.

The pages are found by following the links from each role's home, one page for
each endpoint, so that a new page cannot be forgotten. On PostgreSQL they are
opened without a browser: how a page looks does not depend on the engine that
its rows came from, so Chromium looks at them on SQLite alone. Axe takes longer
than all the rest: by day it reads the pages in Chinese, and measures contrast on
the homes only (every component and colour stands on the design page, which is
measured in full), and a page is looked at as the first role that reaches it;
by night all of it is done in both languages, as every role.
"""

from collections.abc import Callable, Iterator
from itertools import takewhile
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.exceptions import HTTPException

from hometeach.demonstration import CAST, PASSWORD
from hometeach.people.access import Role
from tests.browser.conftest import DESK, PHONE, violations
from tests.browser.walking import overflow
from tests.conftest import IS_LONG
from tests.test_fuzz import Page as Read

pytestmark = pytest.mark.browser
SIGN_IN_NAMES = {card.role: card.sign_in_name for card in CAST}
#: Addresses that answer with a file, or are shown by other tests.
NOT_PAGES = ("/design", "/static")
#: Axe takes a minute over thousands of like cells; a school's stack stands for the bureau's.
TOO_MANY_CELLS = {"units.bureau"}
READ_BY_AXE = ("zh_Hans_CN", "en") if IS_LONG else ("zh_Hans_CN",)
#: A role's pages are read in so many parts, so that the workers share them.
PARTS = 3


@pytest.fixture
def enter(chromium: Browser, county_address: str) -> Iterator[Callable[..., Page]]:
    """Signs a role in; at the end no page may have complained to its console."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def entered(role: Role, size: dict[str, int] = DESK) -> Page:
        context = chromium.new_context(viewport=size, base_url=county_address)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(f"{page.url}: {said.text}") if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.goto("/sign-in")
        page.fill("[name=name]", SIGN_IN_NAMES[role])
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        page.wait_for_url("**/")
        return page

    yield entered
    for context in contexts:
        context.close()
    assert complaints == []


#: What each role reached: every test of a process has a copy of the same county, where the addresses are the same.
_reached: dict[Role, dict[str, str]] = {}


def reached_by(app: Flask, role: Role) -> dict[str, str]:
    """What :func:`pages_reached` finds for a role, looked for once."""
    if role not in _reached:
        client = app.test_client()
        answer = client.post("/sign-in", data={"name": SIGN_IN_NAMES[role], "password": PASSWORD})
        assert answer.status_code == 302
        _reached[role] = pages_reached(app, client)
    return _reached[role]


def pages_reached(app: Flask, client: FlaskClient) -> dict[str, str]:
    """One address for each endpoint that can be reached by links from home; each of them answers."""
    adapter = app.url_map.bind("localhost")
    found: dict[str, str] = {}
    files: set[str] = set()
    waiting = ["/"]
    while waiting:
        address = waiting.pop(0)
        try:
            endpoint, _ = adapter.match(urlsplit(address).path, method="GET")
        except HTTPException:
            continue
        if endpoint in found or endpoint in files or address.startswith(NOT_PAGES):
            continue
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, f"{address} answers {answer.status_code}"
        if answer.mimetype != "text/html":
            files.add(endpoint)
            continue
        found[endpoint] = address
        read = Read(address)
        read.feed(answer.text)
        waiting += sorted(read.links)
    assert "home.show" in found
    assert len(found) >= 2
    return found


def looked_at_by(app: Flask, role: Role) -> set[str]:
    """The pages that this role looks at first: the home, and what no role before it reaches."""
    before = takewhile(lambda one: one is not role, Role)
    looked_at = {page for one in before for page in reached_by(app, one)} - {"home.show"}
    return reached_by(app, role).keys() - looked_at


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_every_page_of_a_role_answers(county_app: Flask, role: Role) -> None:
    assert reached_by(county_app, role)


@pytest.mark.once
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_every_page_of_a_role_can_be_read(county_app: Flask, enter: Callable[..., Page], role: Role, part: int) -> None:
    first = looked_at_by(county_app, role)
    shown = sorted(one for one in reached_by(county_app, role).items() if IS_LONG or one[0] in first)[part::PARTS]
    page = enter(role)
    problems: list[str] = []
    for language in ("zh_Hans_CN", "en"):
        if language == "en":
            page.goto("/")
            page.click("form[action$='/language'] button[value=en]")
        for endpoint, address in shown:
            is_checked = language in READ_BY_AXE and endpoint in first - TOO_MANY_CELLS
            page.set_viewport_size(DESK if is_checked else PHONE)  # type: ignore[arg-type]
            page.goto(address)
            if is_checked:
                # Colours do not change with the words: their contrast is measured once.
                is_measured = language != "en" and (IS_LONG or endpoint == "home.show")
                wrong = violations(page, contrast=is_measured)
                problems += [f"{endpoint} {language}: {problem}" for problem in wrong]
                page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            if overflow(page) > 0:
                problems.append(f"{endpoint} {language}: {overflow(page)} px wider than a phone ({address})")
    assert problems == []
