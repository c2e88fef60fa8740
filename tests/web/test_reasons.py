"""The bureau's reasons of absences: added, ended, and what an end would change is told first."""

import re
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask, url_for
from flask.testing import FlaskClient

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.models import LedgerEntry
from hometeach.kernel import audit
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Child
from hometeach.visits.models import Absence, ExcuseReason
from tests import factories

NEW = {
    "name_zh": "参加康复训练",
    "name_en": "",
    "effect": "reduces",
    "first": "2026-11-23",
    "last": "",
    "source": "X教发〔2026〕30号",
}


def seen_on(page: str) -> str:
    return re.search(r'name="seen" value="(\w+)"', page)[1]  # type: ignore[index]


@pytest.fixture
def ill(bare_app: Flask, cast: factories.Cast) -> date:
    """Child An was ill in a week without a session; the school approved it."""
    day = date(2026, 10, 13)
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
        db.session.add(Absence(child_id=child.id, missed_on=day, reason_code="ill", is_approved=True))
        db.session.flush()
        rebuild_ledger()
    return day


def excused_in(app: Flask, cast: factories.Cast, day: date) -> int:
    with app.app_context():
        statement = sa.select(LedgerEntry.excused).join(Child, Child.id == LedgerEntry.child_id)
        inside = (LedgerEntry.period_start <= day) & (LedgerEntry.period_end >= day)
        return db.session.scalars(statement.where(Child.public_id == cast.own_child, inside)).one()


def test_a_reason_is_added_after_a_look_and_offered_from_its_day_on(
    bai: FlaskClient, he: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    with bare_app.test_request_context():
        report = url_for("report_absence.ask", public_id=cast.own_child)
    page = bai.post("/absence-reasons/new", data=NEW)
    assert page.status_code == 200
    assert "参加康复训练" not in bai.get("/absence-reasons").text, "only looked at"
    assert bai.post("/absence-reasons/new", data=NEW | {"seen": seen_on(page.text)}).status_code == 302
    assert "X教发〔2026〕30号" in he.get("/absence-reasons").text
    assert "参加康复训练" in he.get(report).text
    with bare_app.app_context():
        kept = db.session.scalars(sa.select(ExcuseReason).where(ExcuseReason.name_zh == "参加康复训练")).one()
        assert (kept.effective_from, kept.name_en) == (date(2026, 11, 23), "参加康复训练")
        assert db.session.scalars(audit.events("excuse_reason:add")).one().about == f"excuse_reason:{kept.code}"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name_zh": "家庭外出"}, "name_zh"),
        ({"name_zh": " "}, "name_zh"),
        ({"effect": ""}, "effect"),
        ({"last": "2026-11-22"}, "last"),
        ({"source": ""}, "source"),
    ],
    ids=["a name that is taken", "no name", "no effect", "reversed", "no source"],
)
def test_what_is_missing_is_said_beside_its_field(bai: FlaskClient, changed: dict[str, str], field: str) -> None:
    answer = bai.post("/absence-reasons/new", data=NEW | changed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_what_an_end_would_change_is_told_and_then_done(
    bai: FlaskClient, bare_app: Flask, cast: factories.Cast, ill: date
) -> None:
    assert excused_in(bare_app, cast, ill) == 1
    data = {"last": "2026-10-12", "source": "局办公会"}
    page = bai.post("/absence-reasons/ill/end", data=data).text
    assert "1 次已批准的缺课将不再适用这个原因" in page
    assert "安安" in page
    assert excused_in(bare_app, cast, ill) == 1, "only looked at"
    assert bai.post("/absence-reasons/ill/end", data=data | {"seen": seen_on(page)}).status_code == 302
    assert excused_in(bare_app, cast, ill) == 0
    with bare_app.app_context():
        assert db.session.scalars(audit.events("excuse_reason:end")).one()


@pytest.mark.parametrize(("last", "excused"), [("2026-10-13", 1), ("2026-10-12", 0)], ids=["its day", "one less"])
def test_the_last_day_still_excuses(
    bai: FlaskClient, bare_app: Flask, cast: factories.Cast, ill: date, last: str, excused: int
) -> None:
    data = {"last": last, "source": "局办公会"}
    seen = seen_on(bai.post("/absence-reasons/ill/end", data=data).text)
    bai.post("/absence-reasons/ill/end", data=data | {"seen": seen})
    assert excused_in(bare_app, cast, ill) == excused


def test_an_end_that_is_taken_back_excuses_again(
    bai: FlaskClient, bare_app: Flask, cast: factories.Cast, ill: date
) -> None:
    for last, excused in (("2026-10-12", 0), ("", 1)):
        data = {"last": last, "source": "局办公会"}
        seen = seen_on(bai.post("/absence-reasons/ill/end", data=data).text)
        bai.post("/absence-reasons/ill/end", data=data | {"seen": seen})
        assert excused_in(bare_app, cast, ill) == excused


def test_of_two_officers_the_second_looks_once_more(bai: FlaskClient) -> None:
    data = {"last": "2026-12-31", "source": "局办公会"}
    seen = seen_on(bai.post("/absence-reasons/weather/end", data=data).text)
    other = seen_on(bai.post("/absence-reasons/closure/end", data=data).text)
    assert bai.post("/absence-reasons/weather/end", data=data | {"seen": seen}).status_code == 302
    assert bai.post("/absence-reasons/closure/end", data=data | {"seen": other}).status_code == 422


def test_a_reason_that_has_ended_is_not_accepted_for_a_later_day(
    bai: FlaskClient, he: FlaskClient, cast: factories.Cast
) -> None:
    data = {"last": "2026-11-20", "source": "局办公会"}
    seen = seen_on(bai.post("/absence-reasons/ill/end", data=data).text)
    bai.post("/absence-reasons/ill/end", data=data | {"seen": seen})
    told = {"session": "another", "day": "2026-11-24", "reason": "ill", "note": ""}
    with he.application.test_request_context():
        address = url_for("report_absence.ask", public_id=cast.own_child)
    answer = he.post(address, data=told)
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text


def test_readers_see_the_reasons_and_change_none(he: FlaskClient) -> None:
    page = he.get("/absence-reasons").text
    assert "/absence-reasons/new" not in page
    assert he.post("/absence-reasons/new", data=NEW).status_code == 404
    assert he.post("/absence-reasons/ill/end", data={"last": "", "source": "x"}).status_code == 404


def test_an_absent_reason_is_absent(bai: FlaskClient) -> None:
    assert bai.get("/absence-reasons/none/end").status_code == 404
