"""A teacher's morning on a phone and at a desk: three visits, one of them late, one too short, and a child who is ill.

Counts taps and seconds.

``HOMETEACH_PICTURES`` names a folder for the pictures; without it they are thrown away.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from hometeach.cases.plan.models import Plan, PlanGoal
from hometeach.cases.plan.rules import PlanStatus
from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Child, OrgUnit, Teacher
from hometeach.visits.models import Absence
from hometeach.visits.recording.models import VisitDetail, VisitDraft
from tests import factories
from tests.browser.conftest import ON_A_PHONE, PHONE, violations
from tests.browser.walking import overflow
from tests.web.test_recording import TODAY, plan, the_visit

pytestmark = pytest.mark.browser
#: At most so many taps besides typing for a typical visit, and so many seconds of a person who knows the page.
MOST_TAPS = 14


@dataclass
class Moving:
    """The clock of the day: it runs, and can be set on."""

    ahead: timedelta

    def now(self) -> datetime:
        """The moment."""
        return datetime.now(UTC) + self.ahead

    def set_on(self, **by: int) -> None:
        """Let time pass."""
        self.ahead += timedelta(**by)


@pytest.fixture
def morning(monkeypatch: pytest.MonkeyPatch) -> Moving:
    """Eleven o'clock in Shanghai."""
    moving = Moving(datetime(2026, 11, 23, 3, 0, tzinfo=UTC) - datetime.now(UTC))
    monkeypatch.setattr(clock, "machine_now", moving.now)
    return moving


@pytest.fixture
def tab(chromium: Browser, address: str) -> Iterator[Callable[[dict[str, int]], Page]]:
    """Opens a tab of a size; its console may say that a form was answered with what has to be changed, and no more."""
    complaints: list[str] = []
    contexts = []

    def opened(size: dict[str, int]) -> Page:
        contexts.append(chromium.new_context(viewport=size, base_url=address))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [one for one in complaints if "status of 422" not in one] == []


@dataclass
class Thumb:
    """Somebody's thumb on a page, which counts what it does."""

    page: Page
    taps: int = 0

    def tap(self, what: str) -> None:
        """Press something."""
        self.taps += 1
        self.page.locator(what).first.click()

    def press(self, name: str) -> None:
        """Press the button that sends this."""
        with self.page.expect_navigation():
            self.tap(f"button[name=do][value={name}]:not(.heard)")

    def choose(self, field: str, value: str) -> None:
        """Open a list, and choose."""
        self.taps += 2
        self.page.select_option(f"[name={field}]", value)

    def type(self, field: str, text: str) -> None:
        """Go into a field, and type."""
        self.taps += 1
        self.page.fill(f"[name={field}]", text)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where the pictures go."""
    folder = Path(os.environ.get("HOMETEACH_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sign_in(page: Page) -> None:
    """Teacher Lin comes in."""
    page.goto("/sign-in")
    page.fill("[name=name]", "lin")
    page.fill("[name=password]", factories.PASSWORD)
    page.click("main button")
    page.wait_for_url("**/")


def with_a_goal(app: Flask) -> None:
    """A plan in force with one short-term goal."""
    with app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        made = Plan(
            child_id=child.id,
            version=1,
            status=PlanStatus.APPROVED,
            term="2026-2027学年第一学期",
            effective_from=factories.TERM_FROM,
            effective_to=factories.TERM_TO,
        )
        db.session.add(made)
        db.session.flush()
        long_goal = PlanGoal(plan_id=made.id, line="a", position=0, domain="cognition", text="认识常见的水果")
        db.session.add(long_goal)
        db.session.flush()
        db.session.add(
            PlanGoal(
                plan_id=made.id,
                long_goal_id=long_goal.id,
                line="b",
                position=1,
                domain="cognition",
                text="指认三种水果",
            )
        )


def with_an_ill_child(app: Flask) -> None:
    """A second child of Teacher Lin's, with a session this afternoon."""
    with app.app_context(), committed():
        lin = db.session.scalars(sa.select(Teacher).where(Teacher.code == "T1")).one()
        school = db.session.scalars(sa.select(OrgUnit).where(OrgUnit.code == "S1")).one()
        child = factories.make_child("C3", school, lin, name="丁丁")
        factories.make_agreement(child)
        factories.make_slot(child, lin, weekday=0, start=900, end=975)
    plan(app, child="C3", start=900)


@pytest.mark.once
@ON_A_PHONE
def test_a_teachers_morning(
    tab: Callable[[dict[str, int]], Page],
    bare_app: Flask,
    cast: factories.Cast,
    morning: Moving,
    pictures: Path,
    size: dict[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with_a_goal(bare_app)
    plan(bare_app, TODAY - timedelta(days=3), start=600)
    plan(bare_app, start=540)
    plan(bare_app, start=720)
    with_an_ill_child(bare_app)
    page = tab(size)
    kind = "phone" if size == PHONE else "desk"

    def picture(name: str) -> None:
        assert overflow(page) <= 0, name
        page.screenshot(path=str(pictures / f"visit-{name}-{kind}.png"))

    sign_in(page)
    page.goto("/my-day")
    assert violations(page) == []
    picture("my-day")

    began, thumb = time.monotonic(), Thumb(page)
    typical_visit(thumb, morning, picture)
    typical = thumb.taps, time.monotonic() - began
    with bare_app.app_context():
        assert (the_visit().left_second - the_visit().arrived_second) // 60 == 65
        assert db.session.scalars(sa.select(VisitDetail.left_entry)).one() == "live"

    page.goto("/my-day")
    ill = Thumb(page)
    absence(ill, picture)
    with bare_app.app_context():
        assert [(one.reason_code, one.missed_on) for one in db.session.scalars(sa.select(Absence))] == [("ill", TODAY)]

    thumb = Thumb(page)
    short_visit(thumb, morning, picture)
    page.goto(f"/my-day?day={TODAY - timedelta(days=3)}")
    late = Thumb(page)
    late_visit(late, picture)
    with bare_app.app_context():
        assert sorted(db.session.scalars(sa.select(VisitDetail.is_late))) == [False, False, True]
        assert db.session.scalars(sa.select(VisitDraft)).all() == []
    assert typical[0] <= MOST_TAPS
    with capsys.disabled():
        print(
            f"\n{kind}: typical visit {typical[0]} taps, {typical[1]:.1f} s without the person; "
            f"absence {ill.taps} taps, short {thumb.taps} taps, late {late.taps} taps"
        )


def typical_visit(thumb: Thumb, morning: Moving, picture: Callable[[str], None]) -> None:
    """Arrive, leave, say what was done, record."""
    page = thumb.page
    with page.expect_navigation():
        thumb.tap("article.visit a.button")
    assert violations(page) == []
    picture("form")
    thumb.press("arrived")
    morning.set_on(minutes=65)
    thumb.press("left")
    expect(page.locator("#verdict")).to_contain_text("65 分钟，不少于 R 的 60 分钟，计入")
    thumb.type("theme", "认识水果")
    thumb.choose("score_0", "3")
    thumb.choose("prompt_0", "verbal")
    thumb.type("performance", "能指认苹果和香蕉。")
    page.locator("[name=performance]").blur()
    expect(page.locator("#kept")).to_contain_text("已保存到服务器")
    picture("filled")
    thumb.press("record")
    expect(page.locator(".receipt code")).to_be_visible()
    assert violations(page) == []
    picture("receipt")


def absence(thumb: Thumb, picture: Callable[[str], None]) -> None:
    """The grandmother rings: from the day's page it takes the reason and a press, and the day says so."""
    page = thumb.page
    with page.expect_navigation():
        thumb.tap("article.visit:has-text('丁丁') a:has-text('报缺课')")
    assert violations(page) == []
    expect(page.locator("[name=session]:checked")).to_have_value(TODAY.isoformat())
    thumb.tap("label:has-text('生病')")
    thumb.type("note", "奶奶来电话，孩子发烧。")
    picture("absence")
    with page.expect_navigation():
        thumb.tap("main form .button")
    expect(page.locator("main")).to_contain_text("由学校审批")
    picture("absence-reported")
    page.goto("/my-day")
    expect(page.locator("article.visit:has-text('丁丁')")).to_contain_text("已报缺课")
    picture("my-day-then")


def short_visit(thumb: Thumb, morning: Moving, picture: Callable[[str], None]) -> None:
    """The verdict is said while the times are typed; last time's theme is one tap away."""
    page = thumb.page
    morning.set_on(minutes=80)
    with page.expect_navigation():
        thumb.tap("article.visit a.button")
    thumb.type("arrived", "12:10")
    thumb.type("left", "13:08")
    expect(page.locator("#verdict")).to_contain_text("58 分钟，比 R 的 60 分钟少 2 分钟，不计入")
    picture("short")
    thumb.press("same")
    expect(page.locator("[name=theme]")).to_have_value("认识水果")
    expect(page.locator("[name=left]")).to_have_value("13:08")
    thumb.type("performance", "今天只坐了一会儿。")
    thumb.press("record")
    expect(page.locator("main")).to_contain_text("58 分钟，比 R 的 60 分钟少 2 分钟，不计入")


def late_visit(thumb: Thumb, picture: Callable[[str], None]) -> None:
    """A visit of Friday, written down on Monday: asked why, and marked."""
    page = thumb.page
    with page.expect_navigation():
        thumb.tap("article.visit a.button")
    thumb.type("arrived", "10:00")
    thumb.type("left", "11:05")
    thumb.type("theme", "认识水果")
    thumb.type("performance", "能指认梨。")
    thumb.press("record")
    expect(page.locator(".errors")).to_contain_text("为什么现在才写")
    picture("late")
    thumb.type("late_reason", "周五村里没有网络。")
    thumb.press("record")
    expect(page.locator("main")).to_contain_text("补录")


def test_what_is_typed_survives_a_closed_browser(
    open_page: Callable[..., Page], bare_app: Flask, cast: factories.Cast, morning: Moving
) -> None:
    planned = plan(bare_app, start=540)
    for once in range(2):
        page = open_page(PHONE)
        sign_in(page)
        page.goto(f"/visits/record/{planned}")
        if once == 0:
            assert page.inner_text("#kept") == "还没有保存任何内容。"
            page.fill("[name=theme]", "认识水果")
            page.locator("[name=theme]").blur()
            expect(page.locator("#kept")).to_contain_text("已保存到服务器")
        else:
            expect(page.locator("[name=theme]")).to_have_value("认识水果")
        page.context.close()


def test_an_answer_that_comes_late_changes_no_verdict(
    open_page: Callable[..., Page], bare_app: Flask, cast: factories.Cast, morning: Moving
) -> None:
    page = open_page(PHONE)
    sign_in(page)
    page.goto(f"/visits/record/{plan(bare_app, start=540)}")
    held: list[Route] = []
    page.route("**/verdict?*&left=&*", lambda route: held.append(route))  # noqa: PLW0108 - it takes no method of a list
    page.fill("[name=arrived]", "09:00")
    page.fill("[name=left]", "09:58")
    expect(page.locator("#verdict")).to_contain_text("58 分钟")
    (late,) = held
    with page.expect_response(late.request.url) as answered:
        late.continue_()
    answered.value.finished()
    page.evaluate("() => new Promise((then) => setTimeout(then))")
    assert "58 分钟" in page.inner_text("#verdict")


def test_what_is_typed_while_a_draft_is_on_its_way_is_kept_after_it(
    open_page: Callable[..., Page], bare_app: Flask, cast: factories.Cast, morning: Moving
) -> None:
    page = open_page(PHONE)
    sign_in(page)
    planned = plan(bare_app, start=540)
    page.goto(f"/visits/record/{planned}")
    sent: list[Route] = []
    page.route("**/draft*", lambda route: sent.append(route))  # noqa: PLW0108 - it takes no method of a list
    with page.expect_request("**/draft*"):
        page.fill("[name=theme]", "认识")
        page.locator("[name=theme]").blur()
    page.fill("[name=theme]", "认识水果")
    page.locator("[name=theme]").blur()
    page.evaluate("() => new Promise((then) => setTimeout(then))")
    assert len(sent) == 1, "one after the other"
    with page.expect_request("**/draft*"):
        sent[0].continue_()
    assert "已保存" not in page.inner_text("#kept"), "what was typed last is not kept yet"
    sent[1].continue_()
    expect(page.locator("#kept")).to_contain_text("已保存到服务器")
    page.goto(f"/visits/record/{planned}")
    expect(page.locator("[name=theme]")).to_have_value("认识水果")


def test_where_the_server_is_away_the_page_says_that_nothing_is_saved(
    chromium: Browser, address: str, bare_app: Flask, cast: factories.Cast, morning: Moving
) -> None:
    planned = plan(bare_app, start=540)
    with chromium.new_context(viewport=PHONE, base_url=address) as context:  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page)
        page.goto(f"/visits/record/{planned}")
        page.route("**/draft*", lambda route: route.fulfill(status=503, body=""))
        page.fill("[name=theme]", "认识水果")
        page.locator("[name=theme]").blur()
        expect(page.locator("#kept")).to_contain_text("未保存：连不上服务器")
