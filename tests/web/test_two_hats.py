"""Who holds two roles sees by both, and does with each only what that one is for."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.findings.facts import findings_on
from hometeach.compliance.findings.rules import Kind
from hometeach.kernel import outbox
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Message
from hometeach.people.access import Role
from hometeach.people.models import Child, Guardian, OrgUnit, Teacher
from tests import factories

#: What only the school of a child, and who teaches it, may send.
SCHOOLS_ALONE = (
    "/hours/{foreign_slot}/end",
    "/planned-sessions/{foreign_occurrence}/cancel",
    "/new-hour/{foreign_child}",
    "/stand-ins/{foreign_child}/new",
    "/visits/{foreign_visit}/withdraw",
    "/visits/{foreign_visit}/correct",
    "/report-absence/{foreign_child}",
    "/guardians/of/{foreign_child}/new",
)
Enter = Callable[[str], FlaskClient]


@pytest.fixture
def enter(bare_app: Flask, cast: factories.Cast) -> Enter:
    """The browser of somebody new who coordinates S1, and who holds another role beside."""

    def browser_of(beside: str) -> FlaskClient:
        with bare_app.app_context(), committed():
            units = {one.code: one for one in db.session.scalars(sa.select(OrgUnit))}
            teacher = factories.make_teacher("T9", units["S2"], "梅老师")
            factories.make_slot(
                db.session.scalars(sa.select(Child).where(Child.code == "C2")).one(), teacher, weekday=3
            )
            account = factories.make_account("mei", units["S1"], Role.SCHOOL_COORDINATOR, teacher=teacher)
            roles = {"audits": (Role.AUDITOR, "J00"), "teaches": (Role.TEACHER, "S2")}
            role, unit = (roles | {"administers": (Role.ADMINISTRATOR, "J00")})[beside]
            start = date(2020, 1, 1)
            account.grants.append(factories.RoleGrant(role=role, unit_id=units[unit].id, effective_from=start))
        browser = bare_app.test_client()
        assert browser.post("/sign-in", data={"name": "mei", "password": factories.PASSWORD}).status_code == 302
        return browser

    return browser_of


@pytest.mark.parametrize("address", SCHOOLS_ALONE)
def test_who_audits_everything_changes_only_what_the_own_school_has(
    enter: Enter, cast: factories.Cast, address: str
) -> None:
    mei = enter("audits")
    assert mei.get(f"/children/{cast.foreign_child}").status_code == 200
    assert mei.post(address.format(**vars(cast))).status_code == 404
    assert mei.post(address.replace("foreign", "own").format(**vars(cast))).status_code in (302, 422)


@pytest.mark.parametrize("address", [one for one in SCHOOLS_ALONE if one.startswith(("/stand", "/visits", "/guard"))])
def test_who_teaches_at_another_school_does_not_coordinate_it(enter: Enter, cast: factories.Cast, address: str) -> None:
    mei = enter("teaches")
    assert mei.get(f"/children/{cast.foreign_child}").status_code == 200
    assert mei.post(address.format(**vars(cast))).status_code == 404


def test_who_also_looks_after_the_machine_rings_up_the_own_school_alone(
    enter: Enter, bare_app: Flask, cast: factories.Cast
) -> None:
    with bare_app.app_context(), committed():
        for guardian in db.session.scalars(sa.select(Guardian)):
            to = f"guardian:{guardian.public_id}"
            outbox.post(guardian.public_id, kind="home_link", to=to, channel=outbox.Channel.CALL_LIST, body="请来电")
    with bare_app.app_context():
        foreign = sa.select(Message.public_id).where(Message.recipient == f"guardian:{cast.foreign_guardian}")
        address = f"/messages/{db.session.scalars(foreign).one()}/told"
    mei = enter("administers")
    assert "博博" not in mei.get("/messages/calls").text
    assert mei.post(address).status_code == 404


def test_who_audits_everything_explains_findings_about_teachers_of_the_own_school_alone(
    enter: Enter, bare_app: Flask, cast: factories.Cast
) -> None:
    with bare_app.app_context(), committed():
        db.session.execute(sa.update(Teacher).values(record_checked_on=date(2025, 1, 1)))
    mei = enter("audits")
    with bare_app.app_context():
        about = {one.teacher_id: one.key for one in findings_on(date(2026, 11, 23)) if one.kind is Kind.RECORD_CHECK}
        ids = dict(db.session.execute(sa.select(Teacher.code, Teacher.id)).all())
    own, foreign = ids["T1"], ids["T2"]
    assert mei.get(f"/findings/{about[foreign]}").status_code == 200
    assert mei.post(f"/findings/{about[foreign]}/explain").status_code == 404
    assert mei.post(f"/findings/{about[own]}/explain").status_code == 422
