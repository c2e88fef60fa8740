"""Which time have children and teachers given already, and at which hour do they meet? Read at once for many."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, select

from hometeach.kernel.extensions import db
from hometeach.kernel.settings import setting
from hometeach.people.models import ResponsibleSpan, Teacher, in_force
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow
from hometeach.visits.absences.rules.fitting import Taken
from hometeach.visits.models import Visit, VisitTeacher


class Diary:
    """What some children, and the teachers who are read into it, have given of these days."""

    def __init__(self, child_ids: Collection[int], as_of: date, days: Collection[date]):
        self._children, self._as_of, self._days = child_ids, as_of, sorted(set(days))
        self._of_teacher: dict[int, list[Taken]] = {}
        #: The teachers who were read, by id.
        self.named: dict[int, Teacher] = {}

    @cached_property
    def working_day(self) -> tuple[int, int]:
        """From when to when lessons are offered. Units: minutes after midnight."""
        opens, closes = (moment.split(":") for moment in setting("make_up_hours", self._as_of).split("-"))
        return int(opens[0]) * 60 + int(opens[1]), int(closes[0]) * 60 + int(closes[1])

    def slot(self, child_id: int, day: date) -> SlotRow | None:
        """The hour that fell on a day, else any hour that the child had then."""
        found = [one for one in self._slots.get(child_id, []) if one.effective_from <= day]
        held = [one for one in found if one.effective_to is None or day <= one.effective_to]
        order = lambda one: (one.weekday != day.weekday(), one.weekday, one.start_minute, one.id)  # noqa: E731
        return min(held, key=order, default=None)

    def teacher(self, child_id: int, day: date, *, asking: int | None) -> int | None:
        """Who would teach: who asks, else who answers for the child, else whose hour it was."""
        slot = self.slot(child_id, day)
        return asking or self._answering.get(child_id) or (slot.teacher_id if slot else None)

    def read_teachers(self, teacher_ids: Iterable[int | None]) -> None:
        """Read what these teachers have given."""
        ids = {one for one in teacher_ids if one is not None}
        self.named = {one.id: one for one in db.session.scalars(select(Teacher).where(Teacher.id.in_(ids)))}
        planned, taught = self._planned(Occurrence.teacher_id, Occurrence.teacher_id.in_(ids)), self._taught_by(ids)
        self._of_teacher = {one: planned.get(one, []) + taught.get(one, []) for one in ids}

    def of_teacher(self, teacher_id: int) -> Sequence[Taken]:
        """The sessions planned with a teacher, and those that the teacher wrote down or was named in."""
        return self._of_teacher.get(teacher_id, [])

    def of_child(self, child_id: int) -> Sequence[Taken]:
        """The sessions planned with a child, and what was written down of it and never planned."""
        return self._with_child.get(child_id, []) + self._taught.get(child_id, [])

    @cached_property
    def _slots(self) -> dict[int, list[SlotRow]]:
        found: defaultdict[int, list[SlotRow]] = defaultdict(list)
        for slot in db.session.scalars(select(SlotRow).where(SlotRow.child_id.in_(self._children))):
            found[slot.child_id].append(slot)
        return found

    @cached_property
    def _answering(self) -> dict[int, int]:
        spans = select(ResponsibleSpan.child_id, ResponsibleSpan.teacher_id).where(
            ResponsibleSpan.child_id.in_(self._children), in_force(ResponsibleSpan, self._as_of)
        )
        return {row[0]: row[1] for row in db.session.execute(spans)}

    @cached_property
    def _with_child(self) -> dict[int, list[Taken]]:
        return self._planned(Occurrence.child_id, Occurrence.child_id.in_(self._children))

    def _planned(self, whose: Any, condition: ColumnElement[bool]) -> dict[int, list[Taken]]:
        statement = select(whose, Occurrence.planned_on, Occurrence.start_minute, Occurrence.end_minute).where(
            condition, Occurrence.state == OccurrenceState.PLANNED, Occurrence.planned_on.in_(self._days)
        )
        return _by_whom((row[0], Taken(*row[1:])) for row in db.session.execute(statement))

    @cached_property
    def _taught(self) -> dict[int, list[Taken]]:
        statement = select(Visit.child_id, Visit.held_on, Visit.arrived_second, Visit.left_second).where(
            Visit.child_id.in_(self._children),
            Visit.held_on.in_(self._days),
            Visit.is_void.is_(False),
            Visit.occurrence_id.is_(None),
        )
        return _by_whom(
            (child, _taken(day, arrived, left)) for child, day, arrived, left in db.session.execute(statement)
        )

    def _taught_by(self, teacher_ids: Collection[int]) -> dict[int, list[Taken]]:
        statement = (
            select(VisitTeacher.teacher_id, Visit.held_on, Visit.arrived_second, Visit.left_second)
            .join(Visit, Visit.id == VisitTeacher.visit_id)
            .where(
                VisitTeacher.teacher_id.in_(teacher_ids),
                Visit.held_on.in_(self._days),
                Visit.is_void.is_(False),
            )
        )
        return _by_whom((one, _taken(day, arrived, left)) for one, day, arrived, left in db.session.execute(statement))


def _taken(day: date, arrived: int, left: int) -> Taken:
    """The time of a record, in whole minutes."""
    return Taken(day, arrived // 60, -(-left // 60))


def _by_whom(taken: Iterable[tuple[int, Taken]]) -> dict[int, list[Taken]]:
    found: defaultdict[int, list[Taken]] = defaultdict(list)
    for whose, one in taken:
        found[whose].append(one)
    return found
