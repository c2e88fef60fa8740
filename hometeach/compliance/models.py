"""The ledger as it was last computed: rebuilt for each child that is touched, never added to."""

from datetime import date
from functools import cache

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    exists,
)
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.compliance.rules import Pending
from hometeach.kernel.extensions import Model, coded
from hometeach.schedule.rules import Metric, PeriodKind
from hometeach.visits.rules import Verdict


class SessionVerdict(Model):
    """What the rule of its own day says of a session, and the date that it is credited to."""

    __tablename__ = "session_verdict"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    #: Repeated from the visit, so that a year is read from one table.
    held_on: Mapped[date] = mapped_column(Date)
    verdict: Mapped[Verdict] = mapped_column(coded(Verdict))
    #: Code of the rule in force that day; empty where none was.
    rule_code: Mapped[str] = mapped_column(String(40), default="")
    minutes: Mapped[int]
    class_hours: Mapped[int]
    credited_on: Mapped[date] = mapped_column(Date)
    is_make_up: Mapped[bool]

    __table_args__ = (Index(None, "child_id", "held_on"), Index(None, "held_on", "verdict"))


class LedgerBuild(Model):
    """The build of a child's ledger: its name changes each time that the ledger is computed again; see ``builds``."""

    __tablename__ = "ledger_build"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(16))


class LedgerEntry(Model):
    """One ledger row: a child, a quota, a period. See ``rules.LedgerRow`` for the units."""

    __tablename__ = "ledger_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    period_kind: Mapped[PeriodKind] = mapped_column(coded(PeriodKind))
    #: Place of the kind in the order week, fortnight, month, term, school year.
    kind_no: Mapped[int]
    metric: Mapped[Metric] = mapped_column(coded(Metric))
    period_start: Mapped[date] = mapped_column(Date)
    period_end: Mapped[date] = mapped_column(Date)
    #: Place of the quota in its rule.
    quota_no: Mapped[int]
    minimum: Mapped[int]
    rule_code: Mapped[str] = mapped_column(String(40))
    teaching_days: Mapped[int]
    active_days: Mapped[int]
    required: Mapped[int]
    delivered: Mapped[int]
    made_up: Mapped[int]
    excused: Mapped[int]
    invalid: Mapped[int]
    unaccounted: Mapped[int]
    surplus: Mapped[int]
    #: What invalid sessions would have been worth; only tells the cause.
    invalid_amount: Mapped[int]
    all_slots_fell_out: Mapped[bool]
    #: Lessons still to be made up: ``until:amount`` separated by commas.
    pending: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("child_id", "period_kind", "period_start", "period_end", "quota_no"),
        CheckConstraint("required = delivered + made_up + excused + unaccounted - surplus", name="identity"),
        CheckConstraint("unaccounted >= 0 AND surplus >= 0 AND unaccounted * surplus = 0", name="apart"),
        CheckConstraint("excused BETWEEN 0 AND required", name="excused"),
        Index(None, "period_kind", "period_start"),
    )


@cache
def is_leading() -> ColumnElement[bool]:
    """The condition that a row is of the shortest kind of period by which its child is judged at the time.

    Made once: making the second view of the table costs more than asking it.
    """
    entry = LedgerEntry.__table__.c
    shorter = LedgerEntry.__table__.alias()
    beneath = exists().where(
        shorter.c.child_id == entry.child_id,
        shorter.c.kind_no < entry.kind_no,
        shorter.c.period_start <= entry.period_end,
        shorter.c.period_end >= entry.period_start,
    )
    return (entry.kind_no == 0) | ~beneath


def pending_of(text: str) -> tuple[Pending, ...]:
    """Lessons still to be made up, out of the way in which they are stored."""
    parts = (part.split(":") for part in text.split(",") if part)
    return tuple(Pending(date.fromisoformat(until), int(amount)) for until, amount in parts)
