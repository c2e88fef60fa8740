"""What was recorded of one session, and does it count? With its arithmetic."""

from dataclasses import dataclass

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import exists, select

from hometeach.compliance.models import LedgerEntry
from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS
from hometeach.schedule.rules import PeriodKind
from hometeach.visits.confirming.actions import bar_to_take_down
from hometeach.visits.confirming.models import VisitConfirmation, answers_to, decided_dispute
from hometeach.visits.confirming.rules import Unfit
from hometeach.visits.correcting.models import verification_of, waiting_request
from hometeach.visits.incidents.models import incidents_of_visit
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.recording.models import detail_of
from hometeach.visits.rules import Confirmation, Verdict
from hometeach.web import words
from hometeach.web.base import allowed, person, sees_child
from hometeach.web.disputes.told import ANSWERS, STATES
from hometeach.web.incidents.told import STAFF, headed, is_officer, sees_incident
from hometeach.web.standings.sessions import Held, count_sessions, recorded_sessions, sessions_held
from hometeach.web.visits import pages
from hometeach.web.visits.calling import MAY_RING
from hometeach.web.visits.loading import load_visit, may_change, sees_the_child
from hometeach.web.visits.told import ENTRIES, history_of, name_of, written_of

CONFIRMATIONS = {
    Confirmation.CONFIRMED: lambda: _("confirmed by the family"),
    Confirmation.UNCONFIRMED: lambda: _("not confirmed by the family"),
    Confirmation.DISPUTED: lambda: _("disputed by the family"),
}


@dataclass(frozen=True)
class Partners:
    """The records that share time with one: those whom the person sees, and how many more there are."""

    seen: list[Held]
    unseen: int


@pages.get("/<public_id>")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """One recorded session."""
    visit, child = load_visit(public_id)
    held = sessions_held(recorded_sessions(Visit.id == visit.id))[0]
    checked = verification_of(visit.id)
    return render_template(
        "visits/show.html",
        visit=visit,
        child=child,
        held=held,
        confirmation=CONFIRMATIONS[visit.confirmation](),
        partners=_partners(visit) if held.recorded.verdict is Verdict.OVERLAP else None,
        quotas=[words.quota_words(quota) for quota in held.rule.quotas] if held.rule else [],
        week=_week_of(held),
        opens_file=sees_the_child(child),
        detail=detail_of(visit.id),
        written=written_of(visit),
        history=history_of(visit),
        verification=checked,
        verification_by=name_of(checked.verified_by) if checked else "",
        ENTRIES=ENTRIES,
        OUTCOMES=STATES,
        waiting=waiting_request(visit.id),
        dispute=decided_dispute(visit),
        may_change=not visit.is_void and may_change(visit),
        may_report=bool(person().roles & set(STAFF)),
        reads_all=is_officer() or bool(headed()),
        incidents=incidents_of_visit(visit.id, sees_incident()),
        telephoned=_telephoned(visit),
        rings=_rings(visit),
        ANSWERS=ANSWERS,
        name_of=name_of,
    )


def _rings(visit: Visit) -> bool:
    """Whether the person may ring the family up about this record: it is unconfirmed, and somebody else's."""
    is_asked = not visit.is_void and visit.confirmation is Confirmation.UNCONFIRMED
    return is_asked and bool(person().roles & MAY_RING) and _bar(visit) is None


def _telephoned(visit: Visit) -> list[VisitConfirmation]:
    """What the family said on the telephone, for those who ring up; what it says on its own page goes to the bureau."""
    if not person().roles & MAY_RING or _bar(visit) is Unfit.WAS_THERE:
        return []
    return [one for one in answers_to(visit) if one.telephone is not None]


def _bar(visit: Visit) -> Unfit | None:
    return bar_to_take_down(visit, person().actor, teacher_id=person().signed_in.teacher_id)


def _partners(visit: Visit) -> Partners:
    """The records that share time with this one, for the child or one of the teachers."""
    mine = select(VisitTeacher.teacher_id).where(VisitTeacher.visit_id == visit.id)
    shares_teacher = exists(
        select(VisitTeacher.visit_id).where(VisitTeacher.visit_id == Visit.id, VisitTeacher.teacher_id.in_(mine))
    )
    same_group = (Visit.group_code != "") & (Visit.group_code == visit.group_code)
    overlaps = (
        Visit.id != visit.id,
        Visit.held_on == visit.held_on,
        Visit.is_void.is_(False),
        Visit.arrived_second < visit.left_second,
        Visit.left_second > visit.arrived_second,
        (Visit.child_id == visit.child_id) | shares_teacher,
        ~same_group,
    )
    seen = sessions_held(recorded_sessions(*overlaps, sees_child()))
    return Partners(seen, count_sessions(*overlaps) - len(seen))


def _week_of(held: Held) -> str:
    """The address of the week to which the session is credited, empty where that week has no row."""
    one = held.recorded
    monday = clock.monday_of(one.credited_on if one.verdict is Verdict.COUNTED else one.day)
    has_row = exists().where(
        LedgerEntry.child_id == one.child_id,
        LedgerEntry.period_kind == PeriodKind.WEEK,
        LedgerEntry.period_start == monday,
    )
    if not db.session.scalar(select(has_row)):
        return ""
    return url_for("children.cell", public_id=one.child_public_id, period_kind="week", start=monday.isoformat())
