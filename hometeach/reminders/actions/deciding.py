"""What a person says of a message: read, told by telephone, arrived, to be sent again."""

from sqlalchemy import update

from hometeach.kernel import audit, delivering
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Message, MessageState


def mark_read(recipient: str) -> int:
    """Mark all that somebody was told as read. Returns how much of it was new."""
    marked = db.session.scalars(
        update(Message)
        .where(Message.recipient == recipient, Message.read_at.is_(None), Message.is_secret.is_(False))
        .values(read_at=machine_now())
        .returning(Message.id)
    )
    return len(marked.all())


def send_again(message: Message, *, by: str) -> bool:
    """It did not arrive, or was parked: send it (again). False where somebody else has decided meanwhile."""
    return _decide(message, delivering.send_again(message), "message:send_again", by)


def call_it_sent(message: Message, *, by: str) -> bool:
    """It arrived, as somebody found out. False where somebody else has decided meanwhile."""
    return _decide(message, delivering.call_it_sent(message), "message:arrived", by)


def told_by_phone(message: Message, *, by: str) -> bool:
    """The person was rung up and told."""
    waiting = (MessageState.WAITING, MessageState.PARKED)
    is_told = delivering.call_it_sent(message, states=waiting)
    if is_told:
        delivering.note_attempt(message, delivering.Answer.ACCEPTED, "call:told")
    return _decide(message, is_told, "message:told", by)


def not_reached(message: Message, *, by: str) -> bool:
    """The person was rung up and did not answer; after some attempts the message is set aside."""
    if message.state is not MessageState.WAITING:
        return False
    delivering.note_attempt(message, delivering.Answer.RETRY, "call:no_answer")
    message.last_error = "call:no_answer"
    if message.attempts >= delivering.MOST_ATTEMPTS:
        message.state = MessageState.PARKED
    return _decide(message, True, "message:not_reached", by)


def _decide(message: Message, is_done: bool, action: str, by: str) -> bool:
    if is_done:
        detail = {"message": message.public_id, "kind": message.kind, "channel": message.channel.value}
        audit.record(action, actor=by, about=message.about or f"message:{message.public_id}", detail=detail)
    return is_done
