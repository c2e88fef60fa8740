"""Guardians choose when they sign: asked on each form, none beforehand, kept, and told where they differ."""

import io
import json
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers.models import Offer
from hometeach.agreements.offers.rules import WhoSigns
from hometeach.agreements.signing.evidence import evidence_of
from hometeach.agreements.signing.facts import standing_of
from hometeach.agreements.signing.models import OfferEvent
from hometeach.agreements.signing.rules import AgreementState, SigningEvent
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Child, Guardian, phone_index
from hometeach.people.rules import UnitKind
from tests import factories
from tests.agreements.signing.signing_of import DRAWN
from tests.agreements.signing.test_actions import capture
from tests.factories import Cast
from tests.test_house import come_in, sign_in
from tests.web.reading import words_in
from tests.web.test_agreements import PHONE, TODAY, frozen, last_code, photo, read_to_the_end

__all__ = ["frozen"]

OFFER = "offer-C1"
PAGE = f"/family/agreements/{OFFER}"
FATHER = "13711112222"
PLACES, TIMES = ("家里", "大塘村卫生室"), ("周二下午", "周四上午")
HOME = {"place": PLACES[0], "times": TIMES[0]}


@pytest.fixture
def asked(bare_app: Flask, cast: Cast) -> str:
    """An agreement that both guardians sign, and that leaves place and times to them."""
    bare_app.config["SMS_URL"] = "http://127.0.0.1:9/"
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        father = Guardian(child_id=child.id, name="安爸爸", relation="父亲", phone=FATHER)
        father.phone_index = phone_index(FATHER)
        db.session.add(father)
        db.session.flush()
        db.session.refresh(child)
        for one in child.guardians:
            one.phone_checked_at, one.phone_checked_by = machine_now(), "test"
        old = db.session.scalars(sa.select(Agreement).where(Agreement.child_id == child.id)).one()
        factories.make_offer(
            child,
            WhoSigns.ALL,
            who_signs_reason="双方共同监护",
            public_id=OFFER,
            effective_from=TODAY,
            supersedes_id=old.id,
            asked={"place": PLACES, "times": TIMES},
        )
    return PAGE


@pytest.fixture
def wu(bare_app: Flask, asked: str) -> FlaskClient:
    """Grandmother Wu, who has read it to the end."""
    browser = come_in(bare_app, PHONE)
    read_to_the_end(browser, PAGE)
    return browser


@pytest.fixture
def father(bare_app: Flask, asked: str) -> FlaskClient:
    """Father An, who has read it to the end."""
    browser = come_in(bare_app, FATHER)
    read_to_the_end(browser, PAGE)
    return browser


def sign(browser: FlaskClient, **fields: str):
    return browser.post(f"{PAGE}/sign", data={"strokes": DRAWN, **fields})


def state(app: Flask) -> AgreementState:
    with app.app_context():
        found = standing_of(db.session.scalars(sa.select(Offer).where(Offer.public_id == OFFER)).one(), TODAY)
        db.session.rollback()
        return found


def kept(app: Flask) -> list[dict[str, str]]:
    """What stands with each signature as chosen."""
    with app.app_context():
        rows = db.session.scalars(sa.select(OfferEvent).where(OfferEvent.event == SigningEvent.SIGNED)).all()
        found = [json.loads(row.detail).get("choices", {}) for row in rows]
        db.session.rollback()
        return found


def test_nothing_is_chosen_beforehand_and_each_must_be(bare_app: Flask, wu: FlaskClient) -> None:
    page = wu.get(f"{PAGE}/sign").text
    assert len(re.findall(r'<input[^>]*type="radio"', page)) == 4
    assert "checked" not in page.partition("<main")[2]
    answer = sign(wu, place=PLACES[0])
    assert answer.status_code == 422
    assert 'href="#times-0"' in answer.text, "the error leads to the question"
    assert re.search(r'<input checked[^>]*value="家里"', answer.text), "what was chosen stays"
    assert sign(wu, place="城里", times=TIMES[0]).status_code == 422
    assert kept(bare_app) == []


def test_the_same_choice_is_agreement_and_stands_with_each_signature(
    bare_app: Flask, wu: FlaskClient, father: FlaskClient
) -> None:
    assert sign(wu, **HOME).status_code == 302
    assert sign(father, **HOME).status_code == 302
    assert kept(bare_app) == [HOME, HOME]
    assert state(bare_app) is AgreementState.SIGNED_BY_ALL
    he = sign_in(bare_app, "he")
    assert "家长选的不一样" not in he.get(f"/agreements/{OFFER}").text
    assert he.post(f"/agreements/{OFFER}/countersign").status_code == 302
    with bare_app.app_context():
        events = evidence_of(db.session.scalars(sa.select(Offer).where(Offer.public_id == OFFER)).one()).events
        notes = [one.detail["note"] for one in events if one.event is SigningEvent.SIGNED]
        db.session.rollback()
    assert notes == ["您选在哪里上课？家里；哪个时间您方便？周二下午"] * 2, "the sealed evidence prints it"


def test_where_they_differ_the_school_reads_in_what_and_does_not_countersign(
    bare_app: Flask, wu: FlaskClient, father: FlaskClient
) -> None:
    sign(wu, **HOME)
    sign(father, place=PLACES[1], times=TIMES[0])
    assert state(bare_app) is AgreementState.CONFLICT
    he = sign_in(bare_app, "he")
    page = words_in(he.get(f"/agreements/{OFFER}").text)
    differs = page.partition("家长选的不一样")[2].partition("请谁签")[0]
    assert "吴奶奶" in differs
    assert "安爸爸" in differs
    assert "家里" in differs
    assert "大塘村卫生室" in differs
    assert "哪个时间您方便" not in differs, "in the times they agree"
    assert he.post(f"/agreements/{OFFER}/countersign").status_code == 422
    assert "选的不一样" in wu.get(PAGE).text


def test_on_the_schools_device_it_is_asked_as_well(bare_app: Flask, asked: str) -> None:
    he, page = sign_in(bare_app, "he"), f"/agreements/{OFFER}/take"
    while found := re.search(r'name="clause" value="(\d+)"', he.get(page).text):
        he.post(f"{page}/clause", data={"clause": found[1]})
    assert he.post(page, data={"strokes": DRAWN, "document": "身份证"}).status_code == 422
    assert he.post(page, data={"strokes": DRAWN, "document": "身份证", **HOME}).status_code == 302
    assert kept(bare_app) == [HOME]


def test_of_a_paper_the_school_enters_what_is_ticked(bare_app: Flask, asked: str) -> None:
    he, page = sign_in(bare_app, "he"), f"/agreements/{OFFER}/paper"

    def hand_in(**fields: str) -> int:
        paper = (io.BytesIO(photo(bare_app)), "scan.jpg")
        return he.post(page, data={"seen": "身份证", "paper": paper, **fields}).status_code

    assert hand_in() == 422
    assert hand_in(**HOME) == 302
    assert kept(bare_app) == [HOME]


def test_what_comes_back_from_a_device_without_network_has_nothing_chosen(bare_app: Flask, asked: str) -> None:
    with bare_app.app_context():
        offer = db.session.scalars(sa.select(Offer).where(Offer.public_id == OFFER)).one()
        text = capture(offer, offer.signers[0])
        db.session.rollback()
    answer = sign_in(bare_app, "lin").post(f"/agreements/{OFFER}/captured", data={"capture": text})
    assert answer.status_code == 422
    assert "有一项由您选" in answer.text
    assert kept(bare_app) == []


def test_what_was_drawn_up_without_a_choice_asks_and_takes_none(bare_app: Flask, cast: Cast, asked: str) -> None:
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        factories.make_offer(child, public_id="offer-plain", effective_from=TODAY)
    plain, browser = "/family/agreements/offer-plain", come_in(bare_app, PHONE)
    read_to_the_end(browser, plain)
    assert 'type="radio"' not in browser.get(f"{plain}/sign").text
    assert browser.post(f"{plain}/sign", data={"strokes": DRAWN, **HOME}).status_code == 302
    assert kept(bare_app) == [{}]


def test_the_school_says_what_the_family_may_choose(bare_app: Flask, cast: Cast) -> None:
    with bare_app.app_context(), committed():
        factories.make_wording()
        for unit in db.session.scalars(sa.select(factories.OrgUnit)):
            unit.phone = "0743-8123456"
        assert db.session.scalar(sa.select(factories.OrgUnit).where(factories.OrgUnit.kind == UnitKind.BUREAU))
    he, page = sign_in(bare_app, "he"), f"/children/{cast.own_child}/agreement"
    given = {"first": "2027-01-23", "last": "2027-07-09", "who": "any_one", "named": "", "supersedes": ""}
    alone = he.post(page, data={**given, "places": "家里"})
    assert alone.status_code == 422
    assert "只有一个就不用选了" in alone.text
    assert he.post(page, data={**given, "places": "家里\r\n大塘村卫生室", "times": ""}).status_code == 302
    with bare_app.app_context():
        assert db.session.scalars(sa.select(Offer)).one().terms["choices"] == [
            {"name": "place", "options": ["家里", "大塘村卫生室"]}
        ]


def test_no_code_is_used_up_by_a_choice_that_is_missing(bare_app: Flask, asked: str) -> None:
    lin, page = sign_in(bare_app, "lin"), f"/agreements/{OFFER}/take"
    while found := re.search(r'name="clause" value="(\d+)"', lin.get(page).text):
        lin.post(f"{page}/clause", data={"clause": found[1]})
    lin.post(f"{page}/code")
    code = last_code(bare_app)
    assert lin.post(page, data={"strokes": DRAWN, "code": code}).status_code == 422
    assert lin.post(page, data={"strokes": DRAWN, "code": code, **HOME}).status_code == 302
