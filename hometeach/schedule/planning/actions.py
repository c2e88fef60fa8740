"""Plan, move and cancel one session. The past never changes."""

from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, select, update

from hometeach.kernel import audit, clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.schedule.planning.overlap import NOBODY, Place, clock_time, refused_where_taken

#: Nobody plans further ahead: it would be a slip in the year.
FURTHEST = timedelta(days=250)
LAST_MINUTE = 24 * 60
#: The ids of planned sessions that were held: brought down from the visits.
Held = Select[int | None]


def plan_make_up(  # noqa: PLR0917 - what is planned, in the order in which it is said
    child_id: int,
    teacher_id: int,
    on: date,
    start: int,
    end: int,
    makes_up_for: date,
    by: str,
    *,
    sees: ColumnElement[bool] = NOBODY,
) -> Occurrence:
    """Plan a session that makes up for a missed date. It has a series of its own and no slot.

    Units: minutes after midnight.
    Raises: Refused ``planning:past``, ``planning:far``, ``planning:times``, or
    where child or teacher has another session then.
    """
    refuse_day(on)
    refuse_times(start, end)
    place = Place(child_id, teacher_id, on, start, end)
    with refused_where_taken(place, sees=sees):
        detail = {"on": on, "for": makes_up_for, "start": clock_time(start), "end": clock_time(end)}
        audit.record("session:plan_make_up", actor=by, about=about_child(child_id), detail=detail)
        planned = Occurrence(
            original_on=on,
            child_id=child_id,
            teacher_id=teacher_id,
            planned_on=on,
            start_minute=start,
            end_minute=end,
            state=OccurrenceState.PLANNED,
            makes_up_for=makes_up_for,
        )
        db.session.add(planned)
    return planned


def move_occurrence(
    occurrence: Occurrence,
    on: date,
    start: int,
    end: int,
    *,
    reason: str,
    by: str,
    seen: int | None = None,
    held: Held | None = None,
    sees: ColumnElement[bool] = NOBODY,
) -> None:
    """Move this one session to another day or time; its series and its original date stay.

    ``seen`` is the version that was looked at; one that was cancelled or clashes is planned again.
    Raises: Refused ``planning:…`` where it lies in the past, was held, was changed since, or the time is taken.
    """
    _refuse_settled(occurrence, held)
    refuse_day(on)
    refuse_times(start, end)
    _refuse_without_reason(reason)
    place = Place(occurrence.child_id, occurrence.teacher_id, on, start, end)
    with refused_where_taken(place, sees=sees, besides=occurrence.id):
        detail = {
            "original": occurrence.original_on,
            "before": _told(occurrence.planned_on, occurrence.start_minute, occurrence.end_minute),
            "after": _told(on, start, end),
        }
        audit.record("session:move", actor=by, about=about_child(occurrence.child_id), detail=detail)
        changed = {"planned_on": on, "start_minute": start, "end_minute": end, "is_moved": True}
        _change(occurrence, seen, reason, state=OccurrenceState.PLANNED, **changed)


def cancel_occurrence(
    occurrence: Occurrence, *, reason: str, by: str, seen: int | None = None, held: Held | None = None
) -> None:
    """Take this one session out of the plan; the row stays, so that it is not planned again.

    Raises: Refused ``planning:…`` where it lies in the past, was held, or was changed since.
    """
    _refuse_settled(occurrence, held)
    _refuse_without_reason(reason)
    detail = {"original": occurrence.original_on, "on": occurrence.planned_on}
    audit.record("session:cancel", actor=by, about=about_child(occurrence.child_id), detail=detail)
    _change(occurrence, seen, reason, state=OccurrenceState.CANCELLED)


def refuse_day(day: date, field: str = "on") -> None:
    """Refuse a day on which nothing can be planned any more, or not yet.

    Raises: Refused ``planning:past`` or ``planning:far``.
    """
    if day < clock.today():
        raise Refused("planning:past", _("That day is over. The past does not change: choose today or later."), field)
    if day > clock.today() + FURTHEST:
        raise Refused("planning:far", _("That day is too far ahead. Check the year."), field)


def refuse_times(start: int, end: int) -> None:
    """Refuse times that are no span of one day.

    Raises: Refused ``planning:times``.
    """
    if not 0 <= start < end <= LAST_MINUTE:
        raise Refused("planning:times", _("The end lies before the beginning. Exchange the two."), "end")


def about_child(child_id: int) -> str:
    """As the audit log names the child."""
    return f"child:{db.session.scalar(select(Child.public_id).where(Child.id == child_id))}"


def _refuse_settled(occurrence: Occurrence, held: Held | None) -> None:
    if occurrence.planned_on < clock.today():
        raise Refused("planning:past", _("That day is over. The past does not change: choose today or later."), "on")
    if held is not None and db.session.scalar(
        select(Occurrence.id).where(Occurrence.id == occurrence.id, Occurrence.id.in_(held))
    ):
        message = _(
            "This session was held: its visit is on record, so it can no longer be moved or cancelled. Plan another "
            "session where one is missing; a record that is wrong is corrected or withdrawn on the page of the visit."
        )
        raise Refused("planning:held", message)


def _refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("planning:reason", _("Say why in a few words."), "reason")


def _change(occurrence: Occurrence, seen: int | None, reason: str, **values: object) -> None:
    """Change the row if it still is the version that was looked at.

    Raises: Refused ``planning:changed``.
    """
    version = occurrence.version if seen is None else seen
    statement = (
        update(Occurrence)
        .where(Occurrence.id == occurrence.id, Occurrence.version == version)
        .values(version=version + 1, change_reason=reason.strip(), **values)
        .returning(Occurrence.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalars(statement).first() is None:
        db.session.refresh(occurrence)
        message = _(
            "Somebody changed this session since you looked at it: it stands at %(when)s now. Look once more.",
            when=f"{occurrence.planned_on} {clock_time(occurrence.start_minute)}–{clock_time(occurrence.end_minute)}",
        )
        raise Refused("planning:changed", message)
    db.session.refresh(occurrence)


def _told(day: date, start: int, end: int) -> str:
    return f"{day} {clock_time(start)}-{clock_time(end)}"
