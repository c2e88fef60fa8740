"""Write down a visit: keep the draft, press the buttons, record it once, and give leave to be late."""

import json
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from hometeach.kernel import audit, clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import whole_number
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import Occurrence
from hometeach.visits.recording.models import (
    LatePermission,
    VisitDetail,
    VisitDraft,
    draft_of,
    is_permitted,
    sharing_time,
    visit_of_occurrence,
)
from hometeach.visits.recording.rules import Lateness, TimeEntry, TimeFault, VisitFacts, lateness, time_faults
from hometeach.visits.recording.writing import fill_detail, insert_detail, insert_visit, write_goals

#: So many letters and figures of the audit row's hash stand on a receipt.
RECEIPT_LENGTH = 8
#: A draft holds so much of one field at most; what the form itself takes is less.
LONGEST_FIELD = 4000

_FAULTS = {
    TimeFault.CROSSES_MIDNIGHT: _l(
        "A visit does not cross midnight. Write down the part before midnight, and the rest as a visit of the next day."
    ),
    TimeFault.END_BEFORE_START: _l("Leaving comes after arriving. Exchange the two times, or correct one of them."),
    TimeFault.TOO_LONG: _l("That is more than 12 hours. Correct one of the times."),
    TimeFault.IN_FUTURE: _l("This time has not come yet. Write down the visit once it is over."),
}


@dataclass(frozen=True)
class Stamp:
    """A button pressed now: by our clock, and by the phone's where it said so."""

    at: datetime
    device_at: datetime | None = None

    @property
    def minute(self) -> str:
        """As the form shows it: 14:05."""
        return f"{clock.local(self.at):%H:%M}"


def keep_draft(teacher: Teacher, subject: str, fields: Mapping[str, str]) -> VisitDraft:
    """Keep what was typed so far; there is one draft of a visit for each teacher, and the last word counts."""
    draft = draft_of(teacher.id, subject) or _new_draft(teacher, subject)
    draft.typed = json.dumps({name: value[:LONGEST_FIELD] for name, value in fields.items()}, ensure_ascii=False)
    draft.saved_at = clock.machine_now()
    db.session.flush()
    return draft


def press(draft: VisitDraft, what: str, stamp: Stamp) -> None:
    """Put the moment of arriving or leaving into the draft; pressed again, the last time counts.

    ``what`` is ``arrived`` or ``left``.
    """
    setattr(draft, f"{what}_at", stamp.at)
    setattr(draft, f"{what}_device_at", stamp.device_at)
    draft.typed = json.dumps({**draft.fields, what: stamp.minute}, ensure_ascii=False)
    db.session.flush()


def record_visit(
    facts: VisitFacts, *, child: Child, day: date, occurrence: Occurrence | None, draft: VisitDraft | None, by: str
) -> str:
    """Write down a visit: its times, who was there, what was done; the draft goes. Gives the record's public id.

    What it does to the ledger is asked by the page, in the same transaction.

    Raises: Refused ``visit:times``, ``visit:no_late_reason``, ``visit:too_late``,
    ``visit:already_recorded``, ``visit:no_overlap_reason``.
    """
    refuse_bad_times(facts, day)
    is_late = refuse_silent_lateness(facts.words.get("late_reason", ""), child, day)
    if occurrence is not None and visit_of_occurrence(occurrence.id) is not None:
        raise _already_recorded()
    refuse_silent_overlap(facts, child.id, day)
    inserted = insert_visit(facts, child.id, day, occurrence.id if occurrence else None)
    if inserted is None:
        raise _already_recorded()
    visit_id, public_id = inserted
    mac = audit.record(
        "visit:record",
        actor=by,
        about=f"child:{child.public_id}",
        detail={"visit": public_id, "day": day.isoformat(), "minutes": (facts.left - facts.arrived) // 60}
        | ({"late": True} if is_late else {}),
    )
    code = b32encode(mac).decode()[:RECEIPT_LENGTH]
    detail = VisitDetail(
        visit_id=visit_id, recorded_by=by, is_late=is_late, receipt_code=code, **_entries(facts, draft)
    )
    fill_detail(detail, facts)
    insert_detail(detail)
    write_goals(visit_id, facts)
    if draft is not None:
        db.session.delete(draft)
    db.session.flush()
    return public_id


def permit_late_entry(child: Child, day: date, *, why: str, by: str) -> None:
    """Give leave to write down a visit of a day although the bureau's days are over.

    Raises: Refused ``late:not_past``, ``late:no_reason``.
    """
    if day >= clock.today():
        raise Refused("late:not_past", _("Choose a day that is past."), field="day")
    if not why.strip():
        raise Refused("late:no_reason", _("Write why it is permitted, so that an auditor understands it."), field="why")
    if is_permitted(child.id, day):
        return
    row = LatePermission(child_id=child.id, day=day, given_by=by, given_at=clock.machine_now(), why=why.strip())
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return  # somebody else gave it at the same moment
    audit.record("visit:permit_late", actor=by, about=f"child:{child.public_id}", detail={"day": day.isoformat()})


def time_fault_words(arrived: int, left: int, day: date) -> list[tuple[str, str]]:
    """What is wrong with two times of a day, and what to do about it, by the field it is shown at."""
    now = clock.local(clock.machine_now())
    now_second = now.hour * 3600 + now.minute * 60 + 59
    faults = time_faults(arrived, left, day=day, today=clock.today(), now_second=now_second)
    return [(field, str(_FAULTS[fault])) for field, fault in faults]


def refuse_bad_times(facts: VisitFacts, day: date) -> None:
    """Refuse times that cannot be.

    Raises: Refused ``visit:times`` at the field.
    """
    for field, message in time_fault_words(facts.arrived, facts.left, day):
        raise Refused("visit:times", message, field=field)


def refuse_silent_lateness(reason: str, child: Child, day: date) -> bool:
    """Refuse a record that comes late without a word about it. Gives whether it stays marked as late.

    Raises: Refused ``visit:too_late``, ``visit:no_late_reason``.
    """
    how_late = lateness_of(child, day)
    if how_late is Lateness.TOO_LATE:
        raise Refused("visit:too_late", too_late_words())
    if how_late is Lateness.LATE and not reason.strip():
        raise Refused(
            "visit:no_late_reason",
            _("Write why it is written down only now. The record stays marked as late."),
            field="late_reason",
        )
    return how_late is Lateness.LATE


def refuse_silent_overlap(facts: VisitFacts, child_id: int, day: date, *, except_id: int | None = None) -> None:
    """Refuse a record that shares time with another without a word about it.

    Raises: Refused ``visit:no_overlap_reason``.
    """
    if not facts.words.get("overlap_reason") and sharing_time(facts, child_id, day, except_id=except_id):
        raise Refused(
            "visit:no_overlap_reason",
            _("Another record shares time with this one. Correct the times, or write here how that came about."),
            field="overlap_reason",
        )


def too_late_words() -> str:
    """Why a visit cannot be written down any more, and what to do."""
    return _(
        "The visit is more than %(days)s days ago, so it cannot be written down any more. Ask the coordinator of "
        "your school to permit it.",
        days=whole_number("late_entry_days", clock.today()),
    )


def lateness_of(child: Child, day: date) -> Lateness:
    """How late a visit of this day would be written down today."""
    today = clock.today()
    if day >= today:
        return lateness(day, today, late_entry_days=0, is_permitted=False)
    days = whole_number("late_entry_days", today)
    how_late = lateness(day, today, late_entry_days=days, is_permitted=False)
    if how_late is Lateness.TOO_LATE and is_permitted(child.id, day):
        return lateness(day, today, late_entry_days=days, is_permitted=True)
    return how_late


def _new_draft(teacher: Teacher, subject: str) -> VisitDraft:
    """An empty draft; of two tabs that begin it at once the second goes on with that of the first."""
    draft = VisitDraft(teacher_id=teacher.id, subject=subject, typed="{}", saved_at=clock.machine_now())
    try:
        with db.session.begin_nested():
            db.session.add(draft)
    except IntegrityError:
        return draft_of(teacher.id, subject) or draft
    return draft


def _already_recorded() -> Refused:
    return Refused(
        "visit:already_recorded",
        _("This visit stands written down already: one record is enough, also where two of you were there."),
    )


def _entries(facts: VisitFacts, draft: VisitDraft | None) -> dict[str, object]:
    """How each time came in, and the moments at which the buttons were pressed, where they still say the same."""
    told: dict[str, object] = {}
    for what in ("arrived", "left"):
        at: datetime | None = getattr(draft, f"{what}_at") if draft else None
        second = getattr(facts, what)
        is_live = at is not None and Stamp(at).minute == f"{second // 3600:02d}:{second // 60 % 60:02d}"
        told[f"{what}_entry"] = TimeEntry.LIVE if is_live else TimeEntry.BACK_ENTERED
        told[f"{what}_at"] = at if is_live else None
        told[f"{what}_device_at"] = getattr(draft, f"{what}_device_at") if draft and is_live else None
    return told
