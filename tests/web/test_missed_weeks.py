"""A week that is over, told with what became known of it afterwards: its plan never changes, the page says why."""

import re
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.visits.models import Absence
from tests import factories
from tests.web.reading import lead_of, links_of, main_of, words_in
from tests.web.test_absences import reported

TUESDAY = date(2026, 11, 24)
APPROVED = "缺课，学校已批准：学生生病、住院"


@pytest.fixture
def approved_late(bare_app: Flask, cast: factories.Cast, he: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tuesday's lesson was reported missed, and approved on Monday after."""
    absence = reported(bare_app, cast)
    monkeypatch.setenv("HOMETEACH_TODAY", "2026-11-30")
    assert he.post(f"/absences/{absence}/approve").status_code == 302


def plan_of(app: Flask, cast: factories.Cast) -> Occurrence:
    with app.app_context():
        of_child = sa.select(Occurrence).join(Child, Child.id == Occurrence.child_id)
        statement = of_child.where(Child.public_id == cast.own_child, Occurrence.planned_on == TUESDAY)
        return db.session.scalars(statement).one()


@pytest.mark.usefixtures("approved_late")
def test_a_past_week_says_why_a_lesson_was_missed_and_keeps_its_plan(
    bare_app: Flask, cast: factories.Cast, he: FlaskClient, lin: FlaskClient, qin: FlaskClient
) -> None:
    assert plan_of(bare_app, cast).state is OccurrenceState.PLANNED
    for browser, address in (
        (he, "/schedule"),
        (lin, "/schedule"),
        (qin, f"/schedule/schools/{cast.own_school}"),
    ):
        page = browser.get(f"{address}?week=2026-11-24")
        assert APPROVED in words_in(main_of(page)), address
        assert "0 次" in lead_of(page), address
        assert APPROVED not in words_in(main_of(browser.get(f"{address}?week=2026-12-01"))), address


@pytest.mark.usefixtures("approved_late")
def test_the_session_itself_and_the_childs_week_say_it_too(
    bare_app: Flask, cast: factories.Cast, lin: FlaskClient
) -> None:
    session = lin.get(f"/planned-sessions/{plan_of(bare_app, cast).public_id}")
    assert "这次缺课，学校已批准：学生生病、住院。" in lead_of(session)
    week = lin.get(f"/children/{cast.own_child}/week/2026-11-23")
    planned = re.split("本期计划|计划", words_in(main_of(week)))[-1]
    assert APPROVED in planned


def test_what_is_not_decided_or_was_taught_all_the_same_stays_as_planned(
    bare_app: Flask, cast: factories.Cast, he: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    absence = reported(bare_app, cast)
    monkeypatch.setenv("HOMETEACH_TODAY", "2026-11-30")
    assert "学校已批准" not in words_in(main_of(he.get("/schedule?week=2026-11-24")))
    with bare_app.app_context():
        child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
        factories.make_visit(child, on=TUESDAY)
        db.session.execute(sa.update(Absence).where(Absence.public_id == absence).values(is_approved=True))
        db.session.commit()
    assert "学校已批准" not in words_in(main_of(he.get("/schedule?week=2026-11-24")))


def test_a_session_that_the_absence_took_out_in_time_says_the_same(
    bare_app: Flask, cast: factories.Cast, he: FlaskClient
) -> None:
    absence = reported(bare_app, cast)
    assert he.post(f"/absences/{absence}/approve").status_code == 302
    assert plan_of(bare_app, cast).state is OccurrenceState.CANCELLED
    assert APPROVED in words_in(main_of(he.get("/schedule?week=2026-11-24")))
    assert not [one for one in links_of(he.get("/schedule?week=2026-11-24")) if one.startswith("/absences")]
