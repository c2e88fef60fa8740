"""Links, one-time codes and sign-ins of guardians: only hashes of what opens something."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, ForeignKey, Index, LargeBinary, Select, String, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.kernel.extensions import Model, coded, db
from hometeach.people.entry.guardians.rules import LinkPurpose
from hometeach.people.models import Child, Guardian, Identified
from hometeach.people.rules import ContactRule


class GuardianLink(Model):
    """A link that was sent to one guardian for one purpose. It opens nothing but "enter the code"."""

    __tablename__ = "guardian_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the random token: the token itself is kept nowhere.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(coded(LinkPurpose))
    #: ``kind:public id`` of what it leads to; empty for the family's first page.
    subject: Mapped[str] = mapped_column(String(96), default="")
    #: The phone that it was sent to, where it opens for that one only.
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    guardian: Mapped[Guardian] = relationship()


class GuardianCode(Identified, Model):
    """A one-time code that somebody asked for. A number that is not on record has a row too, and no message."""

    __tablename__ = "guardian_code"

    #: Blind index of the number it was asked for.
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: Keyed hash over this row's name and the code, with a key from outside the database.
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: Whom it lets in; empty where the number is not on record.
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("guardian_link.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: Wrong codes that were entered for it.
    tries: Mapped[int] = mapped_column(default=0)
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    guardian: Mapped[Guardian | None] = relationship()
    link: Mapped[GuardianLink | None] = relationship()

    __table_args__ = (Index(None, "phone_index", "made_at"),)


class GuardianSignIn(Model):
    """A guardian's session on the server: the cookie holds a token, this row its hash. It ends when revoked."""

    __tablename__ = "guardian_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id"), index=True)
    #: The phone that the code went to; once the guardian has another, the session is worth nothing.
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    #: Whether it began at a link or at the door.
    came_by_link: Mapped[bool]
    began_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


def reached_by(phone_index: bytes) -> ColumnElement[bool]:
    """The condition on ``Guardian`` that this phone lets somebody in as this person."""
    return (Guardian.phone_index == phone_index) & (Guardian.contact_rule != ContactRule.NEVER)


def guardians_by_phone(phone_index: bytes) -> list[Guardian]:
    """Everybody on record with this phone who may come in: one row for each child."""
    return list(db.session.scalars(select(Guardian).where(reached_by(phone_index)).order_by(Guardian.id)))


def people_on_phone(phone_index: bytes) -> list[Guardian]:
    """Each person on record with this phone, once by name: the first of the rows that the person has with children."""
    first: dict[str, Guardian] = {}
    for one in guardians_by_phone(phone_index):
        first.setdefault(one.name, one)
    return list(first.values())


def children_of_phone(phone_index: bytes) -> Select[Child]:
    """The children of whom somebody with this phone is guardian or carer."""
    own = select(Guardian.child_id).where(reached_by(phone_index))
    return select(Child).where(Child.id.in_(own)).order_by(Child.born_on, Child.id)


def running_links(guardian_ids: Sequence[int], now: datetime) -> dict[int, GuardianLink]:
    """The newest link of each guardian to the family's first page that still opens."""
    statement = (
        select(GuardianLink)
        .where(
            GuardianLink.guardian_id.in_(guardian_ids),
            GuardianLink.purpose == LinkPurpose.HOME,
            GuardianLink.revoked_at.is_(None),
            GuardianLink.expires_at > now,
        )
        .order_by(GuardianLink.id)
    )
    return {link.guardian_id: link for link in db.session.scalars(statement)}


#: Who holds a guardian's token that was not revoked. Built once: it runs on every request of a family.
BY_TOKEN: Select[*tuple[Any, ...]] = (
    select(
        GuardianSignIn.began_at,
        GuardianSignIn.phone_index,
        GuardianSignIn.came_by_link,
        Guardian.id,
        Guardian.public_id,
        Guardian.name,
    )
    .join(Guardian, Guardian.id == GuardianSignIn.guardian_id)
    .where(
        GuardianSignIn.token_hash == bindparam("token_hash"),
        GuardianSignIn.revoked_at.is_(None),
        Guardian.phone_index == GuardianSignIn.phone_index,
        Guardian.contact_rule != ContactRule.NEVER,
    )
)
