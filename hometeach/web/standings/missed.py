"""Which lessons of some days were missed, with a reason that the school approved?

A planned session whose day is over never changes, also where its absence is
approved afterwards. So a page that shows one asks here what is known by now.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.schedule.models import OccurrenceState
from hometeach.visits.models import Absence, ExcuseReason, Visit
from hometeach.web.words.coded import named

#: The reasons, in words, by child and day.
Missed = dict[tuple[int, date], str]


def approved_among(child_ids: Collection[int], within: Span) -> Missed:
    """Why these children missed lessons on these days; a day on which one was taught all the same is left out."""
    taught = select(Visit.id).where(
        Visit.child_id == Absence.child_id, Visit.held_on == Absence.missed_on, Visit.is_void.is_(False)
    )
    statement = (
        select(Absence.child_id, Absence.missed_on, ExcuseReason.name_zh, ExcuseReason.name_en)
        .join(ExcuseReason, ExcuseReason.code == Absence.reason_code)
        .where(
            Absence.child_id.in_(child_ids),
            Absence.missed_on.between(within.first, within.last),
            Absence.is_approved,
            ~taught.exists(),
        )
    )
    return {(row.child_id, row.missed_on): named(row) for row in db.session.execute(statement)}


def missed_why(missed: Missed, child_id: int, day: date, state: OccurrenceState) -> str:
    """Why a planned session was not held; empty where it may yet be, or where nothing is known."""
    is_settled = day < clock.today() or state is OccurrenceState.CANCELLED
    return missed.get((child_id, day), "") if is_settled else ""
