"""Which visit is being written down: a planned session, or a child on a day without one?"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, request
from sqlalchemy import select

from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.visits.models import Visit, is_held
from hometeach.visits.recording.models import VisitDraft, draft_of, taught_on, visit_of_occurrence
from hometeach.web.base import person
from hometeach.web.forms import day_named


@dataclass(frozen=True)
class Subject:
    """The visit that a teacher writes down."""

    child: Child
    day: date
    teacher: Teacher
    occurrence: Occurrence | None
    #: What stands in the address: the planned session's name, or the child's.
    public_id: str

    @property
    def key(self) -> str:
        """As its draft is filed."""
        return f"occurrence:{self.public_id}" if self.occurrence else f"child:{self.public_id}:{self.day}"

    @property
    def draft(self) -> VisitDraft | None:
        """What was typed of it."""
        return draft_of(self.teacher.id, self.key)

    @property
    def recorded(self) -> Visit | None:
        """The record, where somebody wrote the planned session down already."""
        return visit_of_occurrence(self.occurrence.id) if self.occurrence else None

    @property
    def address(self) -> dict[str, Any]:
        """The parts of its address."""
        return {"public_id": self.public_id} | ({} if self.occurrence else {"day": self.day.isoformat()})


def load_subject(public_id: str, *, opens_file: bool = True) -> Subject:
    """The planned session of this address, or the child of it on the day asked, if this teacher taught it then.

    Raises: NotFound, alike for foreign and absent.
    """
    teacher_id = person().scope.teacher_id
    if teacher_id is None:
        raise NotFound
    occurrence = db.session.scalar(
        select(Occurrence).where(Occurrence.public_id == public_id, Occurrence.state != OccurrenceState.CANCELLED)
    )
    day = occurrence.planned_on if occurrence else day_asked()
    is_it = Child.id == occurrence.child_id if occurrence else Child.public_id == public_id
    child = db.session.scalar(select(Child).where(is_it, taught_on(teacher_id, day)))
    if child is None:
        raise NotFound
    if opens_file:
        g.opened.append((f"child:{child.public_id}", "file", ""))
    return Subject(child, day, db.session.get_one(Teacher, teacher_id), occurrence, public_id)


def day_asked() -> date:
    """The day in the address; today where it says none."""
    return day_named(request.args.get("day", "")) or clock.today()


def planned_and_unwritten(subject: Subject) -> Occurrence | None:
    """The session planned with this teacher and child that day that nobody has written down, if there is just one."""
    found = db.session.scalars(
        select(Occurrence)
        .where(
            Occurrence.child_id == subject.child.id,
            Occurrence.teacher_id == subject.teacher.id,
            Occurrence.planned_on == subject.day,
            Occurrence.state == OccurrenceState.PLANNED,
            ~is_held(Occurrence.id),
        )
        .order_by(Occurrence.start_minute, Occurrence.id)
    ).all()
    return found[0] if len(found) == 1 else None
