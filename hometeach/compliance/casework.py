"""Move a case, and have everything computed anew that follows from it.

Here rather than among the cases, because a withdrawal ends the agreement and a
suspension changes what is owed: both are known only above.
"""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from hometeach.agreements.models import Agreement
from hometeach.agreements.signing.actions import end_open_offers, hold_open_offers, note_end, reopen_offers
from hometeach.agreements.signing.models import offer_of
from hometeach.agreements.signing.rules import SigningEvent
from hometeach.cases.actions import move_case
from hometeach.cases.models import Case, CaseMove
from hometeach.cases.rules import Acting, Event, Given
from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.settling import above_for, settle_case
from hometeach.kernel import audit
from hometeach.kernel.clock import aware
from hometeach.kernel.extensions import db
from hometeach.people.models import in_force

#: With these the agreement ends, on the day of the move.
ENDS_AGREEMENT = {Event.WITHDRAW: SigningEvent.WITHDRAWN, Event.CLOSE: SigningEvent.TERMINATED}


def carry_out(
    case: Case, event: Event, given: Given, *, acting: Acting, on: date, seen: int | None = None, paper: bytes = b""
) -> CaseMove:
    """Make a move of a case with all that follows from it.

    Raises: Refused, as ``cases.actions.move_case`` says.
    """
    if event in ENDS_AGREEMENT or event is Event.TAKE_BACK:
        hold_open_offers(case.child_id)
    running = _agreements_on(case, given.done_on) if event in ENDS_AGREEMENT else []
    if running:
        #: A withdrawal that is taken back gives the agreement its last day back.
        given = replace(given, until_on=running[0].effective_to)
    made = move_case(
        case, event, given, acting=acting, on=on, seen=seen, above=above_for(event, case.child_id, on), paper=paper
    )
    if event in ENDS_AGREEMENT:
        #: Read anew: the school may have concluded another one at the same moment.
        for agreement in _agreements_on(case, given.done_on):
            _end_on(case, agreement, made.done_on, acting.actor)
            note_end(agreement, ENDS_AGREEMENT[event], by=acting.actor, on=on)
        _void_ahead(case, event, made.done_on, acting.actor, on)
        end_open_offers(case.child_id, ENDS_AGREEMENT[event], by=acting.actor, on=on)
    if event is Event.TAKE_BACK:
        _resume(case, acting.actor, on)
        reopen_offers(case.child_id, _withdrawal_of(case).at, by=acting.actor)
    settle_case(case.child_id, on)
    rebuild_ledger({case.child_id})
    return made


def has_left_since(child_id: int, moment: datetime) -> bool:
    """Whether the family withdrew after a moment, and has not taken that back."""
    statement = select(CaseMove).join(Case, Case.id == CaseMove.case_id)
    statement = statement.where(Case.child_id == child_id, CaseMove.event.in_((Event.WITHDRAW, Event.TAKE_BACK)))
    last = db.session.scalars(statement.order_by(CaseMove.id.desc()).limit(1)).one_or_none()
    return last is not None and last.event is Event.WITHDRAW and aware(last.at) > moment


def _agreements_on(case: Case, day: date) -> list[Agreement]:
    statement = select(Agreement).where(Agreement.child_id == case.child_id, in_force(Agreement, day))
    return list(db.session.scalars(statement.order_by(Agreement.id)))


def _end_on(case: Case, agreement: Agreement, last: date | None, by: str) -> None:
    agreement.effective_to = last
    db.session.flush()
    detail = {"agreement": agreement.public_id, "until": last}
    audit.record("agreement:last_day", actor=by, about=f"child:{case.child.public_id}", detail=detail)


def _void_ahead(case: Case, event: Event, day: date, by: str, on: date) -> None:
    """Let an agreement that was concluded here, and has not begun, be over with the day on which the family left."""
    ahead = select(Agreement).where(Agreement.child_id == case.child_id, Agreement.effective_from > day)
    for agreement in db.session.scalars(ahead.order_by(Agreement.id)).all():
        if offer_of(agreement.id) is not None:
            agreement.effective_from = day
            _end_on(case, agreement, day, by)
            note_end(agreement, ENDS_AGREEMENT[event], by=by, on=on)


def _resume(case: Case, by: str, on: date) -> None:
    """Let the agreements that the withdrawal ended run as long as they would have."""
    withdrawn = _withdrawal_of(case)
    for agreement in _agreements_on(case, withdrawn.done_on):
        if agreement.effective_to == withdrawn.done_on:
            offer = offer_of(agreement.id)
            begins_later = offer is not None and offer.effective_from > withdrawn.done_on
            if offer is not None and begins_later:
                agreement.effective_from = offer.effective_from
            _end_on(case, agreement, offer.effective_to if offer and begins_later else withdrawn.until_on, by)
            note_end(agreement, SigningEvent.TAKEN_BACK, by=by, on=on)


def _withdrawal_of(case: Case) -> CaseMove:
    """The withdrawal that is taken back: the last one."""
    statement = select(CaseMove).where(CaseMove.case_id == case.id, CaseMove.event == Event.WITHDRAW)
    return db.session.scalars(statement.order_by(CaseMove.number.desc()).limit(1)).one()
