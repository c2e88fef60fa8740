"""Safety notes on their pages: read by who goes there, written by few, and every reading is logged."""

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel.audit import AccessLog
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Child, OrgUnit, Teacher
from hometeach.schedule.models import Occurrence, OccurrenceState, Substitution
from hometeach.visits.models import Absence
from tests import factories
from tests.web.reading import browser_of, main_of, words_in

TODAY = date(2026, 11, 23)


@pytest.fixture
def noted(bare_app: Flask, cast: factories.Cast) -> factories.Cast:
    """The cast, where notes are written for Child An, whom Lin visits today."""
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
        lin = db.session.scalars(sa.select(Teacher).where(Teacher.code == "T1")).one()
        factories.make_safety_note(child)
        make_up(child, lin, TODAY)
    return cast


def make_up(child: Child, teacher: Teacher, on: date) -> None:
    session = Occurrence(original_on=on, child_id=child.id, teacher_id=teacher.id, planned_on=on)
    session.start_minute, session.end_minute, session.state = 900, 975, OccurrenceState.PLANNED
    session.makes_up_for = date(2026, 11, 18)
    db.session.add(session)
    db.session.flush()


def readings(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).where(AccessLog.what == "safety")) or 0


def test_my_day_leads_to_the_notes_and_reading_them_is_logged(
    bare_app: Flask, lin: FlaskClient, noted: factories.Cast
) -> None:
    day = lin.get("/my-day")
    assert f"/safety/{noted.own_child}" in day.text
    assert "大狗" not in day.text
    assert readings(bare_app) == 0
    assert "院里有一条大狗" in lin.get(f"/safety/{noted.own_child}").text
    assert "院里有一条大狗" in lin.post(f"/my-day/{noted.own_child}/reveal").text
    assert readings(bare_app) == 2


def test_the_form_of_todays_visit_shows_them(bare_app: Flask, lin: FlaskClient, noted: factories.Cast) -> None:
    page = lin.get(f"/visits/record/{noted.own_child}", follow_redirects=True)
    assert "院里有一条大狗" in page.text
    assert readings(bare_app) == 1


def test_they_are_written_confirmed_and_kept_in_versions(
    bare_app: Flask, lin: FlaskClient, he: FlaskClient, noted: factories.Cast
) -> None:
    form = he.get(f"/safety/{noted.own_child}/edit")
    assert 'name="seen" type="hidden" value="1"' in form.text
    assert lin.post(f"/safety/{noted.own_child}/edit", data={"seen": "1", "allergies": "青霉素"}).status_code == 302
    late = he.post(f"/safety/{noted.own_child}/edit", data={"seen": "1", "health": "每晚用药"})
    assert late.status_code == 422
    assert "青霉素" in late.text
    assert "每晚用药" in late.text
    assert he.post(f"/safety/{noted.own_child}/edit", data={"seen": "2", "health": "每晚用药"}).status_code == 302
    assert lin.post(f"/safety/{noted.own_child}/confirm").status_code == 302
    text = words_in(main_of(lin.get(f"/safety/{noted.own_child}")))
    assert "每晚用药" in text
    assert "青霉素" not in text
    assert "lin最近确认于" in text.replace(" ", "")


def test_an_auditor_does_not_read_them(qin: FlaskClient, noted: factories.Cast) -> None:
    assert qin.get(f"/safety/{noted.own_child}").status_code == 404


def test_a_substitute_reads_them_while_standing_in_and_writes_nothing(bare_app: Flask, noted: factories.Cast) -> None:
    shi = browser_of(bare_app.test_client(), "shi")
    address = f"/safety/{noted.own_child}"
    assert shi.get(address).status_code == 404
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.public_id == noted.own_child)).one()
        lin, substitute = db.session.scalars(sa.select(Teacher).order_by(Teacher.code))
        row = Substitution(child_id=child.id, teacher_id=lin.id, substitute_id=substitute.id, reason="产假", by="he")
        row.effective_from = row.effective_to = TODAY
        db.session.add(row)
    assert "大狗" in shi.get(address).text
    assert shi.get(f"{address}/edit").status_code == 404
    assert shi.post(f"{address}/edit", data={"seen": "1"}).status_code == 404


def test_a_substitute_for_one_make_up_alone_sees_the_child_until_its_day_is_over(
    bare_app: Flask, noted: factories.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    shi = browser_of(bare_app.test_client(), "shi")
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.public_id == noted.own_child)).one()
        make_up(child, db.session.scalars(sa.select(Teacher).where(Teacher.code == "T2")).one(), date(2026, 11, 25))
    assert shi.get(f"/children/{noted.own_child}").status_code == 200
    assert shi.get(f"/safety/{noted.own_child}").status_code == 200
    monkeypatch.setenv("HOMETEACH_TODAY", "2026-11-25")
    assert shi.get(f"/children/{noted.own_child}").status_code == 200
    monkeypatch.setenv("HOMETEACH_TODAY", "2026-11-26")
    assert shi.get(f"/children/{noted.own_child}").status_code == 404


def test_the_school_sends_a_colleague_for_one_make_up_who_then_sees_the_child(
    bare_app: Flask, he: FlaskClient, cast: factories.Cast
) -> None:
    missed = date(2026, 11, 17)
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
        school = db.session.scalars(sa.select(OrgUnit).where(OrgUnit.code == "S1")).one()
        wei = factories.make_teacher("T3", school, "魏老师")
        factories.make_account("wei", school, Role.TEACHER, teacher=wei)
        db.session.add(Absence(child_id=child.id, missed_on=missed, reason_code="teacher_leave", is_approved=True))
        db.session.flush()
        rebuild_ledger({child.id})
        chosen = wei.public_id
    address = f"/make-ups/{cast.own_child}/{missed}"
    browser = browser_of(bare_app.test_client(), "wei")
    assert browser.get(f"/children/{cast.own_child}").status_code == 404
    assert "魏老师" in he.get(address, query_string={"teacher": chosen}).text
    assert he.post(address, data={"time": "2026-11-25 900", "teacher": chosen}).status_code == 302
    assert browser.get(f"/children/{cast.own_child}").status_code == 200
    assert cast.own_child in browser.get("/my-day?day=2026-11-25").text
