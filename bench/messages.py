"""Messages sent through a gateway that takes them at once, against the bare transactions that this takes."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from flask import Flask
from sqlalchemy import text, update

from bench.measuring import Ratio, compare
from hometeach.kernel import outbox
from hometeach.kernel.delivering import Answer, Parcel, Reply, Terms, deliver_batch
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel, Message, MessageState

MESSAGES = 300
#: For each message: read once more, handed over, settled.
COMMITS = 3


class AtOnce:
    """Takes every message as soon as it is handed over."""

    channel = Channel.EMAIL
    honours_keys = False
    longest = timedelta(seconds=1)

    def deliver(self, _parcel: Parcel, hand_over: Callable[[], None]) -> Reply:
        """Take it."""
        hand_over()
        return Reply(Answer.ACCEPTED, "smtp:250")

    def close(self) -> None:
        """Nothing is open."""


def measure(app: Flask) -> Iterator[Ratio]:
    """Every message claimed, handed over and settled; the others are rows changed in as many transactions."""
    gateway, terms = AtOnce(), Terms(lease=timedelta(minutes=5))

    def wait_again() -> None:
        values = {"state": MessageState.WAITING, "attempts": 0, "handed_over_at": None}
        with committed():
            db.session.execute(update(Message).where(Message.kind == "bench").values(values))

    def send() -> None:
        wait_again()
        while deliver_batch(gateway, terms):
            pass

    def change() -> None:
        wait_again()
        for number in range(MESSAGES * COMMITS):
            with committed():
                db.session.execute(
                    text("UPDATE message SET fence = fence + 1 WHERE id = :id"), {"id": number % MESSAGES + 1}
                )

    with app.app_context():
        with committed():
            for number in range(MESSAGES):
                outbox.post(
                    f"bench {number}",
                    kind="bench",
                    to="account:x",
                    channel=Channel.EMAIL,
                    body="words",
                    address="a@b.c",
                )
        yield compare(
            f"{MESSAGES} messages sent, each claimed, handed over, settled",
            send,
            f"{COMMITS} bare one-row transactions each",
            change,
            goal="<= 2",
        )
