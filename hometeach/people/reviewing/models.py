"""Reviews, what was decided in them, their signatures, and what each account did in the meantime."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, String, Text, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from hometeach.kernel.audit import AccessLog
from hometeach.kernel.extensions import Model, coded, db
from hometeach.people.access import Role
from hometeach.people.models import Account, Identified, OrgUnit, RoleGrant
from hometeach.people.reviewing.rules import Outcome


class AccessReview(Identified, Model):
    """The review of one year, begun. Append only."""

    __tablename__ = "access_review"

    year: Mapped[int] = mapped_column(unique=True)
    #: What was opened from this day on is counted: since the review before, or for a year.
    since: Mapped[date] = mapped_column(Date)
    #: Public id of the account.
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    signature: Mapped["AccessSignature | None"] = relationship(viewonly=True)


class AccessDecision(Identified, Model):
    """What was decided about an account in a review. Append only: of several the last one stands."""

    __tablename__ = "access_decision"

    review_id: Mapped[int] = mapped_column(ForeignKey("access_review.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    outcome: Mapped[Outcome] = mapped_column(coded(Outcome))
    #: The role that ends, where one does: the grant itself may be gone later.
    role: Mapped[Role | None] = mapped_column(coded(Role))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    #: The last day on which that role is held.
    last_on: Mapped[date | None] = mapped_column(Date)
    #: Empty only where everything stays.
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    unit: Mapped[OrgUnit | None] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(outcome = 'end_role') = (role IS NOT NULL AND unit_id IS NOT NULL AND last_on IS NOT NULL)",
            name="names_the_role",
        ),
        CheckConstraint("outcome = 'keep' OR reason <> ''", name="says_why"),
    )


class AccessSignature(Model):
    """The signature under a review, over exactly what it says. Append only; after it nothing more is decided."""

    __tablename__ = "access_signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("access_review.id"), unique=True)
    #: Canonical JSON: every account with its roles, what it saw, and what was decided.
    content: Mapped[str] = mapped_column(Text)
    #: Of the content, in hex.
    sha256: Mapped[str] = mapped_column(String(64))
    signed_by: Mapped[str] = mapped_column(String(64))
    signed_on: Mapped[date] = mapped_column(Date)
    signed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def reviews_in_order() -> list[AccessReview]:
    """The reviews, the latest year first, with their signatures."""
    statement = select(AccessReview).options(selectinload(AccessReview.signature)).order_by(AccessReview.year.desc())
    return list(db.session.scalars(statement))


def last_signed_on() -> date | None:
    """The day on which a review was signed last."""
    return db.session.scalar(select(func.max(AccessSignature.signed_on)))


def first_account_at() -> datetime | None:
    """When the first account was made."""
    return db.session.scalar(select(func.min(Account.made_at)))


def decisions_in(review: AccessReview) -> list[AccessDecision]:
    """What was decided in a review, in the order in which it was."""
    statement = select(AccessDecision).where(AccessDecision.review_id == review.id)
    return list(db.session.scalars(statement.options(selectinload(AccessDecision.unit)).order_by(AccessDecision.id)))


def accounts_under(review: AccessReview) -> Sequence[Account]:
    """The accounts that a review looks at, by name: all that can sign in, and those that were locked in it."""
    decided = select(AccessDecision.account_id).where(AccessDecision.review_id == review.id)
    statement = (
        select(Account)
        .options(selectinload(Account.grants).joinedload(RoleGrant.unit))
        .where(or_(Account.disabled_at.is_(None), Account.id.in_(decided)))
    )
    return db.session.scalars(statement.order_by(Account.name, Account.id)).all()


def files_opened(since: datetime) -> dict[str, int]:
    """How many children's files each account opened since a moment, by its public id: children, not openings."""
    statement = (
        select(AccessLog.actor, func.count(AccessLog.about.distinct()).label("children"))
        .where(AccessLog.at >= since, AccessLog.about.startswith("child:"))
        .group_by(AccessLog.actor)
    )
    return {row.actor: row.children for row in db.session.execute(statement)}


def reveals(since: datetime) -> list[AccessLog]:
    """The masked fields that were seen since a moment, with the reasons, oldest first."""
    statement = select(AccessLog).where(AccessLog.at >= since, AccessLog.reason != "")
    return list(db.session.scalars(statement.order_by(AccessLog.id)))
