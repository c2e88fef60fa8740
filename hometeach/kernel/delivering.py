"""How does a message leave the house, at most once, however often a process dies?

Claim, deliver, settle, with a commit between each (``jobs.committed``). A claim
is a conditional update with a lease and a fence, and counts the attempt before
it is made. Right before a gateway gets the words, ``handed_over_at`` is written
and committed under the same fence: whoever lost the message meanwhile does not
hand it over, and whoever dies after that leaves a message of which nobody knows
whether it went out. Such a message is sent again by itself only through a
gateway that knows a key again; else it waits for a person. So what keeps a
message from going out twice is the fence, never the clock: a lease only says
when somebody else may look.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import DateTime, ForeignKey, Index, Integer, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.clock import aware, machine_now
from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel, Message, MessageState

#: After so many attempts a person has to look.
MOST_ATTEMPTS = 5
#: How many messages are claimed at a time.
BATCH = 20
#: How long after each refused attempt the next one is made.
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800, 3600))

log = logging.getLogger(__name__)


class Answer(StrEnum):
    """What came of one attempt."""

    ACCEPTED = "accepted"
    #: Not taken this time; certainly not gone out.
    RETRY = "retry"
    #: Not taken, and it never will be.
    FINAL = "final"
    #: The words were handed over and no answer came.
    UNKNOWN = "unknown"
    #: The process that tried it is gone.
    DIED = "died"


class MessageAttempt(Model):
    """One attempt at a message and what the gateway answered."""

    __tablename__ = "message_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    answer: Mapped[Answer] = mapped_column(coded(Answer))
    #: A code, such as ``smtp:451``; never an address.
    said: Mapped[str] = mapped_column(String(80), default="")

    __table_args__ = (Index(None, "message_id"),)


@dataclass(frozen=True)
class Reply:
    """A gateway's answer. ``is_down``: nothing else will get through now either."""

    answer: Answer
    said: str = ""
    reference: str = ""
    is_down: bool = False


@dataclass(frozen=True)
class Parcel:
    """What a gateway is given of a message."""

    key: str
    address: str
    subject: str
    body: str = field(repr=False)


class Gateway(Protocol):
    """A way out of the house."""

    channel: Channel
    #: Whether the same key handed over twice is delivered once.
    honours_keys: bool
    #: The longest that one message can take.
    longest: timedelta

    def deliver(self, parcel: Parcel, hand_over: Callable[[], None]) -> Reply:
        """Deliver it. ``hand_over`` is called right before the words leave; where it raises, they do not."""

    def close(self) -> None:
        """End the connection, if there is one."""


class Overtaken(Exception):  # noqa: N818 - a state of the world
    """The lease ran out and another process took the message up."""


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
class _Claim:
    message_id: int
    number: int
    fence: int
    until: datetime
    is_secret: bool


def deliver_batch(gateway: Gateway, terms: Terms) -> int:
    """Claim what is due on the gateway's channel, a batch at most, and deliver it. Returns how many were claimed."""
    with committed():
        _take_up_what_was_left(gateway, terms)
        claims = _claim(gateway.channel, terms)
    is_down, left = False, []
    try:
        for claim in claims:
            is_held_up = terms.only_codes() and not claim.is_secret
            if is_down or is_held_up or terms.now() + gateway.longest > claim.until:
                left.append(claim)
            else:
                is_down = _one(gateway, claim, terms)
    finally:
        gateway.close()
    if left:
        with committed():
            _let_go(left)
    return 0 if is_down else len(claims)


def send_again(message: Message) -> bool:
    """A person says that it did not arrive: it waits again. False where it stands otherwise by now."""
    open_states = [MessageState.UNKNOWN, MessageState.PARKED, MessageState.REFUSED]
    return _decided(
        message,
        open_states,
        state=MessageState.WAITING,
        attempts=0,
        not_before=machine_now(),
        handed_over_at=None,
        lease_until=None,
        settled_at=None,
    )


def call_it_sent(message: Message, *, states: tuple[MessageState, ...] = (MessageState.UNKNOWN,)) -> bool:
    """A person says that it arrived. False where it stands otherwise by now."""
    return _decided(message, list(states), state=MessageState.SENT, settled_at=machine_now())


def attempts_at(message: Message) -> list[MessageAttempt]:
    """What was tried, in order."""
    statement = select(MessageAttempt).where(MessageAttempt.message_id == message.id).order_by(MessageAttempt.id)
    return list(db.session.scalars(statement))


def note_attempt(message: Message, answer: Answer, said: str) -> None:
    """Keep one attempt that was made by a person."""
    message.attempts += 1
    db.session.add(
        MessageAttempt(message_id=message.id, number=message.attempts, at=machine_now(), answer=answer, said=said)
    )


def _one(gateway: Gateway, claim: _Claim, terms: Terms) -> bool:
    """Deliver one claimed message and settle it. Whatever goes wrong is this message's alone.

    Returns whether the gateway is down.
    """
    try:
        with committed():
            parcel = _parcel(claim, terms)
        if parcel is None:
            return False
        reply = gateway.deliver(parcel, lambda: _hand_over(claim, terms))
    except Overtaken:
        log.warning("message %s was taken over by another process", claim.message_id)
        return False
    except Exception:
        log.exception("message %s failed", claim.message_id)
        reply = Reply(Answer.RETRY, "fault")
    with committed():
        _settle(claim, reply, gateway, terms)
    return reply.is_down


def _parcel(claim: _Claim, terms: Terms) -> Parcel | None:
    """What to deliver; None where it is not to go out, which is written down."""
    message = db.session.scalar(
        select(Message)
        .where(Message.id == claim.message_id, Message.fence == claim.fence)
        .execution_options(populate_existing=True)
    )
    if message is None or message.state is not MessageState.SENDING:
        raise Overtaken
    too_late = message.expires_at is not None and aware(message.expires_at) <= terms.now()
    reason = "too_late" if too_late else "wiped" if message.body is None else terms.why_not(message)
    if reason:
        message.state, message.last_error = MessageState.SUPERSEDED, reason
        message.settled_at, message.lease_until = terms.now(), None
        return None
    return Parcel(message.public_id, message.address or "", message.subject or "", message.body)


def _claim(channel: Channel, terms: Terms) -> list[_Claim]:
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
    return [_Claim(row.id, row.attempts + 1, row.fence + 1, until, row.is_secret) for row in due]


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


def _take_up_what_was_left(gateway: Gateway, terms: Terms) -> None:
    """Decide about messages whose lease ran out: the process that claimed them is gone, or very late."""
    now = terms.now()
    statement = (
        select(Message)
        .where(Message.state == MessageState.SENDING, Message.channel == gateway.channel, Message.lease_until < now)
        .order_by(Message.id)
        .with_for_update(skip_locked=True)
    )
    for message in db.session.scalars(statement):
        _note(message.id, message.attempts, Answer.DIED, "", now)
        message.lease_until = None
        if message.handed_over_at is not None and not gateway.honours_keys:
            message.state = MessageState.UNKNOWN  # under the same fence: a late answer is still believed
        else:
            message.fence += 1
            _wait_or_park(message, terms)
    db.session.flush()


def _hand_over(claim: _Claim, terms: Terms) -> None:
    """Write down, for good, that the words leave now.

    Raises: Overtaken where somebody else has the message by now.
    """
    now = terms.now()
    with committed():
        mine = db.session.scalar(
            update(Message)
            .where(Message.id == claim.message_id, Message.fence == claim.fence, Message.state == MessageState.SENDING)
            .values(handed_over_at=now)
            .returning(Message.id)
        )
    if mine is None:
        raise Overtaken


def _let_go(claims: Iterable[_Claim]) -> None:
    """Give messages back that were not tried; the attempt is not counted."""
    for claim in claims:
        db.session.execute(
            update(Message)
            .where(Message.id == claim.message_id, Message.fence == claim.fence, Message.state == MessageState.SENDING)
            .values(state=MessageState.WAITING, lease_until=None, attempts=claim.number - 1)
        )


def _settle(claim: _Claim, reply: Reply, gateway: Gateway, terms: Terms) -> None:
    """Write down what came of it, unless somebody else has the message by now."""
    now = terms.now()
    message = db.session.scalar(
        select(Message)
        .where(
            Message.id == claim.message_id,
            Message.fence == claim.fence,
            Message.state.in_([MessageState.SENDING, MessageState.UNKNOWN]),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if message is None:
        log.warning("message %s was settled by somebody else", claim.message_id)
        return
    _note(message.id, claim.number, reply.answer, reply.said, now)
    message.last_error, message.reference, message.lease_until = reply.said[:200], reply.reference[:80], None
    if reply.answer is Answer.ACCEPTED:
        message.state, message.settled_at = MessageState.SENT, now
    elif reply.answer is Answer.FINAL:
        message.state, message.settled_at = MessageState.REFUSED, now
    elif reply.answer is Answer.UNKNOWN and not gateway.honours_keys:
        message.state = MessageState.UNKNOWN
    else:
        _wait_or_park(message, terms, is_down=reply.is_down)
    db.session.flush()


def _wait_or_park(message: Message, terms: Terms, *, is_down: bool = False) -> None:
    """Try it later. A gateway that is down parks nothing, however long that lasts: it is not the message's fault."""
    message.handed_over_at = None
    if message.attempts >= MOST_ATTEMPTS and not is_down:
        message.state = MessageState.PARKED
        return
    message.state = MessageState.WAITING
    message.not_before = terms.now() + terms.back_off[min(message.attempts, len(terms.back_off)) - 1]


def _note(message_id: int, number: int, answer: Answer, said: str, now: datetime) -> None:
    db.session.add(MessageAttempt(message_id=message_id, number=number, at=now, answer=answer, said=said[:80]))


def _decided(message: Message, states: list[MessageState], **values: Any) -> bool:
    """Change a message that stands in one of these states, under a new fence."""
    changed = db.session.scalar(
        update(Message)
        .where(Message.id == message.id, Message.state.in_(states))
        .values(fence=Message.fence + 1, **values)
        .returning(Message.id)
        .execution_options(synchronize_session="fetch")
    )
    return changed is not None
