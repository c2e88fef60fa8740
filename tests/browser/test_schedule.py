"""A weekly hour is set, and a session moved, by keyboard alone; the week fits a phone."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select

from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.schedule.models import Occurrence, OccurrenceState
from tests import factories
from tests.browser.conftest import AT_A_DESK, DESK, violations
from tests.browser.walking import overflow

pytestmark = pytest.mark.browser
#: Nothing on a page is further away than so many presses of the tab key.
FAR = 140


@pytest.fixture
def lin(chromium: Browser, cast: factories.Cast, address: str) -> Iterator[Callable[..., Page]]:
    """Signs Teacher Lin in; at the end no page may have complained to its console."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def entered(size: dict[str, int] = DESK) -> Page:
        context = chromium.new_context(viewport=size, base_url=address)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/sign-in")
        page.fill("[name=name]", "lin")
        page.fill("[name=password]", factories.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/")
        return page

    yield entered
    for context in contexts:
        context.close()
    assert complaints == []


def tab_to(page: Page, wanted: str) -> None:
    """Press the tab key until what matches has the focus."""
    for _ in range(FAR):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"{wanted} is not reached by keyboard on {page.url}")


def test_an_hour_is_set_from_the_grid_by_keyboard_alone(
    lin: Callable[..., Page], cast: factories.Cast, bare_app: Flask
) -> None:
    page = lin()
    page.goto(f"/children/{cast.own_child}")
    tab_to(page, "a[href*='/new-hour/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/new-hour/**")
    tab_to(page, "a[href*='weekday=3&start=09%3A00']")
    page.keyboard.press("Enter")
    page.wait_for_url("**weekday=3**")
    assert page.input_value("[name=start]") == "09:00"
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**first=**")
    tab_to(page, "main form[method=post] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/children/**")
    with bare_app.app_context():
        starts = select(Occurrence.start_minute, Occurrence.state).join(Child).where(Child.code == "C1").distinct()
        assert {tuple(row) for row in db.session.execute(starts)} == {
            (900, OccurrenceState.PLANNED),
            (540, OccurrenceState.PLANNED),
        }


@pytest.mark.once
@AT_A_DESK
def test_the_pages_of_the_week_fit_and_satisfy_axe(
    lin: Callable[..., Page], cast: factories.Cast, size: dict[str, int]
) -> None:
    page = lin(size)
    hour = f"/hours/{cast.own_slot}"
    look = f"teacher={cast.own_teacher}&weekday=3&start=09%3A00&end=09%3A40&mode=home&first=2026-11-30"
    for address in (
        "/schedule",
        "/schedule/clashing",
        "/schedule/feed",
        hour,
        f"{hour}?{look}",
        f"{hour}/end",
        f"/planned-sessions/{cast.own_occurrence}",
        f"/planned-sessions/{cast.own_occurrence}/cancel",
    ):
        page.goto(address)
        assert overflow(page) <= 0, address
        assert violations(page) == [], address
