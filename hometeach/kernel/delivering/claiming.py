"""Whose is a message? A claim is a conditional update with a lease and a fence."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from hometeach.kernel.clock import machine_now
from hometeach.kernel.delivering.gateways import Overtaken
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel, Message, MessageState

#: How many messages are claimed at a time.
BATCH = 20
#: How long after each refused attempt the next one is made.
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800, 3600))


@dataclass(frozen=True)
class Terms:
    """On what terms one round of sending runs.

    ``why_not`` says, just before it goes out, why a message is not to be sent,
    in a code; empty where it is. It may write the words anew.
    """

    lease: timedelta
    why_not: Callable[[Message], str] = lambda _message: ""
    now: Callable[[], datetime] = machine_now
    back_off: tuple[timedelta, ...] = BACK_OFF
    #: In the quiet hours, and while the clock is doubted, only what carries a code is sent. Asked for each message.
    only_codes: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Claim:
    """A message that is one process's own until its lease ends, and which attempt this is."""

    message_id: int
    number: int
    fence: int
    until: datetime
    is_secret: bool


def claim_next(channel: Channel, terms: Terms) -> list[Claim]:
    """The next messages of a channel, codes first, for as long as the lease runs."""
    due = _due(channel, terms, is_secret=True)
    if not terms.only_codes() and len(due) < BATCH:
        due += _due(channel, terms, is_secret=False, most=BATCH - len(due))
    until = terms.now() + terms.lease
    for row in due:
        db.session.execute(
            update(Message)
            .where(Message.id == row.id)
            .values(state=MessageState.SENDING, lease_until=until, fence=row.fence + 1, attempts=row.attempts + 1)
        )
    return [Claim(row.id, row.attempts + 1, row.fence + 1, until, row.is_secret) for row in due]


def hand_over(claim: Claim, terms: Terms) -> None:
    """Write down, for good, that the words leave now.

    Raises: Overtaken where somebody else has the message by now.
    """
    now = terms.now()
    with committed():
        mine = db.session.scalar(_of_claim(claim).values(handed_over_at=now).returning(Message.id))
    if mine is None:
        raise Overtaken


def let_go(claims: Iterable[Claim]) -> None:
    """Give messages back that were not tried; the attempt is not counted."""
    for claim in claims:
        db.session.execute(
            _of_claim(claim).values(state=MessageState.WAITING, lease_until=None, attempts=claim.number - 1)
        )


def _of_claim(claim: Claim) -> Any:
    """Changes the message, if the claim still holds."""
    return update(Message).where(
        Message.id == claim.message_id, Message.fence == claim.fence, Message.state == MessageState.SENDING
    )


def _due(channel: Channel, terms: Terms, *, is_secret: bool, most: int = BATCH) -> list[Any]:
    statement = (
        select(Message.id, Message.fence, Message.attempts, Message.is_secret)
        .where(
            Message.state == MessageState.WAITING,
            Message.channel == channel,
            Message.is_secret.is_(is_secret),
            Message.not_before <= terms.now(),
        )
        .order_by(Message.not_before, Message.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return list(db.session.execute(statement))
