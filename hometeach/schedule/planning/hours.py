"""Make, change and end a child's weekly hour: "this and later", never what is over.

Verbs write the hours and lay their sessions anew; the sessions that are
missing, and the ledger, are computed by whoever calls them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from hometeach.kernel import audit, clock
from hometeach.kernel.clock import ONE_DAY, Span, monday_of
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Teacher
from hometeach.people.record_checks.actions import refuse_overdue_check
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow, stand_ins
from hometeach.schedule.planning.actions import Held, about_child, refuse_day, refuse_times
from hometeach.schedule.planning.overlap import clock_time
from hometeach.schedule.planning.rules import day_in_week, new_part_begins
from hometeach.schedule.rules import Mode, Slot


@dataclass(frozen=True, slots=True)
class Hour:
    """A weekly hour as it is asked for. Units: minutes after midnight; 0 is Monday."""

    teacher_id: int
    weekday: int
    start_minute: int
    end_minute: int
    mode: Mode = Mode.HOME
    short_reason: str = ""

    def as_slot(self, span: Span) -> Slot:
        """The same for the pure rules."""
        return Slot(self.weekday, self.start_minute, self.end_minute, span)

    @property
    def minutes(self) -> int:
        """How long a lesson is planned to last."""
        return self.end_minute - self.start_minute


def make_hour(
    child_id: int, hour: Hour, first: date, last: date | None, *, least_minutes: int | None, by: str
) -> SlotRow:
    """Give a child a weekly hour.

    Raises: Refused ``planning:…`` at the form's field: a day that is over, times
    that are none, an hour below the rule's minimum without a reason, one that is there already.
    """
    refuse_day(first, "first")
    _refuse_hour(hour, least_minutes)
    refuse_overdue_check(hour.teacher_id, first, "teacher")
    if last is not None and last < first:
        raise Refused("planning:reversed", _("The last day lies before the first. Exchange the two."), "last")
    audit.record("slot:make", actor=by, about=about_child(child_id), detail=_told(hour, first))
    return _written(SlotRow(child_id=child_id), hour, first, last)


def change_hour(
    slot: SlotRow, hour: Hour, changed_from: date, *, least_minutes: int | None, by: str, held: Held
) -> SlotRow:
    """Change a weekly hour from a day on: the old part ends the day before, a new part of the series begins.

    Each session that was planned keeps its series and its original date; those
    that somebody moved, cancelled or held alone stay as they are. Until they are planned
    anew, those that follow the hour stand as clashing.
    Raises: Refused ``planning:…`` at the form's field.
    """
    refuse_day(changed_from, "first")
    _refuse_hour(hour, least_minutes)
    if hour.teacher_id != slot.teacher_id:
        refuse_overdue_check(hour.teacher_id, changed_from, "teacher")
    begins = new_part_begins(changed_from, slot.weekday, hour.weekday, clock.today())
    parts = _parts(slot.series)
    last = parts[-1].effective_to
    if last is not None and last < begins:
        raise Refused("planning:ended", _("The hour has ended by then. Make a new one."), "first")
    detail = {"before": _told(_as_hour(slot), slot.effective_from), "after": _told(hour, begins)}
    audit.record("slot:change", actor=by, about=about_child(slot.child_id), detail=detail)
    following = _following(slot.series, begins, held)
    new = _new_part(parts, slot.child_id, hour, begins, last)
    _lay_anew(following, new)
    return new


def end_hour(slot: SlotRow, last: date, *, by: str, held: Held) -> None:
    """End a weekly hour with a day; what was planned after it goes.

    Raises: Refused ``planning:past`` where the day is over.
    """
    refuse_day(last, "last")
    audit.record("slot:end", actor=by, about=about_child(slot.child_id), detail={"last": last})
    after = last + ONE_DAY
    following = [row.id for row in _of_series(slot.series, Occurrence.original_on > last, held)]
    db.session.execute(delete(Occurrence).where(Occurrence.id.in_(following)))
    for part in _parts(slot.series):
        if part.effective_from < after <= part.span.last:
            part.effective_to = last
        elif part.effective_from >= after and not _is_referred_to(part):
            db.session.delete(part)
    db.session.flush()


def _refuse_hour(hour: Hour, least_minutes: int | None) -> None:
    refuse_times(hour.start_minute, hour.end_minute)
    short_by = (least_minutes or 0) - hour.minutes
    if short_by > 0 and not hour.short_reason.strip():
        message = _(
            "%(minutes)s minutes are fewer than the %(least)s that the rule asks. Make it longer, or say why.",
            minutes=hour.minutes,
            least=least_minutes,
        )
        raise Refused("planning:short", message, "short_reason")


def _written(row: SlotRow, hour: Hour, first: date, last: date | None) -> SlotRow:
    """The row with this hour in it.

    Raises: Refused ``planning:exists`` where the child has an hour with the same beginning.
    """
    try:
        with db.session.begin_nested():
            row.teacher_id, row.mode, row.weekday = hour.teacher_id, hour.mode, hour.weekday
            row.start_minute, row.end_minute = hour.start_minute, hour.end_minute
            row.short_reason = hour.short_reason.strip() or None
            row.effective_from, row.effective_to = first, last
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        message = _("The child has an hour that begins at this very time. Change that one.")
        raise Refused("planning:exists", message, "start") from error
    return row


def _new_part(parts: Sequence[SlotRow], child_id: int, hour: Hour, begins: date, last: date | None) -> SlotRow:
    """The part of a series that begins on a day: the one before ends, those that would begin later become this one."""
    for part in parts:
        if part.effective_from < begins <= part.span.last:
            part.effective_to = begins - ONE_DAY
    later = [part for part in parts if part.effective_from >= begins]
    row = later[0] if later else SlotRow(child_id=child_id, series=parts[0].series)
    replaced = [part.id for part in later[1:]]
    if replaced:
        db.session.execute(update(Occurrence).where(Occurrence.slot_id.in_(replaced)).values(slot_id=row.id))
        db.session.execute(delete(SlotRow).where(SlotRow.id.in_(replaced)))
    return _written(row, hour, begins, last)


def _parts(series: str) -> Sequence[SlotRow]:
    """The parts of an hour by their first day."""
    statement = select(SlotRow).where(SlotRow.series == series)
    return db.session.scalars(statement.order_by(SlotRow.effective_from, SlotRow.id)).all()


def _is_referred_to(part: SlotRow) -> bool:
    return db.session.scalar(select(Occurrence.id).where(Occurrence.slot_id == part.id).limit(1)) is not None


def _following(series: str, begins: date, held: Held) -> Sequence[Occurrence]:
    """The sessions that follow their hour from a day's week on: not those settled alone."""
    settled = or_(Occurrence.is_moved, Occurrence.state == OccurrenceState.CANCELLED)
    return [row for row in _of_series(series, ~settled, held) if row.original_on >= monday_of(begins)]


def _of_series(series: str, condition: object, held: Held) -> Sequence[Occurrence]:
    """The sessions of a series from today on that nobody has held yet."""
    statement = select(Occurrence).where(
        Occurrence.series == series,
        Occurrence.planned_on >= clock.today(),
        Occurrence.id.not_in(held),
        condition,  # type: ignore[arg-type]
    )
    return db.session.scalars(statement.order_by(Occurrence.original_on, Occurrence.id)).all()


def _lay_anew(following: Sequence[Occurrence], new: SlotRow) -> None:
    standing_in = stand_ins({new.child_id})
    for row in following:
        day = day_in_week(row.original_on, new.weekday)
        row.slot_id, row.planned_on = new.id, day
        row.start_minute, row.end_minute = new.start_minute, new.end_minute
        row.teacher_id = standing_in.teacher_of(new.child_id, new.teacher_id, day)
        row.state = OccurrenceState.CLASHING
        row.version += 1
    db.session.flush()


def _as_hour(slot: SlotRow) -> Hour:
    return Hour(slot.teacher_id, slot.weekday, slot.start_minute, slot.end_minute, slot.mode, slot.short_reason or "")


def _told(hour: Hour, first: date) -> dict[str, object]:
    return {
        "teacher": db.session.scalar(select(Teacher.public_id).where(Teacher.id == hour.teacher_id)),
        "weekday": hour.weekday,
        "hours": f"{clock_time(hour.start_minute)}-{clock_time(hour.end_minute)}",
        "mode": hour.mode.value,
        "from": first,
        "is_short": bool(hour.short_reason.strip()),
    }
