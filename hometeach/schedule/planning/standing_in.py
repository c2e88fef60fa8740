"""Have another teacher stand in for one, with one child, for some days: who sees the child follows."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hometeach.kernel import audit, clock
from hometeach.kernel.clock import ONE_DAY, Span
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Teacher
from hometeach.people.record_checks.actions import refuse_overdue_check
from hometeach.schedule.models import Occurrence, OccurrenceState, Substitution
from hometeach.schedule.planning.actions import Held, about_child, refuse_day


def stand_in(
    child_id: int, teacher_id: int, substitute_id: int, days: Span, *, reason: str, by: str, held: Held
) -> Substitution:
    """Have a substitute teach the sessions of these days. They stand as clashing until they are planned anew.

    Raises: Refused ``substitution:…`` at the form's field.
    """
    refuse_misfit(child_id, teacher_id, substitute_id, days)
    refuse_overdue_check(substitute_id, days.first, "substitute")
    if not reason.strip():
        raise Refused("substitution:reason", _("Say why in a few words."), "reason")
    detail = {"teacher": _key(teacher_id), "substitute": _key(substitute_id), "from": days.first, "to": days.last}
    audit.record("substitution:make", actor=by, about=about_child(child_id), detail=detail)
    row = Substitution(
        child_id=child_id,
        teacher_id=teacher_id,
        substitute_id=substitute_id,
        effective_from=days.first,
        effective_to=days.last,
        reason=reason.strip(),
        by=by,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        raise _covered_already() from error
    _hand_over(sessions_in(child_id, teacher_id, days, held), substitute_id)
    return row


def end_standing_in(row: Substitution, last: date, *, by: str, held: Held) -> None:
    """End it with a day; the sessions after it go back to the teacher.

    Raises: Refused ``planning:past`` where the day is over.
    """
    refuse_day(last, "last")
    if row.effective_to is None or last >= row.effective_to:
        return
    audit.record("substitution:end", actor=by, about=about_child(row.child_id), detail={"last": last})
    after = Span(max(last + ONE_DAY, row.effective_from), row.effective_to)
    _hand_over(sessions_in(row.child_id, row.substitute_id, after, held), row.teacher_id)
    if last < row.effective_from:
        db.session.delete(row)
    else:
        row.effective_to = last
    db.session.flush()


def refuse_misfit(child_id: int, teacher_id: int, substitute_id: int, days: Span) -> None:
    """Refuse days on which nobody can stand in.

    Raises: Refused ``planning:past``, ``substitution:…``, at the form's field.
    """
    refuse_day(days.first, "first")
    refuse_day(days.last, "last")
    if days.last < days.first:
        raise Refused("substitution:reversed", _("The last day lies before the first. Exchange the two."), "last")
    if teacher_id == substitute_id:
        raise Refused("substitution:same", _("Choose somebody else: nobody stands in for themselves."), "substitute")
    covered = select(Substitution.id).where(
        Substitution.child_id == child_id,
        Substitution.teacher_id == teacher_id,
        Substitution.effective_from <= days.last,
        Substitution.effective_to >= days.first,
    )
    if db.session.scalar(covered.limit(1)) is not None:
        raise _covered_already()


def sessions_in(child_id: int, teacher_id: int, days: Span, held: Held) -> Sequence[Occurrence]:
    """The sessions of a child with a teacher in some days, from today on, that were not held."""
    statement = select(Occurrence).where(
        Occurrence.child_id == child_id,
        Occurrence.teacher_id == teacher_id,
        Occurrence.planned_on.between(max(days.first, clock.today()), days.last),
        Occurrence.state != OccurrenceState.CANCELLED,
        Occurrence.id.not_in(held),
    )
    return db.session.scalars(statement.order_by(Occurrence.planned_on, Occurrence.start_minute, Occurrence.id)).all()


def _hand_over(sessions: Sequence[Occurrence], teacher_id: int) -> None:
    for row in sessions:
        row.teacher_id, row.state = teacher_id, OccurrenceState.CLASHING
        row.version += 1
    db.session.flush()


def _covered_already() -> Refused:
    message = _("Somebody stands in on some of these days already. End that first, or choose other days.")
    return Refused("substitution:covered", message, "first")


def _key(teacher_id: int) -> str:
    return db.session.get_one(Teacher, teacher_id).public_id
