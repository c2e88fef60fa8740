"""Something that a person has beside the password: set up, asked for, lost, and never opened twice by one code."""

import re
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.entry.models import SecondFactor
from tests.factories import PASSWORD

ADDRESS = "/account/second-factor"


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(machine_now() + timedelta(seconds=30 * steps))


def set_up(browser) -> str:
    """Set a second factor up with the code of the step before, so that the present one is still good."""
    browser.post(f"{ADDRESS}/prepare")
    secret = re.search(r"<code>(\w+)</code>", browser.get(ADDRESS).text)[1]
    assert browser.post(f"{ADDRESS}/confirm", data={"code": code_of(secret, -1)}).status_code == 302
    return secret


def sign_in(bare_app, name: str):
    browser = bare_app.test_client()
    return browser, browser.post("/sign-in", data={"name": name, "password": PASSWORD})


def test_whoever_has_set_one_up_is_asked_for_a_code(bare_app, cast, signed_in):
    secret = set_up(signed_in(Role.TEACHER))
    browser, answer = sign_in(bare_app, "lin")
    assert answer.location == "/sign-in/code"
    assert browser.get("/").location == "/sign-in"
    assert browser.post("/sign-in/code", data={"code": "000000"}).status_code == 422
    assert browser.get("/").location == "/sign-in"
    assert browser.post("/sign-in/code", data={"code": code_of(secret)}).location == "/"
    assert browser.get("/").status_code == 200


def test_one_code_opens_once(bare_app, cast, signed_in):
    secret = set_up(signed_in(Role.TEACHER))
    used = code_of(secret)
    first, _answer = sign_in(bare_app, "lin")
    assert first.post("/sign-in/code", data={"code": used}).status_code == 302
    second, _answer = sign_in(bare_app, "lin")
    assert second.post("/sign-in/code", data={"code": used}).status_code == 422
    assert second.get("/").location == "/sign-in"


def test_codes_cannot_be_guessed(bare_app, cast, signed_in):
    secret = set_up(signed_in(Role.TEACHER))
    browser, _answer = sign_in(bare_app, "lin")
    for _ in range(5):
        browser.post("/sign-in/code", data={"code": "000000"})
    answer = browser.post("/sign-in/code", data={"code": code_of(secret)})
    assert answer.status_code == 422
    assert "15 分钟" in answer.text


def test_without_the_password_no_code_is_asked(client, cast):
    assert client.get("/sign-in/code").location == "/sign-in"
    assert client.post("/sign-in/code", data={"code": "123456"}).status_code == 422


def test_a_secret_that_was_not_confirmed_asks_for_nothing(bare_app, cast, signed_in):
    signed_in(Role.TEACHER).post(f"{ADDRESS}/prepare")
    browser, answer = sign_in(bare_app, "lin")
    assert answer.location == "/"
    with bare_app.app_context():
        kept = db.session.scalars(sa.select(SecondFactor)).one()
        assert kept.secret.encode() not in kept.secret_sealed
    assert browser.get(ADDRESS).status_code == 200


def test_the_administrator_takes_away_the_factor_of_a_lost_phone(bare_app, cast, signed_in):
    teacher = signed_in(Role.TEACHER)
    set_up(teacher)
    keeper = signed_in(Role.ADMINISTRATOR)
    page = keeper.get("/accounts").text
    public_id = re.search(r'href="/accounts/([\w-]+)">lin<', page)[1]
    assert "取消第二道验证" in keeper.get(f"/accounts/{public_id}").text
    assert keeper.post(f"/accounts/{public_id}/second-factor/take-away").status_code == 302
    assert teacher.get("/").location == "/sign-in"
    assert sign_in(bare_app, "lin")[1].location == "/"


@pytest.mark.parametrize(
    ("role", "is_stopped"),
    [(Role.BUREAU_OFFICER, True), (Role.ADMINISTRATOR, True), (Role.TEACHER, False), (Role.AUDITOR, False)],
)
def test_in_production_some_roles_do_nothing_before_they_have_one(bare_app, cast, signed_in, role, is_stopped):
    bare_app.config["SECOND_FACTOR_REQUIRED"] = True
    browser = signed_in(role)
    answer = browser.get("/")
    assert (answer.location == ADDRESS) is is_stopped
    set_up(browser)
    assert browser.get("/").status_code == 200
