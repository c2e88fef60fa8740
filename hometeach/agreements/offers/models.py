"""Agreements offered to families, and who of each family is asked to sign."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.agreements.offers.rules import WhoSigns
from hometeach.agreements.templates.models import Template
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model, coded
from hometeach.kernel.files import StoredFile
from hometeach.kernel.sealing import Sealed
from hometeach.people.models import IN_ORDER, Child, Dated, Guardian, Identified
from hometeach.people.rules import Standing


class Offer(Identified, Dated, Model):
    """An agreement as it was drawn up for one child. Its text never changes: other terms are another offer."""

    __tablename__ = "offer"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    #: The agreement's number, as it is printed and looked up by.
    number: Mapped[str] = mapped_column(String(40), unique=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("agreement_template.id"))
    #: All that was put in place of the placeholders and into the annexes, as canonical JSON.
    facts = Sealed()
    facts_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: The unsigned PDF that every signature is bound to.
    document_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    #: Of the unsigned bytes, in hex.
    document_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    who_signs: Mapped[WhoSigns] = mapped_column(coded(WhoSigns))
    #: Why this one guardian signs, or why all must; empty for any one.
    who_signs_reason: Mapped[str] = mapped_column(Text, default="")
    #: The agreement whose terms this one changes, from its first day on.
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"))
    drawn_up_by: Mapped[str] = mapped_column(String(64))
    drawn_up_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)

    child: Mapped[Child] = relationship()
    template: Mapped[Template] = relationship()
    document: Mapped[StoredFile] = relationship()
    signers: Mapped[list["Signer"]] = relationship(order_by="Signer.id", back_populates="offer")

    __table_args__ = (
        CheckConstraint(IN_ORDER, name="in_order"),
        CheckConstraint("effective_to IS NOT NULL", name="has_an_end"),
    )

    @property
    def terms(self) -> dict[str, Any]:
        """The facts, read."""
        read: dict[str, Any] = json.loads(self.facts)
        return read


class Signer(Identified, Model):
    """One of the family who is asked, as known when the agreement was drawn up."""

    __tablename__ = "signer"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    relation: Mapped[str] = mapped_column(String(20))
    standing: Mapped[Standing] = mapped_column(coded(Standing))

    offer: Mapped[Offer] = relationship(back_populates="signers")
    guardian: Mapped[Guardian] = relationship()

    __table_args__ = (UniqueConstraint("offer_id", "guardian_id"),)
