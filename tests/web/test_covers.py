"""Somebody covers during a leave: what they will see is said first, and it ends by itself or early."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.kernel import audit
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.covering.models import Cover
from hometeach.people.models import Account, RoleGrant, Teacher
from hometeach.schedule.models import Occurrence, Substitution
from hometeach.schedule.models.week import OccurrenceState
from tests import factories

SignedIn = Callable[[Role], FlaskClient]
TUESDAY = date(2026, 11, 24)


def account_of(app: Flask, name: str) -> tuple[str, str]:
    """The public id of somebody's account, and the id of the first role."""
    with app.app_context():
        account = db.session.scalars(sa.select(Account).where(Account.sign_in_name == name)).one()
        return account.public_id, str(account.grants[0].id)


def form_for(app: Flask, away: str, covering: str, **changed: str) -> tuple[str, dict[str, str]]:
    public_id, grant = account_of(app, away)
    days = {"first": "2026-11-23", "last": "2026-12-04", "reason": "产假"}
    return f"/covers/{public_id}/new", {"grant": grant, "covering": account_of(app, covering)[0]} | days | changed


def cover(app: Flask, guan: FlaskClient, away: str, covering: str, **changed: str) -> str:
    address, data = form_for(app, away, covering, **changed)
    answer = guan.post(address, data=data | {"seen": "1"})
    assert answer.status_code == 302, answer.text
    with app.app_context():
        return db.session.scalars(sa.select(Cover.public_id).order_by(Cover.id.desc())).first()


def test_what_the_person_will_see_is_said_and_nothing_is_written(
    guan: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    address, data = form_for(bare_app, "he", "lin")
    page = guan.post(address, data=data).text
    assert "lin在这些日子里能看到 1 个孩子的档案" in page
    with bare_app.app_context():
        assert db.session.scalar(sa.select(Cover)) is None
    address, data = form_for(bare_app, "bai", "qin")
    assert "2 个孩子的档案" in guan.post(address, data=data).text
    address, data = form_for(bare_app, "yu", "lin")
    assert "看不到任何孩子的档案" in guan.post(address, data=data).text


def test_the_role_is_held_for_these_days_and_ends_by_itself(
    guan: FlaskClient, lin: FlaskClient, bare_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lin.get("/verification").status_code == 404
    cover(bare_app, guan, "he", "lin")
    assert lin.get("/verification").status_code == 200
    with bare_app.app_context():
        given = db.session.scalars(sa.select(RoleGrant).order_by(RoleGrant.id.desc())).first()
        assert given is not None
        assert (given.role, given.effective_to) == (Role.SCHOOL_COORDINATOR, date(2026, 12, 4))
        assert given.is_head
        assert db.session.scalars(audit.events("cover:begin")).one()
    monkeypatch.setenv("HOMETEACH_TODAY", "2026-12-05")
    assert lin.get("/verification").status_code == 404


def test_while_a_teacher_is_away_the_other_one_teaches_and_sees_the_child(
    guan: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    shi = bare_app.test_client()
    shi.post("/sign-in", data={"name": "shi", "password": factories.PASSWORD})
    assert shi.get(f"/children/{cast.own_child}").status_code == 404
    address, data = form_for(bare_app, "lin", "shi")
    page = guan.post(address, data=data).text
    assert "1 个孩子的档案" in page
    assert "2 次课转过去" in page
    cover(bare_app, guan, "lin", "shi")
    assert shi.get(f"/children/{cast.own_child}").status_code == 200
    with bare_app.app_context():
        row = db.session.scalars(sa.select(Substitution)).one()
        assert (row.effective_from, row.effective_to) == (date(2026, 11, 23), date(2026, 12, 4))
        assert db.session.scalar(sa.select(Cover)).grant_id is None, "a teacher anyway"
        taught_by = _teacher_on(TUESDAY, cast.own_child)
        assert taught_by == "T2"


def test_a_cover_that_ends_early_gives_everything_back(
    guan: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    public_id = cover(bare_app, guan, "lin", "shi")
    assert "shi顶替lin" in guan.get(f"/accounts/{account_of(bare_app, 'lin')[0]}").text
    assert guan.post(f"/covers/{public_id}/end").status_code == 302
    with bare_app.app_context():
        assert _teacher_on(TUESDAY, cast.own_child) == "T1"
        assert db.session.scalar(sa.select(Cover)).held.last == date(2026, 11, 23)
    assert guan.post(f"/covers/{public_id}/end").status_code == 409


def test_a_role_that_has_not_begun_is_taken_back_whole(guan: FlaskClient, bare_app: Flask) -> None:
    public_id = cover(bare_app, guan, "he", "lin", first="2026-12-01")
    guan.post(f"/covers/{public_id}/end")
    with bare_app.app_context():
        assert db.session.scalar(sa.select(Cover)).held is None
        roles = sa.select(RoleGrant.role).join(Account).where(Account.sign_in_name == "lin")
        assert db.session.scalars(roles).all() == [Role.TEACHER]


@pytest.mark.parametrize(
    ("away", "covering", "changed", "field"),
    [
        pytest.param("he", "lin", {"last": "2026-11-22"}, "last", id="reversed"),
        pytest.param("he", "lin", {"first": "2026-11-22"}, "first", id="in the past"),
        pytest.param("he", "lin", {"reason": " "}, "reason", id="no reason"),
        pytest.param("lin", "he", {}, "covering", id="no staff number"),
        pytest.param("he", "he", {}, "covering", id="oneself"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    guan: FlaskClient, bare_app: Flask, away: str, covering: str, changed: dict[str, str], field: str
) -> None:
    address, data = form_for(bare_app, away, covering, **changed)
    for seen in ({}, {"seen": "1"}):
        answer = guan.post(address, data=data | seen)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text


def test_nobody_covers_twice_and_nobody_who_holds_the_role_anyway(guan: FlaskClient, bare_app: Flask) -> None:
    cover(bare_app, guan, "he", "lin")
    for covering in ("shi", "lin"):
        address, data = form_for(bare_app, "he", covering)
        assert guan.post(address, data=data).status_code == 422
    address, data = form_for(bare_app, "yu", "guan")
    assert guan.post(address, data=data | {"seen": "1"}).status_code == 422, "nobody gives themselves a role"


def test_a_role_is_covered_only_while_it_is_held(guan: FlaskClient, bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        account = db.session.scalars(sa.select(Account).where(Account.sign_in_name == "he")).one()
        account.grants[0].effective_to = date(2026, 11, 30)
    address, data = form_for(bare_app, "he", "lin")
    assert 'id="last-error"' in guan.post(address, data=data).text


def test_a_child_with_whom_somebody_else_stands_in_stays_there(
    guan: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    cover(bare_app, guan, "lin", "shi", last="2026-11-30")
    with bare_app.app_context(), committed():
        db.session.execute(sa.update(Cover).values(held_no_more_from=date(2026, 11, 23)))
    address, data = form_for(bare_app, "lin", "shi")
    page = guan.post(address, data=data).text
    assert "看不到任何孩子的档案" in page
    assert "另有 1 个孩子" in page
    cover(bare_app, guan, "lin", "shi")
    with bare_app.app_context():
        assert len(db.session.scalars(sa.select(Substitution)).all()) == 1


def test_nobody_but_the_administrator_arranges_cover(signed_in: SignedIn, bare_app: Flask) -> None:
    address, data = form_for(bare_app, "he", "lin")
    for role in set(Role) - {Role.ADMINISTRATOR}:
        assert signed_in(role).post(address, data=data).status_code == 404


def _teacher_on(day: date, child: str) -> str:
    """The code of the teacher with whom the child has a session that day."""
    from hometeach.people.models import Child

    statement = (
        sa.select(Teacher.code)
        .join(Occurrence, Occurrence.teacher_id == Teacher.id)
        .join(Child, Child.id == Occurrence.child_id)
        .where(Child.public_id == child, Occurrence.planned_on == day, Occurrence.state != OccurrenceState.CANCELLED)
    )
    return db.session.scalars(statement).one()
