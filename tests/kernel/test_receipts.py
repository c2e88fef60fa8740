"""Is a form that is sent twice worked once, and a message that is posted twice written once?"""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from hometeach.kernel import outbox, receipts
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel, Message, MessageState
from hometeach.people.access import Role
from hometeach.people.models import Account


def test_a_form_that_is_sent_twice_is_worked_once(bare_app, signed_in):
    grant = {"role": "school_coordinator", "first": "2026-11-23", "once": "a-word"}
    keeper = signed_in(Role.ADMINISTRATOR)
    with bare_app.app_context():
        account = db.session.scalars(sa.select(Account).where(Account.sign_in_name == "lin")).one()
        address, unit = f"/accounts/{account.public_id}/roles", account.grants[0].unit.public_id
    first = keeper.post(address, data={**grant, "unit": unit})
    second = keeper.post(address, data={**grant, "unit": unit})
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    with bare_app.app_context():
        assert len(db.session.scalars(sa.select(Account).where(Account.sign_in_name == "lin")).one().grants) == 2


def test_a_form_that_was_refused_is_worked_when_it_is_right(bare_app, signed_in):
    keeper = signed_in(Role.ADMINISTRATOR)
    with bare_app.app_context():
        account = db.session.scalars(sa.select(Account).where(Account.sign_in_name == "lin")).one()
        address, unit = f"/accounts/{account.public_id}/roles", account.grants[0].unit.public_id
    grant = {"role": "school_coordinator", "unit": unit, "once": "a-word"}
    assert keeper.post(address, data=grant).status_code == 422
    assert keeper.post(address, data={**grant, "first": "2026-11-23"}).status_code == 302


def test_of_the_same_form_sent_at_the_same_time_one_is_worked(bare_app, signed_in):
    keepers = [signed_in(Role.ADMINISTRATOR) for _ in range(4)]
    with bare_app.app_context():
        account = db.session.scalars(sa.select(Account).where(Account.sign_in_name == "lin")).one()
        address, unit = f"/accounts/{account.public_id}/roles", account.grants[0].unit.public_id
    together, answers = Barrier(len(keepers)), []

    def send(browser) -> None:
        together.wait()
        data = {"role": "school_coordinator", "unit": unit, "first": "2026-11-23", "once": "a-word"}
        answers.append(browser.post(address, data=data).status_code)

    threads = [Thread(target=send, args=(browser,)) for browser in keepers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302] * len(keepers)
    with bare_app.app_context():
        assert len(db.session.scalars(sa.select(Account).where(Account.sign_in_name == "lin")).one().grants) == 2


def test_receipts_are_forgotten_when_nobody_sends_the_form_again(app):
    with committed():
        receipts.keep("a", "old", "/x")
        receipts.keep("a", "new", "/y")
        old = db.session.get_one(receipts.Receipt, ("a", "old"))
        old.at = machine_now() - receipts.KEPT_FOR - timedelta(minutes=1)
    with committed():
        assert receipts.forget_old() == 1
    assert receipts.answer_to("a", "old") is None
    assert receipts.answer_to("a", "new") == "/y"


def posted(key: str, **values) -> bool:
    return outbox.post(
        key,
        **{"kind": "code", "to": "guardian:x", "channel": Channel.SMS, "body": "123456", "address": "13812345678"}
        | values,
    )


def test_a_message_stands_once_under_its_key_with_words_and_address_sealed(app):
    with committed():
        assert posted("k")
    with committed():
        assert not posted("k", body="654321")
    message = db.session.scalars(sa.select(Message)).one()
    assert (message.body, message.address, message.state) == ("123456", "13812345678", MessageState.WAITING)
    assert b"123456" not in message.body_sealed
    assert b"13812345678" not in message.address_sealed


def test_a_message_for_the_inbox_is_there_once_it_is_written(app):
    with committed():
        posted("k", channel=Channel.INBOX, address="")
    message = db.session.scalars(sa.select(Message)).one()
    assert (message.state, message.address) == (MessageState.SENT, None)
    assert message.settled_at is not None


@pytest.mark.parametrize(
    ("values", "change", "is_wiped"),
    [
        pytest.param({"is_secret": True}, {"state": MessageState.SENT}, True, id="a code that was sent"),
        pytest.param({"is_secret": True}, {"expires_at": machine_now() - timedelta(1)}, True, id="a code that expired"),
        pytest.param({"is_secret": True}, {"attempts": 1}, False, id="a code that still waits"),
        pytest.param({}, {"state": MessageState.SENT}, False, id="words that are no code"),
    ],
)
def test_codes_are_wiped_once_they_are_of_no_use(app, values, change, is_wiped):
    with committed():
        posted("k", **values)
        db.session.execute(sa.update(Message).values(**change))
    with committed():
        assert outbox.wipe_codes() == is_wiped
    assert (db.session.scalars(sa.select(Message.body_sealed)).one() is None) is is_wiped
