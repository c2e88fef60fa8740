"""Correcting, withdrawing and checking records: what stood there stays, and a checked record takes two."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from hometeach.compliance.models import SessionVerdict
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import OrgUnit
from hometeach.visits.correcting.models import CorrectionRequest, VisitVersion, verification_of
from hometeach.visits.models import Visit
from hometeach.visits.recording.models import LatePermission, facts_of
from hometeach.visits.rules import Confirmation, Verdict
from tests import factories
from tests.web.reading import browser_of, lead_of, main_of, rows_of, words_in
from tests.web.test_recording import TODAY, answers, plan, send

SignedIn = Callable[[Role], FlaskClient]


@pytest.fixture
def record(lin: FlaskClient, bare_app: Flask) -> str:
    """The address of a record of yesterday, too short by two minutes."""
    return send(lin, plan(bare_app, TODAY - timedelta(days=1)), left="15:58", late_reason="没有网络")


def change(browser: FlaskClient, address: str, **changed: str) -> None:
    """Send a correction that is taken."""
    typed = answers(late_reason="没有网络", why="离开时间写错了", **changed)
    answer = browser.post(f"{address}/correct", data=typed)
    assert answer.status_code == 302, words_in(answer.text)


def of(app: Flask, address: str) -> Visit:
    """The record at this address."""
    return db.session.scalars(sa.select(Visit).where(Visit.public_id == address.rpartition("/")[2])).one()


def test_a_correction_keeps_what_stood_there_and_is_judged_anew(
    lin: FlaskClient, bare_app: Flask, record: str, cast: factories.Cast
) -> None:
    assert "58 分钟，比 R 的 60 分钟少 2 分钟" in words_in(main_of(lin.get(record)))
    change(lin, record, left="16:10")
    page = words_in(main_of(lin.get(record)))
    assert "70 分钟，不少于 R 的 60 分钟" in page
    assert "15:00–15:58 → 15:00–16:10" in page
    assert "离开时间写错了" in page
    with bare_app.app_context():
        assert db.session.get_one(SessionVerdict, of(bare_app, record).id).verdict is Verdict.COUNTED
        version = db.session.scalars(sa.select(VisitVersion)).one()
        assert "苹果".encode() not in version.content_sealed
        events = db.session.scalars(sa.select(AuditEvent.action).where(AuditEvent.about == f"child:{cast.own_child}"))
        assert list(events) == ["visit:record", "visit:correct"]


def test_what_a_record_said_before_cannot_be_changed_or_deleted(lin: FlaskClient, bare_app: Flask, record: str) -> None:
    change(lin, record, left="16:10")
    for statement in ("UPDATE visit_version SET number = 9", "DELETE FROM visit_version"):
        with bare_app.app_context(), pytest.raises(DBAPIError):
            db.session.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"why": ""}, "请写明原因"),
        ({"left": "15:58", "late_reason": "没有网络"}, "内容没有任何变化"),
        ({"left": "14:00"}, "离开要晚于到达"),
    ],
    ids=["no reason", "nothing changed", "bad times"],
)
def test_a_correction_that_cannot_stand_is_refused(
    lin: FlaskClient, record: str, changed: dict[str, str], said: str
) -> None:
    answer = lin.post(f"{record}/correct", data=answers(**{"why": "改正", **changed}))
    assert answer.status_code == 422
    assert said in words_in(answer.text)


def test_a_correction_can_be_looked_at_first(lin: FlaskClient, bare_app: Flask, record: str) -> None:
    page = lin.post(f"{record}/correct", data=answers(left="16:10", do="check"))
    assert "70 分钟，不少于" in words_in(page.text)
    with bare_app.app_context():
        assert of(bare_app, record).left_second == 15 * 3600 + 58 * 60


def test_times_that_the_family_confirmed_are_open_again_once_corrected(
    lin: FlaskClient, bare_app: Flask, record: str
) -> None:
    with bare_app.app_context(), committed():
        of(bare_app, record).confirmation = Confirmation.CONFIRMED
    change(lin, record, left="16:10")
    with bare_app.app_context():
        assert of(bare_app, record).confirmation is Confirmation.UNCONFIRMED


def test_a_withdrawn_record_frees_its_session_for_the_right_one(lin: FlaskClient, bare_app: Flask) -> None:
    planned = plan(bare_app, TODAY - timedelta(days=1))
    first = send(lin, planned, late_reason="没有网络")
    assert lin.post(f"{first}/withdraw", data={"why": "写到了别的学生名下"}).status_code == 302
    page = words_in(main_of(lin.get(first)))
    assert "已作废" in page
    assert "写到了别的学生名下" in page
    assert "更正这条记录" not in page
    second = send(lin, planned, late_reason="没有网络")
    assert second != first
    assert lin.post(f"{first}/withdraw", data={"why": "再来"}).status_code == 422


def test_an_imported_record_is_corrected_too(lin: FlaskClient, bare_app: Flask, cast: factories.Cast) -> None:
    change(lin, f"/visits/{cast.own_visit}", arrived="15:10", left="16:15")
    with bare_app.app_context():
        visit = of(bare_app, cast.own_visit)
        assert facts_of(visit).words["theme"] == "认识水果"
        assert visit.arrived_second == 15 * 3600 + 600


def test_the_school_checks_its_week(he: FlaskClient, bare_app: Flask, record: str) -> None:
    page = he.get("/verification?day=2026-11-22")
    assert "还有 1 条记录没有核验" in lead_of(page)
    assert "补录" in rows_of(page)[0]
    he.post("/verification/check?day=2026-11-22")
    assert "全部记录已核验" in lead_of(he.get("/verification?day=2026-11-22"))
    with bare_app.app_context():
        assert verification_of(of(bare_app, record).id) is not None


def test_one_record_is_checked_alone_and_a_foreign_one_never(
    he: FlaskClient, bare_app: Flask, record: str, cast: factories.Cast
) -> None:
    he.post("/verification/check?day=2026-11-22", data={"visit": cast.foreign_visit})
    he.post("/verification/check?day=2026-11-22", data={"visit": record.rpartition("/")[2]})
    with bare_app.app_context():
        assert verification_of(of(bare_app, record).id) is not None
        assert verification_of(of(bare_app, cast.foreign_visit).id) is None


def test_a_checked_record_takes_a_second_person(
    lin: FlaskClient, he: FlaskClient, bare_app: Flask, record: str
) -> None:
    he.post("/verification/check?day=2026-11-22")
    change(lin, record, left="16:10")
    assert "等另一个人决定" in words_in(main_of(lin.get(record)))
    with bare_app.app_context():
        assert of(bare_app, record).left_second == 15 * 3600 + 58 * 60
        wish = db.session.scalars(sa.select(CorrectionRequest.public_id)).one()
    page = words_in(main_of(he.get("/verification?day=2026-11-22")))
    assert "15:00–15:58 15:00–16:10" in page
    assert lin.post("/verification/decide", data={"request": wish, "do": "approve"}).status_code == 404
    assert he.post("/verification/decide", data={"request": wish, "do": "approve"}).status_code == 302
    assert he.post("/verification/decide", data={"request": wish, "do": "approve"}).status_code == 409
    page = words_in(main_of(lin.get(record)))
    assert "70 分钟，不少于" in page
    assert "由he同意" in page


def test_a_second_wish_waits_for_the_first(lin: FlaskClient, he: FlaskClient, record: str) -> None:
    he.post("/verification/check?day=2026-11-22")
    change(lin, record, left="16:10")
    answer = lin.post(f"{record}/withdraw", data={"why": "作废"})
    assert answer.status_code == 422
    assert "等待答复" in words_in(answer.text)


def test_nobody_decides_on_a_wish_of_their_own_but_the_bureau_may(
    he: FlaskClient, bai: FlaskClient, bare_app: Flask, record: str
) -> None:
    he.post("/verification/check?day=2026-11-22")
    change(he, record, left="16:10")
    with bare_app.app_context():
        wish = db.session.scalars(sa.select(CorrectionRequest.public_id)).one()
    assert "由其他人决定" in words_in(main_of(he.get("/verification")))
    assert he.post("/verification/decide", data={"request": wish, "do": "approve"}).status_code == 409
    assert bai.post("/verification/decide", data={"request": wish, "do": "refuse"}).status_code == 409
    assert (
        bai.post("/verification/decide", data={"request": wish, "do": "refuse", "answer": "证据不足"}).status_code
        == 302
    )
    page = words_in(main_of(bai.get(record)))
    assert "更正申请被退回" in page
    assert "证据不足" in page
    assert "58 分钟" in page


def test_a_coordinator_who_teaches_does_not_check_the_own_record(
    lin: FlaskClient, bare_app: Flask, record: str
) -> None:
    with bare_app.app_context(), committed():
        school = db.session.scalars(sa.select(OrgUnit).where(OrgUnit.code == "S1")).one()
        db.session.execute(
            sa.text(
                "INSERT INTO role_grant (account_id, role, unit_id, is_head, effective_from) "
                "SELECT id, 'school_coordinator', :unit, :no, '2020-01-01' FROM account WHERE sign_in_name = 'lin'"
            ),
            {"unit": school.id, "no": False},
        )
    lin.post("/verification/check?day=2026-11-22")
    with bare_app.app_context():
        assert verification_of(of(bare_app, record).id) is None


def test_the_school_permits_a_late_entry_with_a_reason(
    lin: FlaskClient, he: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    day = TODAY - timedelta(days=20)
    planned = plan(bare_app, day)
    assert lin.get(f"/visits/record/{planned}").status_code == 409
    form = {"child": cast.own_child, "day": day.isoformat(), "why": ""}
    assert he.post("/verification/late", data=form).status_code == 422
    assert he.post("/verification/late", data={**form, "child": cast.foreign_child, "why": "x"}).status_code == 422
    assert he.post("/verification/late", data={**form, "day": "2026-12-01", "why": "x"}).status_code == 422
    assert he.post("/verification/late", data={**form, "why": "教师住院"}).status_code == 302
    address = send(lin, planned, late_reason="住院")
    assert "补录" in words_in(main_of(lin.get(address)))
    with bare_app.app_context():
        assert db.session.scalars(sa.select(LatePermission)).one().why == "教师住院"


def test_a_stranger_reaches_no_form_of_a_foreign_record(bare_app: Flask, record: str, cast: factories.Cast) -> None:
    shi = browser_of(bare_app.test_client(), cast.stranger)
    for path in ("correct", "withdraw", "receipt"):
        assert shi.get(f"{record}/{path}").status_code == 404


def test_an_auditor_reads_a_record_and_changes_nothing(signed_in: SignedIn, record: str) -> None:
    qin = signed_in(Role.AUDITOR)
    assert qin.get(record).status_code == 200
    assert qin.get(f"{record}/correct").status_code == 404
