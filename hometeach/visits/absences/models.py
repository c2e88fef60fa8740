"""Queries around an absence: who decides it, what was planned and what was held that day."""

from datetime import date, datetime

from sqlalchemy import DateTime, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.kernel.extensions import Model, coded, db
from hometeach.people.access import Role
from hometeach.people.models import Account, RoleGrant, ServingSpan, in_force
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.visits.absences.rules.states import Reporter
from hometeach.visits.models import Absence, ExcuseReason, Visit

#: Stands for who reported what came by a list of the bureau, where the row needs somebody.
BY_LIST = "workbook"


class AbsenceReport(Model):
    """What somebody else said of a day that was reported already, or what was said first where the school then
    chose another reason. Never changed."""

    __tablename__ = "absence_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    absence_id: Mapped[int] = mapped_column(ForeignKey("absence.id"), index=True)
    reason_code: Mapped[str] = mapped_column(ForeignKey("excuse_reason.code"))
    note: Mapped[str | None] = mapped_column(Text)
    reported_as: Mapped[Reporter] = mapped_column(coded(Reporter))
    #: As the audit log names the person.
    reported_by: Mapped[str] = mapped_column(String(64))
    reported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    reason: Mapped[ExcuseReason] = relationship()

    @property
    def is_by_list(self) -> bool:
        """Whether nobody reported it in the product."""
        return self.reported_by == BY_LIST

    def stands_in(self, absence: Absence) -> bool:
        """Whether it is what the absence itself says: the reason that the school decides about."""
        said = (absence.reported_by or BY_LIST, absence.reason_code, absence.note)
        return (self.reported_by, self.reason_code, self.note) == said


def reports_of(absence: Absence) -> list[AbsenceReport]:
    """All that stands beside an absence, the first first, with what it may have come to say itself."""
    statement = select(AbsenceReport).where(AbsenceReport.absence_id == absence.id).order_by(AbsenceReport.id)
    return list(db.session.scalars(statement))


def reports_added_to(absence: Absence) -> list[AbsenceReport]:
    """What others said of the same day, the first of them first, without what the absence itself says."""
    return [one for one in reports_of(absence) if not one.stands_in(absence)]


def absence_of(child_id: int, missed_on: date) -> Absence | None:
    """What was reported for a child's day."""
    statement = select(Absence).where(Absence.child_id == child_id, Absence.missed_on == missed_on)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def deciders_of(absence: Absence, on: date) -> set[str]:
    """The coordinators, by the audit log's names, of the school that served the child on the day missed."""
    school = select(ServingSpan.school_id).where(
        ServingSpan.child_id == absence.child_id, in_force(ServingSpan, absence.missed_on)
    )
    statement = (
        select(Account.public_id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            RoleGrant.role == Role.SCHOOL_COORDINATOR,
            RoleGrant.unit_id.in_(school),
            in_force(RoleGrant, on),
            Account.disabled_at.is_(None),
        )
    )
    return set(db.session.scalars(statement))


def planned_with(child_id: int, day: date, *states: OccurrenceState) -> list[Occurrence]:
    """The sessions of a child's day that stand so in the plan."""
    statement = select(Occurrence).where(
        Occurrence.child_id == child_id, Occurrence.planned_on == day, Occurrence.state.in_(states)
    )
    return list(db.session.scalars(statement.order_by(Occurrence.start_minute, Occurrence.id)))


def was_taught(child_id: int, day: date) -> bool:
    """Whether a session that stands is recorded for a child's day."""
    statement = select(Visit.id).where(Visit.child_id == child_id, Visit.held_on == day, Visit.is_void.is_(False))
    return db.session.scalar(statement.limit(1)) is not None
