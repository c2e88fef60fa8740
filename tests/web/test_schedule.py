"""The week on the page: set, changed, moved, handed over, published and fed."""

import io
import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar as Feed
from pypdf import PdfReader
from sqlalchemy import select

from hometeach.compliance.actions import plan_ahead
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Child, OrgUnit, Teacher
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow
from hometeach.visits.models import Visit
from tests import factories
from tests.web.reading import lead_of, links_of, main_of, words_in

THURSDAY = {
    "weekday": "3",
    "start": "09:00",
    "end": "10:15",
    "mode": "home",
    "first": "2026-11-23",
}


def sessions(app: Flask, code: str) -> list[tuple[date, int, OccurrenceState, bool]]:
    with app.app_context():
        rows = db.session.execute(
            select(Occurrence.planned_on, Occurrence.start_minute, Occurrence.state, Occurrence.is_moved)
            .join(Child)
            .where(Child.code == code)
            .order_by(Occurrence.planned_on, Occurrence.start_minute)
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


def thursday(cast: factories.Cast, **other: str) -> dict[str, str]:
    return {**THURSDAY, "teacher": cast.own_teacher, **other}


def test_what_an_hour_would_bring_is_told_before_it_is_set(
    he: FlaskClient, cast: factories.Cast, bare_app: Flask
) -> None:
    with bare_app.app_context(), committed():
        school = db.session.scalars(select(OrgUnit).where(OrgUnit.code == "S1")).one()
        teacher = db.session.scalars(select(Teacher).where(Teacher.code == "T1")).one()
        other = factories.make_child("C3", school, teacher, name="丁丁")
        factories.make_agreement(other)
        factories.make_slot(other, teacher, weekday=3, start=540, end=600)

        plan_ahead(date(2026, 11, 23))
    page = he.get(f"/new-hour/{cast.own_child}", query_string=thursday(cast, end="09:40"))
    assert page.status_code == 200
    assert "40 分钟，少于规则的 60 分钟" in page.text
    assert "与丁丁冲突" in page.text or "与 丁丁 冲突" in page.text
    assert len(sessions(bare_app, "C1")) == 9


def test_an_hour_is_set_and_its_sessions_are_planned_at_once(
    he: FlaskClient, cast: factories.Cast, bare_app: Flask
) -> None:
    answer = he.post(f"/new-hour/{cast.own_child}", data=thursday(cast))
    assert answer.status_code == 302
    assert (date(2026, 11, 26), 540, OccurrenceState.PLANNED, False) in sessions(bare_app, "C1")


def test_a_short_hour_without_a_reason_is_asked_for_one(he: FlaskClient, cast: factories.Cast, bare_app: Flask) -> None:
    typed = thursday(cast, end="09:40")
    answer = he.post(f"/new-hour/{cast.own_child}", data=typed)
    assert answer.status_code == 422
    assert 'id="short_reason"' in answer.text
    assert he.post(f"/new-hour/{cast.own_child}", data=typed | {"short_reason": "体力只够"}).status_code == 302


def test_a_double_click_sets_one_hour(he: FlaskClient, cast: factories.Cast, bare_app: Flask) -> None:
    typed = thursday(cast, once="the same word")
    first, second = (he.post(f"/new-hour/{cast.own_child}", data=typed) for _ in range(2))
    assert first.location == second.location
    with bare_app.app_context():
        assert len(db.session.scalars(select(SlotRow).join(Child).where(Child.code == "C1")).all()) == 2


def test_this_and_later_changes_the_rest_of_the_term(lin: FlaskClient, cast: factories.Cast, bare_app: Flask) -> None:
    typed = thursday(cast, first="2026-12-08")
    look = lin.get(f"/hours/{cast.own_slot}", query_string=typed)
    assert "周二 15:00–16:15" in look.text
    assert "需要重新签" not in look.text
    assert lin.post(f"/hours/{cast.own_slot}", data=typed).status_code == 302
    days = [day.weekday() for day, *_rest in sessions(bare_app, "C1")]
    assert days == [1, 1, 3, 3, 3, 3, 3, 3, 3]


def test_other_minutes_say_that_a_new_agreement_is_needed(lin: FlaskClient, cast: factories.Cast) -> None:
    look = lin.get(f"/hours/{cast.own_slot}", query_string=thursday(cast, end="11:00"))
    assert "新协议" in look.text


def test_one_session_is_moved_alone_and_a_stale_page_is_told(
    lin: FlaskClient, cast: factories.Cast, bare_app: Flask
) -> None:
    typed = {"on": "2026-11-26", "start": "09:00", "end": "10:00", "reason": "路断", "seen": "1"}
    assert lin.post(f"/planned-sessions/{cast.own_occurrence}", data=typed).status_code == 302
    assert sessions(bare_app, "C1")[0] == (date(2026, 11, 26), 540, OccurrenceState.PLANNED, True)
    assert sessions(bare_app, "C1")[1][:2] == (date(2026, 12, 1), 900)
    again = lin.post(f"/planned-sessions/{cast.own_occurrence}", data=typed | {"on": "2026-11-27"})
    assert again.status_code == 422
    assert "路断" in again.text


def test_the_past_is_refused_at_its_field(lin: FlaskClient, cast: factories.Cast) -> None:
    typed = {"on": "2026-11-20", "start": "09:00", "end": "10:00", "reason": "路断", "seen": "1"}
    answer = lin.post(f"/planned-sessions/{cast.own_occurrence}", data=typed)
    assert answer.status_code == 422
    assert 'id="on-error"' in answer.text


def test_a_cancelled_session_stays_on_the_week(lin: FlaskClient, cast: factories.Cast, bare_app: Flask) -> None:
    typed = {"reason": "运动会", "seen": "1"}
    assert lin.post(f"/planned-sessions/{cast.own_occurrence}/cancel", data=typed).status_code == 302
    assert sessions(bare_app, "C1")[0][2] is OccurrenceState.CANCELLED
    assert "已取消" in lin.get("/schedule?week=2026-11-24").text


def test_a_taken_time_is_refused_at_the_beginning_with_what_is_in_the_way(
    lin: FlaskClient, cast: factories.Cast, bare_app: Flask
) -> None:
    lin.post(f"/new-hour/{cast.own_child}", data=thursday(cast))
    typed = {"on": "2026-11-26", "start": "10:00", "end": "11:00", "reason": "路断", "seen": "1"}
    answer = lin.post(f"/planned-sessions/{cast.own_occurrence}", data=typed)
    assert answer.status_code == 422
    assert 'id="start-error"' in answer.text
    assert "09:00–10:15" in answer.text


def test_an_hour_ends_with_a_day(he: FlaskClient, cast: factories.Cast, bare_app: Flask) -> None:
    assert he.get(f"/hours/{cast.own_slot}/end").status_code == 200
    assert he.post(f"/hours/{cast.own_slot}/end", data={"last": "2026-12-01"}).status_code == 302
    assert [day for day, *_rest in sessions(bare_app, "C1")] == [date(2026, 11, 24), date(2026, 12, 1)]


def test_a_colleague_stands_in_and_sees_the_child_meanwhile(
    he: FlaskClient, cast: factories.Cast, bare_app: Flask
) -> None:
    with bare_app.app_context(), committed():
        school = db.session.scalars(select(OrgUnit).where(OrgUnit.code == "S1")).one()
        colleague = factories.make_teacher("T3", school, "方老师")
        factories.make_account("fang", school, Role.TEACHER, teacher=colleague)
        key = colleague.public_id
    fang = bare_app.test_client()
    fang.post("/sign-in", data={"name": "fang", "password": factories.PASSWORD})
    assert fang.get(f"/children/{cast.own_child}").status_code == 404
    typed = {"teacher": cast.own_teacher, "substitute": key, "first": "2026-11-23", "last": "2026-11-29"}
    look = he.get(f"/stand-ins/{cast.own_child}/new", query_string=typed)
    assert "方老师" in look.text
    assert he.post(f"/stand-ins/{cast.own_child}/new", data=typed | {"reason": "产假"}).status_code == 302
    assert fang.get(f"/children/{cast.own_child}").status_code == 200
    assert "安安" in fang.get("/schedule").text


def test_a_schedule_is_published_shown_and_printed(he: FlaskClient, cast: factories.Cast) -> None:
    assert he.get("/schedule/term").status_code == 200
    answer = he.post("/schedule/term")
    assert answer.status_code == 302
    page = he.get(answer.location)
    assert "安安" in page.text
    for address, names in ((f"{answer.location}/print", True), (f"{answer.location}/print?names=codes", False)):
        paper = PdfReader(io.BytesIO(he.get(address).data)).pages[0]
        text = paper.extract_text()
        assert float(paper.mediabox.width) > float(paper.mediabox.height)
        assert ("安安" in text, "C1" in text) == (names, not names)
    assert he.post("/schedule/term").status_code == 422


def test_a_feed_is_read_without_signing_in_and_no_longer_once_it_is_stopped(
    lin: FlaskClient, client: FlaskClient
) -> None:
    page = lin.post("/schedule/feed").text
    address = re.search(r"/calendar-feed/[\w-]+\.ics", page)
    assert address
    answer = client.get(address[0])
    assert answer.mimetype == "text/calendar"
    assert len(Feed.from_ical(answer.data).walk("VEVENT")) == 9
    assert "安安" not in answer.text
    assert address[0] not in lin.get("/schedule/feed").text
    lin.post("/schedule/feed/stop")
    assert client.get(address[0]).status_code == 404
    assert client.get("/calendar-feed/nothing.ics").status_code == 404


def test_a_stranger_sees_and_changes_nothing(bare_app: Flask, cast: factories.Cast) -> None:
    shi = bare_app.test_client()
    shi.post("/sign-in", data={"name": cast.stranger, "password": factories.PASSWORD})
    assert "安安" not in shi.get("/schedule").text
    assert shi.post(f"/hours/{cast.own_slot}", data=thursday(cast)).status_code == 404
    assert shi.get(f"/planned-sessions/{cast.own_occurrence}").status_code == 404


@pytest.mark.parametrize("week", ["", "2026-13-99", "9999-12-31", "0001-01-01", "x" * 200])
def test_whatever_the_address_says_there_is_a_week(lin: FlaskClient, week: str) -> None:
    assert lin.get("/schedule", query_string={"week": week}).status_code == 200


def test_a_clashing_session_names_what_is_in_its_way_and_the_list_ends_without_counting_to_none(
    he: FlaskClient, cast: factories.Cast, bare_app: Flask
) -> None:
    with bare_app.app_context(), committed():
        school = db.session.scalars(select(OrgUnit).where(OrgUnit.code == "S1")).one()
        teacher = db.session.scalars(select(Teacher).where(Teacher.code == "T1")).one()
        other = factories.make_child("C3", school, teacher, name="丁丁")
        factories.make_agreement(other)
        factories.make_slot(other, teacher, weekday=1, start=930, end=990)
        plan_ahead(date(2026, 11, 23))
        clashing = select(Occurrence.public_id).where(Occurrence.state == OccurrenceState.CLASHING)
        first = db.session.scalars(clashing.order_by(Occurrence.planned_on)).first()
    assert "与林老师—安安，15:00–16:15 冲突。请改期或取消。" in he.get(f"/planned-sessions/{first}").text
    assert "次送教会让" in he.get("/schedule/clashing").text
    with bare_app.app_context(), committed():
        for one in db.session.scalars(select(Occurrence).where(Occurrence.state == OccurrenceState.CLASHING)):
            one.state = OccurrenceState.CANCELLED
    assert "0 次" not in he.get("/schedule/clashing").text


def held(app: Flask, day: date = date(2026, 11, 24)) -> str:
    """A visit of that day that names no planned session, as the bureau's list states one, and its public id."""
    with app.app_context(), committed():
        child = db.session.scalars(select(Child).where(Child.code == "C1")).one()
        teacher = db.session.scalars(select(Teacher).where(Teacher.code == "T1")).one()
        visit = factories.make_visit(child, teacher, on=day)
        plan_ahead(date(2026, 11, 23))
        return visit.public_id


def test_a_session_that_was_held_is_not_the_next_and_is_neither_moved_nor_cancelled(
    lin: FlaskClient, cast: factories.Cast, bare_app: Flask
) -> None:
    assert "11月24日 周二 15:00" in lead_of(lin.get(f"/children/{cast.own_child}"))
    visit, address = held(bare_app), f"/planned-sessions/{cast.own_occurrence}"
    assert "12月1日 周二 15:00" in lead_of(lin.get(f"/children/{cast.own_child}"))
    assert "11月24日" not in words_in(main_of(lin.get("/")))
    page = lin.get(address)
    assert f"/visits/{visit}" in links_of(page)
    assert 'name="on"' not in page.text
    assert lin.get(f"{address}/cancel").headers["Location"] == address
    typed = {"on": "2026-11-26", "start": "09:00", "end": "10:00", "reason": "路断", "seen": "1"}
    assert lin.post(address, data=typed).status_code == 422
    assert lin.post(f"{address}/cancel", data=typed).status_code == 422
    assert sessions(bare_app, "C1")[0] == (date(2026, 11, 24), 900, OccurrenceState.PLANNED, False)


def test_a_session_whose_visit_is_withdrawn_can_be_moved_again(
    lin: FlaskClient, cast: factories.Cast, bare_app: Flask
) -> None:
    key = held(bare_app)
    with bare_app.app_context(), committed():
        visit = db.session.scalars(select(Visit).where(Visit.public_id == key)).one()
        visit.is_void, visit.void_reason = True, "记错了人"
    typed = {"on": "2026-11-26", "start": "09:00", "end": "10:00", "reason": "路断", "seen": "1"}
    assert "11月24日 周二 15:00" in lead_of(lin.get(f"/children/{cast.own_child}"))
    assert lin.post(f"/planned-sessions/{cast.own_occurrence}", data=typed).status_code == 302
    with bare_app.app_context():
        assert db.session.scalar(select(Visit.occurrence_id).where(Visit.public_id == key)) is None
