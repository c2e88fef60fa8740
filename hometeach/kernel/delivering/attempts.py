"""What was tried with a message, and what came of it?"""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.delivering.gateways import Answer
from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.outbox import Message


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


def attempts_at(message: Message) -> list[MessageAttempt]:
    """What was tried, in order."""
    statement = select(MessageAttempt).where(MessageAttempt.message_id == message.id).order_by(MessageAttempt.id)
    return list(db.session.scalars(statement))


def note(message_id: int, number: int, answer: Answer, said: str, now: datetime) -> None:
    """Keep one attempt."""
    db.session.add(MessageAttempt(message_id=message_id, number=number, at=now, answer=answer, said=said[:80]))
