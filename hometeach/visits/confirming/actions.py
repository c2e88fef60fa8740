"""Take down what a family says of a session, and decide what it disputes.

The family's word goes to the bureau, never to the teacher: who taught sees that
a record is disputed, and why it was decided as it was, but not what was said.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from hometeach.kernel import audit
from hometeach.kernel.clock import aware, machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db, hold
from hometeach.kernel.settings import whole_number
from hometeach.people.entry.guardians.actions import issue_link, messages_go, new_token, tell, way_to
from hometeach.people.entry.guardians.rules import LinkPurpose, Reach
from hometeach.people.models import Child, Guardian
from hometeach.visits.confirming.models import (
    Dispute,
    TelephoneAnswer,
    VisitConfirmation,
    answers_to,
    dispute_about,
    visits_to_ask_about,
)
from hometeach.visits.confirming.rules import (
    DISPUTED_BY,
    OUTCOMES,
    Answer,
    DisputeKind,
    DisputeState,
    Route,
    Unfit,
    confirmation_now,
    may_answer,
    unfit_to_take_down,
)
from hometeach.visits.correcting.actions import apply_change
from hometeach.visits.correcting.models import versions_of
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.recording.actions import refuse_bad_times
from hometeach.visits.recording.models import detail_of, facts_of
from hometeach.visits.rules import Confirmation

#: A family writes to the bureau as often as it likes, but not without end at one time.
MOST_OPEN_COMPLAINTS = 3


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it was given. Units: minutes, where the session was shorter."""

    answer: Answer
    minutes: int | None = None
    words: str = ""
    route: Route = Route.DOOR


@dataclass(frozen=True, slots=True)
class Call:
    """A call to the family: when, who made it (public id of the account), and which teacher that is, if any."""

    at: datetime
    taken_by: str
    teacher_id: int | None = None


_UNFIT = {
    Unfit.WAS_THERE: _l("You were at this visit yourself. Somebody else rings the family up."),
    Unfit.WROTE_IT: _l("You wrote this record yourself. Somebody else rings the family up."),
    Unfit.ANSWERED_THEMSELVES: _l("The family has answered on its own page. Nothing is to be written down for it."),
}


def answer_visit(visit: Visit, guardian: Guardian, said: Said, *, on: date) -> VisitConfirmation:
    """Take down what somebody of the family says of a session; a later answer counts instead of an earlier one.

    An answer that differs from the record opens a dispute; "as written" takes
    back the one that the same person opened.

    Raises: Refused ``visit:void``, ``visit:decided``, ``visit:to_come``, ``visit:not_shorter``.
    """
    hold(visit)
    dispute = dispute_about(visit)
    answer = _take_down(visit, guardian, said, dispute, on=on, by=f"guardian:{guardian.public_id}")
    if said.answer is Answer.AS_WRITTEN:
        _take_back(dispute, guardian)
    _settle(visit)
    return answer


def answer_by_telephone(visit: Visit, guardian: Guardian, said: Said, call: Call, *, on: date) -> VisitConfirmation:
    """Write down what somebody of the family said when they were rung up; it stays marked as taken by telephone.

    The family may say otherwise on its own page afterwards. An answer that differs from the record opens a
    dispute like any other.

    Raises: Refused ``visit:was_there``, ``visit:wrote_it``, ``visit:answered_themselves``, ``visit:called_later``,
    and what ``answer_visit`` refuses.
    """
    hold(visit)
    dispute = dispute_about(visit)
    unfit = bar_to_take_down(visit, call.taken_by, teacher_id=call.teacher_id)
    if unfit is not None:
        raise Refused(f"visit:{unfit.value}", str(_UNFIT[unfit]))
    if not aware(visit.recorded_at) <= call.at <= machine_now():
        raise Refused(
            "visit:called_later",
            _("The call was made after the visit was written down, and before now. Write when it was."),
            field="called_at",
        )
    answer = _take_down(visit, guardian, said, dispute, on=on, by=call.taken_by)
    answer.telephone = TelephoneAnswer(taken_by=call.taken_by, called_at=call.at, relation=guardian.relation)
    _settle(visit)
    return answer


def bar_to_take_down(visit: Visit, actor: str, *, teacher_id: int | None) -> Unfit | None:
    """Why somebody may not take down an answer to a record on the telephone, None where they may.

    ``teacher_id``: of the teacher that the person is, None for nobody.
    """
    present = select(VisitTeacher.teacher_id).where(
        VisitTeacher.visit_id == visit.id, VisitTeacher.teacher_id == teacher_id
    )
    detail, dispute = detail_of(visit.id), dispute_about(visit)
    return unfit_to_take_down(
        was_there=db.session.scalar(present) is not None,
        wrote_it=detail is not None and detail.recorded_by == actor,
        answered_by=[one.route for one in _answers_as_it_reads(visit)],
        dispute=dispute.state if dispute else None,
    )


def _take_down(
    visit: Visit, guardian: Guardian, said: Said, dispute: Dispute | None, *, on: date, by: str
) -> VisitConfirmation:
    """Keep an answer, and open the dispute that it makes."""
    child = db.session.get_one(Child, visit.child_id)
    _refuse_answer(visit, said, dispute, on)
    answer = VisitConfirmation(
        visit_id=visit.id,
        guardian_id=guardian.id,
        answer=said.answer,
        minutes_claimed=said.minutes if said.answer is Answer.SHORTER else None,
        words=said.words.strip() or None,
        route=said.route,
        arrived_second=visit.arrived_second,
        left_second=visit.left_second,
        at=machine_now(),
    )
    db.session.add(answer)
    db.session.flush()
    audit.record(
        "visit:answer",
        actor=by,
        about=f"child:{child.public_id}",
        detail={"visit": visit.number, "answer": said.answer.value, "route": said.route.value},
    )
    if said.answer is not Answer.AS_WRITTEN and (dispute is None or dispute.state is not DisputeState.OPEN):
        _open(child, DISPUTED_BY[said.answer], guardian=guardian, visit=visit, said=said, on=on, by=by)
    return answer


def complain(child: Child, guardian: Guardian, words: str, *, on: date) -> Dispute:
    """Tell the bureau something that is about no record.

    Raises: Refused ``dispute:no_words``, ``dispute:too_many``.
    """
    if not words.strip():
        raise Refused("dispute:no_words", _("Write what the bureau should know."), field="words")
    statement = select(func.count()).where(
        Dispute.child_id == child.id, Dispute.kind == DisputeKind.COMPLAINT, Dispute.state == DisputeState.OPEN
    )
    if (db.session.scalar(statement) or 0) >= MOST_OPEN_COMPLAINTS:
        raise Refused(
            "dispute:too_many",
            _("The bureau is still looking into what you said before. You can call the bureau for anything urgent."),
        )
    said = Said(Answer.AS_WRITTEN, words=words)
    return _open(child, DisputeKind.COMPLAINT, guardian=guardian, visit=None, said=said, on=on)


def take_up(visit: Visit, *, by: str, on: date) -> Dispute:
    """Open a dispute about a record that the bureau's own list calls disputed.

    Raises: Refused ``dispute:not_disputed``, ``dispute:open_already``.
    """
    if visit.confirmation is not Confirmation.DISPUTED:
        raise Refused("dispute:not_disputed", _("This record is not disputed. Load the page again."))
    child = db.session.get_one(Child, visit.child_id)
    return _open(child, DisputeKind.FROM_LIST, guardian=None, visit=visit, said=None, on=on, by=by)


def ask_families(on: date, *, address_of: Callable[[str], str]) -> int:
    """Send the families a link to each new record, once. Returns how many messages were written.

    Asked are those whose record was made here, within the days that such a link
    lives; who cannot be written to is rung up where the confirmation is missing.
    """
    if not messages_go():
        return 0
    since = on - timedelta(days=whole_number("confirm_link_days", on))
    return sum(ask_family(visit, address_of=address_of, on=on) for visit in visits_to_ask_about(since, on))


def ask_family(visit: Visit, *, address_of: Callable[[str], str], on: date) -> int:
    """Send everybody of the family who can be written to a link to the record, once each. Returns to how many.

    ``address_of`` makes the address of a link's token. The message comes first:
    of two at the same time one is written, and only its link is made.
    """
    statement = select(Guardian).where(Guardian.child_id == visit.child_id).order_by(Guardian.id)
    return sum(_ask(visit, one, address_of, on) for one in db.session.scalars(statement))


def decide(dispute: Dispute, outcome: DisputeState, reason: str, *, by: str, left: int | None = None) -> None:
    """Close a dispute: the record stands, falls, or is corrected. The family reads the reason.

    ``left``: for a correction, when the teacher really left; None where the
    record was put right on its own page since the dispute was opened.
    Units: seconds after midnight.

    Raises: Refused ``dispute:decided``, ``dispute:no_outcome``, ``dispute:no_reason``,
    ``dispute:nothing_to_correct``, ``dispute:not_corrected``, ``visit:times``.
    """
    hold(*([dispute.visit] if dispute.visit else []), dispute)
    if dispute.state is not DisputeState.OPEN:
        raise Refused("dispute:decided", _("This was decided already. Load the page again to see how."))
    if outcome not in OUTCOMES:
        raise Refused("dispute:no_outcome", _("Choose how it ends."), field="outcome")
    if not reason.strip():
        raise Refused("dispute:no_reason", _("Write the reason: the family reads it."), field="reason")
    if outcome is DisputeState.CORRECTED and dispute.visit is None:
        raise Refused("dispute:nothing_to_correct", _("There is no record to correct here."), field="outcome")
    if outcome is DisputeState.CORRECTED and dispute.visit is not None:
        _correct(dispute.visit, dispute, left, reason, by)
    _close(dispute, outcome, by=by, reason=reason.strip())
    _record(dispute, "dispute:decide", actor=by)
    if dispute.visit is not None:
        _settle(dispute.visit)
    if dispute.guardian is not None:
        tell(
            dispute.guardian,
            key=f"dispute_decided:{dispute.public_id}",
            kind="dispute_decided",
            body=_("The bureau has looked into what you said. Open your family's page to read what it found."),
            about=f"child:{dispute.child.public_id}",
        )


def _ask(visit: Visit, guardian: Guardian, address_of: Callable[[str], str], on: date) -> bool:
    if way_to(guardian) is not Reach.MESSAGE:
        return False
    token, subject = new_token(), f"visit:{visit.public_id}"
    is_new = tell(
        guardian,
        key=f"ask_visit:{visit.public_id}:{guardian.public_id}",
        kind="ask_visit",
        body=_("A lesson was written down. Was it so? Please look: %(address)s", address=address_of(token)),
        about=subject,
    )
    if is_new:
        issue_link(guardian, LinkPurpose.CONFIRM_VISIT, subject=subject, on=on, token=token)
    return is_new


def _correct(visit: Visit, dispute: Dispute, left: int | None, reason: str, by: str) -> None:
    """Keep what the record said and write when the teacher really left.

    The officer is the second person here: the family was the first.
    """
    if left is None:
        if not any(aware(one.changed_at) >= aware(dispute.opened_at) for one in versions_of(visit.id)):
            raise Refused(
                "dispute:not_corrected",
                _("Write when the teacher really left, or correct the record on its own page first."),
                field="left",
            )
        return
    wanted = replace(facts_of(visit), left=left)
    refuse_bad_times(wanted, visit.held_on)
    if left != visit.left_second:
        apply_change(visit, wanted, why=reason, by=by)


def _refuse_answer(visit: Visit, said: Said, dispute: Dispute | None, on: date) -> None:
    if visit.is_void:
        raise Refused("visit:void", _("This record was withdrawn. There is nothing to answer any more."))
    if visit.held_on > on:
        raise Refused("visit:to_come", _("This lesson is still to come. Answer once it is over."))
    if not may_answer(dispute.state if dispute else None):
        raise Refused("visit:decided", _("The bureau has decided about this lesson. Read what it found below."))
    if said.answer is Answer.SHORTER:
        _refuse_minutes(visit, said.minutes)


def _refuse_minutes(visit: Visit, minutes: int | None) -> None:
    written = (visit.left_second - visit.arrived_second) // 60
    if minutes is None or not 0 < minutes < written:
        raise Refused(
            "visit:not_shorter",
            _("%(n)s minutes are written down. Choose how many it was, fewer than that.", n=written),
            field="minutes",
        )


def _open(
    child: Child,
    kind: DisputeKind,
    *,
    guardian: Guardian | None,
    visit: Visit | None,
    said: Said | None,
    on: date,
    by: str = "",
) -> Dispute:
    dispute = Dispute(
        child=child,
        visit=visit,
        guardian=guardian,
        kind=kind,
        minutes_claimed=said.minutes if said and kind is DisputeKind.SHORTER else None,
        words=(said.words.strip() or None) if said else None,
        opened_at=machine_now(),
        due_on=on + timedelta(days=whole_number("dispute_days", on)),
        state=DisputeState.OPEN,
    )
    try:
        with db.session.begin_nested():
            db.session.add(dispute)
    except IntegrityError as open_already:
        raise Refused("dispute:open_already", _("The bureau is looking into this record already.")) from open_already
    _record(dispute, "dispute:open", actor=by or f"guardian:{guardian.public_id if guardian else ''}")
    return dispute


def _take_back(dispute: Dispute | None, guardian: Guardian) -> None:
    """Who said it may say otherwise; what somebody else of the family said stays."""
    if dispute is None or dispute.state is not DisputeState.OPEN or dispute.guardian_id != guardian.id:
        return
    actor = f"guardian:{guardian.public_id}"
    _close(dispute, DisputeState.WITHDRAWN, by=actor)
    _record(dispute, "dispute:take_back", actor=actor)


def _close(dispute: Dispute, state: DisputeState, *, by: str, reason: str | None = None) -> None:
    dispute.state, dispute.decided_at, dispute.decided_by = state, machine_now(), by
    dispute.reason = reason
    db.session.flush()


def _settle(visit: Visit) -> None:
    """Let the record say what the answers and the dispute make of it."""
    answers = [one.answer for one in _answers_as_it_reads(visit)]
    dispute = dispute_about(visit)
    visit.confirmation = confirmation_now(answers, dispute.state if dispute else None, before=visit.confirmation)
    db.session.flush()


def _answers_as_it_reads(visit: Visit) -> list[VisitConfirmation]:
    """The answers that were given to the record as it reads now, the first one first."""
    times = (visit.arrived_second, visit.left_second)
    return [one for one in answers_to(visit) if (one.arrived_second, one.left_second) == times]


def _record(dispute: Dispute, action: str, *, actor: str) -> None:
    detail = {
        "dispute": dispute.public_id,
        "kind": dispute.kind.value,
        "visit": dispute.visit.number if dispute.visit else None,
        "state": dispute.state.value,
        "due": dispute.due_on,
    }
    audit.record(action, actor=actor, about=f"child:{dispute.child.public_id}", detail=detail)
