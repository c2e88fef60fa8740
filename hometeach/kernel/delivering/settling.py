"""What becomes of a message: after an answer, and after a process that is gone."""

import logging

from sqlalchemy import select

from hometeach.kernel.delivering.attempts import note
from hometeach.kernel.delivering.claiming import Claim, Terms
from hometeach.kernel.delivering.gateways import Answer, Gateway, Reply
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Message, MessageState

#: After so many attempts a person has to look.
MOST_ATTEMPTS = 5

log = logging.getLogger(__name__)


def settle(claim: Claim, reply: Reply, gateway: Gateway, terms: Terms) -> None:
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
    note(message.id, claim.number, reply.answer, reply.said, now)
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


def take_up_what_was_left(gateway: Gateway, terms: Terms) -> None:
    """Decide about messages whose lease ran out: the process that claimed them is gone, or very late."""
    now = terms.now()
    statement = (
        select(Message)
        .where(Message.state == MessageState.SENDING, Message.channel == gateway.channel, Message.lease_until < now)
        .order_by(Message.id)
        .with_for_update(skip_locked=True)
    )
    for message in db.session.scalars(statement):
        note(message.id, message.attempts, Answer.DIED, "", now)
        message.lease_until = None
        if message.handed_over_at is not None and not gateway.honours_keys:
            message.state = MessageState.UNKNOWN  # under the same fence: a late answer is still believed
        else:
            message.fence += 1
            _wait_or_park(message, terms)
    db.session.flush()


def _wait_or_park(message: Message, terms: Terms, *, is_down: bool = False) -> None:
    """Try it later. A gateway that is down parks nothing, however long that lasts: it is not the message's fault."""
    message.handed_over_at = None
    if message.attempts >= MOST_ATTEMPTS and not is_down:
        message.state = MessageState.PARKED
        return
    message.state = MessageState.WAITING
    message.not_before = terms.now() + terms.back_off[min(message.attempts, len(terms.back_off)) - 1]
