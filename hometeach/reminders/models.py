"""What falls due to whom, and how each of the staff wants to be told."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.outbox import Channel
from hometeach.kernel.sealing import Sealed
from hometeach.people.models import Identified
from hometeach.reminders.rules import Kind


class DueState(StrEnum):
    """How something that falls due stands."""

    OPEN = "open"
    #: A message carries it.
    TOLD = "told"
    #: It was done, or its time went by, before anybody was told.
    OVER = "over"


class Due(Model):
    """One thing that one person is to be told once: derived, never made by hand."""

    __tablename__ = "due"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(coded(Kind))
    #: ``kind:public id`` of what it is about.
    subject: Mapped[str] = mapped_column(String(64))
    #: Which time of it: a date, with the planned session's public id where there may be several.
    occurrence: Mapped[str] = mapped_column(String(40))
    #: ``account:<public id>`` or ``guardian:<public id>``.
    recipient: Mapped[str] = mapped_column(String(64))
    #: Place in the ladder of its kind, from 0.
    rung: Mapped[int] = mapped_column(Integer)
    falls_on: Mapped[date] = mapped_column(Date)
    #: After this day it is of no use to be told.
    last_on: Mapped[date] = mapped_column(Date)
    state: Mapped[DueState] = mapped_column(coded(DueState))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("kind", "subject", "occurrence", "recipient", "rung"),
        Index(None, "state", "falls_on"),
    )


class ContactChoice(Identified, Model):
    """By what way, and at what hour, one of the staff wants to be reminded."""

    __tablename__ = "contact_choice"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    channel: Mapped[Channel] = mapped_column(coded(Channel))
    #: E-mail address or phone; empty for the inbox.
    address = Sealed()
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Shanghai; empty: the bureau's hour.
    hour: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (CheckConstraint("hour IS NULL OR hour BETWEEN 0 AND 23", name="hour"),)


def open_dues(on: date) -> list[Due]:
    """What is to be told by a day and is not yet, for nobody else to take up meanwhile."""
    statement = (
        select(Due)
        .where(Due.state == DueState.OPEN, Due.falls_on <= on)
        .order_by(Due.recipient, Due.falls_on, Due.id)
        .with_for_update(skip_locked=True)
    )
    return list(db.session.scalars(statement))


def dues_in(message_id: int) -> list[Due]:
    """What a message carries, in the order in which it is said."""
    return list(db.session.scalars(select(Due).where(Due.message_id == message_id).order_by(Due.falls_on, Due.id)))


def known_dues(kinds: Iterable[Kind], since: date) -> set[tuple[Any, ...]]:
    """By what the rows are known that fall due from a day on."""
    columns = (Due.kind, Due.subject, Due.occurrence, Due.recipient, Due.rung)
    statement = select(*columns).where(Due.kind.in_(list(kinds)), Due.falls_on >= since)
    return {tuple(row) for row in db.session.execute(statement)}


def choice_of(account_id: int) -> ContactChoice | None:
    """What this person chose."""
    return db.session.scalar(select(ContactChoice).where(ContactChoice.account_id == account_id))


def choices_of(account_ids: Sequence[int]) -> dict[int, ContactChoice]:
    """What these people chose."""
    statement = select(ContactChoice).where(ContactChoice.account_id.in_(account_ids))
    return {one.account_id: one for one in db.session.scalars(statement)}
