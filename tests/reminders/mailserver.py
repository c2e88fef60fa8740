"""A real SMTP server for tests: it counts how often it took each Message-ID, and fails as it is told."""

import asyncio
import random
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from threading import Event, Lock
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """What was taken, by Message-ID, and how the server behaves.

    ``failing``: the share of deliveries that fail, in four ways by turns of a
    seeded die: refused before the words, refused after them, cut off before an
    answer without having taken them, and cut off after having taken them.
    ``absorbs_repeats``: a Message-ID that was taken is answered with yes and not taken again.
    """

    def __init__(self, *, failing: float = 0.0, takes: float = 0.0, absorbs_repeats: bool = False, seed: int = 7):
        self.taken: Counter[str] = Counter()
        self.mails: list[Any] = []
        self.failures: Counter[str] = Counter()
        self.senders: dict[str, Event] = {}
        self._failing, self._takes, self._absorbs = failing, takes, absorbs_repeats
        self._die = random.Random(seed)
        self._lock = Lock()

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Note who is at work."""
        envelope.mail_from = address
        with self._lock:
            self.senders.setdefault(address, Event()).set()
        return "250 OK"

    def heard_of(self, sender: str) -> Event:
        """Set once this sender has begun its first mail."""
        with self._lock:
            return self.senders.setdefault(sender, Event())

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Refuse some before the words."""
        if self._fails("refused before", 4):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take the words, or fail in one of three ways."""
        await asyncio.sleep(self._takes)
        mail = message_from_bytes(envelope.content or b"")
        if self._fails("refused after", 4):
            return "451 4.3.0 try again later"
        if self._fails("cut off, not taken", 4):
            server.transport.abort()
            return "421 cut"
        self._take(mail)
        if self._fails("cut off, taken", 4):
            server.transport.abort()
            return "421 cut"
        return "250 OK"

    def _take(self, mail: Any) -> None:
        with self._lock:
            key = mail["Message-ID"].strip("<>").partition("@")[0]
            if self._absorbs and self.taken[key]:
                return
            self.taken[key] += 1
            self.mails.append(mail)

    def _fails(self, how: str, ways: int) -> bool:
        with self._lock:
            fails = self._die.random() < self._failing / ways
            self.failures[how] += fails
            return fails


@contextmanager
def listening(mailbox: Mailbox) -> Iterator[int]:
    """The server on a free port of this machine, for as long as the block runs."""
    with socket.socket() as probe:  # the controller greets itself, for which it has to know its port beforehand
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
