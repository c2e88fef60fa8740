"""An incident is reported from a visit or a child's page, and read by author, head and bureau alone."""

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from hometeach.kernel.clock import local, machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Child, RoleGrant, account_by_sign_in_name
from hometeach.visits.incidents.models import Incident
from hometeach.visits.models import Visit
from hometeach.visits.recording.models import VisitDetail
from hometeach.visits.recording.rules import TimeEntry
from tests import factories
from tests.web.reading import browser_of, main_of, words_in

REPORTED = {"day": "2026-11-23", "time": "09:20", "facts": "孩子手臂上有伤痕。", "harm": "yes"}


def newest(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(sa.select(Incident.public_id).order_by(Incident.id.desc())).first() or ""


@pytest.fixture
def incident(bare_app: Flask, lin: FlaskClient, cast: factories.Cast) -> str:
    """What Teacher Lin reports of a visit."""
    assert lin.post(f"/incidents/after-visit/{cast.own_visit}", data=REPORTED).status_code == 302
    return f"/incidents/{newest(bare_app)}"


def test_the_button_stands_on_the_visit_and_on_the_childs_page(lin: FlaskClient, cast: factories.Cast) -> None:
    assert f"/incidents/after-visit/{cast.own_visit}" in lin.get(f"/visits/{cast.own_visit}").text
    assert f"/incidents/of/{cast.own_child}" in lin.get(f"/children/{cast.own_child}").text


def test_suspected_harm_says_who_must_be_told_at_once(bare_app: Flask, lin: FlaskClient, incident: str) -> None:
    text = words_in(main_of(lin.get(incident)))
    assert "请立即告知：公安（110）、民政部门。" in text
    assert "第十一条" in text


def test_author_head_and_bureau_read_it_and_nobody_else(
    bare_app: Flask,
    lin: FlaskClient,
    he: FlaskClient,
    bai: FlaskClient,
    qin: FlaskClient,
    guan: FlaskClient,
    incident: str,
) -> None:
    for reads in (lin, he, bai):
        assert "孩子手臂上有伤痕" in reads.get(incident).text
        assert incident in reads.get("/incidents").text
    for cannot in (qin, guan, browser_of(bare_app.test_client(), "shi")):
        assert cannot.get(incident).status_code == 404
    with bare_app.app_context(), committed():
        account = account_by_sign_in_name("he")
        grant = db.session.scalars(sa.select(RoleGrant).where(RoleGrant.account_id == account.id)).one()  # type: ignore[union-attr]
        grant.is_head = False
    assert he.get(incident).status_code == 404


def test_nothing_of_it_stands_on_the_childs_time_line_nor_names_the_child_to_the_auditor(
    lin: FlaskClient, qin: FlaskClient, cast: factories.Cast, incident: str
) -> None:
    assert "突发事件上报" not in words_in(main_of(lin.get(f"/children/{cast.own_child}"))).replace("上报突发事件", "")
    lin.get(incident)
    for address in ("/audit?code=incident:report", "/audit/access?code=incident"):
        assert "安安" not in words_in(main_of(qin.get(address)))


def test_head_and_officer_find_it_in_their_inbox(he: FlaskClient, bai: FlaskClient, incident: str) -> None:
    for told in (he, bai):
        page = told.get("/messages/inbox")
        assert incident in page.text
        assert "安安" not in words_in(main_of(page))


def test_from_the_first_word_to_the_end(lin: FlaskClient, he: FlaskClient, bai: FlaskClient, incident: str) -> None:
    assert lin.post(f"{incident}/follow-up", data={"words": "已陪同就医。"}).status_code == 302
    assert lin.post(f"{incident}/move", data={"after": "handled", "reason": "好了"}).status_code == 422
    earlier = f"{local(machine_now()) - timedelta(minutes=5):%Y-%m-%dT%H:%M}"
    for party, when in (("police", earlier), ("civil_affairs", "")):
        assert he.post(f"{incident}/told", data={"party": party, "told_at": when}).status_code == 302
    assert he.post(f"{incident}/move", data={"after": "handled", "reason": "派出所已受理"}).status_code == 302
    assert he.post(f"{incident}/move", data={"after": "closed", "reason": "好了"}).status_code == 422
    assert bai.post(f"{incident}/move", data={"after": "closed", "reason": "已结案"}).status_code == 302
    text = words_in(main_of(bai.get(incident)))
    assert "请立即告知" not in text
    assert "已陪同就医。" in text
    assert "派出所已受理" in text


def test_what_is_missing_is_said_and_what_was_typed_stays(lin: FlaskClient, cast: factories.Cast) -> None:
    typed = {**REPORTED, "harm": "", "police": "2999-01-01T10:00", "measures": "联系村委会"}
    page = lin.post(f"/incidents/of/{cast.own_child}", data=typed)
    assert page.status_code == 422
    assert "联系村委会" in page.text


def test_a_visit_in_whose_record_something_happened_opens_it_prefilled(
    bare_app: Flask, lin: FlaskClient, cast: factories.Cast
) -> None:
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()

        visit = db.session.scalars(sa.select(Visit).where(Visit.public_id == cast.own_visit)).one()
        detail = VisitDetail(visit_id=visit.id, recorded_by="x", is_late=False, has_incident=True, receipt_code="abc")
        detail.arrived_entry = detail.left_entry = TimeEntry.BACK_ENTERED
        detail.written = '{"incident": "孩子发作约一分钟。"}'
        db.session.add(detail)
        assert child.id == visit.child_id
    assert f"/incidents/after-visit/{cast.own_visit}" in lin.get(f"/visits/{cast.own_visit}/receipt").text
    assert "孩子发作约一分钟。" in lin.get(f"/incidents/after-visit/{cast.own_visit}").text


def test_the_first_pages_of_head_and_bureau_say_what_is_open_and_who_must_still_be_told(
    he: FlaskClient, bai: FlaskClient, incident: str
) -> None:
    for first in (he, bai):
        text = words_in(main_of(first.get("/")))
        assert "1 件突发事件未结案" in text
        assert "其中 1 件还有一方必须告知" in text


def printed(browser: FlaskClient, incident: str) -> str:
    """What the paper says, without the breaks of its lines."""
    answer = browser.get(f"{incident}/paper")
    assert answer.mimetype == "application/pdf"
    return "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages).replace("\n", "")


def test_the_report_is_printed_for_those_who_may_read_it_and_that_is_logged(
    lin: FlaskClient, he: FlaskClient, bai: FlaskClient, qin: FlaskClient, guan: FlaskClient, incident: str
) -> None:
    he.post(f"{incident}/follow-up", data={"words": "已陪同就医。"})
    assert f"{incident}/paper" in main_of(lin.get(incident))
    for reads in (lin, he, bai):
        said = printed(reads, incident)
        for one in ("强制报告", "安安", "月山镇中心小学", "09:20", "孩子手臂上有伤痕", "民政部门", "已陪同就医"):
            assert one in said, one
    for cannot in (qin, guan):
        assert cannot.get(f"{incident}/paper").status_code == 404
    log = words_in(main_of(qin.get("/audit/access?code=incident_paper")))
    assert log.count("打印突发事件报告") >= 3
    assert "安安" not in log


def test_a_character_without_a_glyph_does_not_keep_the_report_from_being_printed(
    bare_app: Flask, lin: FlaskClient, cast: factories.Cast
) -> None:
    typed = {**REPORTED, "harm": "no", "facts": "孩子摔倒了\U0001f600。"}
    assert lin.post(f"/incidents/of/{cast.own_child}", data=typed).status_code == 302
    said = printed(lin, f"/incidents/{newest(bare_app)}")
    assert "摔倒了[U+1F600]" in said
    assert "强制报告" not in said
