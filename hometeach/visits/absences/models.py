"""Queries around an absence: who decides it, what was planned and what was held that day."""

from datetime import date

from sqlalchemy import select

from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account, RoleGrant, ServingSpan, in_force
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.visits.models import Absence, Visit


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
