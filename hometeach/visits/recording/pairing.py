"""Which planned session was a visit? Asked again whenever visits or planned sessions come by a way of their own."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from hometeach.kernel.extensions import db
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.visits.models import Visit, VisitTeacher, is_held


def pair_with_plan(child_ids: Collection[int] | None = None) -> None:
    """Pair visits with the planned sessions of the same child and day that nobody has written down yet.

    A list may state a visit before the plan of its day is laid, and the plan may be laid after the visit: so both
    ask. A session is a visit's where one of its teachers was to hold it or the two share time; of several the nearest.
    A visit that was withdrawn lets its session go. Only these children's, where ``child_ids`` names some.
    """
    whose = [] if child_ids is None else [Visit.child_id.in_(child_ids)]
    withdrawn = update(Visit).where(Visit.is_void, Visit.occurrence_id.is_not(None), *whose)
    db.session.execute(withdrawn.values(occurrence_id=None))
    fitting = (
        select(Visit.id, Occurrence.id)
        .join(Occurrence, (Occurrence.child_id == Visit.child_id) & (Occurrence.planned_on == Visit.held_on))
        .where(
            Visit.occurrence_id.is_(None),
            Visit.is_void.is_(False),
            Occurrence.state != OccurrenceState.CANCELLED,
            ~is_held(Occurrence.id),
            or_(_was_to_be_held_by_its_teacher(), _shares_time()),
            *whose,
        )
        .order_by(
            func.abs(Visit.arrived_second - Occurrence.start_minute * 60),
            Occurrence.state != OccurrenceState.PLANNED,
            Visit.held_on,
            Visit.arrived_second,
            Visit.number,
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


def _was_to_be_held_by_its_teacher() -> ColumnElement[bool]:
    return exists().where(VisitTeacher.visit_id == Visit.id, VisitTeacher.teacher_id == Occurrence.teacher_id)


def _shares_time() -> ColumnElement[bool]:
    return and_(
        Visit.arrived_second < Occurrence.end_minute * 60,
        Visit.left_second > Occurrence.start_minute * 60,
    )
