"""Write down a visit: keep the draft, press the buttons, record it once, and give leave to be late."""

import json
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from hometeach.cases.plan.models import PlanGoal
from hometeach.kernel import audit, clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.files import new_public_id
from hometeach.kernel.sealing import blind_index
from hometeach.kernel.settings import whole_number
from hometeach.people.models import Child, Guardian, Teacher
from hometeach.schedule.models import Occurrence
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.recording.models import (
    LatePermission,
    VisitDetail,
    VisitDraft,
    VisitGoal,
    draft_of,
    is_permitted,
    sharing_time,
    visit_of_occurrence,
)
from hometeach.visits.recording.rules import Lateness, TimeEntry, TimeFault, VisitFacts, lateness, time_faults
from hometeach.visits.rules import Confirmation

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
) -> Visit:
    """Write down a visit: its times, who was there, what was done; the draft goes.

    What it does to the ledger is asked by the page, in the same transaction.

    Raises: Refused ``visit:times``, ``visit:no_late_reason``, ``visit:too_late``,
    ``visit:already_recorded``, ``visit:no_overlap_reason``.
    """
    refuse_bad_times(facts, day)
    is_late = _refuse_late(facts, child, day)
    if occurrence is not None and visit_of_occurrence(occurrence.id) is not None:
        raise _already_recorded()
    refuse_silent_overlap(facts, child.id, day)
    visit = _inserted(facts, child, day, occurrence)
    event = audit.record(
        "visit:record",
        actor=by,
        about=f"child:{child.public_id}",
        detail={"visit": visit.public_id, "day": day.isoformat(), "minutes": (facts.left - facts.arrived) // 60}
        | ({"late": True} if is_late else {}),
    )
    code = b32encode(event.mac).decode()[:RECEIPT_LENGTH]
    detail = VisitDetail(
        visit_id=visit.id, recorded_by=by, is_late=is_late, receipt_code=code, **_entries(facts, draft)
    )
    write_detail(detail, facts)
    write_goals(visit, facts)
    if draft is not None:
        db.session.delete(draft)
    db.session.flush()
    return visit


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


def refuse_bad_times(facts: VisitFacts, day: date) -> None:
    """Refuse times that cannot be.

    Raises: Refused ``visit:times`` at the field.
    """
    now = clock.local(clock.machine_now())
    faults = time_faults(
        facts.arrived, facts.left, day=day, today=clock.today(), now_second=now.hour * 3600 + now.minute * 60 + 59
    )
    for field, fault in faults:
        raise Refused("visit:times", str(_FAULTS[fault]), field=field)


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
    return lateness(
        day,
        today,
        late_entry_days=whole_number("late_entry_days", today),
        is_permitted=day < today and is_permitted(child.id, day),
    )


def write_detail(detail: VisitDetail, facts: VisitFacts) -> None:
    """Make the details say what the facts say."""
    carer = select(Guardian.id).where(Guardian.public_id == facts.carer)
    detail.carer_id = db.session.scalar(carer) if facts.carer else None
    detail.domain = facts.domain or None
    detail.has_incident = facts.has_incident
    detail.written = json.dumps(dict(facts.words), ensure_ascii=False, sort_keys=True)
    performance = " ".join(facts.words.get("performance", "").split())
    detail.performance_index = blind_index(performance, purpose="performance") if performance else None
    db.session.add(detail)


def write_goals(visit: Visit, facts: VisitFacts, *, replacing: bool = False) -> None:
    """Make the goals of a visit say what the facts say."""
    if replacing:
        db.session.execute(delete(VisitGoal).where(VisitGoal.visit_id == visit.id))
    if not facts.goals:
        return
    named = [goal.goal for goal in facts.goals]
    found = db.session.execute(select(PlanGoal.public_id, PlanGoal.id).where(PlanGoal.public_id.in_(named)))
    ids = {row[0]: row[1] for row in found}
    db.session.add_all(
        VisitGoal(visit_id=visit.id, goal_id=ids[one.goal], score=one.score, prompt_level=one.prompt or None)
        for one in facts.goals
        if one.goal in ids
    )


def write_teachers(visit: Visit, facts: VisitFacts, *, replacing: bool = False) -> None:
    """Make the teachers of a visit those of the facts, the keeper of the record first."""
    if replacing:
        db.session.execute(delete(VisitTeacher).where(VisitTeacher.visit_id == visit.id))
    found = db.session.execute(select(Teacher.code, Teacher.id).where(Teacher.code.in_(facts.teachers)))
    ids = {row[0]: row[1] for row in found}
    db.session.add_all(
        VisitTeacher(visit_id=visit.id, teacher_id=ids[code], position=place)
        for place, code in enumerate(facts.teachers)
    )


def _new_draft(teacher: Teacher, subject: str) -> VisitDraft:
    """An empty draft; of two tabs that begin it at once the second goes on with that of the first."""
    draft = VisitDraft(teacher_id=teacher.id, subject=subject, typed="{}", saved_at=clock.machine_now())
    try:
        with db.session.begin_nested():
            db.session.add(draft)
    except IntegrityError:
        return draft_of(teacher.id, subject) or draft
    return draft


def _inserted(facts: VisitFacts, child: Child, day: date, occurrence: Occurrence | None) -> Visit:
    """The visit with its teachers and a number of its own; of two who record one session the second is refused."""
    public_id = new_public_id()
    visit = Visit(
        public_id=public_id,
        number=public_id,
        child_id=child.id,
        held_on=day,
        arrived_second=facts.arrived,
        left_second=facts.left,
        mode=facts.mode,
        confirmation=Confirmation.UNCONFIRMED,
        is_void=False,
        makes_up_for=facts.makes_up_for,
        occurrence_id=occurrence.id if occurrence else None,
        recorded_at=clock.machine_now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(visit)
    except IntegrityError as taken:
        raise _already_recorded() from taken
    visit.number = f"S-{day.year}-{visit.id:06d}"
    write_teachers(visit, facts)
    return visit


def _already_recorded() -> Refused:
    return Refused(
        "visit:already_recorded",
        _("This visit stands written down already: one record is enough, also where two of you were there."),
    )


def _refuse_late(facts: VisitFacts, child: Child, day: date) -> bool:
    """Whether the record is marked late."""
    how_late = lateness_of(child, day)
    if how_late is Lateness.TOO_LATE:
        raise Refused("visit:too_late", too_late_words())
    if how_late is Lateness.LATE and not facts.words.get("late_reason"):
        raise Refused(
            "visit:no_late_reason",
            _("Write why it is written down only now. The record stays marked as late."),
            field="late_reason",
        )
    return how_late is Lateness.LATE


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
