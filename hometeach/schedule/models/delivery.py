"""Delivery rules as the bureau's documents set them: dated rows with a source."""

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from hometeach.kernel.extensions import Model, coded, db
from hometeach.people.models import IN_ORDER, Child, Dated, Identified, OrgUnit
from hometeach.schedule.rules import DeliveryRule, Metric, Mode, PartialPeriod, PeriodKind, Quota, RuleScope


class RuleRow(Identified, Dated, Model):
    """A delivery rule as the bureau's document sets it; see ``rules.DeliveryRule`` for the units."""

    __tablename__ = "delivery_rule"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(120), default="")
    document_no: Mapped[str] = mapped_column(String(80), default="")
    issuer: Mapped[str] = mapped_column(String(80), default="")
    source_text: Mapped[str] = mapped_column(Text, default="")
    scope: Mapped[RuleScope] = mapped_column(coded(RuleScope))
    #: Code of the school or child; empty for the bureau.
    scope_key: Mapped[str] = mapped_column(String(32), default="")
    min_minutes: Mapped[int]
    minutes_per_class_hour: Mapped[int]
    min_teachers: Mapped[int]
    #: Codes of ``Mode``, sorted, separated by commas.
    modes: Mapped[str] = mapped_column(String(80))
    remote_cap: Mapped[int | None]
    max_per_day: Mapped[int]
    confirmation_required: Mapped[bool]
    make_up_days: Mapped[int]
    partial_period: Mapped[PartialPeriod] = mapped_column(coded(PartialPeriod))

    quotas: Mapped[list["QuotaRow"]] = relationship(
        order_by="QuotaRow.position", back_populates="rule", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("scope", "scope_key", "effective_from"),
        CheckConstraint(IN_ORDER, name="in_order"),
        CheckConstraint("min_minutes > 0 AND minutes_per_class_hour > 0", name="minutes"),
        CheckConstraint("min_teachers > 0 AND max_per_day > 0 AND make_up_days >= 0", name="counts"),
    )

    def as_rule(self) -> DeliveryRule:
        """The same for the pure rules."""
        return DeliveryRule(
            code=self.code,
            span=self.span,
            min_minutes=self.min_minutes,
            quotas=tuple(Quota(row.period, row.metric, row.minimum) for row in self.quotas),
            scope=self.scope,
            scope_key=self.scope_key,
            minutes_per_class_hour=self.minutes_per_class_hour,
            min_teachers=self.min_teachers,
            modes=frozenset(Mode(code) for code in self.modes.split(",") if code),
            remote_cap=self.remote_cap,
            max_per_day=self.max_per_day,
            confirmation_required=self.confirmation_required,
            make_up_days=self.make_up_days,
            partial_period=self.partial_period,
            title=self.title,
            document_no=self.document_no,
            issuer=self.issuer,
            source_text=self.source_text,
        )


class QuotaRow(Model):
    """One quota of a rule, in the order of the document."""

    __tablename__ = "quota"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("delivery_rule.id"), index=True)
    position: Mapped[int]
    period: Mapped[PeriodKind] = mapped_column(coded(PeriodKind))
    metric: Mapped[Metric] = mapped_column(coded(Metric))
    minimum: Mapped[int]

    rule: Mapped[RuleRow] = relationship(back_populates="quotas")

    __table_args__ = (UniqueConstraint("rule_id", "position"), CheckConstraint("minimum >= 0", name="minimum"))


def all_rules() -> list[DeliveryRule]:
    """Every rule, by code."""
    statement = select(RuleRow).options(selectinload(RuleRow.quotas)).order_by(RuleRow.code)
    return [row.as_rule() for row in db.session.scalars(statement)]


def scope_names() -> dict[str, str]:
    """The names of the schools and children that rules are written for, by scope key."""
    keys = select(RuleRow.scope_key).where(RuleRow.scope_key != "")
    schools = db.session.execute(select(OrgUnit.code, OrgUnit.name).where(OrgUnit.code.in_(keys)))
    children = db.session.execute(select(Child.code, Child.name).where(Child.code.in_(keys)))
    return {code: name for found in (schools, children) for code, name in found}
