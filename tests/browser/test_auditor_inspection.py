"""An auditor's inspection in a real browser: findings, an explanation decided, a sample, a file, a call, the sheet.

Writes pictures of each step where ``HOMETEACH_PICTURES`` names a folder, and
prints the taps and seconds.
"""

from collections.abc import Callable
from datetime import date
from time import perf_counter

import pytest
from flask import Flask

from hometeach.demonstration import checking
from hometeach.kernel.jobs import committed
from tests.browser.conftest import AT_A_DESK, Window, sign_in, violations
from tests.browser.walking import Walk

pytestmark = pytest.mark.browser
TODAY = date(2026, 11, 23)
SEED = "2026-11"


class Inspection(Walk):
    """An auditor's walk, on which axe looks at every page."""

    def look(self, what: str) -> None:
        """Look at the page: never wider than its window, nothing for axe to find; a picture where one is wanted."""
        assert violations(self.page) == [], what
        super().look(what)

    @property
    def words(self) -> str:
        """What the page says."""
        return self.page.inner_text("main")


@pytest.fixture
def inspecting(opened: Window, county_app: Flask) -> Callable[[dict[str, int]], Inspection]:
    """Opens a window of a size, in which the auditor has signed in."""
    with county_app.app_context(), committed():
        checking.seed(TODAY)

    def window(size: dict[str, int]) -> Inspection:
        page = opened(size)
        sign_in(page, "qin")
        return Inspection(page, f"auditor-{size['width']}")

    return window


def decide(inspection: Inspection) -> None:
    """Accept the explanation that waits."""
    inspection.page.goto("/findings")
    inspection.look("findings")
    inspection.page.select_option("#filter-state", "waiting")
    inspection.tap("form.filters button")
    inspection.tap("tbody a")
    assert checking.WHY in inspection.words
    inspection.look("finding")
    inspection.tap("label:has-text('成立：')")
    inspection.type("[name=reason]", "已电话核实，与记录一致")
    inspection.tap("main form .button")
    assert "已说明" in inspection.words
    inspection.look("decided")


def draw(inspection: Inspection) -> list[str]:
    """Draw three children with the seed; gives where their pages are."""
    inspection.page.goto("/inspections")
    inspection.look("samples")
    inspection.type("[name=count]", "3")
    inspection.type("[name=seed]", SEED)
    inspection.tap("form[action='/inspections'] .button")
    assert SEED in inspection.words
    return inspection.page.eval_on_selector_all("main h2 a", "all => all.map(one => one.getAttribute('href'))")


@pytest.mark.once
@AT_A_DESK
def test_an_auditors_inspection(
    inspecting: Callable[[dict[str, int]], Inspection], size: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    inspection, began = inspecting(size), perf_counter()
    decide(inspection)
    first = draw(inspection)
    sample = inspection.page.url
    inspection.look("drawn")

    for step in ("打开档案", "打开个案"):
        inspection.tap(f"main a:has-text('{step}')")
        assert inspection.page.locator("main form[action*='take-out'], main form[action$='/file']").count() == 0
        inspection.page.goto(sample)

    inspection.tap("main a:has-text('记录结果')")
    inspection.look("note")
    inspection.tap("label:has-text('电话回访')")
    inspection.type("[name=reached]", "奶奶")
    inspection.page.check("[name=took_place][value=yes]")
    inspection.type("[name=minutes]", "55")
    inspection.page.check("[name=is_satisfied][value=yes]")
    inspection.taps += 2
    inspection.tap("main form[action*='/children/'] .button")
    assert "已核实 1 名" in inspection.words
    inspection.look("noted")
    sheet = inspection.page.context.request.get(f"{sample}/sheet")
    assert sheet.body().startswith(b"%PDF")
    assert draw(inspection) == first, "the same seed draws the same children"
    with capsys.disabled():
        print(
            f"\nauditor's inspection at {size['width']} px: an explanation decided, a sample drawn, a file opened, a "
            f"call-back noted: {inspection.taps} taps, {inspection.typed} fields typed, {perf_counter() - began:.1f} s"
        )
