"""On the teacher's page: the paper of the yearly check, and the calendar feed that the school withdraws."""

import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from hometeach.compliance.findings.facts import findings_on
from hometeach.compliance.findings.rules import Kind
from hometeach.kernel import audit
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Account, Teacher
from hometeach.people.record_checks.models import RecordCheck
from tests import factories

SignedIn = Callable[[Role], FlaskClient]
TODAY = date(2026, 11, 23)
PAPER = {"checked_on": "2026-11-20", "paper": "县公安局 2026-118号", "nothing_found": "y"}


def unchecked(app: Flask) -> set[str]:
    """The codes of the teachers of whom it is found that no check holds."""
    with app.app_context():
        found = [one for one in findings_on(TODAY) if one.kind is Kind.RECORD_CHECK]
        names = {one.id: one.code for one in db.session.scalars(sa.select(Teacher))}
        db.session.rollback()
        return {names[one.teacher_id] for one in found if one.teacher_id is not None}


@pytest.mark.parametrize("role", [Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER])
def test_who_saw_the_paper_is_kept_and_the_finding_is_gone(
    signed_in: SignedIn, bare_app: Flask, cast: factories.Cast, role: Role
) -> None:
    assert "T1" in unchecked(bare_app)
    browser, address = signed_in(role), f"/teachers/{cast.own_teacher}"
    assert browser.post(f"{address}/record-check", data=PAPER).status_code == 302
    assert "县公安局 2026-118号" in browser.get(address).text
    assert "T1" not in unchecked(bare_app)
    with bare_app.app_context():
        check = db.session.scalars(sa.select(RecordCheck)).one()
        assert db.session.scalar(sa.select(Teacher.record_checked_on).where(Teacher.code == "T1")) == date(2026, 11, 20)
        assert db.session.scalars(audit.events("record_check:note")).one().actor == check.seen_by


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"checked_on": "2026-11-24"}, "checked_on"),
        ({"checked_on": ""}, "checked_on"),
        ({"paper": " "}, "paper"),
        ({"nothing_found": ""}, "nothing_found"),
    ],
    ids=["tomorrow", "no day", "no paper", "something was found"],
)
def test_what_is_missing_is_said_beside_its_field(
    he: FlaskClient, cast: factories.Cast, changed: dict[str, str], field: str
) -> None:
    answer = he.post(f"/teachers/{cast.own_teacher}/record-check", data=PAPER | changed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_an_older_paper_does_not_take_the_newer_one_s_place(he: FlaskClient, cast: factories.Cast) -> None:
    address = f"/teachers/{cast.own_teacher}/record-check"
    assert he.post(address, data=PAPER).status_code == 302
    assert he.post(address, data=PAPER | {"checked_on": "2026-11-19"}).status_code == 422
    assert he.post(address, data=PAPER | {"paper": "补发"}).status_code == 302


def test_nobody_sees_their_own_paper_for_the_school(he: FlaskClient, bare_app: Flask, cast: factories.Cast) -> None:
    with bare_app.app_context(), committed():
        teacher = db.session.scalars(sa.select(Teacher).where(Teacher.public_id == cast.own_teacher)).one()
        db.session.execute(sa.update(Account).where(Account.sign_in_name == "lin").values(teacher_id=None))
        db.session.execute(sa.update(Account).where(Account.sign_in_name == "he").values(teacher_id=teacher.id))
    address = f"/teachers/{cast.own_teacher}"
    assert he.post(f"{address}/record-check", data=PAPER).status_code == 422
    assert f'action="{address}/record-check"' not in he.get(address).text


def test_a_paper_that_was_seen_stays(he: FlaskClient, bare_app: Flask, cast: factories.Cast) -> None:
    he.post(f"/teachers/{cast.own_teacher}/record-check", data=PAPER)
    with bare_app.app_context():
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(sa.update(RecordCheck).values(paper="x"))
        db.session.rollback()


def test_those_who_only_look_and_other_schools_note_nothing(
    signed_in: SignedIn, he: FlaskClient, cast: factories.Cast
) -> None:
    for role in (Role.TEACHER, Role.AUDITOR, Role.ADMINISTRATOR):
        assert signed_in(role).post(f"/teachers/{cast.own_teacher}/record-check", data=PAPER).status_code == 404
    assert he.post(f"/teachers/{cast.foreign_teacher}/record-check", data=PAPER).status_code == 404


def test_the_school_stops_a_teachers_feed(
    lin: FlaskClient, he: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:

    address = re.search(r'<code class="address">http://[^/]+(/[^<]+)</code>', lin.post("/schedule/feed").text)[1]  # type: ignore[index]
    reader = bare_app.test_client()
    assert reader.get(address).status_code == 200
    stop = f"/teachers/{cast.own_teacher}/feed/stop"
    assert stop in he.get(f"/teachers/{cast.own_teacher}").text
    assert lin.post(stop).status_code == 404
    assert he.post(stop).status_code == 302
    assert reader.get(address).status_code == 404
    assert stop not in he.get(f"/teachers/{cast.own_teacher}").text
    with bare_app.app_context():
        events = db.session.scalars(audit.events("calendar_feed:revoke")).all()
        assert len(events) == 1
    assert he.post(f"/teachers/{cast.foreign_teacher}/feed/stop").status_code == 404
