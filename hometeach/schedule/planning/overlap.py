"""Two sessions of one child or one teacher never share time: the database's refusal, said in words.

Whoever plans takes the audit log's turn first (``audit.record`` does): on
PostgreSQL two that plan at once then wait one for the other, and never each
for the other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.exc import IntegrityError

from hometeach.kernel.clock import Span
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.schedule.planning.rules import TakenTime, Whose

#: Masks every child: whoever calls says whom the asker sees.
NOBODY = false()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session is to stand. Units: minutes after midnight. Ids of child and teacher."""

    child_id: int
    teacher_id: int
    day: date
    start_minute: int
    end_minute: int


@contextmanager
def refused_where_taken(
    place: Place, *, sees: ColumnElement[bool] = NOBODY, besides: int | None = None
) -> Iterator[None]:
    """What the block writes stands whole, or is refused where child or teacher has another session then.

    Raises: Refused ``planning:child_taken`` or ``planning:teacher_taken``, naming
    what is in the way; a child whom the asker does not see (``sees``) is not named.
    """
    try:
        with db.session.begin_nested():
            yield
            db.session.flush()
    except IntegrityError as error:
        if not any(f"ex_occurrence_{one.value}_time" in str(error.orig) for one in Whose):
            raise
        raise _taken(place, sees, besides) from error


def in_the_way(place: Place, besides: int | None = None) -> list[Occurrence]:
    """The planned sessions of the child or the teacher that share time with a place."""
    statement = select(Occurrence).where(
        Occurrence.state == OccurrenceState.PLANNED,
        Occurrence.planned_on == place.day,
        or_(Occurrence.child_id == place.child_id, Occurrence.teacher_id == place.teacher_id),
        Occurrence.start_minute < place.end_minute,
        Occurrence.end_minute > place.start_minute,
        Occurrence.id != (besides or 0),
    )
    return list(db.session.scalars(statement.order_by(Occurrence.start_minute, Occurrence.id)))


def clock_time(minute: int) -> str:
    """Minutes after midnight as a clock shows them."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _taken(place: Place, sees: ColumnElement[bool], besides: int | None) -> Refused:
    """What to say: of the child's own session where there is one, else of the teacher's."""
    found = in_the_way(place, besides)
    of_child = [one for one in found if one.child_id == place.child_id]
    others = of_child or found
    hours = "、".join(f"{clock_time(one.start_minute)}–{clock_time(one.end_minute)}" for one in others)
    if of_child:
        names = [db.session.get_one(Teacher, one.teacher_id).name for one in others]
        message = _(
            "The child has another session then: %(hours)s with %(teacher)s. Choose another time.",
            hours=hours,
            teacher="、".join(names),
        )
        return Refused("planning:child_taken", message, field="start")
    message = _(
        "The teacher is with %(child)s then: %(hours)s. Choose another time, or another teacher.",
        hours=hours,
        child="、".join(_name(one.child_id, sees) for one in others) or _("another child"),
    )
    return Refused("planning:teacher_taken", message, field="start")


def _name(child_id: int, sees: ColumnElement[bool]) -> str:
    name = db.session.scalar(select(Child.name).where(Child.id == child_id, sees))
    return name or _("another child")


def taken_times(child_id: int, teacher_id: int, within: Span, besides: str = "") -> list[TakenTime]:
    """When the child or the teacher has planned sessions in some days; those of one series left out."""
    statement = select(Occurrence).where(
        Occurrence.state == OccurrenceState.PLANNED,
        Occurrence.planned_on.between(within.first, within.last),
        or_(Occurrence.child_id == child_id, Occurrence.teacher_id == teacher_id),
        Occurrence.series != besides,
    )
    return [
        TakenTime(
            one.planned_on,
            one.start_minute,
            one.end_minute,
            Whose.CHILD if one.child_id == child_id else Whose.TEACHER,
            one.id,
        )
        for one in db.session.scalars(statement.order_by(Occurrence.planned_on, Occurrence.start_minute, Occurrence.id))
    ]
