"""The way in: what the browser sees of it, and what a thief does not get."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import config
from hometeach.app import create_app
from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.entry import interrupted
from hometeach.people.entry.interrupted import KEPT_FOR, InterruptedForm
from tests.factories import PASSWORD, Cast

SignedIn = Callable[[Role], FlaskClient]
OWN_PAGE = "/account"


def sign_in(browser: FlaskClient, name: str = "lin", password: str = PASSWORD) -> TestResponse:
    return browser.post("/sign-in", data={"name": name, "password": password})


def cookie_of(browser: FlaskClient) -> str:
    found = browser.get_cookie("session")
    assert found is not None
    return found.value


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let the machine's clock stand so much later."""
    now = clock.machine_now()
    monkeypatch.setattr(clock, "machine_now", lambda: now + by)


def test_whoever_is_not_signed_in_is_sent_to_the_sign_in_page_and_afterwards_to_what_was_asked(
    client: FlaskClient, cast: Cast
) -> None:
    asked = client.get(f"{OWN_PAGE}?x=1")
    assert asked.headers["Location"] == "/sign-in"
    assert sign_in(client).headers["Location"] == f"{OWN_PAGE}?x=1"


def test_a_refusal_stands_on_the_page_and_keeps_the_name_and_not_the_password(client: FlaskClient, cast: Cast) -> None:
    answer = sign_in(client, password="wrong password")
    assert answer.status_code == 422
    assert 'value="lin"' in answer.text
    assert "wrong password" not in answer.text
    assert "登录名或密码不正确" in answer.text


def test_what_is_left_empty_is_said_beside_its_field(client: FlaskClient, cast: Cast) -> None:
    answer = sign_in(client, name="", password="")
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert 'id="password-error"' in answer.text


def test_the_page_answers_alike_for_unknown_and_wrong(client: FlaskClient, cast: Cast) -> None:
    unknown, wrong = sign_in(client, name="nobody", password="x" * 12), sign_in(client, name="lin", password="x" * 12)
    assert unknown.status_code == wrong.status_code
    # The token says in which second it was made; all else is alike.
    said, told = (re.sub(r'(name="csrf_token"[^>]* value=)"[^"]*"', r"\1", one.text) for one in (unknown, wrong))
    assert said.replace("nobody", "lin") == told


def test_a_failed_attempt_is_counted_although_the_answer_is_a_refusal(client: FlaskClient, cast: Cast) -> None:
    for _n in range(5):
        sign_in(client, password="wrong password")
    answer = sign_in(client)
    assert answer.status_code == 422
    assert "15 分钟" in answer.text


def test_signing_in_begins_a_new_session_so_that_a_planted_one_is_worth_nothing(
    bare_app: Flask, client: FlaskClient, cast: Cast
) -> None:
    client.get(OWN_PAGE)
    planted = cookie_of(client)
    sign_in(client)
    first = cookie_of(client)
    assert first != planted
    thief = bare_app.test_client()
    thief.set_cookie("session", planted)
    assert thief.get(OWN_PAGE).status_code == 302
    sign_in(client)
    again = bare_app.test_client()
    again.set_cookie("session", first)
    assert again.get(OWN_PAGE).status_code == 302, "signing in anew ends the sign-in before"


def test_a_cookie_that_was_copied_is_dead_after_signing_out(bare_app: Flask, signed_in: SignedIn) -> None:
    browser = signed_in(Role.TEACHER)
    copied = cookie_of(browser)
    answer = browser.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = bare_app.test_client()
    thief.set_cookie("session", copied)
    assert thief.get(OWN_PAGE).headers["Location"] == "/sign-in"


def test_a_sign_in_ends_when_nobody_asks_anything_for_too_long(
    bare_app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(Role.TEACHER)
    later(monkeypatch, bare_app.config["SIGN_IN_IDLE"] - timedelta(minutes=1))
    assert browser.get(OWN_PAGE).status_code == 200, "still in time, and the time begins anew"
    later(monkeypatch, bare_app.config["SIGN_IN_IDLE"] - timedelta(minutes=1))
    assert browser.get(OWN_PAGE).status_code == 200
    later(monkeypatch, bare_app.config["SIGN_IN_IDLE"] + timedelta(seconds=1))
    assert browser.get(OWN_PAGE).status_code == 302


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example/",
        "/\n/evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_nobody_is_sent_to_another_site(client: FlaskClient, cast: Cast, back: str) -> None:
    answer = client.post("/language", data={"language": "en", "back": back})
    target = urlsplit("".join(answer.headers["Location"].split()))
    assert not target.netloc
    assert not target.scheme
    assert target.path == "/"


def test_the_page_asked_for_by_a_strange_address_leads_nowhere_else(client: FlaskClient, cast: Cast) -> None:
    client.get("//evil.example/account")
    assert urlsplit(sign_in(client).headers["Location"]).netloc == ""


def test_the_language_is_kept_through_signing_in_and_out(client: FlaskClient, cast: Cast) -> None:
    assert 'lang="zh-Hans-CN"' in client.get("/sign-in").text
    client.post("/language", data={"language": "en", "back": "/sign-in"})
    assert 'lang="en"' in client.get("/sign-in").text
    sign_in(client)
    assert 'lang="en"' in client.get(OWN_PAGE).text
    client.post("/sign-out")
    assert 'lang="en"' in client.get("/sign-in").text


def test_a_language_that_is_not_there_changes_nothing(client: FlaskClient, cast: Cast) -> None:
    client.post("/language", data={"language": "xx", "back": "/sign-in"})
    assert 'lang="zh-Hans-CN"' in client.get("/sign-in").text


def test_a_form_without_its_token_is_not_taken(database_url: str, tmp_path, cast: Cast) -> None:
    settings = type("WithTokens", (config.Testing,), {"SQLALCHEMY_DATABASE_URI": database_url, "VAR_DIR": tmp_path})
    browser = create_app(settings).test_client()
    assert sign_in(browser).status_code == 400
    page = browser.get("/sign-in").text
    token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    answer = browser.post("/sign-in", data={"name": "lin", "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 302
    assert browser.post("/sign-out").status_code == 400
    assert browser.get(OWN_PAGE).status_code == 200


def test_the_cookie_is_for_this_site_and_for_no_script(client: FlaskClient, cast: Cast) -> None:
    cookie = sign_in(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_outside_the_demonstration_the_cookie_goes_over_https_only() -> None:
    assert config.Production.SESSION_COOKIE_SECURE
    assert config.Production.SESSION_COOKIE_HTTPONLY


def run_out(browser: FlaskClient) -> None:
    """Let the sign-in run out, as after a long visit without network."""
    with browser.session_transaction() as kept:
        kept["seen"] = 0.0


def test_what_was_typed_when_the_sign_in_had_run_out_is_kept_and_can_still_be_sent(
    client: FlaskClient, cast: Cast, bare_app: Flask
) -> None:
    sign_in(client, cast.sign_in_names[Role.ADMINISTRATOR])
    typed = {"name": "王老师", "sign_in_name": "wang", "once": "w", "csrf_token": "t", "password": "hidden"}
    run_out(client)
    assert client.post("/accounts/new", data=typed).location == "/sign-in"
    assert "登录已过期" in client.get("/sign-in").text
    assert sign_in(client, cast.sign_in_names[Role.ADMINISTRATOR]).location == "/interrupted"
    page = client.get("/interrupted").text
    assert "王老师" in page
    assert ">hidden<" not in page
    assert 'value="hidden"' not in page
    assert 'action="/accounts/new"' in page
    with bare_app.app_context():
        assert "王老师".encode() not in db.session.scalars(sa.select(InterruptedForm.fields_sealed)).one()
    assert client.post("/accounts/new", data=typed).status_code == 200


def test_what_somebody_else_typed_is_not_shown(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast.sign_in_names[Role.ADMINISTRATOR])
    run_out(client)
    client.post("/accounts/new", data={"name": "王老师"})
    assert sign_in(client, "lin").location == "/interrupted"
    assert client.get("/interrupted").location == "/"


def test_nothing_is_kept_of_a_form_that_nobody_was_ever_signed_in_for(client: FlaskClient, bare_app: Flask) -> None:
    assert client.post("/accounts/new", data={"name": "王老师"}).location == "/sign-in"
    with bare_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(InterruptedForm.id))) == 0


def test_what_nobody_came_back_for_is_forgotten(
    client: FlaskClient, cast: Cast, bare_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "lin")
    run_out(client)
    client.post("/account/password", data={"old": "x"})
    later(monkeypatch, KEPT_FOR + timedelta(minutes=1))
    monkeypatch.setattr(interrupted, "machine_now", clock.machine_now)
    with bare_app.app_context(), committed():
        assert interrupted.forget_interrupted_forms() == 1
