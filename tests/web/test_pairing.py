"""Which planned session was a visit, and what does the week's page offer of days that were moved or are not taught?"""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Child, OrgUnit, Teacher
from hometeach.schedule.models import CalendarEntry, CalendarKind, Occurrence, OccurrenceState, SlotRow
from hometeach.visits.models import Visit
from hometeach.visits.recording.pairing import pair_with_plan
from tests import factories
from tests.web.reading import links_of
from tests.web.test_recording import NOW, TODAY, plan

#: A lesson of Teacher Lin's at nine, and one of somebody else's at three.
NINE, THREE = 540, 900


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "machine_now", lambda: NOW)


@pytest.fixture
def beside(bare_app: Flask, cast: factories.Cast) -> None:
    """Another teacher of the school."""
    with bare_app.app_context(), committed():
        factories.make_teacher("T8", db.session.scalars(sa.select(OrgUnit).where(OrgUnit.code == "S1")).one(), "周老师")


@pytest.fixture
def held(bare_app: Flask, cast: factories.Cast) -> Callable[..., int | None]:
    """Pairs a visit of today's, and gives the start of the session that it was. Units: minutes after midnight."""

    def paired(start: int, by: str = "T1") -> int | None:
        with bare_app.app_context(), committed():
            child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
            teacher = db.session.scalars(sa.select(Teacher).where(Teacher.code == by)).one()
            visit = factories.make_visit(child, teacher, on=TODAY, start=start)
            db.session.flush()
            pair_with_plan({child.id})
            return db.session.scalar(
                sa.select(Occurrence.start_minute)
                .join(Visit, Visit.occurrence_id == Occurrence.id)
                .where(Visit.id == visit.id)
            )

    return paired


def test_of_two_sessions_a_visit_was_the_nearer(bare_app: Flask, held: Callable[..., int | None]) -> None:
    plan(bare_app, start=NINE)
    plan(bare_app, start=THREE)
    assert held(THREE + 10) == THREE
    assert held(NINE) == NINE


def test_a_visit_takes_no_session_of_somebody_else_at_another_hour(
    bare_app: Flask, beside: None, held: Callable[..., int | None]
) -> None:
    plan(bare_app, start=THREE, teacher="T8")
    assert held(NINE) is None
    assert held(THREE + 20) == THREE, "who stands in was there at the hour"


def test_what_was_cancelled_was_not_held(bare_app: Flask, held: Callable[..., int | None]) -> None:
    session = plan(bare_app, start=NINE)
    with bare_app.app_context(), committed():
        mine = Occurrence.public_id == session
        db.session.execute(sa.update(Occurrence).where(mine).values(state=OccurrenceState.CANCELLED))
    assert held(NINE) is None


def test_a_session_is_the_other_visit_s_once_the_first_is_withdrawn(
    bare_app: Flask, he: FlaskClient, held: Callable[..., int | None]
) -> None:
    plan(bare_app, start=NINE)
    assert held(NINE) == NINE
    assert held(NINE + 80) is None
    with bare_app.app_context():
        first, second = db.session.scalars(sa.select(Visit.public_id).where(Visit.held_on == TODAY).order_by(Visit.id))
    assert he.post(f"/visits/{first}/withdraw", data={"why": "写错了"}).status_code == 302
    with bare_app.app_context():
        assert db.session.scalars(sa.select(Visit.public_id).where(Visit.occurrence_id.is_not(None))).all() == [second]


def days_offered(browser: FlaskClient, child: str) -> set[str]:
    """The days that the page of the week of 16 November offers something about."""
    page = browser.get(f"/children/{child}/week/2026-11-16")
    return {link.partition("day=")[2] for link in links_of(page) if "day=" in link and "make-ups" not in link}


def test_a_lesson_that_was_moved_is_asked_about_on_its_new_day(
    bare_app: Flask, he: FlaskClient, lin: FlaskClient, cast: factories.Cast
) -> None:
    assert days_offered(he, cast.own_child) == {"2026-11-17"}
    with bare_app.app_context(), committed():
        slot = db.session.scalars(sa.select(SlotRow).join(Child).where(Child.code == "C1")).first()
        assert slot is not None
        db.session.add(
            Occurrence(
                slot_id=slot.id,
                child_id=slot.child_id,
                teacher_id=slot.teacher_id,
                original_on=date(2026, 11, 17),
                planned_on=date(2026, 11, 19),
                is_moved=True,
                start_minute=THREE,
                end_minute=THREE + 75,
                state=OccurrenceState.PLANNED,
            )
        )
    assert days_offered(he, cast.own_child) == days_offered(lin, cast.own_child) == {"2026-11-19"}


def test_nothing_is_written_or_reported_of_a_holiday(bare_app: Flask, he: FlaskClient, cast: factories.Cast) -> None:
    day = date(2026, 11, 17)
    with bare_app.app_context(), committed():
        db.session.add(CalendarEntry(kind=CalendarKind.HOLIDAY, name="节", effective_from=day, effective_to=day))
        db.session.flush()
        rebuild_ledger()
    assert days_offered(he, cast.own_child) == set()
