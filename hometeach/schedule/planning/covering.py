"""While a teacher is away the one who covers stands in with every child: who sees them follows."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.covering.models import Cover
from hometeach.people.models import Child, ResponsibleSpan, Teacher
from hometeach.schedule.models import SlotRow, Substitution
from hometeach.schedule.planning.actions import Held
from hometeach.schedule.planning.standing_in import end_standing_in, stand_in


def children_of_teacher(teacher: Teacher, days: Span) -> Sequence[Child]:
    """The children for whom a teacher answers, or with whom one has an hour, on some of these days; by code."""
    mine = [
        Child.id.in_(
            select(model.child_id).where(
                model.teacher_id == teacher.id,
                model.effective_from <= days.last,
                or_(model.effective_to.is_(None), model.effective_to >= days.first),
            )
        )
        for model in (ResponsibleSpan, SlotRow)
    ]
    return db.session.scalars(select(Child).where(or_(*mine)).order_by(Child.code)).all()


def stood_in_already(teacher: Teacher, days: Span) -> set[int]:
    """The ids of the children with whom somebody stands in for a teacher on some of these days anyway."""
    statement = select(Substitution.child_id).where(
        Substitution.teacher_id == teacher.id,
        Substitution.effective_from <= days.last,
        Substitution.effective_to >= days.first,
    )
    return set(db.session.scalars(statement))


def hand_over(cover: Cover, *, by: str, held: Held) -> list[int]:
    """Have the one who covers stand in with the children of a teacher who is away. Returns whose plan changed.

    A child with whom somebody else stands in anyway stays with that person. Nothing for another role.

    Raises: Refused ``planning:past``, ``substitution:…``.
    """
    away, covering = cover.away.teacher, cover.covering.teacher
    if cover.role is not Role.TEACHER or away is None or covering is None:
        return []
    apart = stood_in_already(away, cover.span)
    touched = [child.id for child in children_of_teacher(away, cover.span) if child.id not in apart]
    for child_id in touched:
        row = stand_in(child_id, away.id, covering.id, cover.span, reason=cover.reason, by=by, held=held)
        row.cover = cover.public_id
    db.session.flush()
    return touched


def take_back(cover: Cover, last: date, *, by: str, held: Held) -> list[int]:
    """Give the children back to the teacher after a day. Returns whose plan changed.

    Raises: Refused ``planning:past``.
    """
    statement = select(Substitution).where(Substitution.cover == cover.public_id, Substitution.effective_to > last)
    rows = db.session.scalars(statement.order_by(Substitution.id)).all()
    touched = [row.child_id for row in rows]
    for row in rows:
        end_standing_in(row, last, by=by, held=held)
    return touched
