"""What is to be told to whom, written in the transaction that gives reason to tell it.

A message is a row before it is anything else. Its key makes it stand once; its
public id is what a gateway recognises it by. Address and words are sealed, and
the words of a message that carries a code are wiped once it is of no use any
more. Who delivers it, and when, is not known here: ``kernel/jobs.py`` claims
rows and hands them to a gateway.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, DateTime, Index, Integer, LargeBinary, String, update
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel import sealing
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import INSERTS, Model, coded, db
from hometeach.kernel.files import new_public_id


class Channel(StrEnum):
    """By what way a message reaches somebody."""

    #: Shown on the person's own page: it is there once it is written.
    INBOX = "inbox"
    EMAIL = "email"
    SMS = "sms"
    #: Nothing electronic reaches the person: somebody of the school rings up.
    CALL_LIST = "call_list"


class MessageState(StrEnum):
    """How a message stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    #: The gateway does not take it, and never will.
    REFUSED = "refused"
    #: It was handed over, and no answer came: it may have gone out. Never sent again blindly.
    UNKNOWN = "unknown"
    #: Tried as often as is sensible: a person has to look.
    PARKED = "parked"
    #: What it was to tell is not true any more.
    SUPERSEDED = "superseded"


class Message(Model):
    """One message to one person by one way."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The gateway's idempotency key, and the local part of an e-mail's Message-ID.
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    #: The message's template.
    kind: Mapped[str] = mapped_column(String(40))
    #: ``account:<public id>`` or ``guardian:<public id>``.
    recipient: Mapped[str] = mapped_column(String(64))
    channel: Mapped[Channel] = mapped_column(coded(Channel))
    #: ``kind:public id`` of what it is about; empty where it is about nothing in particular.
    about: Mapped[str] = mapped_column(String(96), default="")
    address = sealing.Sealed()
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    subject = sealing.Sealed()
    subject_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    body = sealing.Sealed()
    #: Empty once a message that carries a code is of no use any more.
    body_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Whether it carries a code: no page of the staff shows its words, and it knows no quiet hours.
    is_secret: Mapped[bool] = mapped_column(Boolean, default=False)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    not_before: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: After this it is superseded and not sent.
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    state: Mapped[MessageState] = mapped_column(coded(MessageState))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    fence: Mapped[int] = mapped_column(Integer, default=0)
    #: Written right before the gateway gets the words: from then on it may have gone out.
    handed_over_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: The gateway's own number for it.
    reference: Mapped[str] = mapped_column(String(80), default="")
    #: What the gateway answered, in short; never an address.
    last_error: Mapped[str] = mapped_column(String(200), default="")
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: When the person said, on their own page, that it was read.
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_message_queue", "state", "channel", "is_secret", "not_before"),
        Index(None, "recipient", "id"),
        Index(None, "about"),
    )


def post(
    key: str,
    *,
    kind: str,
    to: str,
    channel: Channel,
    body: str,
    address: str = "",
    subject: str = "",
    about: str = "",
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    is_secret: bool = False,
) -> bool:
    """Write a message into the running transaction; one with this key that is there already stays as it is.

    A message for the inbox is sent by being written. Returns whether it is new.
    """
    now, public_id = machine_now(), new_public_id()
    row = Message(
        public_id=public_id,
        key=key,
        kind=kind,
        recipient=to,
        channel=channel,
        about=about,
        is_secret=is_secret,
        made_at=now,
        not_before=not_before or now,
        expires_at=expires_at,
        state=MessageState.SENT if channel is Channel.INBOX else MessageState.WAITING,
        settled_at=now if channel is Channel.INBOX else None,
    )
    row.address, row.subject, row.body = address or None, subject, body
    values = {column.name: getattr(row, column.key) for column in Message.__table__.columns if column.name != "id"}
    values = {name: value for name, value in values.items() if value is not None}
    insert = INSERTS[db.session.get_bind().dialect.name]
    statement = insert(Message).values(values).on_conflict_do_nothing(index_elements=["key"])
    return db.session.scalar(statement.returning(Message.id)) is not None


def wipe(key: str) -> None:
    """Wipe the words of one message whose code is of no use any more; one that still waits is not sent."""
    of_key = update(Message).where(Message.key == key)
    db.session.execute(of_key.values(body_sealed=None))
    over = {"state": MessageState.SUPERSEDED, "settled_at": machine_now()}
    db.session.execute(of_key.where(Message.state == MessageState.WAITING).values(over))


def wipe_codes() -> int:
    """Wipe the words of messages that carried a code and are of no use any more. Returns how many."""
    over = Message.state.not_in([MessageState.WAITING, MessageState.SENDING]) | (Message.expires_at < machine_now())
    statement = (
        update(Message)
        .where(Message.is_secret.is_(True), Message.body_sealed.is_not(None), over)
        .values(body_sealed=None)
        .returning(Message.id)
    )
    return len(db.session.scalars(statement).all())
