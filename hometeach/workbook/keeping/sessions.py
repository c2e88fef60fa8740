"""The order of a list of visits, and the sessions that are no longer planned."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, select, update

from hometeach.compliance.facts import gather
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow, stand_ins, the_calendar
from hometeach.schedule.planning.rules import StandIns
from hometeach.schedule.rules import planned_days
from hometeach.visits.models import Visit, is_held
from hometeach.workbook.comparing import Stated

#: Ids named in one statement at most; below the bound-parameter limits of both engines.
CHUNK = 400


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


def drop_stale_plan(child_ids: Collection[int] | None, on: date) -> None:
    """Take out sessions planned from a day on that the lists no longer give.

    A changed hour, a closure, an agreement that ends: what was planned by the
    lists before goes. What somebody moved or cancelled, and what was held, stays.
    """
    wanted = set(child_ids or ())
    planned = [row for row in _planned_by_the_lists(on) if child_ids is None or row.child_id in wanted]
    if not planned:
        return
    of_children = {row.child_id for row in planned}
    facts, calendar = gather(of_children).facts, the_calendar()
    within = Span(on, max(row.planned_on for row in planned))
    given: dict[int, tuple[SlotRow, set[date]]] = {}
    for slot in db.session.scalars(select(SlotRow).where(SlotRow.id.in_({row.slot_id for row in planned}))):
        active = facts[slot.child_id].active
        given[slot.id] = slot, set(planned_days(slot.as_slot(), calendar, active, within))
    standing_in = stand_ins(of_children)
    stale = [row.id for row in planned if not _is_given(row, *given[row.slot_id], standing_in)]
    for start in range(0, len(stale), CHUNK):
        db.session.execute(delete(Occurrence).where(Occurrence.id.in_(stale[start : start + CHUNK])))


def _planned_by_the_lists(on: date) -> Sequence[Any]:
    """Sessions from a day on that stand as they were made, and that nobody has written down."""
    return db.session.execute(
        select(
            Occurrence.id,
            Occurrence.slot_id,
            Occurrence.child_id,
            Occurrence.teacher_id,
            Occurrence.planned_on,
            Occurrence.start_minute,
            Occurrence.end_minute,
        ).where(
            Occurrence.planned_on >= on,
            Occurrence.slot_id.is_not(None),
            Occurrence.is_moved.is_(False),
            Occurrence.state.in_((OccurrenceState.PLANNED, OccurrenceState.CLASHING)),
            ~is_held(Occurrence.id),
        )
    ).all()


def _is_given(row: Any, slot: SlotRow, days: set[date], standing_in: StandIns) -> bool:
    teacher_id = standing_in.teacher_of(slot.child_id, slot.teacher_id, row.planned_on)
    as_made = (row.teacher_id, row.start_minute, row.end_minute)
    return row.planned_on in days and as_made == (teacher_id, slot.start_minute, slot.end_minute)
