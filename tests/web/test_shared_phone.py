"""Two people of a family with one phone: each speaks under the own name."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Message
from hometeach.people.models import Child, Guardian, phone_index
from hometeach.visits.confirming.models import VisitConfirmation
from tests import factories
from tests.agreements.signing.signing_of import DRAWN
from tests.test_house import come_in, sign_in
from tests.web.reading import main_of, words_in
from tests.web.test_family import last_code

PHONE = "13812345678"


@pytest.fixture
def father(bare_app: Flask, cast: factories.Cast) -> str:
    """The father, on record with the grandmother's phone: his public id."""
    bare_app.config["SMS_URL"] = "http://127.0.0.1:9/"
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
        row = Guardian(child_id=child.id, name="安建国", relation="父亲", phone=PHONE, phone_index=phone_index(PHONE))
        db.session.add(row)
        db.session.flush()
        return row.public_id


def entered(app: Flask) -> FlaskClient:
    """A browser in which the code was entered."""
    browser = app.test_client()
    browser.post("/family", data={"phone": PHONE})
    with app.app_context():
        body = db.session.scalars(sa.select(Message).order_by(Message.id.desc()).limit(1)).one().body
    answer = browser.post("/family/code", data={"code": re.search(r"\d{6}", body)[0]})  # type: ignore[index]
    assert answer.headers["Location"] == "/family/who"
    return browser


def test_nothing_is_shown_before_it_is_said_who_it_is(bare_app: Flask, cast: factories.Cast, father: str) -> None:
    browser = entered(bare_app)
    assert browser.get(f"/family/children/{cast.own_child}").headers["Location"] == "/family/who"
    assert browser.post(f"/family/visits/{cast.own_visit}/as-written").headers["Location"] == "/family/who"
    text = words_in(main_of(browser.get("/family/who")))
    assert "安*（父亲）" in text
    assert "吴*（祖母）" in text
    assert "安建国" not in text


def test_what_is_said_is_written_under_who_said_it(bare_app: Flask, cast: factories.Cast, father: str) -> None:
    browser = entered(bare_app)
    assert browser.post("/family/who", data={"who": father}).headers["Location"] == "/family/home"
    assert browser.post(f"/family/visits/{cast.own_visit}/as-written").status_code == 302
    with bare_app.app_context():
        said = db.session.scalars(sa.select(VisitConfirmation)).one()
        assert said.guardian.public_id == father
        logged = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "guardian:speak_as")).one()
        assert logged.actor == f"guardian:{father}"
    assert "换人操作" in browser.get(f"/family/children/{cast.own_child}").text


def test_nobody_becomes_who_is_not_on_this_phone(bare_app: Flask, cast: factories.Cast, father: str) -> None:
    browser = entered(bare_app)
    assert browser.post("/family/who", data={"who": cast.foreign_guardian}).status_code == 422
    assert browser.get("/family/home").headers["Location"] == "/family/who"


def test_who_is_alone_on_the_phone_is_not_asked(bare_app: Flask, cast: factories.Cast) -> None:
    assert "换人操作" not in come_in(bare_app, PHONE).get("/family/home", follow_redirects=True).text


def test_a_code_sent_for_one_signs_for_nobody_else_on_the_same_phone(
    bare_app: Flask, cast: factories.Cast, father: str
) -> None:
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
        wu, an = (one.public_id for one in factories.make_offer(child, public_id="offer-C1").signers)
    lin, page = sign_in(bare_app, "lin"), "/agreements/offer-C1/take"
    for signer in (wu, an):
        while found := re.search(r'name="clause" value="(\d+)"', lin.get(f"{page}?signer={signer}").text):
            lin.post(f"{page}/clause", data={"clause": found[1], "signer": signer})
    lin.post(f"{page}/code", data={"signer": wu})
    answer = lin.post(page, data={"strokes": DRAWN, "code": last_code(bare_app), "signer": an})
    assert answer.status_code == 422
    assert "这个验证码是发给别人的" in answer.text


def test_nobody_speaks_for_a_child_that_only_another_on_the_phone_has(
    bare_app: Flask, cast: factories.Cast, father: str
) -> None:
    with bare_app.app_context(), committed():
        other = db.session.scalars(sa.select(Child).where(Child.public_id == cast.foreign_child)).one()
        row = Guardian(child_id=other.id, name="安建国", relation="父亲", phone=PHONE, phone_index=phone_index(PHONE))
        db.session.add(row)
    browser, page = entered(bare_app), f"/family/children/{cast.foreign_child}/complaint"
    browser.post("/family/who", data={"who": cast.own_guardian})
    assert browser.get(page).status_code == 200
    answer = browser.post(page, data={"words": "没有人来"})
    assert answer.status_code == 422
    assert "请先点“换人操作”" in answer.text
    browser.post("/family/who", data={"who": father})
    assert browser.post(page, data={"words": "没有人来"}).status_code == 302
