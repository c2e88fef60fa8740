"""Dated rules, the school calendar, weekly slots and the planned sessions that come of them."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import lru_cache

import holidays
from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from hometeach.kernel.clock import Span, days_of
from hometeach.kernel.extensions import Model, coded, db
from hometeach.people.models import IN_ORDER, Child, Dated, Identified, OrgUnit, in_force
from hometeach.schedule.calendar.rules import CalendarKind, Entry
from hometeach.schedule.rules import (
    Calendar,
    DeliveryRule,
    Metric,
    Mode,
    PartialPeriod,
    PeriodKind,
    Quota,
    RuleScope,
    Slot,
    Term,
)


class OccurrenceState(StrEnum):
    """How a planned session stands. Only ``planned`` ones are held apart by the database."""

    PLANNED = "planned"
    CLASHING = "clashing"
    CANCELLED = "cancelled"


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


class CalendarEntry(Identified, Dated, Model):
    """Days of a term, a closure, a public holiday or shifted working days, as the bureau writes them."""

    __tablename__ = "calendar_entry"

    kind: Mapped[CalendarKind] = mapped_column(coded(CalendarKind))
    name: Mapped[str] = mapped_column(String(80))

    __table_args__ = (
        UniqueConstraint("kind", "effective_from", "name"),
        CheckConstraint("effective_to IS NOT NULL AND effective_from <= effective_to", name="closed"),
    )

    def as_entry(self) -> Entry:
        """The same for the pure rules."""
        return Entry(self.kind, self.name, self.span)


class SlotRow(Identified, Dated, Model):
    """A child's weekly hour with a teacher."""

    __tablename__ = "slot"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"), index=True)
    #: 0 is Monday.
    weekday: Mapped[int]
    #: Minutes after midnight.
    start_minute: Mapped[int]
    end_minute: Mapped[int]

    __table_args__ = (
        UniqueConstraint("child_id", "weekday", "start_minute", "effective_from"),
        CheckConstraint(IN_ORDER, name="in_order"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440", name="times"),
    )

    def as_slot(self) -> Slot:
        """The same for the pure rules."""
        return Slot(self.weekday, self.start_minute, self.end_minute, self.span)


class Occurrence(Identified, Model):
    """A planned session, known for good by its slot and its original date."""

    __tablename__ = "occurrence"

    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    original_on: Mapped[date] = mapped_column(Date)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"))
    planned_on: Mapped[date] = mapped_column(Date)
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    state: Mapped[OccurrenceState] = mapped_column(coded(OccurrenceState))

    __table_args__ = (
        UniqueConstraint("slot_id", "original_on"),
        CheckConstraint("0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440", name="times"),
        Index(None, "teacher_id", "planned_on"),
        Index(None, "child_id", "planned_on"),
    )


def all_rules() -> list[DeliveryRule]:
    """Every rule, by code."""
    statement = select(RuleRow).options(selectinload(RuleRow.quotas)).order_by(RuleRow.code)
    return [row.as_rule() for row in db.session.scalars(statement)]


def entries_in_order() -> list[CalendarEntry]:
    """The rows of the calendar by their first day."""
    statement = select(CalendarEntry).order_by(CalendarEntry.effective_from, CalendarEntry.kind, CalendarEntry.name)
    return list(db.session.scalars(statement))


def written_entries() -> list[Entry]:
    """What the bureau has written into the calendar, by its first day."""
    statement = select(
        CalendarEntry.kind, CalendarEntry.name, CalendarEntry.effective_from, CalendarEntry.effective_to
    ).order_by(CalendarEntry.effective_from, CalendarEntry.kind, CalendarEntry.name)
    return [Entry(kind, name, Span.of(first, last)) for kind, name, first, last in db.session.execute(statement)]


def the_calendar() -> Calendar:
    """The school calendar: the bureau's entries over the prefilled public holidays."""
    return calendar_from(written_entries())


def calendar_from(entries: Iterable[Entry]) -> Calendar:
    """The calendar that such entries make, each winning over the prefilled days."""
    return calendar_of((entry.kind, entry.span, entry.name) for entry in entries)


def calendar_of(entries: Iterable[tuple[CalendarKind, Span, str]]) -> Calendar:
    """The calendar that such entries make, each winning over the prefilled days."""
    spans: dict[CalendarKind, list[tuple[Span, str]]] = {kind: [] for kind in CalendarKind}
    for kind, span, name in entries:
        spans[kind].append((span, name))
    terms = tuple(Term(name, span) for span, name in spans[CalendarKind.TERM])
    off, on = prefilled_days(tuple(sorted({day.year for term in terms for day in (term.span.first, term.span.last)})))
    written_off = {day for span, _ in spans[CalendarKind.HOLIDAY] for day in days_of(span)}
    written_on = {day for span, _ in spans[CalendarKind.SHIFTED] for day in days_of(span)}
    return Calendar(
        terms=terms,
        closures=tuple(span for span, _ in spans[CalendarKind.CLOSURE]),
        holidays=frozenset((off - written_on) | written_off),
        shifted=frozenset((on - written_off) | written_on),
    )


@lru_cache(maxsize=16)
def prefilled_days(years: tuple[int, ...]) -> tuple[frozenset[date], frozenset[date]]:
    """The State Council's public holidays and shifted working days of some years.

    Source: the ``holidays`` package, pinned; the bureau's own entries win.
    """
    if not years:
        return frozenset(), frozenset()
    country = holidays.country_holidays("CN", years=range(years[0], years[-1] + 1))
    shifted = frozenset(country.weekend_workdays)
    return frozenset(country) - shifted, shifted


def prefilled_names(years: Iterable[int]) -> dict[date, str]:
    """The public holidays of some years by name, in Chinese."""
    return dict(sorted(holidays.country_holidays("CN", years=list(years), language="zh_CN").items()))


def children_taught_by(teacher_id: int, on: date) -> Select[int]:
    """Ids of the children with whom a teacher has a slot that day's term."""
    return select(SlotRow.child_id).where(SlotRow.teacher_id == teacher_id, in_force(SlotRow, on))


def scope_names() -> dict[str, str]:
    """The names of the schools and children that rules are written for, by scope key."""
    keys = select(RuleRow.scope_key).where(RuleRow.scope_key != "")
    schools = db.session.execute(select(OrgUnit.code, OrgUnit.name).where(OrgUnit.code.in_(keys)))
    children = db.session.execute(select(Child.code, Child.name).where(Child.code.in_(keys)))
    return {code: name for found in (schools, children) for code, name in found}
