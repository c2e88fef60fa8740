"""Word of an incident also reaches the phone or mailbox that head and officers chose, and names nobody there."""

import re
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.kernel.delivering import Terms, deliver_batch
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel, Message, MessageState
from hometeach.people.models import Account, account_by_sign_in_name
from hometeach.reminders.actions import why_not
from hometeach.reminders.at_once import call_to_open
from hometeach.reminders.models import ContactChoice
from tests import factories
from tests.reminders.mailserver import Mailbox, listening
from tests.reminders.making import TODAY, choose_mail
from tests.reminders.test_gateways import smtp
from tests.reminders.test_words import FORBIDDEN
from tests.web.reading import main_of, words_in
from tests.web.test_incidents import REPORTED, newest

SAID = "请立即打开“送教上门”：有一条需要处理的消息。 https://example.test/messages/inbox"


def account_of(name: str) -> Account:
    found = account_by_sign_in_name(name)
    assert found is not None
    return found


@pytest.fixture
def chosen(bare_app: Flask, cast: factories.Cast) -> None:
    """The head chose e-mail, the officer SMS; this deployment has both."""
    bare_app.config.update(SMTP_HOST="127.0.0.1", SMS_URL="http://127.0.0.1:9/", PUBLIC_URL="https://example.test")
    with bare_app.app_context(), committed():
        choose_mail(account_of("he"), "he@example.org")
        db.session.add(ContactChoice(account_id=account_of("bai").id, channel=Channel.SMS, address="13800000000"))


def report(lin: FlaskClient, cast: factories.Cast) -> None:
    assert lin.post(f"/incidents/of/{cast.own_child}", data=REPORTED).status_code == 302


class Word(NamedTuple):
    """What was written to somebody."""

    state: MessageState
    address: str | None
    subject: str
    body: str


def words_sent(app: Flask) -> dict[tuple[str, Channel], Word]:
    with app.app_context():
        found = db.session.execute(
            sa.select(Account.sign_in_name, Message)
            .join(Account, Message.recipient == "account:" + Account.public_id)
            .where(Message.about == f"incident:{newest(app)}")
        )
        return {
            (name, one.channel): Word(one.state, one.address, one.subject or "", one.body or "") for name, one in found
        }


@pytest.mark.usefixtures("chosen")
def test_each_gets_a_word_by_the_way_of_their_choice_beside_the_inbox(
    bare_app: Flask, cast: factories.Cast, lin: FlaskClient
) -> None:
    report(lin, cast)
    sent = words_sent(bare_app)
    assert set(sent) == {
        ("he", Channel.INBOX),
        ("bai", Channel.INBOX),
        ("he", Channel.EMAIL),
        ("bai", Channel.SMS),
    }
    for key, address in ((("he", Channel.EMAIL), "he@example.org"), (("bai", Channel.SMS), "13800000000")):
        word = sent[key]
        assert (word.state, word.address, word.body) == (MessageState.WAITING, address, SAID)
        assert word.subject == "送教上门：请立即打开"
        assert not FORBIDDEN.search(word.body + word.subject)
        assert not re.search("安安|伤|事件|incident|C1", word.body + word.subject)


@pytest.mark.usefixtures("chosen")
def test_it_leaves_by_the_mail_server_and_names_nobody(bare_app: Flask, cast: factories.Cast, lin: FlaskClient) -> None:
    report(lin, cast)
    mailbox = Mailbox()
    with listening(mailbox) as port, bare_app.app_context():
        assert deliver_batch(smtp(port), Terms(lease=timedelta(minutes=5), why_not=why_not(TODAY))) == 1
    [mail] = [BytesParser(policy=policy.default).parsebytes(one.as_bytes()) for one in mailbox.mails]
    assert mail["To"] == "he@example.org"
    assert mail.get_content().strip() == SAID
    assert words_sent(bare_app)[("he", Channel.EMAIL)].state is MessageState.SENT


def test_whoever_chose_no_other_way_or_one_that_is_gone_has_the_inbox_alone(
    bare_app: Flask, cast: factories.Cast, lin: FlaskClient
) -> None:
    bare_app.config.update(SMTP_HOST="127.0.0.1")
    with bare_app.app_context(), committed():
        db.session.add(ContactChoice(account_id=account_of("bai").id, channel=Channel.SMS, address="13800000000"))
    report(lin, cast)
    assert set(words_sent(bare_app)) == {("he", Channel.INBOX), ("bai", Channel.INBOX)}


@pytest.mark.usefixtures("chosen")
def test_it_is_said_once_and_whoever_looks_after_messages_reads_what_it_is(
    bare_app: Flask, cast: factories.Cast, lin: FlaskClient, bai: FlaskClient
) -> None:
    report(lin, cast)
    with bare_app.app_context(), committed():
        assert call_to_open(f"incident:{newest(bare_app)}", on=TODAY) == 0
    told = words_in(main_of(bai.get("/messages")))
    assert "催请打开收件箱的提醒" in told
    assert "he@example.org" not in told
