"""What a person decides about a message."""

from typing import Any

from sqlalchemy import update

from hometeach.kernel.clock import machine_now
from hometeach.kernel.delivering.attempts import note
from hometeach.kernel.delivering.gateways import Answer
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Message, MessageState


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


def note_attempt(message: Message, answer: Answer, said: str) -> None:
    """Keep one attempt that was made by a person."""
    message.attempts += 1
    note(message.id, message.attempts, answer, said, machine_now())


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
