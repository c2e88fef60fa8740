"""Write into the school calendar.

What a change does to the ledger is ``compliance``'s work: whoever calls these
verbs has it computed again in the same transaction.
"""

import hashlib
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from hometeach.kernel import audit
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.schedule.calendar.rules import MOST_DAYS, Entry, Misfit, misfit_of
from hometeach.schedule.models import CalendarEntry, Occurrence, OccurrenceState, written_entries
from hometeach.schedule.rules import Calendar

#: (the form's field, what to say); ``other`` is the entry that is in the way.
_WHY_NOT = {
    Misfit.NAMELESS: ("name", _l("Write what the days are called.")),
    Misfit.FAR: ("first", _l("Check the year.")),
    Misfit.REVERSED: ("last", _l("The last day lies before the first. Exchange the two.")),
    Misfit.TOO_LONG: ("last", _l("These are more than %(most)s days. Check both years.")),
    Misfit.TERM_NAME: ("name", _l("Begin with the school year, such as 2026-2027学年第一学期.")),
    Misfit.EXISTS: ("name", _l("“%(other)s” begins on that day already. Change that entry, or choose another day.")),
    Misfit.TERMS_OVERLAP: (
        "first",
        _l("The term “%(other)s” shares days with it. One has to end before the other."),
    ),
    Misfit.OFF_AND_ON: (
        "first",
        _l("“%(other)s” says the opposite of some of these days. Change that first."),
    ),
}


def add_entry(entry: Entry, *, by: str) -> CalendarEntry:
    """Write days into the calendar.

    Raises: Refused ``calendar:…`` where it cannot stand beside the other entries.
    """
    refuse_misfit(entry, written_entries())
    row = CalendarEntry(kind=entry.kind, name=entry.name, effective_from=entry.span.first, effective_to=entry.span.last)
    db.session.add(row)
    db.session.flush()
    audit.record("calendar:add", actor=by, about=_about(row), detail=_told(entry))
    return row


def change_entry(row: CalendarEntry, entry: Entry, *, by: str) -> None:
    """Write an entry anew: its name, its days.

    Raises: Refused ``calendar:…`` where it cannot stand beside the other entries.
    """
    before = row.as_entry()
    refuse_misfit(entry, [other for other in written_entries() if other != before])
    row.name, row.effective_from, row.effective_to = entry.name, entry.span.first, entry.span.last
    db.session.flush()
    detail = {"before": _told(before), "after": _told(entry)}
    audit.record("calendar:change", actor=by, about=_about(row), detail=detail)


def remove_entry(row: CalendarEntry, *, by: str) -> None:
    """Take an entry out; what it said stays in the audit log."""
    audit.record("calendar:remove", actor=by, about=_about(row), detail=_told(row.as_entry()))
    db.session.delete(row)
    db.session.flush()


def refuse_misfit(entry: Entry, others: list[Entry]) -> None:
    """Refuse an entry that cannot stand beside the others.

    Raises: Refused ``calendar:…``, at the form's field.
    """
    found = misfit_of(entry, others)
    if found is None:
        return
    misfit, other = found
    field, why = _WHY_NOT[misfit]
    message = str(why) % {"most": MOST_DAYS, "other": other.name if other else ""}
    raise Refused(f"calendar:{misfit.value}", message, field=field)


def refuse_moved(seen: str) -> None:
    """Refuse where the calendar is another by now than the one that somebody looked at.

    Raises: Refused ``calendar:moved``.
    """
    audit.turn_first()
    if calendar_state() != seen:
        raise Refused(
            "calendar:moved",
            _("Somebody changed the calendar since you looked at it. Nothing is changed: look once more."),
        )


def calendar_state() -> str:
    """Names exactly the entries that stand now."""
    told = [
        (entry.kind.value, entry.span.first.isoformat(), entry.span.last.isoformat(), entry.name)
        for entry in written_entries()
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def untaught_plans(calendar: Calendar, on: date, *, held: Select[int | None]) -> dict[int, list[date]]:
    """By child id, the days from a day on for which sessions are planned where a calendar has no teaching.

    ``held`` brings down the ids of planned sessions that were held already.
    """
    planned = select(Occurrence.child_id, Occurrence.planned_on).where(
        Occurrence.planned_on >= on,
        Occurrence.is_moved.is_(False),
        Occurrence.slot_id.is_not(None),
        Occurrence.state == OccurrenceState.PLANNED,
        Occurrence.id.not_in(held),
    )
    found: dict[int, list[date]] = {}
    for child_id, day in db.session.execute(planned.order_by(Occurrence.planned_on, Occurrence.id)):
        if not calendar.is_teaching_day(day):
            found.setdefault(child_id, []).append(day)
    return found


def _about(row: CalendarEntry) -> str:
    return f"calendar_entry:{row.public_id}"


def _told(entry: Entry) -> dict[str, object]:
    return {"kind": entry.kind.value, "name": entry.name, "from": entry.span.first, "to": entry.span.last}
