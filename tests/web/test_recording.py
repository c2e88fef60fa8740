"""A teacher's day on a phone: whom to visit, writing it down, and what is said before and after."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.models import LedgerEntry, SessionVerdict
from hometeach.kernel import clock
from hometeach.kernel.audit import AccessLog, AuditEvent
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.settings import Setting
from hometeach.people.access import Role
from hometeach.people.models import Child, Guardian, OrgUnit, ServingSpan, Teacher
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow
from hometeach.schedule.rules import PeriodKind
from hometeach.visits.models import Absence, Visit, VisitTeacher
from hometeach.visits.recording.models import VisitDetail, VisitDraft, facts_of
from hometeach.visits.rules import Verdict
from tests import factories
from tests.web.reading import browser_of, links_of, main_of, words_in

SignedIn = Callable[[Role], FlaskClient]
TODAY = date(2026, 11, 23)
#: 17:30 in Shanghai.
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _half_past_five(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands at half past five in the afternoon."""
    monkeypatch.setattr(clock, "machine_now", lambda: NOW)


def plan(app: Flask, day: date = TODAY, *, child: str = "C1", teacher: str = "T1", start: int = 900) -> str:
    """A planned session of 75 minutes, and its public id."""
    with app.app_context(), committed():
        slot = db.session.scalars(sa.select(SlotRow).join(Child).where(Child.code == child)).first()
        keeper = db.session.scalars(sa.select(Teacher).where(Teacher.code == teacher)).one()
        assert slot
        made = Occurrence(
            slot_id=slot.id,
            original_on=day,
            planned_on=day,
            child_id=slot.child_id,
            teacher_id=keeper.id,
            start_minute=start,
            end_minute=start + 75,
            state=OccurrenceState.PLANNED,
        )
        db.session.add(made)
        db.session.flush()
        return made.public_id


def answers(**changed: str) -> dict[str, str]:
    """A form that says all that has to be said."""
    return {
        "arrived": "15:00",
        "left": "16:10",
        "mode": "home",
        "carer": "nobody",
        "theme": "认识水果",
        "performance": "能指认苹果和香蕉。",
        **changed,
    }


def send(browser: FlaskClient, public_id: str, **changed: str) -> str:
    """Record a visit, and give the record's address."""
    answer = browser.post(f"/visits/record/{public_id}", data=answers(**changed))
    assert answer.status_code == 302, words_in(answer.text)
    return str(answer.headers["Location"]).removesuffix("/receipt")


def refused(browser: FlaskClient, public_id: str, **changed: str) -> str:
    """What is said where a record is refused."""
    answer = browser.post(f"/visits/record/{public_id}", data=answers(**changed))
    assert answer.status_code == 422, answer.status_code
    return words_in(answer.text)


def the_visit(day: date = TODAY) -> Visit:
    return db.session.scalars(sa.select(Visit).where(Visit.held_on == day, Visit.is_void.is_(False))).one()


def test_my_day_lists_the_visits_in_order_of_time(lin: FlaskClient, bare_app: Flask) -> None:
    late, early = plan(bare_app, start=900), plan(bare_app, start=540)
    page = lin.get("/my-day")
    assert "还有 2 次送教没有记录" in words_in(main_of(page))
    records = [link for link in links_of(page) if "/visits/record/" in link]
    assert records == [f"/visits/record/{early}", f"/visits/record/{late}"]
    assert "月山镇大塘村" not in page.text
    assert "13812345678" not in page.text


def test_another_day_stands_in_the_address(lin: FlaskClient, bare_app: Flask) -> None:
    planned = plan(bare_app, TODAY - timedelta(days=3))
    assert f"/visits/record/{planned}" in links_of(lin.get("/my-day?day=2026-11-20"))
    assert "/my-day?day=2026-11-19" in links_of(lin.get("/my-day?day=2026-11-20"))
    assert f"/visits/record/{planned}" not in links_of(lin.get("/my-day?day=nonsense"))


def test_address_and_phone_are_one_tap_away_and_logged(lin: FlaskClient, bare_app: Flask, cast: factories.Cast) -> None:
    plan(bare_app)
    page = lin.post(f"/my-day/{cast.own_child}/reveal")
    assert "tel:13812345678" in page.text
    assert "geo:0,0?q=" in page.text
    with bare_app.app_context():
        seen = db.session.execute(sa.select(AccessLog.what, AccessLog.reason).where(AccessLog.reason != "")).all()
    assert sorted(map(tuple, seen)) == [("phone", "visit: visit today"), ("visit_address", "visit: visit today")]
    assert "13812345678" not in lin.get("/my-day").text


def test_without_a_visit_today_nothing_is_shown(lin: FlaskClient, cast: factories.Cast) -> None:
    answer = lin.post(f"/my-day/{cast.own_child}/reveal")
    assert answer.status_code == 409
    assert "13812345678" not in answer.text
    assert lin.post(f"/my-day/{cast.foreign_child}/reveal").status_code == 404


def test_a_visit_is_recorded_with_its_ledger_and_receipt(
    lin: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    address = send(lin, plan(bare_app))
    receipt = words_in(main_of(lin.get(f"{address}/receipt")))
    assert "70 分钟，不少于 R 的 60 分钟，计入" in receipt
    with bare_app.app_context():
        visit = the_visit()
        assert visit.number == f"S-2026-{visit.id:06d}"
        assert visit.occurrence_id is not None
        detail = db.session.scalars(sa.select(VisitDetail)).one()
        assert detail.receipt_code in receipt
        assert not detail.is_late
        assert detail.words["theme"] == "认识水果"
        assert "苹果".encode() not in detail.written_sealed
        assert db.session.get_one(SessionVerdict, visit.id).verdict is Verdict.COUNTED
        week = db.session.scalars(
            sa.select(LedgerEntry.delivered).where(
                LedgerEntry.child_id == visit.child_id,
                LedgerEntry.period_kind == PeriodKind.WEEK,
                LedgerEntry.period_start == TODAY,
            )
        ).one()
        assert week == 1
        event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "visit:record")).one()
        assert event.about == f"child:{cast.own_child}"
        assert json.loads(event.detail) == {"day": "2026-11-23", "minutes": 70, "visit": visit.public_id}


def test_the_same_form_sent_twice_is_recorded_once(lin: FlaskClient, bare_app: Flask) -> None:
    planned = plan(bare_app)
    first, second = (send(lin, planned, once="oneword") for _ in range(2))
    assert first == second
    with bare_app.app_context():
        the_visit()


def test_a_session_that_stands_recorded_is_not_recorded_again(lin: FlaskClient, bare_app: Flask) -> None:
    planned = plan(bare_app)
    address = send(lin, planned)
    assert lin.get(f"/visits/record/{planned}").headers["Location"] == f"{address}/receipt"
    assert "已经有记录" in refused(lin, planned, arrived="09:00", left="10:05")


@pytest.mark.parametrize(
    ("arrived", "left", "said"),
    [
        ("16:00", "15:00", "离开要晚于到达"),
        ("16:00", "16:00", "离开要晚于到达"),
        ("23:20", "00:30", "不能跨过午夜"),
        ("03:00", "15:30", "超过 12 小时"),
        ("16:40", "17:40", "这个时间还没到"),
        ("", "16:00", "请写到达的时间"),
        ("25:00", "16:00", "请这样写时间"),
    ],
)
def test_times_that_cannot_be_are_refused_beside_the_field(
    lin: FlaskClient, bare_app: Flask, arrived: str, left: str, said: str
) -> None:
    text = refused(lin, plan(bare_app), arrived=arrived, left=left)
    assert said in text
    with bare_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(Visit.held_on == TODAY)) == 0


def test_a_session_ahead_is_not_recorded_yet(lin: FlaskClient, cast: factories.Cast) -> None:
    answer = lin.get(f"/visits/record/{cast.own_occurrence}")
    assert answer.status_code == 409
    assert "11月24日 周二" in answer.text


def test_the_verdict_is_said_before_saving(lin: FlaskClient, bare_app: Flask) -> None:
    planned = plan(bare_app)
    assert "两个时间都有了" in words_in(lin.get(f"/visits/record/{planned}").text)
    piece = lin.get(f"/visits/record/{planned}/verdict?arrived=15:00&left=15:58&mode=home")
    assert "58 分钟，比 R 的 60 分钟少 2 分钟，不计入" in words_in(piece.text)
    checked = lin.post(f"/visits/record/{planned}", data=answers(left="15:58", do="check", theme=""))
    assert checked.status_code == 200
    assert "58 分钟，比 R 的 60 分钟少 2 分钟，不计入" in words_in(checked.text)
    with bare_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(Visit.held_on == TODAY)) == 0


def test_a_second_visit_of_the_day_is_told_to_be_over_the_limit(lin: FlaskClient, bare_app: Flask) -> None:
    send(lin, plan(bare_app))
    piece = lin.get(f"/visits/record/{plan(bare_app, start=540)}/verdict?arrived=16:20&left=17:25&mode=home")
    assert "每天最多计 1 次" in words_in(piece.text)


@pytest.mark.parametrize("asked", ["", "arrived=x&left=y&mode=z", "arrived=15:00&left=16:00&mode=home&makes_up_for=x"])
def test_a_verdict_of_nonsense_is_not_known_yet(lin: FlaskClient, bare_app: Flask, asked: str) -> None:
    piece = lin.get(f"/visits/record/{plan(bare_app)}/verdict?{asked}")
    assert "两个时间都有了" in words_in(piece.text)


def test_records_that_share_time_take_a_reason_and_both_wait(
    lin: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    send(lin, plan(bare_app))
    other = plan(bare_app, start=980)
    text = refused(lin, other, arrived="16:00", left="17:05")
    assert "另一条记录与这次时间重叠" in text
    send(lin, other, arrived="16:00", left="17:05", overlap_reason="家长要求连上两次")
    with bare_app.app_context():
        found = db.session.scalars(sa.select(SessionVerdict.verdict).where(SessionVerdict.held_on == TODAY)).all()
    assert found == [Verdict.OVERLAP, Verdict.OVERLAP]


@pytest.mark.parametrize("no_moment", ["nonsense", "0001-01-01T00:00:00+14:00"])
def test_buttons_take_the_moment_and_typing_does_not(
    lin: FlaskClient, bare_app: Flask, monkeypatch: pytest.MonkeyPatch, no_moment: str
) -> None:
    planned = plan(bare_app)
    monkeypatch.setattr(clock, "machine_now", lambda: NOW - timedelta(minutes=65))
    device = "2026-11-23T08:25:10.000Z"
    lin.post(f"/visits/record/{planned}", data={"do": "arrived", "device_at": device, "theme": "认识水果"})
    monkeypatch.setattr(clock, "machine_now", lambda: NOW)
    lin.post(f"/visits/record/{planned}", data={"do": "left", "arrived": "16:25", "device_at": no_moment})
    page = lin.get(f"/visits/record/{planned}")
    assert 'value="16:25"' in page.text
    assert 'value="17:30"' in page.text
    assert "65 分钟" in words_in(page.text)
    send(lin, planned, arrived="16:25", left="17:29")
    with bare_app.app_context():
        detail = db.session.scalars(sa.select(VisitDetail)).one()
        assert (detail.arrived_entry, detail.left_entry) == ("live", "back_entered")
        assert detail.arrived_device_at is not None
        assert (detail.left_at, detail.left_device_at) == (None, None)


def test_buttons_are_for_the_day_itself(lin: FlaskClient, bare_app: Flask) -> None:
    planned = plan(bare_app, TODAY - timedelta(days=2))
    assert 'value="arrived"' not in lin.get(f"/visits/record/{planned}").text
    assert lin.post(f"/visits/record/{planned}", data={"do": "arrived"}).status_code == 409


def test_a_draft_survives_a_closed_browser(lin: FlaskClient, bare_app: Flask) -> None:
    planned = plan(bare_app)
    said = lin.post(f"/visits/record/{planned}/draft", data={"theme": "认识水果", "arrived": "15:0"})
    assert words_in(said.text) == "已保存到服务器 17:30，还没有记录。"
    again = browser_of(bare_app.test_client(), "lin").get(f"/visits/record/{planned}")
    assert "认识水果" in again.text
    assert "已保存到服务器 17:30" in words_in(again.text)
    assert "已经开始填写" in words_in(lin.get("/my-day").text)
    with bare_app.app_context():
        assert "认识".encode() not in db.session.scalars(sa.select(VisitDraft)).one().typed_sealed
    send(lin, planned)
    assert "不再保存" in words_in(lin.post(f"/visits/record/{planned}/draft", data={"theme": "x"}).text)
    with bare_app.app_context():
        assert db.session.scalars(sa.select(VisitDraft)).all() == []


def test_a_draft_is_its_teachers_own(lin: FlaskClient, bare_app: Flask, cast: factories.Cast) -> None:
    planned = plan(bare_app)
    lin.post(f"/visits/record/{planned}/draft", data={"theme": "认识水果"})
    shi = browser_of(bare_app.test_client(), cast.stranger)
    assert shi.get(f"/visits/record/{planned}").status_code == 404
    assert shi.post(f"/visits/record/{planned}/draft", data={"theme": "x"}).status_code == 404


def test_keeping_for_later_works_without_scripts(lin: FlaskClient, bare_app: Flask) -> None:
    planned = plan(bare_app)
    page = lin.post(f"/visits/record/{planned}", data={"do": "keep", "theme": "认识水果"}, follow_redirects=True)
    assert "认识水果" in page.text


def test_late_entry_takes_a_reason_and_stays_marked(lin: FlaskClient, bare_app: Flask) -> None:
    planned = plan(bare_app, TODAY - timedelta(days=7))
    assert "为什么现在才写" in refused(lin, planned)
    address = send(lin, planned, late_reason="村里没有网络")
    assert "补录" in words_in(main_of(lin.get(f"{address}/receipt")))
    with bare_app.app_context():
        assert db.session.scalars(sa.select(VisitDetail.is_late)).one()


def test_later_than_the_bureau_allows_the_school_must_permit(
    lin: FlaskClient, signed_in: SignedIn, bare_app: Flask, cast: factories.Cast
) -> None:
    planned = plan(bare_app, TODAY - timedelta(days=8))
    answer = lin.get(f"/visits/record/{planned}")
    assert answer.status_code == 409
    assert "超过 7 天" in answer.text
    assert "超过 7 天" in refused(lin, planned, late_reason="忘了")


def test_the_days_for_late_entry_are_the_bureaus(lin: FlaskClient, bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        row = Setting(name="late_entry_days", value="2", effective_from=date(2026, 11, 1), source="X教发〔2026〕20号")
        db.session.add(row)
    assert lin.get(f"/visits/record/{plan(bare_app, TODAY - timedelta(days=3))}").status_code == 409
    assert lin.get(f"/visits/record/{plan(bare_app, TODAY - timedelta(days=2))}").status_code == 200


def test_who_taught_that_day_may_record_though_the_child_has_moved(lin: FlaskClient, bare_app: Flask) -> None:
    planned = plan(bare_app, TODAY - timedelta(days=3))
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        school = db.session.scalars(sa.select(OrgUnit.id).where(OrgUnit.code == "S2")).one()
        db.session.execute(
            sa.text("UPDATE serving_span SET effective_to = '2026-11-21' WHERE child_id = :c"), {"c": child.id}
        )
        db.session.execute(
            sa.text("UPDATE responsible_span SET effective_to = '2026-11-21' WHERE child_id = :c"), {"c": child.id}
        )
        db.session.execute(sa.text("UPDATE slot SET effective_to = '2026-11-21' WHERE child_id = :c"), {"c": child.id})
        db.session.add(ServingSpan(child_id=child.id, school_id=school, effective_from=date(2026, 11, 22)))
        moved = child.public_id
    assert lin.get(f"/children/{moved}").status_code == 404
    address = send(lin, planned, late_reason="当天没有网络")
    assert lin.get(f"{address}/receipt").status_code == 200
    assert lin.get(address).status_code == 200


def test_two_teachers_write_one_record(lin: FlaskClient, bare_app: Flask) -> None:
    planned = plan(bare_app)
    with bare_app.app_context(), committed():
        school = db.session.scalars(sa.select(OrgUnit).where(OrgUnit.code == "S1")).one()
        factories.make_teacher("T9", school, "周老师")
    send(lin, planned, second_teacher="T9")
    assert "Not a valid choice" not in lin.get("/my-day").text
    with bare_app.app_context():
        assert facts_of(the_visit()).teachers == ("T1", "T9")
        assert (
            len(db.session.scalars(sa.select(VisitTeacher).where(VisitTeacher.visit_id == the_visit().id)).all()) == 2
        )


def test_a_teacher_of_another_school_cannot_be_the_second(lin: FlaskClient, bare_app: Flask) -> None:
    refused(lin, plan(bare_app), second_teacher="T2")


def test_a_visit_that_nobody_planned_is_recorded_by_child_and_day(
    lin: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    address = send(lin, f"{cast.own_child}?day=2026-11-22", late_reason="周日临时去的")
    assert "11月22日" in words_in(main_of(lin.get(f"{address}/receipt")))
    assert lin.get(f"/visits/record/{cast.foreign_child}").status_code == 404


def test_the_planned_session_of_the_day_is_taken_where_there_is_one(
    lin: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    planned = plan(bare_app)
    assert lin.get(f"/visits/record/{cast.own_child}").headers["Location"] == f"/visits/record/{planned}"


def test_last_times_words_stand_beside_and_are_taken_over(lin: FlaskClient, bare_app: Flask) -> None:
    send(lin, plan(bare_app, TODAY - timedelta(days=2)), late_reason="没有网络", next_time="复习水果")
    planned = plan(bare_app)
    text = words_in(lin.get(f"/visits/record/{planned}").text)
    assert "上次：认识水果" in text
    assert "上次计划这次：复习水果" in text
    lin.post(f"/visits/record/{planned}", data={"do": "same"})
    assert 'value="认识水果"' in lin.get(f"/visits/record/{planned}").text


def test_a_missed_date_that_asks_for_it_is_offered_and_repaid(
    lin: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        row = Absence(child_id=child.id, missed_on=date(2026, 11, 17), reason_code="teacher_leave", is_approved=True)
        db.session.add(row)
    planned = plan(bare_app)
    assert 'value="2026-11-17"' in lin.get(f"/visits/record/{planned}").text
    send(lin, planned, makes_up_for="2026-11-17")
    with bare_app.app_context():
        assert db.session.get_one(SessionVerdict, the_visit().id).credited_on == date(2026, 11, 17)


def test_somebody_else_has_a_name_and_an_incident_is_told(lin: FlaskClient, bare_app: Flask) -> None:
    planned = plan(bare_app)
    text = refused(lin, planned, carer="else", has_incident="yes")
    assert "请写是谁" in text
    assert "请写发生了什么" in text
    with bare_app.app_context():
        guardian = db.session.scalars(sa.select(Guardian.public_id).join(Child).where(Child.code == "C1")).one()
    send(lin, planned, carer=guardian, has_incident="yes", incident="孩子磕到了手，已告知家长和学校。")
    with bare_app.app_context():
        assert facts_of(the_visit()).carer == guardian
        assert facts_of(the_visit()).has_incident


def test_what_is_recorded_of_the_day_is_said_before_it_is_recorded_again(lin: FlaskClient, bare_app: Flask) -> None:
    planned, other = plan(bare_app), plan(bare_app, start=1000)
    hint = "这一天已有 1 次送教记录"
    assert hint not in words_in(main_of(lin.get(f"/visits/record/{other}")))
    visit = send(lin, planned)
    page = lin.get(f"/visits/record/{other}")
    assert hint in words_in(main_of(page))
    assert "已记录：15:00–16:10" in words_in(main_of(page))
    assert visit in links_of(page)
    with bare_app.app_context(), committed():
        the_visit().void_reason, the_visit().is_void = "没有去", True
    assert hint not in words_in(main_of(lin.get(f"/visits/record/{other}")))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("arrived=15:00&left=14:10", "离开要晚于到达"),
        ("arrived=16:40&left=17:40", "这个时间还没到"),
        ("arrived=03:00&left=15:30", "超过 12 小时"),
    ],
    ids=["reversed", "future", "half_a_day"],
)
def test_while_times_are_typed_it_is_said_what_is_wrong_with_them(
    lin: FlaskClient, bare_app: Flask, asked: str, said: str
) -> None:
    piece = words_in(lin.get(f"/visits/record/{plan(bare_app)}/verdict?{asked}&mode=home").text)
    assert said in piece
    assert "两个时间都有了" not in piece


def test_all_that_is_wrong_with_a_record_is_said_at_one_press(lin: FlaskClient, bare_app: Flask) -> None:
    planned = plan(bare_app, TODAY - timedelta(days=1))
    text = refused(lin, planned, arrived="15:00", left="14:10", theme="")
    assert "有 3 处需要修改" in text
    for said in ("离开要晚于到达", "请写明为什么现在才写", "请写这次送教的主题"):
        assert said in text
