"""Children who are registered and not placed yet: in no roster and no count of those who are taught."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.cases.models import Case
from hometeach.cases.rules import CaseStatus
from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Child, OrgUnit
from tests import factories
from tests.web.reading import lead_of, links_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]


@pytest.fixture
def waiting(bare_app: Flask, cast: factories.Cast) -> str:
    """Child Chen, registered at Lin's school and not placed yet; the public id."""
    with bare_app.app_context(), committed():
        school = db.session.scalars(sa.select(OrgUnit).where(OrgUnit.public_id == cast.own_school)).one()
        child = factories.make_child("W1", school, name="晨晨")
        case = db.session.scalars(sa.select(Case).where(Case.child_id == child.id)).one()
        case.status, case.placed_on = CaseStatus.ASSESSING, None
        rebuild_ledger({child.id})
        return str(child.public_id)


def test_who_waits_for_placement_is_in_no_count_of_the_bureau(signed_in: SignedIn, waiting: str) -> None:
    bai = signed_in(Role.BUREAU_OFFICER)
    home = bai.get("/")
    assert "另有 1 名学生已登记，尚未安置" in words_in(main_of(home))
    assert [row.split()[-5] for row in rows_of(home)] == ["1", "1"]
    assert lead_of(bai.get("/schools/all")).startswith("共 2 名学生")
    for address in ("/children", "/schools/all", "/child-weeks?year=2026"):
        assert waiting not in bai.get(address).text


def test_the_list_of_their_own_says_what_each_waits_for(signed_in: SignedIn, waiting: str) -> None:
    he = signed_in(Role.SCHOOL_COORDINATOR)
    for address in ("/", "/children"):
        assert "/cases?state=awaiting" in links_of(he.get(address))
    (row,) = rows_of(he.get("/cases?state=awaiting"))
    assert row.startswith("晨晨 W1")
    assert "晨晨" not in words_in(main_of(he.get("/")))


def test_who_is_looked_for_is_found_wherever_the_case_stands(signed_in: SignedIn, waiting: str) -> None:
    answer = signed_in(Role.SCHOOL_COORDINATOR).post("/children/find", data={"who": "晨晨"})
    assert waiting in answer.headers["Location"]


def test_who_was_taught_and_waits_again_stays_where_the_weeks_are_told(
    signed_in: SignedIn, bare_app: Flask, cast: factories.Cast
) -> None:
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child.id).where(Child.public_id == cast.own_child)).one()
        db.session.scalars(sa.select(Case).where(Case.child_id == child)).one().status = CaseStatus.PLACEMENT_PENDING
    assert cast.own_child in signed_in(Role.BUREAU_OFFICER).get("/children").text
