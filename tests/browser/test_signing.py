"""Signing an agreement in a real browser: on a phone that is turned half-way, and once by the keyboard alone.

Writes pictures of each step where ``HOMETEACH_PICTURES`` names a folder, and
prints the taps and seconds.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from threading import Thread
from time import perf_counter

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers.actions import draw_up
from hometeach.agreements.offers.choices import Choice
from hometeach.agreements.offers.models import Offer
from hometeach.agreements.offers.rules import WhoSigns
from hometeach.agreements.sealing.actions import seal_next
from hometeach.agreements.signing.actions import send_link
from hometeach.agreements.signing.facts import detail_of
from hometeach.agreements.signing.models import OfferEvent, Signature
from hometeach.agreements.signing.rules import Method, SigningEvent
from hometeach.demonstration import PASSWORD, agreements, signing
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from tests.browser.conftest import DESK, PHONE, county_with, violations
from tests.browser.test_guardian_evening import code_in_outbox
from tests.browser.walking import Walk, overflow
from tests.conftest import IS_LONG, lent_app
from tests.databases import database

pytestmark = [pytest.mark.browser, pytest.mark.once]
TURNED = {"width": PHONE["height"], "height": PHONE["width"]}
TODAY = date(2026, 11, 23)
MOST_TAPS = 12
PLACES, TIMES = ("家里", "大塘村卫生室（村部隔壁）"), ("周二下午 3:00–4:15", "周四上午 9:00–10:15")
#: A voice where headless Chromium has none: it begins each sentence, and lets the test go on to the next.
VOICE = """
window.waiting = [];
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
Object.defineProperty(window, 'speechSynthesis', {value: {
  speaking: false,
  speak(one) { window.waiting.push(one); },
  cancel() { window.waiting = []; },
}});
window.sayNext = () => { const one = window.waiting.shift(); one?.onstart?.(); return one?.text ?? ''; };
"""


@pytest.fixture(scope="session")
def sent_template(county_template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample county with an agreement that was sent to a family."""
    return county_with(tmp_path_factory, "sent", (agreements.seed, signing.seed), county_template)


@pytest.fixture
def county_app(sent_template: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a copy of it, outside any context."""
    with database(tmp_path, sent_template) as url, lent_app(url, tmp_path) as app:
        app.config["DEMONSTRATION"] = True
        yield app


@pytest.fixture
def link(county_app: Flask) -> str:
    """The link to sign that was sent to the family of the demonstration."""
    with county_app.app_context():
        found = signing.signing_link()
        db.session.rollback()
    return found


@pytest.fixture
def asking_link(county_app: Flask, link: str) -> str:
    """A link to another agreement for the same family, which leaves place and times to whoever signs."""
    with county_app.app_context():
        with committed():
            sent = db.session.scalars(select(Offer).order_by(Offer.id).limit(1)).one()
            made = draw_up(
                sent.child,
                effective_from=sent.effective_from,
                effective_to=sent.effective_to,
                who_signs=WhoSigns.ANY_ONE,
                supersedes=db.session.get(Agreement, sent.supersedes_id),
                by=signing.BY,
                on=TODAY,
                options={Choice.PLACE: PLACES, Choice.TIMES: TIMES},
            )
            send_link(
                made.signers[0], address_of=lambda token: f"/family/to/{token}", door="/", by=signing.BY, on=TODAY
            )
        found = signing.signing_link()
        db.session.rollback()
    return found


def draw(page: Page, *points: tuple[float, float]) -> None:
    """Draw one stroke in the box; the points in parts of its width and height."""
    box = page.locator("canvas.pad").bounding_box()
    assert box is not None
    places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def strokes(page: Page) -> int:
    """How many strokes the form holds."""
    return page.evaluate("(JSON.parse(document.querySelector('[name=strokes]').value || '{}').strokes || []).length")


def latest(app: Flask) -> Method:
    """How the signature that came last was made."""
    with app.app_context():
        found = db.session.scalars(select(Signature).order_by(Signature.id.desc()).limit(1)).one()
        db.session.rollback()
        return found.method


def open_all_clauses(walk: Walk) -> None:
    while walk.page.locator("main .thumb [name=clause], main form:has(.thumb) [name=clause]").count():
        walk.tap("main .thumb .button")


def test_a_guardian_signs_on_a_phone_that_is_turned_and_keeps_the_sealed_paper(
    opened: Callable[[dict[str, int]], Page],
    county_app: Flask,
    link: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    walk, began = Walk(opened(PHONE), "signing"), perf_counter()
    page = walk.page
    page.add_init_script(VOICE)
    page.goto(link)
    walk.look("link")
    walk.tap("main .button")
    walk.type("[name=code]", code_in_outbox(page))
    walk.tap("main form .button")
    assert "简明说明" in page.inner_text("h1")
    assert violations(page) == []
    walk.tap("[data-read-aloud]")
    said = []
    while page.locator(".summary .spoken").count() == 0:
        said.append(page.evaluate("sayNext()"))
        assert len(said) < 40
    assert page.inner_text(".spoken") == said[-1]
    walk.look("heard")
    walk.tap("main .thumb .button")
    walk.look("first-clause")
    open_all_clauses(walk)
    assert page.locator(".answers .button").count() == 3
    walk.look("answers")
    assert violations(page) == []
    walk.tap(".answers .button")

    draw(page, (0.1, 0.3), (0.4, 0.2), (0.3, 0.8))
    draw(page, (0.5, 0.3), (0.8, 0.7))
    page.set_viewport_size(TURNED)
    page.wait_for_function("document.querySelector('canvas.pad').clientWidth > 500")
    assert strokes(page) == 2
    walk.look("turned")
    page.set_viewport_size(PHONE)
    page.reload()
    page.wait_for_selector("[data-pad]:not([hidden])")
    assert strokes(page) == 2, "a reload loses no stroke"
    draw(page, (0.2, 0.9), (0.9, 0.9))
    assert strokes(page) == 3
    page.evaluate("document.querySelector('[data-undo]').click()")
    assert strokes(page) == 2
    walk.look("drawn")
    assert violations(page) == []
    walk.tap("main .thumb .button")
    assert "等学校签章" in page.inner_text("main")
    walk.look("signed")
    taps, seconds = walk.taps, perf_counter() - began
    with capsys.disabled():
        print(f"\nsigned at {PHONE['width']} px after {taps} taps, {walk.typed} field typed, {seconds:.1f} s")
    assert taps <= MOST_TAPS
    assert latest(county_app) is Method.DRAWN

    address = page.url
    school = opened(DESK)
    school.goto("/sign-in")
    school.fill("[name=name]", "he")
    school.fill("[name=password]", PASSWORD)
    school.click("main button")
    school.wait_for_url("**/")
    school.goto("/agreements")
    Walk(school, "signing-school").look("list")
    assert violations(school) == []
    school.goto(f"/agreements/{address.rpartition('/')[2]}")
    Walk(school, "signing-school-one").look("before")
    assert violations(school) == []
    school.click("text=代表学校签章")
    school.wait_for_load_state()
    assert "已签章" in school.inner_text("main")
    Walk(school, "signing-school-one").look("countersigned")

    sealing = Thread(target=seal_everything, args=(county_app,))
    sealing.start()
    sealing.join()
    page.reload()
    walk.look("in-force")
    with page.expect_download() as coming:
        page.click("text=保存协议（PDF）")
    kept = tmp_path / "kept.pdf"
    coming.value.save_as(kept)
    assert kept.read_bytes().startswith(b"%PDF-")
    assert b"/ByteRange" in kept.read_bytes(), "what the family keeps is the sealed paper"


def seal_everything(app: Flask) -> None:
    """Let the sealing job run until nothing waits; apart from the browser, which has the thread's event loop."""
    with app.app_context():
        while seal_next(TODAY):
            pass


def test_the_whole_way_goes_by_the_keyboard_alone(
    opened: Callable[[dict[str, int]], Page], county_app: Flask, link: str
) -> None:
    page = opened(PHONE)
    come_to_the_box(page, link)
    type_own_name(page, county_app)
    press(page, "main .thumb .button")
    assert "等学校签章" in page.inner_text("main")
    assert latest(county_app) is Method.TYPED


def test_what_is_left_to_the_family_is_chosen_by_the_keyboard_alone(
    opened: Callable[[dict[str, int]], Page], county_app: Flask, asking_link: str
) -> None:
    page = opened(PHONE)
    come_to_the_box(page, asking_link)
    assert page.locator("main [type=radio]").count() == 4
    assert page.locator("main [type=radio]:checked").count() == 0, "nothing is chosen beforehand"
    Walk(page, "choosing").look("asked")
    assert violations(page) == []
    type_own_name(page, county_app)
    come_to(page, "main .thumb .button")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement?.id") == "place-0", "the browser leads back to what was left out"
    page.keyboard.press("ArrowDown")
    come_to(page, "[name=times]")
    page.keyboard.press("Space")
    Walk(page, "choosing").look("chosen")
    assert violations(page) == []
    for size in (PHONE, {"width": 320, "height": 640}):
        page.set_viewport_size(size)
        assert overflow(page) <= 0
    press(page, "main .thumb .button")
    assert "等学校签章" in page.inner_text("main")
    with county_app.app_context():
        signed = select(OfferEvent).where(OfferEvent.event == SigningEvent.SIGNED).order_by(OfferEvent.id.desc())
        chosen = detail_of(db.session.scalars(signed.limit(1)).one())["choices"]
        db.session.rollback()
    assert chosen == {"place": PLACES[1], "times": TIMES[0]}


def come_to(page: Page, target: str) -> None:
    """Come to a control by the tabulator."""
    for _step in range(120):
        if page.evaluate("target => document.activeElement?.matches(target)", target):
            break
        page.keyboard.press("Tab")
    assert page.evaluate("target => document.activeElement?.matches(target)", target), target


def press(page: Page, target: str) -> None:
    """Come to a control by the tabulator, and press it."""
    come_to(page, target)
    enter(page)


def enter(page: Page) -> None:
    """Press what has the focus, and wait for the next page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def come_to_the_box(page: Page, link: str) -> None:
    """From the link to the page on which it is signed, by the keyboard alone."""
    page.goto(link)
    press(page, "main .thumb .button")
    code = code_in_outbox(page)
    page.focus("#main")
    come_to(page, "[name=code]")
    page.keyboard.type(code)
    enter(page)
    press(page, "main .thumb .button")
    while page.locator("main form:has(.thumb) [name=clause]").count():
        press(page, "main .thumb .button")
    press(page, ".answers a.button")


def type_own_name(page: Page, app: Flask) -> None:
    """Type the name as it stands in the agreement."""
    come_to(page, "[name=typed_name]")
    with app.app_context():
        offer = db.session.scalars(select(Offer).where(Offer.public_id == page.url.split("/")[-2])).one()
        name = offer.signers[0].name
        db.session.rollback()
    page.keyboard.type(name)


def test_the_pages_fit_the_smallest_phone_in_both_languages(
    opened: Callable[[dict[str, int]], Page], link: str
) -> None:
    page = opened({"width": 320, "height": 640})
    page.goto(link)
    page.click("main .button")
    page.fill("[name=code]", code_in_outbox(page))
    page.click("main form .button")
    problems = []
    here = page.url
    for language in ("zh", "en"):
        if language == "en":
            page.click("form[action$='/language'] button[value=en]")
        for address in (here, f"{here}/sign", f"{here}/refuse", f"{here}/leave"):
            page.goto(address)
            wrong = violations(page, contrast=IS_LONG or language == "zh")
            problems += [f"{language} {address}: {one}" for one in wrong]
            if overflow(page) > 0:
                problems.append(f"{language} {address}: {overflow(page)} px too wide")
    assert problems == []
