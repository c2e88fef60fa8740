"""Make-ups on their pages: what is due, the times that fit, and how the running periods will end."""

import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.schedule.rules import Metric, PeriodKind
from hometeach.visits.models import Absence
from tests import factories
from tests.web.reading import browser_of, lead_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]
MISSED = date(2026, 11, 17)


@pytest.fixture
def owing(bare_app: Flask, cast: factories.Cast) -> str:
    """Child An, taught each Tuesday but the last, when the teacher was on leave. The address of its make-up."""
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
        lin = db.session.scalars(sa.select(Teacher).where(Teacher.code == "T1")).one()
        for n in range(9):
            factories.make_visit(child, lin, on=date.fromordinal(date(2026, 9, 15).toordinal() + 7 * n), start=600)
        db.session.add(Absence(child_id=child.id, missed_on=MISSED, reason_code="teacher_leave", is_approved=True))
        db.session.flush()
        rebuild_ledger()
    return f"/make-ups/{cast.own_child}/{MISSED}"


def times(page: str) -> list[str]:
    return re.findall(r'name="time" value="([^"]+)"', page)


def make_ups(app: Flask) -> list[tuple[date, int, date | None]]:
    with app.app_context():
        statement = sa.select(Occurrence).where(Occurrence.makes_up_for.is_not(None))
        return [(one.planned_on, one.start_minute, one.makes_up_for) for one in db.session.scalars(statement)]


def test_what_is_due_stands_with_its_last_day(signed_in: SignedIn, owing: str) -> None:
    (row,) = [row for row in rows_of(signed_in(Role.TEACHER).get("/make-ups")) if "11月17日" in row]
    assert "12月1日 周二" in row
    assert "教师请假" in row
    assert owing in main_of(signed_in(Role.SCHOOL_COORDINATOR).get("/make-ups"))


def test_the_times_offered_fit_child_and_teacher(signed_in: SignedIn, owing: str) -> None:
    answer = signed_in(Role.TEACHER).get(owing)
    assert "12月1日" in lead_of(answer)
    offered = times(main_of(answer))
    days = [time.split()[0] for time in offered]
    assert days[0] == "2026-11-23"
    assert "2026-11-24" not in days, "on a day with a lesson one more would not count"
    assert max(days) <= "2026-11-30"
    assert {time.split()[1] for time in offered} == {"900"}
    weekend = [day for day in days if date.fromisoformat(day).weekday() > 4]
    assert days[-len(weekend) :] == weekend == ["2026-11-28", "2026-11-29"]
    assert "非教学日" in words_in(main_of(answer))


def test_no_time_is_offered_at_which_the_teacher_was_with_another_child(
    bare_app: Flask, signed_in: SignedIn, owing: str
) -> None:
    assert times(main_of(signed_in(Role.TEACHER).get(owing)))[0] == "2026-11-23 900"
    with bare_app.app_context(), committed():
        other = db.session.scalars(sa.select(Child).where(Child.code == "C2")).one()
        lin = db.session.scalars(sa.select(Teacher).where(Teacher.code == "T1")).one()
        factories.make_visit(other, lin, on=date(2026, 11, 23), start=900)
        rebuild_ledger()
    assert "2026-11-23 900" not in times(main_of(signed_in(Role.TEACHER).get(owing)))


def test_choosing_a_time_plans_it_and_both_pages_say_so(bare_app: Flask, signed_in: SignedIn, owing: str) -> None:
    lin = signed_in(Role.TEACHER)
    answer = lin.post(owing, data={"time": "2026-11-26 900"})
    assert answer.status_code == 302
    assert make_ups(bare_app) == [(date(2026, 11, 26), 900, MISSED)]
    assert "11月26日 周四 15:00–16:15" in words_in(main_of(lin.get(answer.location)))
    (row,) = [row for row in rows_of(lin.get("/make-ups")) if "11月17日" in row]
    assert "11月26日" in row
    assert times(main_of(lin.get(owing))) == []
    assert lin.post(owing, data={"time": "2026-11-27 900"}).status_code == 422
    assert len(make_ups(bare_app)) == 1


@pytest.mark.parametrize(
    ("time", "status"),
    [
        pytest.param("2026-11-24 900", 422, id="the child has another lesson then"),
        pytest.param("2026-11-24 600", 422, id="a day on which one more would not count"),
        pytest.param("2026-12-02 900", 422, id="a day too late"),
        pytest.param("2026-11-22 900", 422, id="yesterday"),
        pytest.param("2026-11-26 1439", 422, id="over midnight"),
        pytest.param("tomorrow", 422, id="no time at all"),
        pytest.param("2026-02-30 900", 404, id="no day"),
    ],
)
def test_a_time_that_does_not_fit_is_refused(
    bare_app: Flask, signed_in: SignedIn, owing: str, time: str, status: int
) -> None:
    assert signed_in(Role.TEACHER).post(owing, data={"time": time}).status_code == status
    assert make_ups(bare_app) == []


def test_where_nothing_is_missing_nothing_is_offered(signed_in: SignedIn, cast: factories.Cast, owing: str) -> None:
    answer = signed_in(Role.TEACHER).get(f"/make-ups/{cast.own_child}/2026-11-10")
    assert "不需补送" in lead_of(answer)
    assert times(main_of(answer)) == []
    assert signed_in(Role.TEACHER).get(f"/make-ups/{cast.own_child}/2026-02-30").status_code == 404


def test_the_school_plans_it_with_the_childs_teacher(bare_app: Flask, signed_in: SignedIn, owing: str) -> None:
    assert signed_in(Role.SCHOOL_COORDINATOR).post(owing, data={"time": "2026-11-25 900"}).status_code == 302
    with bare_app.app_context():
        planned = db.session.scalars(sa.select(Occurrence).where(Occurrence.makes_up_for == MISSED)).one()
        assert db.session.get_one(Teacher, planned.teacher_id).code == "T1"


def test_a_stranger_and_the_auditor_plan_nothing(bare_app: Flask, signed_in: SignedIn, owing: str) -> None:
    shi = browser_of(bare_app.test_client(), "shi")
    assert shi.get(owing).status_code == shi.post(owing, data={"time": "2026-11-26 900"}).status_code == 404
    assert not [row for row in rows_of(shi.get("/make-ups")) if "安安" in row]
    assert signed_in(Role.AUDITOR).get(owing).status_code == 404
    assert owing not in main_of(signed_in(Role.AUDITOR).get("/make-ups"))


def test_on_the_way_to_friday_each_child_stands_with_how_it_can_be_saved(
    bare_app: Flask, signed_in: SignedIn, cast: factories.Cast, owing: str
) -> None:
    he = signed_in(Role.SCHOOL_COORDINATOR)
    (row,) = rows_of(he.get("/make-ups/this-week"))
    assert "11月24日 周二 15:00–16:15" in row
    assert "按已排的课上" in row
    with bare_app.app_context(), committed():
        db.session.execute(
            sa.update(Occurrence)
            .where(Occurrence.planned_on == date(2026, 11, 24))
            .values(state=OccurrenceState.CANCELLED)
        )
    page = he.get("/make-ups/this-week")
    assert "1 名已排的课不够" in lead_of(page)
    (row,) = rows_of(page)
    assert "11月23日 周一 15:00、11月24日 周二 15:00、11月25日 周三 15:00" in row
    (address,) = re.findall(rf'href="(/make-ups/{cast.own_child}/[\d-]+)"', main_of(page))
    offered = times(main_of(he.get(address)))
    assert offered[0] == "2026-11-23 900"
    assert he.post(address, data={"time": "2026-11-27 900"}).status_code == 302
    assert "每名学生都已排够" in lead_of(he.get("/make-ups/this-week"))


def test_the_childs_page_says_how_the_running_week_will_end(
    bare_app: Flask, signed_in: SignedIn, cast: factories.Cast, owing: str
) -> None:
    browser = signed_in(Role.TEACHER)
    page = words_in(main_of(browser.get(f"/children/{cast.own_child}")))
    assert "已排的课上完就达标" in page
    assert "最迟 12月1日 周二" in page
    with bare_app.app_context(), committed():
        db.session.execute(sa.update(Occurrence).values(state=OccurrenceState.CANCELLED))
    page = words_in(main_of(browser.get(f"/children/{cast.own_child}")))
    assert "按目前进度，到 11月29日 差 1 次" in page


def test_the_first_page_names_what_lies_ahead(
    bare_app: Flask, signed_in: SignedIn, cast: factories.Cast, owing: str
) -> None:
    lin = signed_in(Role.TEACHER)
    assert "已排的课不够" not in lin.get("/").text
    lin.post(owing, data={"time": "2026-11-26 900"})
    assert "补11月17日 周二的课" in words_in(main_of(lin.get("/")))
    with bare_app.app_context(), committed():
        db.session.execute(sa.update(Occurrence).values(state=OccurrenceState.CANCELLED))
        child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
        db.session.add(Absence(child_id=child.id, missed_on=date(2026, 11, 3), reason_code="ill", is_approved=False))
    assert "本周有 1 名学生已排的课不够" in words_in(main_of(lin.get("/")))
    assert "有 1 次缺课待学校审批" in words_in(main_of(signed_in(Role.SCHOOL_COORDINATOR).get("/")))


def test_a_month_for_which_the_plan_does_not_suffice_can_be_saved_too(
    bare_app: Flask, signed_in: SignedIn, cast: factories.Cast, owing: str
) -> None:
    with bare_app.app_context(), committed():
        factories.make_rule(
            "M",
            effective_from=date(2026, 9, 2),
            quotas=[(PeriodKind.WEEK, Metric.SESSIONS, 1), (PeriodKind.MONTH, Metric.SESSIONS, 5)],
        )
        rebuild_ledger()
    he = signed_in(Role.SCHOOL_COORDINATOR)
    page = he.get("/make-ups/this-week")
    assert "1 名已排的课不够" in lead_of(page)
    (row,) = rows_of(page)
    assert "11月30日 周一" in row
    (address,) = re.findall(rf'href="(/make-ups/{cast.own_child}/[\d-]+)"', main_of(page))
    assert times(main_of(he.get(address))) != []


def test_the_first_page_asks_the_rule_how_many_lessons_of_one_day_count(
    bare_app: Flask, signed_in: SignedIn, cast: factories.Cast, owing: str
) -> None:
    with bare_app.app_context(), committed():
        factories.make_rule("W", effective_from=date(2026, 9, 2), quotas=[(PeriodKind.WEEK, Metric.SESSIONS, 2)])
        tuesday = db.session.scalars(sa.select(Occurrence).where(Occurrence.planned_on == date(2026, 11, 24))).first()
        assert tuesday is not None
        db.session.add(
            Occurrence(
                child_id=tuesday.child_id,
                teacher_id=tuesday.teacher_id,
                series="second",
                slot_id=tuesday.slot_id,
                original_on=tuesday.planned_on,
                planned_on=tuesday.planned_on,
                start_minute=600,
                end_minute=675,
                state=OccurrenceState.PLANNED,
            )
        )
        rebuild_ledger()
    lin = signed_in(Role.TEACHER)
    assert "本周有 1 名学生已排的课不够" in words_in(main_of(lin.get("/")))
    assert "差 1 次" in words_in(main_of(lin.get(f"/children/{cast.own_child}")))


def test_a_make_up_that_closes_soon_stands_on_fridays_list_with_times(
    bare_app: Flask, signed_in: SignedIn, cast: factories.Cast, owing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMETEACH_TODAY", "2026-11-28")
    rows = rows_of(signed_in(Role.TEACHER).get("/make-ups/this-week"))
    (row,) = [row for row in rows if "补送11月17日 周二的课" in row]
    assert "12月1日 周二" in row
    assert "11月30日 周一 15:00" in row
