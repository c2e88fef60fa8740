"""Was this very thing asked for before, and where did the answer lead?

A form carries a random word. What it asked for is kept under that word in the
transaction that does it, so that a double click, a second tab, the back button
or a lost answer leads to the same place and does nothing twice.
"""

from datetime import datetime, timedelta

from sqlalchemy import DateTime, Index, String, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model, db

#: The longest word that a form may carry.
LONGEST_KEY = 64
#: After this long nobody sends the same form again.
KEPT_FOR = timedelta(days=14)


class Receipt(Model):
    """What one person asked for under one word, and where it led."""

    __tablename__ = "receipt"

    #: As the audit log names the person.
    actor: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    #: A path of this site.
    location: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index(None, "at"),)


def answer_to(actor: str, key: str) -> str | None:
    """Where the same request led before; None if it was never answered."""
    statement = select(Receipt.location).where(Receipt.actor == actor, Receipt.key == key)
    return db.session.scalar(statement)


def keep(actor: str, key: str, location: str) -> None:
    """Keep the answer in the running transaction; the database refuses a second one."""
    db.session.add(Receipt(actor=actor, key=key, location=location, at=machine_now()))
    db.session.flush()


def forget_old() -> int:
    """Delete the receipts that nobody will ask for any more. Returns how many."""
    gone = db.session.scalars(delete(Receipt).where(Receipt.at < machine_now() - KEPT_FOR).returning(Receipt.key))
    return len(gone.all())
