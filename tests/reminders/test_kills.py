"""Is every message received once, though the processes that send are killed and the mail server fails?

Two schedulers, real ones, send what is due through a real mail server that
fails a third of the time; one after the other is killed with SIGKILL soon
after its first claim. Plain SMTP cannot say what became of a message whose
answer was lost; such a message is listed for a person, who looks into the
mailbox. Through a server that takes one Message-ID once, nobody has to look.
"""

import os
import random
import signal
from collections import Counter
from dataclasses import dataclass
from datetime import date
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Event
from time import monotonic, perf_counter

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Message, MessageState
from hometeach.kernel.settings import Setting
from hometeach.reminders import actions
from hometeach.reminders.facts import matters_on
from hometeach.reminders.models import Due, DueState
from tests.conftest import IS_LONG
from tests.forked import begin
from tests.reminders.mailserver import Mailbox, listening
from tests.reminders.making import TODAY, make_many_due

SEED = 20261123
FAILING = 0.3
#: Between two looks at the database, in seconds.
LOOK = 0.2
#: Longer than this nothing may take, in seconds for each message.
PATIENCE = 60 + (600 if IS_LONG else 120)


@dataclass
class Round:
    """How many messages and kills, and how soon after the first claim a process is killed, in seconds."""

    messages: int
    kills: int
    latest: float

    @property
    def takes(self) -> float:
        """How long the server thinks over each mail, so that the work outlasts the kills."""
        return 8 * self.kills / self.messages


PLAIN = Round(5000, 50, 3.0) if IS_LONG else Round(180, 3, 1.0)
ABSORBING = Round(1000, 10, 3.0) if IS_LONG else Round(60, 1, 1.0)


class Schedulers:
    """Real scheduler processes on one database and one mail server, each sending under a name of its own."""

    def __init__(self, url: str, folder: Path, port: int, mailbox: Mailbox, *, absorbs: bool):
        self.mailbox = mailbox
        self.running: list[tuple[str, ForkServerProcess]] = []
        self._count = 0
        self._path = folder / "schedulers.log"
        self._environment = {
            **os.environ,
            "DATABASE_URL": url,
            "HOMETEACH_CONFIG": "testing",
            "HOMETEACH_TODAY": str(TODAY),
            "HOMETEACH_VAR": str(folder),
            "HOMETEACH_SMTP_HOST": "127.0.0.1",
            "HOMETEACH_SMTP_PORT": str(port),
            "HOMETEACH_SMTP_SECURITY": "none",
            "HOMETEACH_SMTP_ABSORBS_REPEATS": str(int(absorbs)),
            "HOMETEACH_GATEWAY_TIMEOUT": "0.5",
            "HOMETEACH_MESSAGE_LEASE": "10",
            "HOMETEACH_MESSAGE_BACK_OFF": "0.2",
        }

    def start(self) -> str:
        """Start one more; returns the name under which it sends."""
        self._count += 1
        sender = f"scheduler-{self._count}@example.org"
        environment = {**self._environment, "HOMETEACH_MAIL_FROM": sender}
        self.running.append((sender, begin("flask", ["--app", "hometeach.app", "scheduler"], environment, self._path)))
        return sender

    def kill_oldest(self, wait: float) -> None:
        """Kill the one that runs longest, so long after its first claim."""
        sender, process = self.running[0]
        assert self.mailbox.heard_of(sender).wait(60), f"{sender} claimed nothing: {self._said()}"
        Event().wait(wait)
        del self.running[0]
        process.kill()
        process.join(10)
        assert process.exitcode == -signal.SIGKILL, "it was still at work"

    def _said(self) -> str:
        return self._path.read_text(encoding="utf-8")[-2000:]

    def stop(self) -> None:
        for _sender, process in self.running:
            process.kill()
            process.join(10)


@pytest.fixture
def prepared(app: Flask, database_url: str, tmp_path) -> tuple[str, Path]:
    """A database in which nobody is ever disturbed at the wrong hour."""
    app.config["SMTP_HOST"] = "127.0.0.1"  # so that e-mail can be chosen here; the schedulers are told where it is
    with committed():
        for name in ("quiet_from_hour", "quiet_until_hour"):
            db.session.add(Setting(name=name, value="0", effective_from=date(2026, 1, 1), source="a test"))
    return database_url, tmp_path


def put_into_messages(many: int) -> None:
    """Make so much due, and write it into one message each."""
    with committed():
        make_many_due(many)
    with committed():
        matters = matters_on(TODAY)
        assert actions.derive(TODAY, matters) == many
    with committed():
        assert actions.compose(TODAY, matters, hour=23) == many
    with committed():
        assert actions.derive(TODAY, matters) == 0
        assert actions.compose(TODAY, matters, hour=23) == 0


def states() -> Counter[MessageState]:
    db.session.rollback()
    counted = db.session.execute(sa.select(Message.state, sa.func.count()).group_by(Message.state))
    found = Counter(dict(counted.all()))
    db.session.rollback()
    return found


def wait_until_nothing_waits() -> Counter[MessageState]:
    until = monotonic() + PATIENCE
    while monotonic() < until:
        found = states()
        if not found[MessageState.WAITING] + found[MessageState.SENDING]:
            return found
        Event().wait(LOOK)
    raise AssertionError(f"still at work: {states()}")


def somebody_looks(mailbox: Mailbox) -> Counter[str]:
    """Somebody asks about each message of which nobody knows what became of it, and sends set-aside ones again."""
    decided: Counter[str] = Counter()
    stuck = [MessageState.UNKNOWN, MessageState.PARKED]
    with committed():
        for message in db.session.scalars(sa.select(Message).where(Message.state.in_(stuck))).all():
            if message.state is MessageState.UNKNOWN and mailbox.taken[message.public_id]:
                actions.call_it_sent(message, by="he")
                decided["had arrived"] += 1
            else:
                decided["set aside" if message.state is MessageState.PARKED else "had not arrived"] += 1
                actions.send_again(message, by="he")
    return decided


@pytest.mark.parametrize(
    ("absorbs", "wanted"), [(False, PLAIN), (True, ABSORBING)], ids=["plain", "one Message-ID taken once"]
)
def test_every_message_is_received_once_whoever_is_killed(prepared, capsys, absorbs, wanted):
    url, folder = prepared
    put_into_messages(wanted.messages)
    die, began = random.Random(SEED), perf_counter()
    mailbox = Mailbox(failing=FAILING, takes=wanted.takes, absorbs_repeats=absorbs, seed=SEED)
    decided: Counter[str] = Counter()
    with listening(mailbox) as port:
        schedulers = Schedulers(url, folder, port, mailbox, absorbs=absorbs)
        try:
            schedulers.start(), schedulers.start()
            for _ in range(wanted.kills):
                schedulers.kill_oldest(die.uniform(0.1, wanted.latest))
                schedulers.start()
            while (found := wait_until_nothing_waits())[MessageState.SENT] < wanted.messages:
                assert set(found) <= {MessageState.SENT, MessageState.UNKNOWN, MessageState.PARKED}
                assert not (absorbs and found[MessageState.UNKNOWN])
                decided += somebody_looks(mailbox)
        finally:
            schedulers.stop()
    assert set(mailbox.taken.values()) == {1}, "one Message-ID was taken at most once"
    sent = db.session.execute(sa.select(Message.public_id, Message.state)).all()
    assert {key for key, _state in sent} == set(mailbox.taken)
    assert len(sent) == wanted.messages
    assert set(db.session.scalars(sa.select(Due.state))) == {DueState.TOLD}
    with capsys.disabled():
        print(
            f"\nreminders: {wanted.messages} due, 2 schedulers, {wanted.kills} kills, seed {SEED}, server failing "
            f"{sum(mailbox.failures.values())} times {dict(mailbox.failures)}; left to a person: {dict(decided)}; "
            f"0 lost, 0 twice, {perf_counter() - began:.0f} s"
        )


def test_the_count_bites_where_a_server_is_said_to_take_a_message_once_and_does_not(prepared):
    """The same run on a deployment that promises what its mail server does not keep: some are received twice."""
    url, folder = prepared
    put_into_messages(60)
    mailbox = Mailbox(failing=FAILING, seed=SEED)
    with listening(mailbox) as port:
        schedulers = Schedulers(url, folder, port, mailbox, absorbs=True)
        try:
            schedulers.start()
            wait_until_nothing_waits()
        finally:
            schedulers.stop()
    assert max(mailbox.taken.values()) > 1
