"""A passkey in place of the code: registered with the password, asked for once, never opened twice, never copied."""

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from hometeach.agreements.sealing.keys import make_chain
from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.entry.passkeys.models import Passkey, PasskeyChallenge
from tests.factories import PASSWORD
from tests.people.entry.passkeys.device import Device
from tests.web.test_second_factor import set_up, sign_in

ADDRESS = "/account/passkeys"
ORIGIN = "https://songjiao.example"
NEW = {"name": "我的手机", "password": PASSWORD}


@pytest.fixture(autouse=True)
def named(bare_app):
    bare_app.config["PUBLIC_URL"] = ORIGIN


def options_on(page: str) -> str:
    return html.unescape(re.search(r'data-options="([^"]+)"', page)[1])


def register(browser, device: Device, name: str = "我的手机") -> None:
    options = options_on(browser.post(f"{ADDRESS}/new", data=NEW | {"name": name}).text)
    assert browser.post(f"{ADDRESS}/keep", data={"answer": device.make(options)}).location == ADDRESS


@pytest.fixture
def device(cast, signed_in) -> Device:
    """Teacher Lin's phone, registered."""
    browser, phone = signed_in(Role.TEACHER), Device(ORIGIN)
    set_up(browser)
    register(browser, phone)
    return phone


def asked(browser) -> str:
    return options_on(browser.post("/sign-in/passkey").text)


def give(browser, answer: str):
    return browser.post("/sign-in/passkey/check", data={"answer": answer})


def test_a_passkey_lets_in_after_the_password_and_says_when_it_was_used(bare_app, device):
    browser, answer = sign_in(bare_app, "lin")
    assert answer.location == "/sign-in/code"
    assert "通行密钥" in browser.get("/sign-in/code").text
    assert give(browser, device.give(asked(browser))).location == "/"
    assert browser.get("/").status_code == 200
    assert "从未" not in re.search(r"<tr><th scope=\"row\">我的手机.*?</tr>", browser.get(ADDRESS).text, re.S)[0]
    with bare_app.app_context():
        assert db.session.scalars(audit.events("passkey:give")).one()


def test_the_code_of_the_app_still_lets_in(bare_app, cast, signed_in):
    browser = signed_in(Role.TEACHER)
    secret = set_up(browser)
    register(browser, Device(ORIGIN))
    from tests.web.test_second_factor import code_of

    other, _answer = sign_in(bare_app, "lin")
    assert other.post("/sign-in/code", data={"code": code_of(secret)}).location == "/"


@pytest.mark.parametrize(
    ("changed", "field"), [({"password": "wrong"}, "password"), ({"name": " "}, "name")], ids=["password", "no name"]
)
def test_it_is_registered_with_the_password_of_now_and_a_name(cast, signed_in, changed, field):
    browser = signed_in(Role.TEACHER)
    set_up(browser)
    answer = browser.post(f"{ADDRESS}/new", data=NEW | changed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_without_the_app_none_is_registered(cast, signed_in):
    browser = signed_in(Role.TEACHER)
    assert browser.post(f"{ADDRESS}/new", data=NEW).status_code == 422
    assert f'action="{ADDRESS}/new"' not in browser.get(ADDRESS).text


def test_where_the_deployment_names_no_address_there_are_none(bare_app, device):
    bare_app.config["PUBLIC_URL"] = ""
    browser, _answer = sign_in(bare_app, "lin")
    assert "/sign-in/passkey" not in browser.get("/sign-in/code").text
    assert browser.post("/sign-in/passkey").location == "/sign-in"


def test_an_answer_opens_once(bare_app, device):
    first, _answer = sign_in(bare_app, "lin")
    answer = device.give(asked(first))
    assert give(first, answer).status_code == 302
    second, _answer = sign_in(bare_app, "lin")
    asked(second)
    assert give(second, answer).status_code == 422
    assert second.get("/").location == "/sign-in"


def test_a_challenge_is_gone_once_it_was_answered_wrongly(bare_app, device):
    browser, _answer = sign_in(bare_app, "lin")
    options = asked(browser)
    with bare_app.app_context():
        before = db.session.scalars(sa.select(PasskeyChallenge.challenge)).one()
    assert give(browser, "{}").status_code == 422
    with bare_app.app_context():
        assert db.session.scalars(sa.select(PasskeyChallenge.challenge)).one() != before
    assert give(browser, device.give(options)).status_code == 422


MADE_UP = ["", "[" * 100_000, "null", '{"id": 1}', '{"id": "é", "rawId": "é", "type": "public-key", "response": 1}']


@pytest.mark.parametrize("answer", MADE_UP, ids=range(len(MADE_UP)))
def test_an_answer_that_somebody_made_up_is_refused_in_words(bare_app, device, signed_in, answer):
    browser, _answer = sign_in(bare_app, "lin")
    asked(browser)
    assert give(browser, answer).status_code == 422
    inside = signed_in(Role.TEACHER)
    give(inside, device.give(asked(inside)))
    inside.post(f"{ADDRESS}/new", data=NEW | {"name": "另一个"})
    assert inside.post(f"{ADDRESS}/keep", data={"answer": answer}).status_code == 422


def test_a_key_that_lacks_a_part_is_not_registered(cast, signed_in, device):
    browser = signed_in(Role.TEACHER)
    give(browser, device.give(asked(browser)))
    options = options_on(browser.post(f"{ADDRESS}/new", data=NEW | {"name": "另一个"}).text)
    made = Device(ORIGIN).make(options, lacking=-3)
    assert browser.post(f"{ADDRESS}/keep", data={"answer": made}).status_code == 422


def test_a_key_is_not_registered_by_a_certificate_of_a_version_that_is_not(cast, signed_in, device):
    """The library knows one error for what it refuses; those of the libraries that it reads with are others."""
    browser = signed_in(Role.TEACHER)
    give(browser, device.give(asked(browser)))
    options = options_on(browser.post(f"{ADDRESS}/new", data=NEW | {"name": "另一个"}).text)
    _key, (own, _root) = make_chain("一家厂", machine_now())
    odd = own.public_bytes(Encoding.DER).replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020142"), 1)
    with pytest.raises(x509.InvalidVersion):
        x509.load_der_x509_certificate(odd)
    made = Device(ORIGIN).make(options, vouched_by=odd)
    assert browser.post(f"{ADDRESS}/keep", data={"answer": made}).status_code == 422


def test_a_challenge_does_not_wait_for_long(bare_app, device):
    browser, _answer = sign_in(bare_app, "lin")
    options = asked(browser)
    with bare_app.app_context(), committed():
        waits = db.session.scalars(sa.select(PasskeyChallenge)).one()
        waits.made_at -= timedelta(minutes=6)
    assert give(browser, device.give(options)).status_code == 422


@pytest.mark.parametrize("origin", ["https://songjiao.example.evil", "http://songjiao.example", "https://127.0.0.1"])
def test_an_answer_from_another_address_is_worth_nothing(bare_app, device, origin):
    browser, _answer = sign_in(bare_app, "lin")
    device.origin = origin
    assert give(browser, device.give(asked(browser))).status_code == 422
    assert browser.get("/").location == "/sign-in"


def test_a_counter_that_falls_back_is_refused_and_written_down(bare_app, device):
    browser, _answer = sign_in(bare_app, "lin")
    device.counter = 7
    assert give(browser, device.give(asked(browser))).status_code == 302
    device.counter = 3
    other, _answer = sign_in(bare_app, "lin")
    answer = give(other, device.give(asked(other)))
    assert answer.status_code == 422
    assert other.get("/").location == "/sign-in"
    with bare_app.app_context():
        assert db.session.scalars(audit.events("passkey:copied")).one()


def test_somebody_elses_passkey_does_not_let_in(bare_app, device, signed_in):
    keeper, other = signed_in(Role.ADMINISTRATOR), Device(ORIGIN)
    set_up(keeper)
    register(keeper, other)
    browser, _answer = sign_in(bare_app, "lin")
    assert give(browser, other.give(asked(browser))).status_code == 422


def test_passkeys_cannot_be_guessed(bare_app, device):
    browser, _answer = sign_in(bare_app, "lin")
    asked(browser)
    for _again in range(5):
        give(browser, "nonsense")
    assert "15 分钟" in give(browser, device.give(asked(browser))).text


def test_the_own_passkey_is_removed_and_no_other(bare_app, device, signed_in):
    with bare_app.app_context():
        public_id = db.session.scalars(sa.select(Passkey.public_id)).one()
    assert signed_in(Role.AUDITOR).post(f"{ADDRESS}/{public_id}/remove").status_code == 404
    browser, _answer = sign_in(bare_app, "lin")
    give(browser, device.give(asked(browser)))
    assert browser.post(f"{ADDRESS}/{public_id}/remove").status_code == 302
    with bare_app.app_context():
        assert db.session.scalar(sa.select(Passkey)) is None


def test_a_lost_phone_takes_the_passkeys_with_it(bare_app, device, guan):
    with bare_app.app_context():
        from hometeach.people.models import Account

        public_id = db.session.scalars(sa.select(Account.public_id).where(Account.sign_in_name == "lin")).one()
    guan.post(f"/accounts/{public_id}/second-factor/take-away")
    with bare_app.app_context():
        assert db.session.scalar(sa.select(Passkey)) is None
    assert sign_in(bare_app, "lin")[1].location == "/"


@pytest.mark.parametrize("answer", ["", "[]", '{"id": 3}', '{"id": "AAAA"}', "null", '{"id": "é"}'])
def test_nonsense_is_refused_in_words(bare_app, device, answer, signed_in):
    browser, _answer = sign_in(bare_app, "lin")
    asked(browser)
    assert give(browser, answer).status_code == 422
    keeper = signed_in(Role.ADMINISTRATOR)
    set_up(keeper)
    keeper.post(f"{ADDRESS}/new", data=NEW)
    assert keeper.post(f"{ADDRESS}/keep", data={"answer": answer}).status_code == 422
