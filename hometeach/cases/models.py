"""The case of a child, the moves that it made, where the child was placed, and when teaching was suspended."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    ForeignKey,
    LargeBinary,
    Select,
    String,
    UniqueConstraint,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.cases.rules import BEFORE_PLACEMENT, Around, CaseStatus, Event, Mover, Past, PlacementForm, RollHandling
from hometeach.kernel.clock import Span, local
from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.files import StoredFile
from hometeach.kernel.sealing import Sealed
from hometeach.people.models import (
    IN_ORDER,
    Child,
    Dated,
    Identified,
    OrgUnit,
    ResponsibleSpan,
    ServingSpan,
    in_force,
)
from hometeach.people.rules import UnitKind


class Case(Identified, Model):
    """One child, one case."""

    __tablename__ = "case"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), unique=True)
    status: Mapped[CaseStatus] = mapped_column(coded(CaseStatus))
    placed_on: Mapped[date | None] = mapped_column(Date)
    #: How many moves it made: of two people who saw the same number, one moves it.
    moved: Mapped[int] = mapped_column(default=0, server_default="0")

    child: Mapped[Child] = relationship()


class CaseMove(Identified, Model):
    """Something that happened to a case. Never changed, never deleted."""

    __tablename__ = "case_move"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    #: Counted from 1 for each case.
    number: Mapped[int]
    event: Mapped[Event] = mapped_column(coded(Event))
    #: Empty for the move with which the case began.
    source: Mapped[CaseStatus | None] = mapped_column(coded(CaseStatus, name="source"))
    target: Mapped[CaseStatus] = mapped_column(coded(CaseStatus, name="target"))
    #: Public id of the account, or the name of the process.
    actor: Mapped[str] = mapped_column(String(64))
    acted_as: Mapped[Mover] = mapped_column(coded(Mover))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: The day on which it happened, or from which it holds.
    done_on: Mapped[date] = mapped_column(Date)
    #: The day until which: of the expected return, of the answer that is due.
    until_on: Mapped[date | None] = mapped_column(Date)
    #: A source, placement, reason or proposal; see ``rules/codes.py``.
    code: Mapped[str] = mapped_column(String(32), default="")
    #: Who receives the child.
    receiving_unit: Mapped[str] = mapped_column(String(80), default="")
    #: A report, an opinion, a reason: private, for education and rehabilitation alone (REPD art. 20).
    words = Sealed()
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    file: Mapped[StoredFile | None] = relationship()

    __table_args__ = (UniqueConstraint("case_id", "number"), CheckConstraint("number > 0", name="number"))

    def as_past(self) -> Past:
        """The same for the pure rules."""
        return Past(
            self.event, self.actor, self.source, self.target, local(self.at), self.done_on, self.code, self.until_on
        )


class Placement(Model):
    """The bureau's decision where a child is placed. The one decided last holds."""

    __tablename__ = "placement"

    move_id: Mapped[int] = mapped_column(ForeignKey("case_move.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    decision_no: Mapped[str] = mapped_column(String(80))
    form: Mapped[PlacementForm] = mapped_column(coded(PlacementForm))
    #: The school that answers for the child.
    school_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    roll: Mapped[RollHandling] = mapped_column(coded(RollHandling))
    starts_on: Mapped[date] = mapped_column(Date)
    review_on: Mapped[date | None] = mapped_column(Date)

    school: Mapped[OrgUnit | None] = relationship()


class Suspension(Dated, Model):
    """Days on which a case is suspended, with the reason: a code, or as a bureau's list words it."""

    __tablename__ = "suspension"

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    reason: Mapped[str | None] = mapped_column(String(80))

    __table_args__ = (UniqueConstraint("child_id", "effective_from"), CheckConstraint(IN_ORDER, name="in_order"))


def case_of(child_id: int) -> Case | None:
    """The child's case."""
    return db.session.scalar(select(Case).where(Case.child_id == child_id))


def moves_of(case: Case) -> list[CaseMove]:
    """What happened to a case, oldest first."""
    statement = select(CaseMove).where(CaseMove.case_id == case.id).order_by(CaseMove.number)
    return list(db.session.scalars(statement))


def is_on_the_list() -> ColumnElement[bool]:
    """The condition on ``Child`` that it stands among those who are taught at home.

    Who is registered and was never placed at home stands in a list of its own,
    and so does who was placed elsewhere.
    """
    never = select(Case.id).where(
        Case.child_id == Child.id,
        Case.placed_on.is_(None),
        Case.status.in_(BEFORE_PLACEMENT | {CaseStatus.PLACED_OTHER}),
    )
    return ~exists(never)


def awaits_placement() -> ColumnElement[bool]:
    """The condition on ``Child`` that nobody has decided yet where it is placed, and it was never taught at home."""
    waiting = select(Case.id).where(
        Case.child_id == Child.id, Case.placed_on.is_(None), Case.status.in_(BEFORE_PLACEMENT)
    )
    return exists(waiting)


def placement_of(case: Case) -> Placement | None:
    """The decision that holds."""
    statement = select(Placement).where(Placement.case_id == case.id).order_by(Placement.move_id.desc()).limit(1)
    return db.session.scalar(statement)


def suspension_on(child_id: int, day: date) -> Suspension | None:
    """The suspension that runs on a day."""
    return db.session.scalar(select(Suspension).where(Suspension.child_id == child_id, in_force(Suspension, day)))


def around(child_id: int, on: date) -> Around:
    """Who stands around a child on a day."""
    school = select(ServingSpan.school_id).where(ServingSpan.child_id == child_id, in_force(ServingSpan, on))
    teacher = select(ResponsibleSpan.teacher_id).where(
        ResponsibleSpan.child_id == child_id, in_force(ResponsibleSpan, on)
    )
    special = select(OrgUnit.id).where(OrgUnit.kind == UnitKind.SPECIAL_SCHOOL).order_by(OrgUnit.id)
    return Around(db.session.scalar(school), db.session.scalar(teacher), frozenset(db.session.scalars(special)))


def namesakes(name: str, born_on: date) -> Select[int]:
    """Ids of the children with this name and birth date."""
    return select(Child.id).where(Child.name == name, Child.born_on == born_on)


def histories(*conditions: ColumnElement[bool]) -> dict[int, list[Past]]:
    """What happened to each case of which the conditions hold, oldest first, by the case's id; without its words."""
    statement = (
        select(
            CaseMove.case_id,
            CaseMove.event,
            CaseMove.actor,
            CaseMove.source,
            CaseMove.target,
            CaseMove.at,
            CaseMove.done_on,
            CaseMove.code,
            CaseMove.until_on,
        )
        .where(*conditions)
        .order_by(CaseMove.case_id, CaseMove.number)
    )
    found: defaultdict[int, list[Past]] = defaultdict(list)
    for case_id, event, actor, source, target, at, done_on, code, until_on in db.session.execute(statement):
        found[case_id].append(Past(event, actor, source, target, local(at), done_on, code, until_on))
    return found


def closed_within(days: Span) -> Sequence[tuple[str, int]]:
    """(exit reason, how many cases) of those closed in these days and not opened since, by reason."""
    reopened = select(CaseMove.case_id).where(CaseMove.event == Event.REOPEN, CaseMove.done_on <= days.last)
    statement = (
        select(CaseMove.code, func.count())
        .where(CaseMove.event == Event.CLOSE, CaseMove.done_on.between(days.first, days.last))
        .where(CaseMove.case_id.not_in(reopened))
        .group_by(CaseMove.code)
        .order_by(CaseMove.code)
    )
    return [(code, count) for code, count in db.session.execute(statement)]
