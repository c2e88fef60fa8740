"""What the guardian and the school agreed, and for which days."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.agreements.rules import SigningRoute
from hometeach.kernel.extensions import Model, coded
from hometeach.people.models import IN_ORDER, Dated, Identified


class Agreement(Identified, Dated, Model):
    """A concluded agreement, in force for its span: one that came on paper, or an offer signed and countersigned."""

    __tablename__ = "agreement"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    route: Mapped[SigningRoute] = mapped_column(coded(SigningRoute))
    signed_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (CheckConstraint(IN_ORDER, name="in_order"),)
