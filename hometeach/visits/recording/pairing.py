"""Which planned session was a visit? Asked again whenever visits or planned sessions come by a way of their own."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import bindparam, select, update

from hometeach.kernel.extensions import db
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.visits.models import Visit, is_held

_UNWRITTEN = (
    select(Occurrence.id)
    .where(
        Occurrence.child_id == bindparam("child_id"),
        Occurrence.planned_on == bindparam("day"),
        ~is_held(Occurrence.id),
    )
    .order_by(Occurrence.state != OccurrenceState.PLANNED, Occurrence.start_minute, Occurrence.id)
    .limit(1)
)


def session_unwritten(child_id: int, day: date) -> int | None:
    """The id of the first planned session of the child and day that nobody has written down yet."""
    return db.session.scalar(_UNWRITTEN, {"child_id": child_id, "day": day})


def pair_with_plan(child_ids: Collection[int] | None = None) -> None:
    """Pair visits with the planned sessions of the same child and day that nobody has written down yet.

    A list may state a visit before the plan of its day is laid, and the plan may be laid after the visit: so both
    ask. A visit that was withdrawn lets its session go. Only these children's, where ``child_ids`` names some.
    """
    whose = [] if child_ids is None else [Visit.child_id.in_(child_ids)]
    withdrawn = update(Visit).where(Visit.is_void, Visit.occurrence_id.is_not(None), *whose)
    db.session.execute(withdrawn.values(occurrence_id=None))
    fitting = (
        select(Visit.id, Occurrence.id)
        .join(Occurrence, (Occurrence.child_id == Visit.child_id) & (Occurrence.planned_on == Visit.held_on))
        .where(Visit.occurrence_id.is_(None), Visit.is_void.is_(False), ~is_held(Occurrence.id), *whose)
        .order_by(
            Visit.held_on,
            Visit.arrived_second,
            Visit.number,
            Occurrence.state != OccurrenceState.PLANNED,
            Occurrence.start_minute,
            Occurrence.id,
        )
    )
    taken: dict[int, int] = {}
    paired: set[int] = set()
    for visit_id, occurrence_id in db.session.execute(fitting).all():
        if visit_id not in paired and occurrence_id not in taken:
            taken[occurrence_id] = visit_id
            paired.add(visit_id)
    if taken:
        db.session.execute(update(Visit), [{"id": visit, "occurrence_id": one} for one, visit in taken.items()])
