"""Every page of every role, in a real browser, on the sample county: readable, silent, and never wider than its window.

The pages are found by following the links from each role's home, one page for
each endpoint, so that a new page cannot be forgotten.
"""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.exceptions import HTTPException

from hometeach.demonstration import CAST, PASSWORD
from hometeach.people.access import Role
from tests.browser.conftest import DESK, PHONE, overflow, violations

pytestmark = pytest.mark.browser
SIGN_IN_NAMES = {card.role: card.sign_in_name for card in CAST}
#: Addresses that answer with a file, or are shown by other tests.
NOT_PAGES = ("/design", "/static")
#: Axe takes a minute over thousands of like cells; a school's stack stands for the bureau's.
TOO_MANY_CELLS = ("units.bureau",)


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


def pages_reached(app: Flask, page: Page) -> dict[str, str]:
    """One address for each endpoint that can be reached by links from home."""
    adapter = app.url_map.bind("localhost")
    found: dict[str, str] = {}
    waiting = ["/"]
    while waiting:
        address = waiting.pop(0)
        try:
            endpoint, _ = adapter.match(urlsplit(address).path, method="GET")
        except HTTPException:
            continue
        if endpoint in found or address.startswith(NOT_PAGES):
            continue
        found[endpoint] = address
        answer = page.request.get(address)
        assert answer.status == 200, f"{address} answers {answer.status}"
        if not answer.headers.get("content-type", "").startswith("text/html"):
            del found[endpoint]
            continue
        page.goto(address)
        waiting += page.eval_on_selector_all("a[href^='/']", "links => links.map(link => link.getAttribute('href'))")
    return found


def is_checked_with(app: Flask, endpoint: str, role: Role) -> bool:
    """Whether axe looks at a page as this role: home as every one, other pages as the first that may open them."""
    roles = getattr(app.view_functions[endpoint], "allowed_roles", frozenset())
    first = next((one for one in Role if one in roles), role)
    return endpoint not in TOO_MANY_CELLS and (endpoint == "home.show" or role is first)


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_every_page_of_a_role(county_app: Flask, enter: Callable[..., Page], role: Role) -> None:
    page = enter(role)
    reached = pages_reached(county_app, page)
    assert "home.show" in reached
    assert len(reached) >= 2
    checked_here = {endpoint for endpoint in reached if is_checked_with(county_app, endpoint, role)}
    problems: list[str] = []
    for language in ("zh_Hans_CN", "en"):
        if language == "en":
            page.goto("/")
            page.click("form[action$='/language'] button[value=en]")
        for endpoint, address in sorted(reached.items()):
            page.goto(address)
            page.set_viewport_size(DESK)  # type: ignore[arg-type]
            if endpoint in checked_here:
                problems += [f"{endpoint} {language}: {problem}" for problem in violations(page)]
            page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            if overflow(page) > 0:
                problems.append(f"{endpoint} {language}: {overflow(page)} px wider than a phone ({address})")
    assert problems == []
