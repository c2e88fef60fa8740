"""The case of a child, and the spans in which it is suspended."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.cases.rules import CaseStatus
from hometeach.kernel.extensions import Model, coded
from hometeach.people.models import IN_ORDER, Dated, Identified


class Case(Identified, Model):
    """One child, one case."""

    __tablename__ = "case"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), unique=True)
    status: Mapped[CaseStatus] = mapped_column(coded(CaseStatus))
    placed_on: Mapped[date | None] = mapped_column(Date)


class Suspension(Dated, Model):
    """Days on which a case is suspended, with the reason."""

    __tablename__ = "suspension"

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    reason: Mapped[str | None] = mapped_column(String(80))

    __table_args__ = (UniqueConstraint("child_id", "effective_from"), CheckConstraint(IN_ORDER, name="in_order"))
