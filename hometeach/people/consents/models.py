"""The privacy notice in its versions, and every answer that was ever given to it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.files import StoredFile
from hometeach.people.consents.rules import Answer, ConsentRoute, Purpose, Said
from hometeach.people.models import Child, Guardian, Identified


class PrivacyNotice(Identified, Model):
    """One version of the notice (F06). Once it is there it never changes; what was shown can be shown again."""

    __tablename__ = "privacy_notice"

    #: Counted from 1.
    version: Mapped[int] = mapped_column(unique=True)
    effective_from: Mapped[date] = mapped_column(Date)
    #: The document, or the decision, that it rests on.
    source: Mapped[str] = mapped_column(Text)
    #: Who processes, what for without consent, which data, how long, which rights, whom to ask: one paragraph a line.
    text: Mapped[str] = mapped_column(Text)
    #: The rules for the data of children under fourteen.
    child_rules: Mapped[str] = mapped_column(Text)
    published_by: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)

    purposes: Mapped[list["NoticePurpose"]] = relationship(order_by="NoticePurpose.id", back_populates="notice")


class NoticePurpose(Model):
    """What a version says of one purpose."""

    __tablename__ = "notice_purpose"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("privacy_notice.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(coded(Purpose))
    #: What is done, why, who sees it, how long it is kept, what happens when the family says no.
    text: Mapped[str] = mapped_column(Text)
    #: It says something else than the version before: a yes to an earlier one is worth nothing for it.
    is_new: Mapped[bool] = mapped_column(Boolean, default=False)

    notice: Mapped[PrivacyNotice] = relationship(back_populates="purposes")

    __table_args__ = (UniqueConstraint("notice_id", "purpose"),)


class Consent(Identified, Model):
    """One answer of one guardian to one purpose, as that person was known then. Rows are added, never changed."""

    __tablename__ = "consent"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    relation: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[Purpose] = mapped_column(coded(Purpose))
    answer: Mapped[Answer] = mapped_column(coded(Answer))
    notice_id: Mapped[int] = mapped_column(ForeignKey("privacy_notice.id"))
    route: Mapped[ConsentRoute] = mapped_column(coded(ConsentRoute))
    #: Who of the staff wrote it down; empty for the own phone.
    recorded_by: Mapped[str | None] = mapped_column(String(64))
    #: The signed paper, for the paper route.
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    #: Whether the child was asked too.
    child_was_asked: Mapped[bool] = mapped_column(Boolean, default=False)
    said_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)

    child: Mapped[Child] = relationship()
    guardian: Mapped[Guardian] = relationship()
    notice: Mapped[PrivacyNotice] = relationship()
    paper: Mapped[StoredFile | None] = relationship()

    __table_args__ = (
        CheckConstraint("(route = 'own_phone') = (recorded_by IS NULL)", name="recorded_by"),
        CheckConstraint("(route = 'paper') = (paper_id IS NOT NULL)", name="paper"),
        Index(None, "child_id", "purpose"),
    )


def notice_on(day: date) -> PrivacyNotice | None:
    """The notice in force on a day: the latest version that has begun."""
    begun = select(PrivacyNotice).where(PrivacyNotice.effective_from <= day)
    return db.session.scalar(begun.order_by(PrivacyNotice.version.desc()).limit(1))


def notices() -> Sequence[PrivacyNotice]:
    """Every version, the latest first."""
    return db.session.scalars(select(PrivacyNotice).order_by(PrivacyNotice.version.desc())).all()


def consents_of(child: Child) -> Sequence[Consent]:
    """All that was ever said for a child, in the order in which it was said."""
    return db.session.scalars(select(Consent).where(Consent.child_id == child.id).order_by(Consent.id)).all()


def said_of(child_id: int, on: date) -> dict[Purpose, list[Said]]:
    """What the guardians said of each purpose, with whether the notice in force still says the same of it."""
    renewed = (
        select(NoticePurpose.purpose, func.max(PrivacyNotice.version))
        .join(PrivacyNotice, PrivacyNotice.id == NoticePurpose.notice_id)
        .where(NoticePurpose.is_new, PrivacyNotice.effective_from <= on)
        .group_by(NoticePurpose.purpose)
    )
    holds_from = dict(db.session.execute(renewed).all())
    statement = (
        select(Consent.purpose, Consent.guardian_id, Consent.answer, Consent.at, Consent.said_on, PrivacyNotice.version)
        .join(PrivacyNotice, PrivacyNotice.id == Consent.notice_id)
        .where(Consent.child_id == child_id)
        .order_by(Consent.id)
    )
    said: dict[Purpose, list[Said]] = {purpose: [] for purpose in Purpose}
    for purpose, guardian, answer, at, said_on, version in db.session.execute(statement):
        said[purpose].append(Said(guardian, answer, at, said_on, holds=version >= holds_from.get(purpose, 0)))
    return said
