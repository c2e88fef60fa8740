"""Who covers for whom, in which role, from when to when."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, String, Text, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.kernel.clock import ONE_DAY, Span
from hometeach.kernel.extensions import Model, coded, db
from hometeach.people.access import Role
from hometeach.people.models import Account, Dated, Identified, OrgUnit


class Cover(Identified, Dated, Model):
    """The days on which somebody holds the role of somebody who is away."""

    __tablename__ = "cover"

    away_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    covering_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[Role] = mapped_column(coded(Role))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    #: The role given for these days; empty for a teacher who teaches there anyway, and once it was taken back whole.
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("role_grant.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: Where it was ended early.
    held_no_more_from: Mapped[date | None] = mapped_column(Date)

    away: Mapped[Account] = relationship(foreign_keys=[away_id])
    covering: Mapped[Account] = relationship(foreign_keys=[covering_id])
    unit: Mapped[OrgUnit] = relationship()

    __table_args__ = (
        CheckConstraint("effective_to IS NOT NULL AND effective_from <= effective_to", name="closed"),
        CheckConstraint("away_id <> covering_id", name="somebody_else"),
        CheckConstraint("reason <> ''", name="says_why"),
    )

    @property
    def held(self) -> Span | None:
        """The days on which it holds, early ends counted; None where it was taken back before it began."""
        if self.held_no_more_from is None:
            return self.span
        last = self.held_no_more_from - ONE_DAY
        return Span(self.effective_from, last) if last >= self.effective_from else None

    def has_ended(self, today: date) -> bool:
        """Whether it holds no more."""
        return self.held is None or self.held.last < today


def covers_of(account: Account) -> list[Cover]:
    """The covers in which somebody is away or covers, the latest first."""
    mine = or_(Cover.away_id == account.id, Cover.covering_id == account.id)
    return list(db.session.scalars(select(Cover).where(mine).order_by(Cover.effective_from.desc(), Cover.id.desc())))
