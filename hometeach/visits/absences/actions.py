"""Report an absence, decide it, take it back.

What a decision does to the ledger is ``compliance``'s work: whoever calls
these verbs has it computed again in the same transaction.
"""

from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from hometeach.kernel import audit, clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db, hold
from hometeach.people.models import Child
from hometeach.schedule.models import Occurrence, OccurrenceState, the_calendar
from hometeach.visits.absences.models import (
    BY_LIST,
    AbsenceReport,
    absence_of,
    deciders_of,
    planned_with,
    reports_of,
    was_taught,
)
from hometeach.visits.absences.rules.states import (
    IS_REPORTED,
    AbsenceState,
    Bar,
    Reporter,
    Said,
    Step,
    bar_to_decide,
    can_move,
    may_withdraw,
)
from hometeach.visits.models import Absence, ExcuseReason, Visit, held_sessions

#: The reason that says nothing by itself.
OTHER = "other"
#: Why a planned session of a day missed does not take place; by it the session is found again.
CANCELLED_FOR = "缺课：%s"
_STANDS = {
    AbsenceState.REPORTED: _l("This day is reported already and waits for the school. There is nothing more to do."),
    AbsenceState.APPROVED: _l("This day is reported already, and the school approved it. There is nothing more to do."),
    AbsenceState.REJECTED: _l("In the meantime the school did not approve this absence. Look at it once more."),
    AbsenceState.WITHDRAWN: _l("In the meantime this absence was withdrawn. Look at it once more."),
}
_DECIDED = {
    AbsenceState.REPORTED: _l("This absence waits for the school again. Look at it once more."),
    AbsenceState.APPROVED: _l("In the meantime somebody approved this absence. Look at it once more."),
    AbsenceState.REJECTED: _STANDS[AbsenceState.REJECTED],
    AbsenceState.WITHDRAWN: _STANDS[AbsenceState.WITHDRAWN],
}
_BARRED = {
    Bar.OWN_REPORT: _l("You reported this yourself, so somebody else decides: another coordinator, or the bureau."),
    Bar.NOT_THEIRS: _l("The school that served the child on that day decides this."),
}


def report_absence(
    child: Child,
    missed_on: date,
    reason_code: str,
    *,
    by: str,
    reported_as: Reporter,
    note: str = "",
    knows_unplanned: bool = False,
) -> Absence:
    """Report that a lesson was, or will be, missed; the school decides.

    A day that was rejected or withdrawn can be reported anew. ``by`` names who
    reports, as the audit log does.

    Raises: Refused ``absence:…``, at the form's field.
    """
    reason = _reason(reason_code, note, missed_on)
    _refuse_day(child, missed_on)
    absence = absence_of(child.id, missed_on)
    if absence is None:
        absence = Absence(child_id=child.id, missed_on=missed_on, is_approved=False)
    else:
        _refuse_step(Step.REPORT, _locked(absence), _STANDS, field="day")
    planned = planned_with(child.id, missed_on, OccurrenceState.PLANNED, OccurrenceState.CLASHING)
    if not planned and not knows_unplanned:
        raise Refused(
            "absence:unplanned",
            _("No session is planned on this day. Choose another day, or tick that you report it all the same."),
            field="knows_unplanned",
        )
    absence.reason_code, absence.note = reason.code, note.strip() or None
    absence.planned_minutes = _minutes_of(planned)
    absence.reported_as, absence.reported_by, absence.reported_at = reported_as, by, clock.machine_now()
    absence.decided_by = absence.decided_at = absence.refusal = absence.withdrawn_at = None
    _keep(absence)
    _note(Step.REPORT, absence, by, reason=reason.code, reporter=reported_as.value)
    return absence


def add_to_report(
    absence: Absence, reason_code: str, *, by: str, reported_as: Reporter, note: str = ""
) -> AbsenceReport | None:
    """Say something more of a day that is reported already: it stands beside the first report, for the school to read.

    Whoever reported it corrects the own report, as long as the school has not decided; then nothing is added.

    Raises: Refused ``absence:no_reason``, ``absence:note_missing``, ``absence:rejected``, ``absence:withdrawn``.
    """
    reason = _reason(reason_code, note, absence.missed_on)
    state = _locked(absence).state
    if state not in IS_REPORTED:
        raise Refused(f"absence:{state.value}", str(_STANDS[state]), "day")
    if by == absence.reported_by and state is AbsenceState.REPORTED:
        before, absence.reason_code, absence.note = absence.reason_code, reason.code, note.strip() or None
        _note(Said.CORRECT, absence, by, before=before, reason=reason.code)
        return None
    added = AbsenceReport(
        absence_id=absence.id,
        reason_code=reason.code,
        note=note.strip() or None,
        reported_as=reported_as,
        reported_by=by,
        reported_at=clock.machine_now(),
    )
    db.session.add(added)
    _note(Said.ADD, absence, by, reason=reason.code, reporter=reported_as.value)
    return added


def approve_absence(absence: Absence, *, by: str, is_officer: bool) -> None:
    """Approve an absence: the sessions planned on its day do not take place.

    Raises: Refused ``absence:…``.
    """
    _refuse_step(Step.APPROVE, _locked(absence), _DECIDED)
    _refuse_decider(absence, by, is_officer)
    absence.is_approved = True
    _decide(absence, by)
    cancelled = _cancel_plan(absence)
    _note(Step.APPROVE, absence, by, reason=absence.reason_code, cancelled=cancelled)


def choose_reason(absence: Absence, report: AbsenceReport, *, by: str, is_officer: bool) -> None:
    """Let another one of the reasons reported for the day be the one that the school decides, or has decided, about.

    What the absence said until then stands beside it from now on. Nobody chooses a reason of their own.

    Raises: Refused ``absence:…``.
    """
    state = _locked(absence).state
    if state not in IS_REPORTED:
        raise Refused(f"absence:{state.value}", str(_STANDS[state]))
    _refuse_decider(absence, by, is_officer)
    if report.reported_by == by:
        raise Refused(f"absence:{Bar.OWN_REPORT.value}", str(_BARRED[Bar.OWN_REPORT]))
    if report.absence_id != absence.id or report.stands_in(absence):
        return
    _reason(report.reason_code, report.note or "", absence.missed_on)
    before, cancelled = absence.reason_code, _cancelled_by(absence)
    _set_beside(absence)
    absence.reason_code, absence.note = report.reason_code, report.note
    absence.reported_as = None if report.is_by_list else report.reported_as
    absence.reported_by = None if report.is_by_list else report.reported_by
    absence.reported_at = None if report.is_by_list else report.reported_at
    for one in cancelled:
        one.change_reason, one.version = _cancelled_for(absence), one.version + 1
    db.session.flush()
    _note(Said.CHOOSE, absence, by, before=before, reason=absence.reason_code)


def reject_absence(absence: Absence, why: str, *, by: str, is_officer: bool) -> None:
    """Do not approve an absence, or no longer; whoever reported it reads why.

    Raises: Refused ``absence:…``, at the form's field.
    """
    if not why.strip():
        raise Refused("absence:why_missing", _("Write why, so that the person who reported it understands."), "why")
    _refuse_step(Step.REJECT, _locked(absence), _DECIDED)
    _refuse_decider(absence, by, is_officer)
    absence.is_approved, absence.refusal = False, why.strip()
    _decide(absence, by)
    _note(Step.REJECT, absence, by)
    _restore_plan(absence)


def withdraw_absence(absence: Absence, *, by: str) -> None:
    """Take a report back: the lesson takes place after all, or the day was the wrong one.

    Raises: Refused ``absence:…``.
    """
    _refuse_step(Step.WITHDRAW, _locked(absence), _DECIDED)
    if not may_withdraw(by, reporter=absence.reported_by, coordinators=deciders_of(absence, clock.today())):
        raise Refused("absence:not_yours", _("Whoever reported this takes it back, or the school."))
    absence.is_approved, absence.withdrawn_at = False, clock.machine_now()
    _note(Step.WITHDRAW, absence, by)
    _restore_plan(absence)


def bar_of(absence: Absence, *, by: str, is_officer: bool) -> Bar | None:
    """Why somebody may not decide this absence, None where they may."""
    coordinators = deciders_of(absence, clock.today())
    return bar_to_decide(by, reporter=absence.reported_by, coordinators=coordinators, is_officer=is_officer)


def _reason(code: str, note: str, missed_on: date) -> ExcuseReason:
    reason = db.session.get(ExcuseReason, code)
    if reason is None:
        raise Refused("absence:no_reason", _("Choose a reason."), field="reason")
    if missed_on not in reason.span:
        raise Refused(
            "absence:reason_ended",
            _("This reason does not hold on the missed day. Choose another one."),
            field="reason",
        )
    if code == OTHER and not note.strip():
        raise Refused("absence:note_missing", _("Write what the other reason is."), field="note")
    return reason


def _refuse_day(child: Child, missed_on: date) -> None:
    if the_calendar().term_of(missed_on) is None:
        raise Refused("absence:no_term", _("No term runs on this day, so no lesson is missed."), field="day")
    if was_taught(child.id, missed_on):
        raise Refused(
            "absence:taught",
            _("A session is recorded for this day. If it did not take place, correct the record first."),
            field="day",
        )


def _refuse_step(step: Step, absence: Absence, why: dict[AbsenceState, LazyString], field: str | None = None) -> None:
    if not can_move(step, absence.state):
        raise Refused(f"absence:{absence.state.value}", str(why[absence.state]), field)


def _refuse_decider(absence: Absence, by: str, is_officer: bool) -> None:
    bar = bar_of(absence, by=by, is_officer=is_officer)
    if bar is not None:
        raise Refused(f"absence:{bar.value}", str(_BARRED[bar]))


def _locked(absence: Absence) -> Absence:
    """The row as it stands now, held until the end of the transaction: of two who decide, the second is told."""
    hold(absence)
    return absence


def _keep(absence: Absence) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(absence)
    except IntegrityError as taken:
        raise Refused("absence:reported", str(_STANDS[AbsenceState.REPORTED]), field="day") from taken


def _decide(absence: Absence, by: str) -> None:
    absence.decided_by, absence.decided_at = by, clock.machine_now()
    db.session.flush()


def _minutes_of(planned: list[Occurrence]) -> int | None:
    """As long as the session was planned; None leaves it to the slot of that day."""
    return planned[0].end_minute - planned[0].start_minute if planned else None


def _cancel_plan(absence: Absence) -> int:
    """Take the day's sessions out of the plan, unless the day is over or they were held: the past never changes.

    Returns how many.
    """
    if absence.missed_on < clock.today():
        return 0
    held = set(db.session.scalars(held_sessions().where(Visit.child_id == absence.child_id)))
    planned = [
        one
        for one in planned_with(absence.child_id, absence.missed_on, OccurrenceState.PLANNED, OccurrenceState.CLASHING)
        if one.id not in held
    ]
    for one in planned:
        one.state, one.change_reason, one.version = OccurrenceState.CANCELLED, _cancelled_for(absence), one.version + 1
    db.session.flush()
    return len(planned)


def _restore_plan(absence: Absence) -> None:
    """Put the sessions back that the absence took out; one whose time is taken by now waits for a person.

    What is over stays as it was. The audit log's turn was taken before: whoever plans does, so that of two
    none waits for the other.
    """
    for one in _cancelled_by(absence):
        one.change_reason, one.version = None, one.version + 1
        try:
            with db.session.begin_nested():
                one.state = OccurrenceState.PLANNED
        except IntegrityError:
            one.state = OccurrenceState.CLASHING
    db.session.flush()


def _cancelled_by(absence: Absence) -> list[Occurrence]:
    """The sessions that the absence took out of the plan; none of a day that is over."""
    if absence.missed_on < clock.today():
        return []
    cancelled = planned_with(absence.child_id, absence.missed_on, OccurrenceState.CANCELLED)
    return [one for one in cancelled if one.change_reason == _cancelled_for(absence)]


def _set_beside(absence: Absence) -> None:
    """Keep what the absence says as one report beside others, unless it stands there already."""
    if any(one.stands_in(absence) for one in reports_of(absence)):
        return
    kept = AbsenceReport(
        absence_id=absence.id,
        reason_code=absence.reason_code,
        note=absence.note,
        reported_as=absence.reported_as or Reporter.BUREAU,
        reported_by=absence.reported_by or BY_LIST,
        reported_at=absence.reported_at or clock.machine_now(),
    )
    db.session.add(kept)


def _cancelled_for(absence: Absence) -> str:
    reason = db.session.get_one(ExcuseReason, absence.reason_code)
    return CANCELLED_FOR % reason.name_zh


def _note(step: Step | Said, absence: Absence, by: str, **detail: object) -> None:
    child = db.session.get_one(Child, absence.child_id)
    told = {"absence": absence.public_id, **detail}
    audit.record(f"absence:{step.value}", actor=by, about=f"child:{child.public_id}", detail=told)
