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

from sqlalchemy import select

from hometeach.kernel.clock import aware
from hometeach.kernel.delivering.attempts import MessageAttempt, attempts_at
from hometeach.kernel.delivering.claiming import BATCH, Claim, Terms, claim_next, hand_over, let_go
from hometeach.kernel.delivering.deciding import call_it_sent, note_attempt, send_again
from hometeach.kernel.delivering.gateways import Answer, Gateway, Overtaken, Parcel, Reply
from hometeach.kernel.delivering.settling import MOST_ATTEMPTS, settle, take_up_what_was_left
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Message, MessageState

__all__ = [
    "BATCH",
    "MOST_ATTEMPTS",
    "Answer",
    "Gateway",
    "MessageAttempt",
    "Overtaken",
    "Parcel",
    "Reply",
    "Terms",
    "attempts_at",
    "call_it_sent",
    "claim_next",
    "deliver_batch",
    "note_attempt",
    "send_again",
]

log = logging.getLogger(__name__)


def deliver_batch(gateway: Gateway, terms: Terms) -> int:
    """Claim what is due on the gateway's channel, a batch at most, and deliver it. Returns how many were claimed."""
    with committed():
        take_up_what_was_left(gateway, terms)
        claims = claim_next(gateway.channel, terms)
    is_down, left = False, []
    try:
        for claim in claims:
            is_held_up = terms.only_codes() and not claim.is_secret
            if is_down or is_held_up or terms.now() + gateway.longest > claim.until:
                left.append(claim)
            else:
                is_down = _one(gateway, claim, terms)
    finally:
        if left:
            with committed():
                let_go(left)
        gateway.close()
    return 0 if is_down else len(claims)


def _one(gateway: Gateway, claim: Claim, terms: Terms) -> bool:
    """Deliver one claimed message and settle it. Whatever goes wrong is this message's alone.

    Returns whether the gateway is down.
    """
    try:
        with committed():
            parcel = _parcel(claim, terms)
        if parcel is None:
            return False
        reply = gateway.deliver(parcel, lambda: hand_over(claim, terms))
    except Overtaken:
        log.warning("message %s was taken over by another process", claim.message_id)
        return False
    except Exception:
        log.exception("message %s failed", claim.message_id)
        reply = Reply(Answer.RETRY, "fault")
    with committed():
        settle(claim, reply, gateway, terms)
    return reply.is_down


def _parcel(claim: Claim, terms: Terms) -> Parcel | None:
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
