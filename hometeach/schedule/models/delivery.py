"""Delivery rules as the bureau's documents set them: dated rows with a source."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.kernel.clock import Span
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
        return _rule_of(self, self.quotas)


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


_RULES: Any = RuleRow.__table__
_QUOTAS: Any = QuotaRow.__table__
#: A row for each quota of a rule, or one for a rule without any.
_IN_ORDER = (
    select(_RULES, *(_QUOTAS.c[name] for name in ("period", "metric", "minimum")))
    .outerjoin(_QUOTAS, _QUOTAS.c.rule_id == _RULES.c.id)
    .order_by(_RULES.c.code, _QUOTAS.c.position)
)


def all_rules() -> list[DeliveryRule]:
    """Every rule, by code."""
    db.session.flush()  # what is asked by table does not see to it
    return list(_rules_of(tuple(db.session.connection().execute(_IN_ORDER).all())))


@lru_cache(maxsize=4)
def _rules_of(rows: tuple[Any, ...]) -> tuple[DeliveryRule, ...]:
    """The rules that such rows say, made once: they are read all day and change once a term."""
    rules = (list(some) for _code, some in groupby(rows, key=attrgetter("code")))
    return tuple(_rule_of(some[0], (row for row in some if row.period is not None)) for some in rules)


def _rule_of(row: Any, quotas: Iterable[Any]) -> DeliveryRule:
    """The rule that a row says, mapped or plain."""
    return DeliveryRule(
        code=row.code,
        span=Span.of(row.effective_from, row.effective_to),
        min_minutes=row.min_minutes,
        quotas=tuple(Quota(one.period, one.metric, one.minimum) for one in quotas),
        scope=row.scope,
        scope_key=row.scope_key,
        minutes_per_class_hour=row.minutes_per_class_hour,
        min_teachers=row.min_teachers,
        modes=frozenset(Mode(code) for code in row.modes.split(",") if code),
        remote_cap=row.remote_cap,
        max_per_day=row.max_per_day,
        confirmation_required=row.confirmation_required,
        make_up_days=row.make_up_days,
        partial_period=row.partial_period,
        title=row.title,
        document_no=row.document_no,
        issuer=row.issuer,
        source_text=row.source_text,
    )


def scope_names() -> dict[str, str]:
    """The names of the schools and children that rules are written for, by scope key."""
    keys = select(RuleRow.scope_key).where(RuleRow.scope_key != "")
    schools = db.session.execute(select(OrgUnit.code, OrgUnit.name).where(OrgUnit.code.in_(keys)))
    children = db.session.execute(select(Child.code, Child.name).where(Child.code.in_(keys)))
    return {code: name for found in (schools, children) for code, name in found}
