"""The passkeys of the staff, and the challenges that wait for their answer."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.extensions import Model, coded, db
from hometeach.people.models import Identified


class Ceremony(StrEnum):
    """What a challenge is for: the answer to one kind is worth nothing for the other."""

    REGISTER = "register"
    SIGN_IN = "sign_in"


class Passkey(Identified, Model):
    """The public half of a key that a person's device keeps."""

    __tablename__ = "passkey"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    #: As its owner calls it.
    name: Mapped[str] = mapped_column(String(40))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    #: COSE, as the device gave it.
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    #: How often the device says it has signed: one that falls back was copied.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("sign_count >= 0", name="count"),)


class PasskeyChallenge(Model):
    """What a device is asked to sign, once. One a sign-in: the newest."""

    __tablename__ = "passkey_challenge"

    id: Mapped[int] = mapped_column(primary_key=True)
    sign_in_id: Mapped[int] = mapped_column(ForeignKey("sign_in.id"), unique=True)
    ceremony: Mapped[Ceremony] = mapped_column(coded(Ceremony))
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    #: How the key is going to be called, where one is being made.
    name: Mapped[str] = mapped_column(String(40), default="")
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def passkeys_of(account_id: int) -> list[Passkey]:
    """The passkeys of an account, the oldest first."""
    return list(db.session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)))
