"""A family says yes or no to each purpose on its own page; the school takes down what is said on paper; photos obey."""

import io
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.consents.models import Consent, PrivacyNotice
from hometeach.people.models import Guardian
from hometeach.people.rules import Standing
from hometeach.visits.photos.models import VisitPhoto
from tests import factories
from tests.factories import Cast
from tests.people.consents.test_actions import publish
from tests.test_house import come_in
from tests.web.reading import main_of

PHONE = "13812345678"


@pytest.fixture
def notice(bare_app: Flask, cast: Cast) -> str:
    """A notice in force: its public id."""
    with bare_app.app_context():
        return publish().public_id


@pytest.fixture
def wu(bare_app: Flask, notice: str) -> FlaskClient:
    """A browser in which Grandmother Wu has come in with her code."""
    bare_app.config["SMS_URL"] = "http://127.0.0.1:9/"
    return come_in(bare_app, PHONE)


def picture() -> io.BytesIO:
    written = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(written, "JPEG")
    written.seek(0)
    return written


def answers(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(one.purpose, one.answer) for one in db.session.scalars(sa.select(Consent).order_by(Consent.id))]


def test_no_answer_is_chosen_beforehand_and_a_no_takes_one_tap_as_a_yes_does(
    bare_app: Flask, cast: Cast, wu: FlaskClient, notice: str
) -> None:
    page = wu.get(f"/family/children/{cast.own_child}/consents").text
    assert "checked" not in page
    assert page.count('value="given"') == page.count('value="refused"') == 6
    for answer in ("given", "refused"):
        wu.post(f"/family/children/{cast.own_child}/consents/photos", data={"notice": notice, "answer": answer})
    assert answers(bare_app) == [("photos", "given"), ("photos", "refused")]


def test_an_answer_to_a_notice_that_was_replaced_meanwhile_is_asked_anew(
    bare_app: Flask, cast: Cast, wu: FlaskClient, notice: str
) -> None:
    with bare_app.app_context():
        publish(on=date(2026, 11, 1), photos="新的说法。")
    given = wu.post(f"/family/children/{cast.own_child}/consents/photos", data={"notice": notice, "answer": "given"})
    assert given.status_code == 422
    assert "告知书刚刚更新" in given.text
    assert answers(bare_app) == []


@pytest.mark.parametrize("answer", ["", "perhaps", "given,refused"])
def test_an_answer_that_is_none_is_refused_in_words(
    bare_app: Flask, cast: Cast, wu: FlaskClient, notice: str, answer: str
) -> None:
    said = wu.post(f"/family/children/{cast.own_child}/consents/voice", data={"notice": notice, "answer": answer})
    assert said.status_code == 422
    assert "请选择同意或不同意" in said.text


def test_a_carer_reads_the_notice_and_answers_nothing(
    bare_app: Flask, cast: Cast, wu: FlaskClient, notice: str
) -> None:
    with bare_app.app_context(), committed():
        db.session.execute(sa.update(Guardian).values(standing=Standing.CARER))
    address = f"/family/children/{cast.own_child}/consents"
    assert 'name="answer"' not in wu.get(address).text
    assert wu.post(f"{address}/photos", data={"notice": notice, "answer": "given"}).status_code == 422
    assert answers(bare_app) == []


def test_the_family_is_asked_on_the_childs_page_until_it_has_said_no(
    bare_app: Flask, cast: Cast, wu: FlaskClient, notice: str
) -> None:
    asks = "您同意哪些事项？"
    assert asks in wu.get(f"/family/children/{cast.own_child}").text
    for purpose in ("photos", "visit_location", "publicity", "charities", "voice", "research"):
        wu.post(f"/family/children/{cast.own_child}/consents/{purpose}", data={"notice": notice, "answer": "refused"})
    assert asks not in wu.get(f"/family/children/{cast.own_child}").text


def test_without_a_notice_nothing_is_asked(bare_app: Flask, cast: Cast) -> None:
    bare_app.config["SMS_URL"] = "http://127.0.0.1:9/"
    browser = come_in(bare_app, PHONE)
    assert "还没有发布告知书" in browser.get(f"/family/children/{cast.own_child}/consents").text


def test_a_paper_answer_needs_its_picture_and_keeps_who_took_it_down(
    bare_app: Flask, cast: Cast, he: FlaskClient, notice: str
) -> None:
    address = f"/consents/{cast.own_child}/take-down"
    said = {"guardian": cast.own_guardian, "purpose": "photos", "answer": "given", "route": "paper"}
    assert "请给签字的纸拍照" in he.post(address, data=said).text
    assert he.post(address, data={**said, "paper": (picture(), "scan.jpg")}).status_code == 302
    with bare_app.app_context():
        kept = db.session.scalars(sa.select(Consent)).one()
        assert (kept.paper.kind, bool(kept.recorded_by)) == ("image/jpeg", True)
    assert "纸" in main_of(he.get(f"/consents/{cast.own_child}"))


def test_the_bureau_publishes_the_next_version_over_the_words_of_the_last(bai: FlaskClient, notice: str) -> None:
    form = bai.get("/notices/new").text
    assert "谁在处理" in form
    refused = bai.post("/notices/new", data={"text": "只有一句"})
    assert refused.status_code == 422
    assert "只有一句" in refused.text


@pytest.mark.parametrize("day", ["2062-11-23", "9999-12-31"])
def test_a_slip_in_the_year_does_not_bar_every_later_version(bai: FlaskClient, day: str) -> None:
    words = factories.proposed() | {"effective_from": day, "source": "教办〔2026〕1号"}
    refused = bai.post("/notices/new", data=words)
    assert refused.status_code == 422
    assert "请检查年份" in refused.text
    assert bai.post("/notices/new", data=words | {"effective_from": "2026-11-23"}).status_code == 302


def test_what_is_published_can_be_read_by_everybody_of_the_staff(
    bare_app: Flask, bai: FlaskClient, lin: FlaskClient
) -> None:
    words = factories.proposed() | {"effective_from": "2026-11-23", "source": "教办〔2026〕1号"}
    assert bai.post("/notices/new", data=words).status_code == 302
    with bare_app.app_context():
        published = db.session.scalars(sa.select(PrivacyNotice)).one().public_id
    assert "教办〔2026〕1号" in lin.get(f"/notices/{published}").text


def test_a_photo_is_kept_and_seen_only_while_the_family_allows_it(
    bare_app: Flask, cast: Cast, lin: FlaskClient, wu: FlaskClient, notice: str
) -> None:
    address, said = f"/visits/{cast.own_visit}/photos", f"/family/children/{cast.own_child}/consents/photos"
    assert lin.post(address, data={"photo": (picture(), "a.jpg")}).status_code == 422
    wu.post(said, data={"notice": notice, "answer": "given"})
    assert lin.post(address, data={"photo": (picture(), "a.jpg")}).status_code == 302
    with bare_app.app_context():
        photo = db.session.scalars(sa.select(VisitPhoto)).one().public_id
    for browser, place in ((lin, f"/visits/photos/{photo}"), (wu, f"/family/photos/{photo}")):
        seen = browser.get(place)
        assert (seen.status_code, seen.mimetype, seen.headers["Cache-Control"]) == (200, "image/jpeg", "no-store")
    wu.post(said, data={"notice": notice, "answer": "withdrawn"})
    assert lin.get(f"/visits/photos/{photo}").status_code == wu.get(f"/family/photos/{photo}").status_code == 404
    assert "有 1 张照片不再显示" in lin.get(address).text


def test_an_auditor_sees_photos_and_adds_none(bare_app: Flask, cast: Cast, qin: FlaskClient, notice: str) -> None:
    assert qin.get(f"/visits/{cast.own_visit}/photos").status_code == 200
    assert qin.post(f"/visits/{cast.own_visit}/photos", data={"photo": (picture(), "a.jpg")}).status_code == 404


def test_at_fourteen_the_page_asks_whether_the_child_was_asked(
    bare_app: Flask, cast: Cast, wu: FlaskClient, notice: str
) -> None:
    assert "我们已尽可能问过孩子本人" not in wu.get(f"/family/children/{cast.own_child}/consents").text
    with bare_app.app_context(), committed():
        db.session.execute(sa.text("UPDATE child SET born_on = :day"), {"day": "2012-11-23"})
    assert clock.today() == date(2026, 11, 23)
    assert "我们已尽可能问过孩子本人" in wu.get(f"/family/children/{cast.own_child}/consents").text
