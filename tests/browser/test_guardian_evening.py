"""A guardian's evening in a real browser: the code, the strip, one lesson confirmed, one disputed, the bureau's word.

Writes pictures of each step where ``HOMETEACH_PICTURES`` names a folder, and
prints the taps and seconds.
"""

import re
from collections.abc import Callable
from datetime import date
from time import perf_counter

import pytest
from flask import Flask
from playwright.sync_api import Page

from hometeach.demonstration import PASSWORD, families
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from tests.browser.conftest import ON_A_PHONE, PHONE, violations
from tests.browser.walking import Walk, overflow
from tests.conftest import IS_LONG

pytestmark = pytest.mark.browser
NARROW = {"width": 320, "height": 640}
TODAY = date(2026, 11, 23)
#: The least that a thumb hits, in pixels.
TARGET = 48


class Evening(Walk):
    """A guardian's walk, timed."""

    def __init__(self, page: Page, name: str) -> None:
        super().__init__(page, f"guardian-{name}")
        self.began = perf_counter()


@pytest.fixture
def phone_number(county_app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    """The phone of the family that the demonstration plays, once its lessons are seeded."""
    with county_app.app_context():
        with committed():
            families.seed(TODAY)
        guardian = families.the_family(TODAY)
        assert guardian is not None
        number = str(guardian.phone)
        db.session.rollback()
        return number


def code_in_outbox(page: Page) -> str:
    """The code, as a visitor reads it from the demonstration's outbox."""
    outbox = page.context.new_page()
    outbox.goto("/outbox")
    found = re.search(r"\d{6}", outbox.locator("main li").first.inner_text())
    outbox.close()
    assert found is not None
    return found[0]


def come_in(evening: Evening, number: str) -> None:
    evening.page.goto("/family")
    evening.look("door")
    evening.type("[name=phone]", number)
    evening.tap("main .button")
    evening.look("code")
    evening.type("[name=code]", code_in_outbox(evening.page))
    evening.tap("main form .button")


@pytest.mark.once
@ON_A_PHONE
def test_a_guardians_evening(
    opened: Callable[[dict[str, int]], Page],
    phone_number: str,
    size: dict[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    evening = Evening(opened(size), str(size["width"]))
    page = evening.page
    come_in(evening, phone_number)

    page.wait_for_selector("table.strip")
    assert "这学期到现在应送" in page.inner_text("main")
    assert "下次送教" in page.inner_text("main")
    evening.look("child")
    evening.tap(".asks .button")
    evening.look("record")
    evening.tap(".answers form .button")
    assert "您的回答：和记录一样" in page.inner_text("main")
    evening.look("confirmed")
    confirmed_after = evening.taps

    evening.tap(".back a")
    assert page.locator(".asks").count() == 0, "nothing more is asked"
    page.locator(".records a").nth(2).click()
    evening.taps += 1
    evening.tap(".answers a")
    evening.look("shorter")
    evening.tap("label:has-text('30')")
    evening.type("[name=words]", "半个小时就走了")
    evening.tap("main .thumb .button")
    assert "教育局正在核实" in page.inner_text("main")
    evening.look("disputed")
    seconds = perf_counter() - evening.began
    with capsys.disabled():
        print(
            f"\nguardian's evening at {size['width']} px: lesson confirmed after {confirmed_after} taps; "
            f"with a dispute {evening.taps} taps, {evening.typed} fields typed, {seconds:.1f} s"
        )
    assert confirmed_after <= 5

    page.goto("/sign-in")
    page.fill("[name=name]", "bai")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/")
    page.goto("/disputes")
    evening.look("disputes")
    page.locator("main tbody a").first.click()
    page.wait_for_load_state()
    assert "家长原话" in page.inner_text("main")
    evening.look("dispute")
    page.check("[name=outcome][value=upheld]")
    page.fill("[name=reason]", "电话核实，情况属实")
    page.click("main form .button")
    page.wait_for_load_state()
    assert "成立，不计入" in page.inner_text("main")
    evening.look("decided")


def pages_of_the_family(page: Page) -> list[str]:
    """The addresses that can be reached from the child's page, one of each kind."""
    links = page.eval_on_selector_all("main a[href^='/family']", "all => all.map(one => one.getAttribute('href'))")
    record = next(link for link in links if "/visits/" in link)
    return [page.url, record, f"{record}/shorter", f"{record}/not-come", *(one for one in links if "/children/" in one)]


@pytest.mark.once
def test_the_familys_pages_are_readable_in_both_languages_and_fit_the_smallest_phone(
    opened: Callable[[dict[str, int]], Page], phone_number: str
) -> None:
    page = opened(NARROW)
    problems = []
    for language in ("zh", "en"):
        page.goto("/family")
        if language == "en":
            page.click("form[action$='/language'] button[value=en]")
        else:
            problems += [f"door {one}" for one in violations(page)]
            page.fill("[name=phone]", phone_number)
            page.click("main .button")
            problems += [f"code {one}" for one in violations(page)]
            page.fill("[name=code]", code_in_outbox(page))
            page.click("main form .button")
            page.wait_for_selector("table.strip")
        page.goto("/family/home")
        for address in pages_of_the_family(page):
            page.goto(address)
            wrong = violations(page, contrast=IS_LONG or language == "zh")
            problems += [f"{language} {address}: {one}" for one in wrong]
            if overflow(page) > 0:
                problems.append(f"{language} {address}: {overflow(page)} px too wide")
            small = page.eval_on_selector_all(
                "main .button, main .doing a, main .back a, main summary, .mast button",
                f"all => all.filter(one => one.getBoundingClientRect().height < {TARGET}).map(one => one.outerHTML)",
            )
            problems += [f"{language} {address}: too small to hit: {one[:120]}" for one in small]
    assert problems == []


def test_the_page_is_read_aloud_where_the_browser_can(
    opened: Callable[[dict[str, int]], Page], phone_number: str
) -> None:
    page = opened(PHONE)
    page.add_init_script(
        "window.said = [];"
        "window.SpeechSynthesisUtterance = function (text) { this.text = text; };"
        "Object.defineProperty(window, 'speechSynthesis', {value: {speaking: false,"
        " speak(one) { window.said.push([one.lang, one.text]); }, cancel() {}}});"
    )
    page.goto("/family")
    assert page.is_visible("[data-read-aloud]")
    page.click("[data-read-aloud]")
    said = page.evaluate("window.said")
    assert ["zh-CN", "家长页面"] in said
    assert page.inner_text("[data-read-aloud]") == "停止朗读"


def test_a_browser_that_cannot_speak_shows_no_button(
    opened: Callable[[dict[str, int]], Page], phone_number: str
) -> None:
    page = opened(PHONE)
    page.add_init_script("delete Window.prototype.speechSynthesis; delete window.speechSynthesis;")
    page.goto("/family")
    assert not page.is_visible("[data-read-aloud]")
