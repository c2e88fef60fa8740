"""Check, correct and withdraw a record. What it said before stays."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hometeach.kernel import audit, clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db, hold
from hometeach.people.models import Account, Child
from hometeach.visits.correcting.models import (
    CorrectionRequest,
    Verification,
    VisitVersion,
    count_versions,
    verification_of,
)
from hometeach.visits.correcting.rules import Change, RequestState, may_decide, needs_second_person
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.recording.actions import refuse_bad_times, refuse_silent_overlap
from hometeach.visits.recording.models import VisitDetail, detail_of, facts_of
from hometeach.visits.recording.pairing import pair_with_plan
from hometeach.visits.recording.rules import TimeEntry, VisitFacts
from hometeach.visits.recording.writing import fill_detail, write_goals, write_teachers
from hometeach.visits.rules import Confirmation


def change_visit(
    visit: Visit, wanted: VisitFacts | None, *, why: str, by: str, seen: int | None = None
) -> CorrectionRequest | None:
    """Correct a record, or withdraw it where nothing is ``wanted``; ask a second person once it was checked.

    ``seen``: how often the record had been changed when it was looked at.
    Returns the wish that now waits, None where the record was changed at once.

    Raises: Refused ``visit:withdrawn``, ``visit:no_reason``, ``visit:unchanged``, ``visit:changed``,
    ``visit:times``, ``visit:no_overlap_reason``, ``correction:waiting``.
    """
    hold(visit)
    if seen is not None and seen != count_versions(visit.id):
        raise Refused(
            "visit:changed",
            _("In the meantime somebody changed this record. Compare it with what you wrote, and send it once more."),
        )
    _refuse_unfit(visit, wanted, why)
    if needs_second_person(is_verified=verification_of(visit.id) is not None):
        return _ask(visit, wanted, why=why, by=by)
    apply_change(visit, wanted, why=why, by=by)
    return None


def apply_change(visit: Visit, wanted: VisitFacts | None, *, why: str, by: str, approved_by: str | None = None) -> None:
    """Keep what the record said, and make it say what is wanted, or withdraw it."""
    before = facts_of(visit)
    change = Change.VOIDED if wanted is None else Change.CORRECTED
    number = count_versions(visit.id) + 1
    version = VisitVersion(
        visit_id=visit.id,
        number=number,
        change=change,
        content=before.text,
        why=why.strip(),
        changed_by=by,
        approved_by=approved_by,
        changed_at=clock.machine_now(),
    )
    db.session.add(version)
    if wanted is None:
        _withdraw(visit, why)
    else:
        _write(visit, before, wanted, by)
    audit.record(
        f"visit:{'withdraw' if wanted is None else 'correct'}",
        actor=approved_by or by,
        about=f"child:{_child_key(visit)}",
        detail={"visit": visit.public_id, "version": number} | ({"asked_by": by} if approved_by else {}),
    )


def decide(request: CorrectionRequest, *, approve: bool, answer: str, by: str) -> None:
    """Approve or refuse a wish to change a checked record. Nobody decides on a wish or a record of their own.

    Raises: Refused ``correction:decided``, ``correction:own``, ``correction:no_answer``, ``correction:stale``.
    """
    visit = db.session.get_one(Visit, request.visit_id)
    hold(visit, request)
    if request.state is not RequestState.WAITING:
        raise Refused("correction:decided", _("Somebody has decided on this already. Load the page again."))
    if not may_decide(by, asked_by=request.asked_by, written_by=writers_of(visit)):
        raise Refused("correction:own", _("This takes a second person: ask another coordinator, or the bureau."))
    if not approve and not answer.strip():
        raise Refused("correction:no_answer", _("Write why not, so that it can be understood."), field="answer")
    if approve and request.base != count_versions(visit.id):
        raise Refused(
            "correction:stale", _("The record was changed after this was asked for. Refuse it, and have it asked anew.")
        )
    request.state = RequestState.APPROVED if approve else RequestState.REFUSED
    request.decided_by, request.decided_at = by, clock.machine_now()
    request.answer = answer.strip()
    if approve:
        wanted = VisitFacts.from_text(request.wanted) if request.wanted else None
        apply_change(visit, wanted, why=request.why, by=request.asked_by, approved_by=by)
    else:
        audit.record(
            "visit:refuse_change",
            actor=by,
            about=f"child:{_child_key(visit)}",
            detail={"visit": visit.public_id, "request": request.public_id},
        )


def verify(visits: list[Visit], *, by: str) -> int:
    """Check records: from then on a change takes a second person. Returns how many were not checked before.

    Nobody checks a record of their own; such ones are left out.
    """
    hold(*sorted(visits, key=lambda one: one.id))
    fresh = [one for one in visits if verification_of(one.id) is None and by not in writers_of(one)]
    now: datetime = clock.machine_now()
    db.session.add_all(Verification(visit_id=one.id, verified_by=by, verified_at=now) for one in fresh)
    for visit in fresh:
        audit.record("visit:verify", actor=by, about=f"child:{_child_key(visit)}", detail={"visit": visit.public_id})
    return len(fresh)


def writers_of(visit: Visit) -> set[str]:
    """The accounts whose record it is: of the teachers who were there, and of who wrote it down."""
    present = (
        select(Account.public_id)
        .join(VisitTeacher, VisitTeacher.teacher_id == Account.teacher_id)
        .where(VisitTeacher.visit_id == visit.id)
    )
    detail = detail_of(visit.id)
    return {*db.session.scalars(present), *([detail.recorded_by] if detail else [])}


def _refuse_unfit(visit: Visit, wanted: VisitFacts | None, why: str) -> None:
    if visit.is_void:
        raise Refused("visit:withdrawn", _("This record is withdrawn. Write down the visit anew."))
    if not why.strip():
        raise Refused("visit:no_reason", _("Write why, so that it can be understood later."), field="why")
    if wanted is None:
        return
    if wanted.text == facts_of(visit).text:
        raise Refused("visit:unchanged", _("Nothing is different from what stands there. Change it, or leave it."))
    refuse_bad_times(wanted, visit.held_on)
    refuse_silent_overlap(wanted, visit.child_id, visit.held_on, except_id=visit.id)


def _ask(visit: Visit, wanted: VisitFacts | None, *, why: str, by: str) -> CorrectionRequest:
    request = CorrectionRequest(
        visit_id=visit.id,
        change=Change.VOIDED if wanted is None else Change.CORRECTED,
        base=count_versions(visit.id),
        wanted=wanted.text if wanted else None,
        why=why.strip(),
        state=RequestState.WAITING,
        asked_by=by,
        asked_at=clock.machine_now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(request)
    except IntegrityError as waiting:
        raise Refused(
            "correction:waiting", _("A change of this record waits for an answer already. Wait for it first.")
        ) from waiting
    audit.record(
        "visit:ask_change",
        actor=by,
        about=f"child:{_child_key(visit)}",
        detail={"visit": visit.public_id, "request": request.public_id},
    )
    return request


def _withdraw(visit: Visit, why: str) -> None:
    """The planned session is free again for the right record; another one of the day may be it already."""
    db.session.execute(
        update(Visit).where(Visit.id == visit.id).values(is_void=True, void_reason=why.strip(), occurrence_id=None)
    )
    pair_with_plan({visit.child_id})
    db.session.refresh(visit)


def _write(visit: Visit, before: VisitFacts, wanted: VisitFacts, by: str) -> None:
    """Times that the family confirmed before are no longer confirmed once they change."""
    visit.mode, visit.makes_up_for = wanted.mode, wanted.makes_up_for
    detail = detail_of(visit.id) or VisitDetail(
        visit_id=visit.id,
        recorded_by=by,
        is_late=False,
        arrived_entry=TimeEntry.BACK_ENTERED,
        left_entry=TimeEntry.BACK_ENTERED,
        receipt_code="",
    )
    for what in ("arrived", "left"):
        if getattr(before, what) != getattr(wanted, what):
            setattr(visit, f"{what}_second", getattr(wanted, what))
            setattr(detail, f"{what}_entry", TimeEntry.BACK_ENTERED)
            if visit.confirmation is Confirmation.CONFIRMED:
                visit.confirmation = Confirmation.UNCONFIRMED
    write_teachers(visit.id, wanted, replacing=True)
    write_goals(visit.id, wanted, replacing=True)
    fill_detail(detail, wanted)
    db.session.add(detail)
    db.session.flush()


def _child_key(visit: Visit) -> str:
    return db.session.scalars(select(Child.public_id).where(Child.id == visit.child_id)).one()
