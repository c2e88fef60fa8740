"""Turn weekly slots into planned sessions."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select

from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.kernel.files import new_public_id
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow, the_calendar
from hometeach.schedule.rules import planned_days

#: A planned session is made so far ahead that the whole of the running term stands.
AHEAD = timedelta(days=150)
Taken = dict[tuple[str, int, date], list[tuple[int, int]]]


def plan_sessions(on: date, *, active: Mapping[int, Sequence[Span]]) -> int:
    """Make the planned sessions of the term in which a day lies, from that day on, where they are missing.

    The calendar's days without teaching are skipped. Where two slots would put a
    teacher or a child in two places, the earlier one is planned and the other
    is kept as clashing, for a person to resolve. ``active`` brings down, by
    child id, the days on which a child is taught at all. Returns how many were made.
    """
    calendar = the_calendar()
    term = calendar.term_of(on) or next((term for term in calendar.terms if term.span.first > on), None)
    if term is None:
        return 0
    within = Span(max(on, term.span.first), min(term.span.last, on + AHEAD))
    statement = select(SlotRow).order_by(SlotRow.start_minute, SlotRow.id)
    known, taken = _already_planned(within)
    made: list[dict[str, Any]] = []
    for slot in db.session.scalars(statement):
        days = planned_days(slot.as_slot(), calendar, active.get(slot.child_id, ()), within)
        made += [_occurrence(slot, day, taken) for day in days if (slot.id, day) not in known]
    if made:
        db.session.execute(insert(Occurrence), made)
    return len(made)


def _already_planned(within: Span) -> tuple[set[tuple[int, date]], Taken]:
    known: set[tuple[int, date]] = set()
    taken: Taken = {}
    rows = db.session.execute(
        select(
            Occurrence.slot_id,
            Occurrence.original_on,
            Occurrence.planned_on,
            Occurrence.child_id,
            Occurrence.teacher_id,
            Occurrence.start_minute,
            Occurrence.end_minute,
            Occurrence.state,
        ).where(Occurrence.original_on.between(within.first, within.last))
    )
    for slot_id, original_on, planned_on, child_id, teacher_id, start, end, state in rows:
        known.add((slot_id, original_on))
        if state is OccurrenceState.PLANNED:
            for person in (("child", child_id), ("teacher", teacher_id)):
                taken.setdefault((*person, planned_on), []).append((start, end))
    return known, taken


def _occurrence(slot: SlotRow, day: date, taken: Taken) -> dict[str, Any]:
    hours = (slot.start_minute, slot.end_minute)
    people = (("child", slot.child_id, day), ("teacher", slot.teacher_id, day))
    clashes = any(start < hours[1] and hours[0] < end for person in people for start, end in taken.get(person, ()))
    if not clashes:
        for person in people:
            taken.setdefault(person, []).append(hours)
    return {
        "public_id": new_public_id(),
        "slot_id": slot.id,
        "original_on": day,
        "planned_on": day,
        "child_id": slot.child_id,
        "teacher_id": slot.teacher_id,
        "start_minute": slot.start_minute,
        "end_minute": slot.end_minute,
        "state": OccurrenceState.CLASHING if clashes else OccurrenceState.PLANNED,
    }
