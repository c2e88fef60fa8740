"""The administrator's pages of accounts, and everybody's own."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.entry.models import SignIn
from hometeach.people.models import Account, OrgUnit, RoleGrant
from tests import factories
from tests.factories import PASSWORD
from tests.test_house import sign_in
from tests.web.test_absences import at_once
from tests.web.test_races import posted

SignedIn = Callable[[Role], FlaskClient]
NEW = {"name": "白敏", "sign_in_name": "bai.min", "staff_code": ""}


def account_address(app: Flask, sign_in_name: str) -> str:
    with app.app_context():
        public_id = db.session.scalar(sa.select(Account.public_id).where(Account.sign_in_name == sign_in_name))
    return f"/accounts/{public_id}"


def unit_id(app: Flask, code: str) -> str:
    with app.app_context():
        return db.session.scalars(sa.select(OrgUnit.public_id).where(OrgUnit.code == code)).one()


def password_on(page: str) -> str:
    return re.search(r"<code>([a-z2-9-]{14})</code>", page)[1]  # type: ignore[index]


def test_the_list_names_people_with_their_roles_and_is_narrowed_in_the_address(guan: FlaskClient) -> None:
    everybody = guan.get("/accounts").text
    assert all(f">{name}</a>" in everybody for name in ("bai", "he", "lin", "shi"))
    auditors = guan.get("/accounts?role=auditor").text
    assert ">qin</a>" in auditors
    assert ">lin</a>" not in auditors


def test_the_list_is_narrowed_by_unit(guan: FlaskClient, bare_app: Flask) -> None:
    school = guan.get(f"/accounts?unit={unit_id(bare_app, 'S2')}").text
    assert ">shi</a>" in school
    assert ">lin</a>" not in school


def test_a_filter_that_means_nothing_filters_nothing(guan: FlaskClient) -> None:
    assert ">lin</a>" in guan.get("/accounts?role=king&unit=nowhere&page=999x").text


def test_a_new_persons_password_is_shown_once_and_lets_in(guan: FlaskClient, bare_app: Flask) -> None:
    shown = guan.post("/accounts/new", data=NEW)
    password = password_on(shown.text)
    assert password not in guan.get(account_address(bare_app, "bai.min")).text
    browser = bare_app.test_client()
    assert browser.post("/sign-in", data={"name": "bai.min", "password": password}).status_code == 302


def test_a_name_that_grows_in_small_letters_is_asked_for_shorter(guan: FlaskClient) -> None:
    told = guan.post("/accounts/new", data={"name": "甲", "sign_in_name": "İ" * 64})
    assert told.status_code == 422
    assert 'id="sign_in_name-error"' in told.text


def test_a_taken_name_is_said_beside_its_field_and_what_was_typed_stays(guan: FlaskClient) -> None:
    answer = guan.post("/accounts/new", data=NEW | {"sign_in_name": "lin"})
    assert answer.status_code == 422
    assert 'id="sign_in_name-error"' in answer.text
    assert 'value="白敏"' in answer.text


def test_a_role_is_given_and_taken_away_on_the_page(guan: FlaskClient, bare_app: Flask) -> None:
    address = account_address(bare_app, "lin")
    data = {"role": "school_coordinator", "unit": unit_id(bare_app, "S1"), "first": "2026-11-01", "last": ""}
    assert guan.post(f"{address}/roles", data=data).status_code == 302
    with bare_app.app_context():
        grant_id = db.session.scalars(
            sa.select(RoleGrant.id).join(Account).where(Account.sign_in_name == "lin").order_by(RoleGrant.id.desc())
        ).first()
    assert guan.post(f"{address}/roles/{grant_id}/end").status_code == 302
    with bare_app.app_context():
        assert str(db.session.get_one(RoleGrant, grant_id).effective_to) == "2026-11-22"


def test_the_unit_that_does_not_fit_is_said_beside_the_unit(guan: FlaskClient, bare_app: Flask) -> None:
    data = {"role": "auditor", "unit": unit_id(bare_app, "S1"), "first": "2026-11-01"}
    answer = guan.post(f"{account_address(bare_app, 'lin')}/roles", data=data)
    assert answer.status_code == 422
    assert 'id="unit-error"' in answer.text


def test_a_role_of_another_account_is_not_ended_through_this_one(guan: FlaskClient, bare_app: Flask) -> None:
    with bare_app.app_context():
        of_shi = db.session.scalars(sa.select(RoleGrant.id).join(Account).where(Account.sign_in_name == "shi")).one()
    assert guan.post(f"{account_address(bare_app, 'lin')}/roles/{of_shi}/end").status_code == 404


def test_the_own_account_offers_nothing_and_refuses_all_the_same(guan: FlaskClient, bare_app: Flask) -> None:
    address = account_address(bare_app, "guan")
    assert "<form" not in guan.get(address).text.split("<main")[1].split("</main")[0]
    assert guan.post(f"{address}/disable").status_code == 409
    assert guan.get("/accounts").status_code == 200


def test_disabling_signs_out_at_once_and_enabling_lets_in_again(
    guan: FlaskClient, signed_in: SignedIn, bare_app: Flask
) -> None:
    lin = signed_in(Role.TEACHER)
    address = account_address(bare_app, "lin")
    guan.post(f"{address}/disable")
    assert lin.get("/account").status_code == 302
    guan.post(f"{address}/enable")
    assert lin.post("/sign-in", data={"name": "lin", "password": PASSWORD}).status_code == 302
    assert lin.get("/account").status_code == 200


def test_a_forgotten_password_is_made_anew_and_shown_once(
    guan: FlaskClient, signed_in: SignedIn, bare_app: Flask
) -> None:
    lin = signed_in(Role.TEACHER)
    password = password_on(guan.post(f"{account_address(bare_app, 'lin')}/password").text)
    assert lin.get("/account").status_code == 302
    assert lin.post("/sign-in", data={"name": "lin", "password": password}).status_code == 302


def test_nobody_but_the_administrator_sees_accounts(signed_in: SignedIn, bare_app: Flask) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        browser = signed_in(role)
        assert browser.get("/accounts").status_code == 404
        assert browser.post("/accounts/new", data=NEW).status_code == 404
        assert browser.post(f"{account_address(bare_app, 'shi')}/disable").status_code == 404


def test_everybody_sees_the_own_account_and_changes_the_own_password(signed_in: SignedIn, bare_app: Flask) -> None:
    here, there = signed_in(Role.TEACHER), signed_in(Role.TEACHER)
    data = {"old": PASSWORD, "password": "another long password", "again": "another long password"}
    assert here.post("/account/password", data=data).status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"old": "wrong"}, "old"), ({"again": "something else"}, "password"), ({"password": "", "again": ""}, "password")],
    ids=["the old one is wrong", "the two differ", "nothing is typed"],
)
def test_a_password_that_is_not_changed_says_why_beside_the_field(
    signed_in: SignedIn, changed: dict[str, str], field: str
) -> None:
    data = {"old": PASSWORD, "password": "another long password", "again": "another long password"} | changed
    answer = signed_in(Role.TEACHER).post("/account/password", data=data)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_a_sign_in_on_a_lost_phone_is_ended_from_another_place(signed_in: SignedIn, bare_app: Flask) -> None:
    lost, here = signed_in(Role.TEACHER), signed_in(Role.TEACHER)
    assert lost.get("/account").status_code == 200
    page = here.get("/account").text
    assert page.count('name="sign_in"') == 1, "the place where one is offers no button"
    sign_in_id = re.search(r'name="sign_in" value="(\d+)"', page)[1]  # type: ignore[index]
    here.post("/account/sign-ins/end", data={"sign_in": sign_in_id})
    assert lost.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_somebody_elses_sign_in_is_not_ended(signed_in: SignedIn, bare_app: Flask) -> None:
    lin, qin = signed_in(Role.TEACHER), signed_in(Role.AUDITOR)
    with bare_app.app_context():
        of_lin = db.session.scalars(sa.select(SignIn.id).join(Account).where(Account.sign_in_name == "lin")).one()
    for number in (of_lin, 2**63):
        assert qin.post("/account/sign-ins/end", data={"sign_in": str(number)}).status_code == 302
    assert lin.get("/account").status_code == 200


def test_two_administrators_who_shut_each_other_out_at_once_leave_one(
    guan: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    with bare_app.app_context(), committed():
        bureau = db.session.scalars(sa.select(OrgUnit).where(OrgUnit.code == "J00")).one()
        factories.make_account("zong", bureau, Role.ADMINISTRATOR)
    zong = sign_in(bare_app, "zong")
    at_once(
        posted(guan, f"{account_address(bare_app, 'zong')}/disable"),
        posted(zong, f"{account_address(bare_app, 'guan')}/disable"),
    )
    with bare_app.app_context():
        names = sa.select(Account.sign_in_name).where(Account.disabled_at.is_(None))
        assert len({"guan", "zong"} & set(db.session.scalars(names))) == 1
