"""The order of a list of visits, and which planned session each of them was."""

from collections.abc import Collection, Sequence

from sqlalchemy import select, update

from hometeach.kernel.extensions import db
from hometeach.schedule.models import Occurrence
from hometeach.visits.models import Visit
from hometeach.workbook.comparing import Stated


def keep_order(stated: Sequence[Stated]) -> None:
    """Give every visit its place in the list as it is now; the order is no fact, and no change to be told."""
    places = {one.key[0]: one.row for one in stated}
    rows = db.session.execute(select(Visit.id, Visit.number, Visit.list_position))
    moved = [
        {"id": row_id, "list_position": places[number]}
        for row_id, number, position in rows
        if number in places and places[number] != position
    ]
    if moved:
        db.session.execute(update(Visit), moved)


def pair_with_plan(child_ids: Collection[int] | None) -> None:
    """Pair visits with the planned sessions of the same child and day that nobody has written down yet."""
    taken = select(Visit.occurrence_id).where(Visit.occurrence_id.is_not(None))
    free = select(Occurrence.id, Occurrence.child_id, Occurrence.planned_on).where(Occurrence.id.not_in(taken))
    planned: dict[tuple[int, object], list[int]] = {}
    for occurrence_id, child_id, day in db.session.execute(free.order_by(Occurrence.start_minute, Occurrence.id)):
        if child_ids is None or child_id in set(child_ids):
            planned.setdefault((child_id, day), []).append(occurrence_id)
    if not planned:
        return
    first = min(day for _child, day in planned)  # type: ignore[type-var]
    held = select(Visit.id, Visit.child_id, Visit.held_on).where(
        Visit.held_on >= first, Visit.occurrence_id.is_(None), Visit.is_void.is_(False)
    )
    pairs = [
        {"id": visit_id, "occurrence_id": planned[child_id, day].pop(0)}
        for visit_id, child_id, day in db.session.execute(held.order_by(Visit.arrived_second, Visit.number)).all()
        if planned.get((child_id, day))
    ]
    if pairs:
        db.session.execute(update(Visit), pairs)
