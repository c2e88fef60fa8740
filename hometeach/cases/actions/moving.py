"""Move a case: ask the rule, write the move, do what follows from it, tell whom it concerns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from hometeach.cases.actions.papers import kept_paper
from hometeach.cases.actions.telling import tell_bureau, tell_other_guardians
from hometeach.cases.models import Case, CaseMove, Placement, Suspension, moves_of, suspension_on
from hometeach.cases.rules import (
    MOVES,
    Acting,
    CaseStatus,
    Event,
    Given,
    Known,
    Move,
    Mover,
    Past,
    PlacementForm,
    Refusal,
    RollHandling,
    decide,
)
from hometeach.cases.rules.moves import acts_as, waiting
from hometeach.cases.rules.needs import met_needs
from hometeach.cases.wording import DONE, FIELDS, MISSING, TOLD, WHY_NOT
from hometeach.kernel import audit
from hometeach.kernel.clock import ONE_DAY, machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import whole_number
from hometeach.people.models import Account, ServingSpan, in_force

#: Moves whose day may still be to come.
AHEAD = frozenset({Event.PLACE_HOME, Event.PLACE_ELSEWHERE, Event.ASK_SUSPENSION, Event.ASK_RETURN})


@dataclass(frozen=True, slots=True)
class Above:
    """What features above the cases know of one on a day."""

    agreement_in_force: bool = False
    plan_approved: bool = False
    schedule_published: bool = False
    family_answered: bool = True
    file_missing: tuple[str, ...] = ()


NOTHING_ABOVE = Above()


def known_of(case: Case, on: date, above: Above = NOTHING_ABOVE) -> Known:
    """What is on file of a case on a day."""
    history = [move.as_past() for move in moves_of(case)]
    known = Known(
        history=history,
        now=machine_now(),
        id_number_on_file=case.child.id_number_index is not None,
        agreement_in_force=above.agreement_in_force,
        plan_approved=above.plan_approved,
        schedule_published=above.schedule_published,
        family_answered=above.family_answered,
        file_missing=above.file_missing,
        days_by_school=whole_number("suspension_days_by_school", on),
        guardians=frozenset(one.public_id for one in case.child.guardians),
    )
    return replace(known, days_asked=_days_asked(case, known))


def refusal_of(case: Case, event: Event, given: Given, *, acting: Acting, known: Known, on: date) -> Refusal | None:
    """Why this person may not make this move of the case; None where they may. Writes nothing."""
    asked = waiting((past.event, past.actor, past.went_elsewhere) for past in known.history)
    refusal = decide(MOVES[event], case.status, acting, met_needs(given, known), asked)
    return refusal or _misdated(case, event, given, on)


def move_case(
    case: Case,
    event: Event,
    given: Given,
    *,
    acting: Acting,
    on: date,
    seen: int | None = None,
    above: Above = NOTHING_ABOVE,
    paper: bytes = b"",
) -> CaseMove:
    """Make a move of a case.

    ``seen`` is the number of moves that the person saw: who comes second is
    told what happened meanwhile.

    Raises: Refused ``case:…``: ``moved_meanwhile``, one of ``wording.WHY_NOT``,
    or the name of the fact that is missing; ``paper:…``.
    """
    if seen is not None and seen != case.moved:
        raise _moved_meanwhile(case)
    known, move = known_of(case, on, above), MOVES[event]
    refusal = refusal_of(case, event, given, acting=acting, known=known, on=on)
    if refusal:
        raise _worded(refusal)
    kept = kept_paper(paper, on) if paper else None
    answered = _with_what_was_asked(move, given, known)
    if event is Event.RAISE_DISPUTE:
        answered = replace(answered, until_on=on + timedelta(days=whole_number("placement_dispute_days", on)))
    acted_as = acts_as(move, acting, met_needs(given, known))
    came_from = known.came_here.source if known.came_here else None
    made = _moved(case, move, answered, actor=acting.actor, acted_as=acted_as, came_from=came_from)
    made.file = kept
    _written(case, made)
    if event in _THEN:
        _THEN[event](case, made, answered)
    _tell(case, made, given, known, on)
    return made


def _days_asked(case: Case, known: Known) -> int:
    """For how many days teaching would be suspended, those counted that it is suspended already."""
    asked = _last(known, Event.ASK_SUSPENSION)
    if asked is None or asked.until_on is None:
        return 0
    running = suspension_on(case.child_id, asked.done_on - ONE_DAY)
    first = running.effective_from if running else asked.done_on
    return (asked.until_on - first).days


def _last(known: Known, event: Event) -> Past | None:
    return next((past for past in reversed(known.history) if past.event is event), None)


def _misdated(case: Case, event: Event, given: Given, on: date) -> Refusal | None:
    if given.done_on > on and event not in AHEAD:
        return Refusal("case:in_future")
    if given.done_on < case.child.born_on:
        return Refusal("case:before_birth")
    if event is Event.ASK_RETURN and suspension_on(case.child_id, given.done_on - ONE_DAY) is None:
        starts_later = Suspension.effective_from >= given.done_on
        statement = select(Suspension.id).where(Suspension.child_id == case.child_id, starts_later)
        return Refusal("case:not_yet_suspended") if db.session.scalar(statement.limit(1)) else None
    return None


def _worded(refusal: Refusal) -> Refused:
    if refusal.need is None:
        about_a_day = refusal.code in ("case:in_future", "case:before_birth", "case:not_yet_suspended")
        return Refused(refusal.code, str(WHY_NOT[refusal.code]), "done_on" if about_a_day else None)
    return Refused(refusal.code, str(MISSING[refusal.need]), FIELDS.get(refusal.need))


def _moved_meanwhile(case: Case) -> Refused:
    """What the other one did, for the one who came second."""
    last = db.session.execute(
        select(CaseMove.event, Account.name)
        .outerjoin(Account, Account.public_id == CaseMove.actor)
        .where(CaseMove.case_id == case.id)
        .order_by(CaseMove.number.desc())
        .limit(1)
    ).first()
    what = str(DONE[last.event]) if last else _("the case was moved")
    who = last.name if last and last.name else _("the application")
    return Refused(
        "case:moved_meanwhile",
        _("Meanwhile somebody was faster: %(what)s (%(who)s). Look at the case again.", what=what, who=who),
    )


def _with_what_was_asked(move: Move, given: Given, known: Known) -> Given:
    """An answer takes over days and reason from what was asked."""
    asked = _last(known, move.answers[0]) if move.answers else None
    if asked is None:
        return given
    if move.event in (Event.SUSPEND, Event.CONFIRM_RETURN):
        return replace(given, done_on=asked.done_on, until_on=asked.until_on, code=asked.code)
    return replace(given, code=given.code or asked.code)


def _moved(
    case: Case, move: Move, given: Given, *, actor: str, acted_as: Mover, came_from: CaseStatus | None
) -> CaseMove:
    """The move, once the case stands where it leads: of two people who try at once, one gets here."""
    source = case.status
    target = move.target(source, came_from) or source
    number = case.moved + 1
    statement = (
        update(Case)
        .where(Case.id == case.id, Case.status == source, Case.moved == case.moved)
        .values(status=target, moved=number)
        .returning(Case.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(statement) is None:
        db.session.expire(case)
        raise _moved_meanwhile(case)
    db.session.refresh(case)
    made = CaseMove(
        case_id=case.id,
        number=number,
        event=move.event,
        source=source,
        target=target,
        actor=actor,
        acted_as=acted_as,
        at=machine_now(),
        done_on=given.done_on,
        until_on=given.until_on,
        code=given.code,
        receiving_unit=given.receiving_unit,
    )
    made.words = given.words or None
    return made


def _written(case: Case, made: CaseMove) -> None:
    db.session.add(made)
    db.session.flush()
    detail = {
        "from": made.source,
        "to": made.target,
        "as": made.acted_as,
        "number": made.number,
        "done_on": made.done_on,
        "until_on": made.until_on,
        "code": made.code,
        "file_sha256": made.file.sha256 if made.file else "",
    }
    audit.record(
        MOVES[made.event].audit_action,
        actor=made.actor,
        about=f"child:{case.child.public_id}",
        detail={name: value for name, value in detail.items() if value},
    )


def _place(case: Case, made: CaseMove, given: Given) -> None:
    """Keep the decision; from its first day on the school answers for the child."""
    form = PlacementForm.HOME if made.event is Event.PLACE_HOME else PlacementForm(given.code)
    db.session.add(
        Placement(
            move_id=made.id,
            case_id=case.id,
            decision_no=given.decision_no,
            form=form,
            school_id=given.school_id,
            roll=RollHandling(given.roll),
            starts_on=given.done_on,
            review_on=given.until_on,
        )
    )
    if form is PlacementForm.HOME and given.school_id is not None:
        case.placed_on = given.done_on
        case.child.cannot_attend_reason = given.words
        _hand_over(case.child_id, given.school_id, given.done_on)
    db.session.flush()


def _hand_over(child_id: int, school_id: int, first: date) -> None:
    """Let this school serve the child from a day on."""
    of_child = ServingSpan.child_id == child_id
    now = db.session.scalar(select(ServingSpan).where(of_child, in_force(ServingSpan, first)))
    if now is not None and now.school_id == school_id:
        return
    db.session.execute(delete(ServingSpan).where(of_child, ServingSpan.effective_from >= first))
    still = of_child & or_(ServingSpan.effective_to.is_(None), ServingSpan.effective_to >= first)
    db.session.execute(update(ServingSpan).where(still).values(effective_to=first - ONE_DAY))
    db.session.add(ServingSpan(child_id=child_id, school_id=school_id, effective_from=first))


def _suspend(case: Case, made: CaseMove, given: Given) -> None:
    """Let nothing be owed up to the day before the expected return; after it the child is owed again by itself."""
    last = given.until_on - ONE_DAY if given.until_on else None
    running = suspension_on(case.child_id, given.done_on) or suspension_on(case.child_id, given.done_on - ONE_DAY)
    if running is not None:
        running.effective_to = last
        db.session.flush()
        return
    try:
        with db.session.begin_nested():
            db.session.add(
                Suspension(child_id=case.child_id, effective_from=given.done_on, effective_to=last, reason=made.code)
            )
    except IntegrityError as taken:
        raise Refused(
            "case:suspended_already", _("A suspension from this day on is on file already. Look at the child's page.")
        ) from taken


def _end_suspension(case: Case, made: CaseMove, _given: Given) -> None:
    """Let lessons be owed again from the day of return on."""
    back = made.done_on
    of_child = Suspension.child_id == case.child_id
    db.session.execute(delete(Suspension).where(of_child, Suspension.effective_from >= back))
    still = of_child & or_(Suspension.effective_to.is_(None), Suspension.effective_to >= back)
    db.session.execute(update(Suspension).where(still).values(effective_to=back - ONE_DAY))


def _tell(case: Case, made: CaseMove, given: Given, known: Known, on: date) -> None:
    if made.event is Event.ASK_SUSPENSION:
        asked = _days_asked(case, known_of(case, on))
        if asked <= known.days_by_school:
            return
    if made.event in TOLD:
        tell_bureau(case, made, on)
    if made.event is Event.WITHDRAW:
        tell_other_guardians(case, made, given.guardian)


#: What follows from a move, beside where the case stands.
_THEN: Mapping[Event, Callable[[Case, CaseMove, Given], None]] = {
    Event.PLACE_HOME: _place,
    Event.PLACE_ELSEWHERE: _place,
    Event.SUSPEND: _suspend,
    Event.CONFIRM_RETURN: _end_suspension,
    Event.REJECT_CLOSING: _end_suspension,
}
