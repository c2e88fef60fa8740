"""Drawing up an agreement on a child's page."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers.models import Offer
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Child, OrgUnit
from tests.factories import Cast
from tests.web.reading import links_of, main_of, words_in


@pytest.fixture
def here(cast: Cast) -> str:
    """Where an agreement for the own child is drawn up."""
    return f"/children/{cast.own_child}/agreement"


def terms(**values: str) -> dict[str, str]:
    """From the day after the agreement of the cast ends."""
    return {"first": "2027-01-23", "last": "2027-07-09", "who": "any_one", "named": "", "supersedes": "", **values}


def old_agreement(cast: Cast) -> str:
    child = select(Child.id).where(Child.public_id == cast.own_child)
    return db.session.scalars(select(Agreement.public_id).where(Agreement.child_id.in_(child))).one()


def test_a_coordinator_draws_up_an_agreement(he: FlaskClient, here: str, bare_app: Flask, cast: Cast) -> None:
    answer = he.post(here, data=terms())
    with bare_app.app_context():
        offer = db.session.scalars(select(Offer)).one()
        assert answer.location == f"/agreements/{offer.public_id}"
        assert offer.number == "XY-2026-0001"
        assert offer.child.public_id == cast.own_child
        assert [one.name for one in offer.signers] == ["吴奶奶"]


def test_the_first_day_offered_follows_the_agreement_in_force(he: FlaskClient, here: str) -> None:
    page = he.get(here).text
    assert 'value="2027-01-23"' in page
    assert 'value="2027-08-31"' in page
    assert 'value="2027-01-22"' in he.get(f"{here}?first=2026-12-01").text


def test_looking_at_the_paper_writes_nothing(he: FlaskClient, here: str, bare_app: Flask) -> None:
    answer = he.post(here, data=terms(look="1"))
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    with bare_app.app_context():
        assert db.session.scalar(select(Offer.id)) is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"last": "2027-01-01"}, "last"),
        ({"first": "2026-11-01"}, "first"),
        ({"first": "2026-12-01"}, "first"),
        ({"last": "2028-07-09"}, "last"),
        ({"who": "all"}, "reason"),
        ({"who": "named", "reason": "父亲在外务工"}, "named"),
    ],
    ids=["reversed", "past", "while another is in force", "longer than a year", "no reason", "nobody named"],
)
def test_what_does_not_fit_is_said_beside_its_field(
    he: FlaskClient, here: str, given: dict[str, str], field: str
) -> None:
    answer = he.post(here, data=terms(**given))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_a_change_of_terms_takes_the_place_of_the_agreement_in_force(
    he: FlaskClient, here: str, bare_app: Flask, cast: Cast
) -> None:
    with bare_app.app_context():
        old = old_agreement(cast)
    assert he.post(here, data=terms(first="2026-12-01", supersedes=old)).status_code == 302
    with bare_app.app_context():
        offer = db.session.scalars(select(Offer)).one()
        assert offer.effective_from == date(2026, 12, 1)
        assert offer.terms["supersedes"].startswith("XY-")


def test_what_lacks_is_said_first_with_who_brings_it(he: FlaskClient, here: str, bare_app: Flask, cast: Cast) -> None:
    with bare_app.app_context(), committed():
        for unit in db.session.scalars(select(OrgUnit)):
            unit.phone = None
    page = he.get(here).text
    assert f"/contacts/{cast.own_school}" in page
    assert he.post(here, data=terms()).status_code == 422


def test_a_coordinator_writes_down_where_the_school_is_called(he: FlaskClient, bare_app: Flask, cast: Cast) -> None:
    page = f"/contacts/{cast.own_school}"
    assert he.post(page, data={"address": "解放路9号", "phone": "call us"}).status_code == 422
    assert he.post(page, data={"address": "解放路9号", "phone": "0743-8000001"}).status_code == 302
    with bare_app.app_context():
        school = db.session.scalars(select(OrgUnit).where(OrgUnit.public_id == cast.own_school)).one()
        assert (school.address, school.phone) == ("解放路9号", "0743-8000001")


def test_nobody_draws_up_for_a_child_of_another_school(signed_in: Callable[[Role], FlaskClient], cast: Cast) -> None:
    he = signed_in(Role.SCHOOL_COORDINATOR)
    assert he.get(f"/children/{cast.foreign_child}/agreement").status_code == 404
    assert he.post(f"/children/{cast.foreign_child}/agreement", data=terms()).status_code == 404
    assert he.get(f"/contacts/{cast.foreign_school}").status_code == 404


def test_a_second_one_for_the_same_days_names_the_first_and_offers_to_recall_it(
    he: FlaskClient, here: str, bare_app: Flask
) -> None:
    first = he.post(here, data=terms()).location
    page = he.get(f"{here}?first=2027-03-01")
    assert "XY-2026-0001" in words_in(main_of(page))
    assert {first, f"{first}/recall"} <= set(links_of(page))
    refused = he.post(here, data=terms(first="2027-03-01"))
    assert refused.status_code == 422
    assert 'id="beside-error"' in refused.text
    assert "协议 XY-2026-0001 已经拟好" in refused.text
    assert he.post(here, data=terms(first="2027-03-01", look="1")).mimetype == "application/pdf", "a look is no harm"
    with bare_app.app_context():
        assert len(db.session.scalars(select(Offer)).all()) == 1


def test_whoever_knows_of_the_first_may_draw_up_the_second_and_each_names_the_other(he: FlaskClient, here: str) -> None:
    first = he.post(here, data=terms()).location
    second = he.post(here, data=terms(first="2027-03-01", beside="y")).location
    for one, other, number in ((first, second, "XY-2026-0002"), (second, first, "XY-2026-0001")):
        page = he.get(one)
        assert number in words_in(main_of(page))
        assert f"{other}/recall" in links_of(page)


def test_what_was_recalled_or_is_for_other_days_is_in_nobodys_way(he: FlaskClient, here: str) -> None:
    first = he.post(here, data=terms(last="2027-02-28")).location
    later = he.post(here, data=terms(first="2027-03-01"))
    assert later.status_code == 302
    he.get(later.location)
    assert "XY-2026-0002" not in words_in(main_of(he.get(first)))
    assert he.post(f"{first}/recall", data={"reason": "日程变了"}).status_code == 302
    assert he.post(here, data=terms(last="2027-02-28")).status_code == 302
