"""Versions of the agreement's wording, and the clauses in them."""

import hashlib
from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, DateTime, ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.agreements.templates.rules import IN_PRINT, Block, TemplateState
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model, coded, db
from hometeach.people.models import IN_ORDER, Dated, Identified, in_force


class Template(Identified, Dated, Model):
    """One version of the wording. Once published neither it nor its clauses ever change; a change is a new version."""

    __tablename__ = "agreement_template"

    #: Counted from 1 for the bureau.
    version: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(80))
    #: The document, or the decision, that the wording rests on.
    source: Mapped[str] = mapped_column(Text)
    state: Mapped[TemplateState] = mapped_column(coded(TemplateState), default=TemplateState.DRAFT)
    #: How often it was saved; tells two editors apart.
    revision: Mapped[int] = mapped_column(default=0)
    #: What a guardian reads before the text: a page in plain words, with placeholders.
    summary: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)
    published_by: Mapped[str | None] = mapped_column(String(64))
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    clauses: Mapped[list["Clause"]] = relationship(order_by="Clause.position", back_populates="template")

    __table_args__ = (
        CheckConstraint(IN_ORDER, name="in_order"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
    )

    @property
    def stamp(self) -> str:
        """Another one whenever somebody wrote on it; tells a page that was left open from what stands now."""
        clauses = [f"{one.id}:{one.position}:{one.revision}" for one in self.clauses]
        return hashlib.sha256(" ".join([str(self.revision), *clauses]).encode()).hexdigest()[:16]


class Clause(Identified, Model):
    """One clause of a version, with placeholders."""

    __tablename__ = "agreement_clause"

    template_id: Mapped[int] = mapped_column(ForeignKey("agreement_template.id"), index=True)
    block: Mapped[Block] = mapped_column(coded(Block))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    #: Shown emphasised, opened by itself, and that it was opened is kept (Civil Code 496).
    limits_rights: Mapped[bool] = mapped_column(Boolean, default=False)
    #: How often it was saved; tells two editors apart.
    revision: Mapped[int] = mapped_column(default=0)

    template: Mapped[Template] = relationship(back_populates="clauses")

    __table_args__ = (UniqueConstraint("template_id", "position"),)


def template_on(day: date) -> Template | None:
    """The wording in force on a day: of several the latest version."""
    published = select(Template).where(Template.state == TemplateState.PUBLISHED, in_force(Template, day))
    return db.session.scalar(published.order_by(Template.version.desc()).limit(1))


def template_of(version: int) -> Template | None:
    """The wording of this number."""
    return db.session.scalar(select(Template).where(Template.version == version))


def templates_in_order() -> list[Template]:
    """Every version, the newest first."""
    return list(db.session.scalars(select(Template).order_by(Template.version.desc())))


def in_print(template: Template) -> list[Clause]:
    """The clauses in the order in which they are printed: by block, then by position."""
    return sorted(template.clauses, key=lambda clause: (IN_PRINT.index(clause.block), clause.position))
