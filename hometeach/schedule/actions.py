"""Turn weekly slots into planned sessions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, insert, or_, select, update

from hometeach.kernel.clock import Span, monday_of
from hometeach.kernel.extensions import db
from hometeach.kernel.files import new_public_id
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow, stand_ins, the_calendar
from hometeach.schedule.planning.rules import StandIns
from hometeach.schedule.rules import Calendar, planned_days

#: A planned session is made so far ahead that the whole of the running term stands.
AHEAD = timedelta(days=150)
Taken = dict[tuple[str, int, date], list[tuple[int, int]]]
#: A series has one session a week: the series, and the Monday.
Known = set[tuple[str, date]]


def plan_sessions(on: date, *, active: Mapping[int, Sequence[Span]], child_ids: Collection[int] | None = None) -> int:
    """Make the planned sessions of the term in which a day lies, from that day on, where they are missing.

    The calendar's days without teaching are skipped. Where two slots would put a
    teacher or a child in two places, the earlier one is planned and the other
    is kept as clashing, for a person to resolve; one that no longer clashes is
    planned. ``active`` brings down, by child id, the days on which a child is
    taught at all. Only these children's slots, where ``child_ids`` names some.
    Returns how many were made.
    """
    calendar = the_calendar()
    within = _term_ahead(calendar, on)
    if within is None:
        return 0
    slots = list(db.session.scalars(_slots(child_ids)))
    standing_in = stand_ins(child_ids)
    rows = _planned_rows(within, child_ids, {slot.teacher_id for slot in slots} | standing_in.teachers())
    known, taken = _already_planned(rows)
    _plan_what_clashed([row for row in rows if child_ids is None or row.child_id in child_ids], taken)
    made: list[dict[str, Any]] = []
    for slot in slots:
        for day in planned_days(slot.as_slot(), calendar, active.get(slot.child_id, ()), within):
            if (slot.series, monday_of(day)) not in known:
                known.add((slot.series, monday_of(day)))
                made.append(_occurrence(slot, day, taken, standing_in))
    if made:
        db.session.execute(insert(Occurrence), made)
    return len(made)


def _term_ahead(calendar: Calendar, on: date) -> Span | None:
    """The days of the running term from a day on, else those of the next one; None where there is none."""
    term = calendar.term_of(on) or next((term for term in calendar.terms if term.span.first > on), None)
    return Span(max(on, term.span.first), min(term.span.last, on + AHEAD)) if term else None


def _slots(child_ids: Collection[int] | None) -> Select[SlotRow]:
    statement = select(SlotRow).order_by(SlotRow.start_minute, SlotRow.id)
    return statement if child_ids is None else statement.where(SlotRow.child_id.in_(child_ids))


def _planned_rows(within: Span, child_ids: Collection[int] | None, teacher_ids: Collection[int]) -> Sequence[Any]:
    """The sessions that stand in these days, or belong there: of all, or of these children and teachers.

    A session that was moved into another week still answers for its own.
    """
    week = Span(monday_of(within.first), within.last)
    statement = select(
        Occurrence.id,
        Occurrence.series,
        Occurrence.original_on,
        Occurrence.planned_on,
        Occurrence.child_id,
        Occurrence.teacher_id,
        Occurrence.start_minute,
        Occurrence.end_minute,
        Occurrence.state,
    ).where(
        or_(
            Occurrence.original_on.between(week.first, week.last),
            Occurrence.planned_on.between(week.first, week.last),
        )
    )
    if child_ids is not None:
        statement = statement.where(or_(Occurrence.child_id.in_(child_ids), Occurrence.teacher_id.in_(teacher_ids)))
    return db.session.execute(statement.order_by(Occurrence.start_minute, Occurrence.id)).all()


def _already_planned(rows: Sequence[Any]) -> tuple[Known, Taken]:
    known: Known = {(row.series, monday_of(row.original_on)) for row in rows}
    taken: Taken = {}
    for row in rows:
        if row.state is OccurrenceState.PLANNED:
            _take(taken, row.child_id, row.teacher_id, row.planned_on, (row.start_minute, row.end_minute))
    return known, taken


def _plan_what_clashed(rows: Sequence[Any], taken: Taken) -> None:
    """Plan the clashing sessions whose time has become free."""
    for row in rows:
        hours = (row.start_minute, row.end_minute)
        people = (row.child_id, row.teacher_id, row.planned_on)
        if row.state is OccurrenceState.CLASHING and _is_free(taken, *people, hours):
            _take(taken, *people, hours)
            db.session.execute(
                update(Occurrence)
                .where(Occurrence.id == row.id)
                .values(state=OccurrenceState.PLANNED, version=Occurrence.version + 1)
            )


def _is_free(taken: Taken, child_id: int, teacher_id: int, day: date, hours: tuple[int, int]) -> bool:
    others = taken.get(("child", child_id, day), []) + taken.get(("teacher", teacher_id, day), [])
    return not any(start < hours[1] and hours[0] < end for start, end in others)


def _take(taken: Taken, child_id: int, teacher_id: int, day: date, hours: tuple[int, int]) -> None:
    for person in (("child", child_id, day), ("teacher", teacher_id, day)):
        taken.setdefault(person, []).append(hours)


def _occurrence(slot: SlotRow, day: date, taken: Taken, standing_in: StandIns) -> dict[str, Any]:
    hours = (slot.start_minute, slot.end_minute)
    people = (slot.child_id, standing_in.teacher_of(slot.child_id, slot.teacher_id, day), day)
    is_free = _is_free(taken, *people, hours)
    if is_free:
        _take(taken, *people, hours)
    return {
        "public_id": new_public_id(),
        "series": slot.series,
        "slot_id": slot.id,
        "original_on": day,
        "planned_on": day,
        "child_id": people[0],
        "teacher_id": people[1],
        "start_minute": slot.start_minute,
        "end_minute": slot.end_minute,
        "state": OccurrenceState.PLANNED if is_free else OccurrenceState.CLASHING,
    }
