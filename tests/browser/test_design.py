"""Does every component stand up in a real browser: by axe, in both languages, at a desk, on a phone, on paper?"""

from collections.abc import Callable
from io import BytesIO
from unicodedata import normalize

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import DESK, PHONE, violations
from tests.browser.walking import overflow
from tests.conftest import IS_LONG

pytestmark = [pytest.mark.browser, pytest.mark.once]

PAGES = ["/design", "/design/one-thing", "/design/one-thing?large=1"]
SIZES = [pytest.param(DESK, id="at a desk"), pytest.param(PHONE, id="on a phone")]
OpenPage = Callable[..., Page]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_axe_finds_nothing(open_page: OpenPage, language: str, size: dict[str, int]) -> None:
    page = open_page(size)
    page.goto("/design")
    if language == "en":
        page.get_by_role("button", name="English").click()
    for path in PAGES:
        page.goto(path)
        assert violations(page, contrast=IS_LONG or language != "en") == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", [*PAGES, "/design/stack"])
def test_nothing_scrolls_sideways_but_the_strip(open_page: OpenPage, path: str, size: dict[str, int]) -> None:
    page = open_page(size)
    page.goto(path)
    assert overflow(page) == 0


def test_a_strip_on_a_phone_opens_at_the_week_we_are_in(open_page: OpenPage) -> None:
    page = open_page(PHONE)
    page.goto("/design")
    for week in page.locator("thead .now").all():
        assert week.evaluate("head => head.getBoundingClientRect().right <= innerWidth")


def test_what_a_thumb_hits_on_a_phone_is_48_pixels_high(open_page: OpenPage) -> None:
    page = open_page(PHONE)
    page.goto("/design/one-thing")
    targets = page.locator("button, input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea, .choice")
    low = [one for one in targets.all() if one.is_visible() and (one.bounding_box() or {"height": 0})["height"] < 48]
    assert [one.evaluate("one => one.outerHTML") for one in low] == []


def test_the_errors_are_read_first_and_lead_to_their_fields(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/design/one-thing")
    expect(page.locator(".errors")).to_be_focused()
    page.locator(".errors a").last.click()
    expect(page.locator("#content")).to_be_focused()


def test_the_counter_counts_what_is_left(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/design/one-thing")
    page.locator("#content").fill("看图说话")
    expect(page.locator("#content-counter")).to_have_text("还可以写 196 个字")


def test_the_first_key_leads_past_the_navigation(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/design")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_pages_work_without_a_script(chromium, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    page.goto("/design/one-thing")
    expect(page.locator("#content-counter")).to_have_text("最多 200 个字")
    page.get_by_role("button", name="记录这次送教").click()
    expect(page.locator(".errors")).to_be_visible()
    context.close()


def test_on_paper_there_is_the_day_and_the_number_of_pages_and_no_navigation(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/design")
    paper = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    text = normalize("NFKC", paper.pages[0].extract_text()).replace("\n", "")
    width, height = (float(side) / 72 * 25.4 for side in paper.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (210, 297)
    assert "截至11月23日" in text.replace(" ", "")
    assert f"1 / {len(paper.pages)}" in text
    assert "English" not in text
    assert "●" in text
    assert "✕" in text
