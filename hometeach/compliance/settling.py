"""Does a case move by itself: an agreement came into force, a plan was approved, a schedule published, a term ended?

Decided above agreements, plans and schedules, because only here all three are
known. Asked after each action that may complete or break it, and every night.
"""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from hometeach.agreements.models import Agreement
from hometeach.cases.actions import Above, known_of, move_case, refusal_of
from hometeach.cases.file.rules import ItemState
from hometeach.cases.models import Case, CaseMove, case_of
from hometeach.cases.plan.models import has_approved_plan
from hometeach.cases.rules import Acting, CaseStatus, Event, Given, Mover
from hometeach.compliance.paperwork import file_of
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import whole_number
from hometeach.people.models import in_force
from hometeach.schedule.models import the_calendar
from hometeach.schedule.planning.publishing import is_published
from hometeach.schedule.rules import Term

#: Who moves a case that moves by itself.
ITSELF = Acting("application", frozenset({Mover.SYSTEM}))
#: What can happen by itself, in the order of a case's life.
BY_ITSELF = (Event.ADOPT, Event.BEGIN_PLANNING, Event.ACTIVATE)
#: The form of the privacy notice and the family's answer to it.
NOTICE = "F06"
#: The moves that ask what is in the child's file.
ASKS_THE_FILE = (Event.PROPOSE_AGREEMENT, Event.CLOSE)
#: Where a case can stand that moves by itself.
ON_ITS_WAY = (CaseStatus.AGREEMENT_PENDING, CaseStatus.PLANNING)


def above_of(child_id: int, on: date) -> Above:
    """What is known above the cases of a child on a day."""
    agreed = select(Agreement.id).where(Agreement.child_id == child_id, in_force(Agreement, on)).limit(1)
    return Above(
        agreement_in_force=db.session.scalar(agreed) is not None,
        plan_approved=has_approved_plan(child_id, on),
        schedule_published=is_published(child_id, on),
    )


def above_for(event: Event, child_id: int, on: date) -> Above:
    """The same with what the file knows, for the moves that ask it: reading a file takes a dozen statements.

    What ran out was there, so that only what is missing keeps a case from being closed.
    """
    above = above_of(child_id, on)
    if event not in ASKS_THE_FILE:
        return above
    items = {item.form.code: item for item in file_of(child_id, on)}
    missing = tuple(code for code, item in items.items() if item.state is ItemState.MISSING)
    answered = items[NOTICE].proof is not None if NOTICE in items else True
    return replace(above, family_answered=answered, file_missing=missing)


def settle_case(child_id: int, on: date) -> bool:
    """Let a child's case go as far as the facts of the day carry it. Returns whether it moved."""
    case = case_of(child_id)
    if case is None or case.status not in ON_ITS_WAY:
        return False
    above, given, has_moved = above_of(child_id, on), Given(done_on=on), False
    for event in BY_ITSELF:
        known = known_of(case, on, above)
        if refusal_of(case, event, given, acting=ITSELF, known=known, on=on) is None:
            move_case(case, event, given, acting=ITSELF, on=on, above=above)
            has_moved = True
    return has_moved


def settle_cases(on: date) -> int:
    """Settle every case that can move by itself, and call the reviews that a term's end makes due. Returns how many."""
    waiting = select(Case.child_id).where(Case.status.in_(ON_ITS_WAY)).order_by(Case.child_id)
    settled = sum(settle_case(child_id, on) for child_id in db.session.scalars(waiting).all())
    return settled + sum(call_reviews(term, on) for term in the_calendar().terms if _has_just_ended(term, on))


def call_reviews(term: Term, on: date) -> int:
    """Make the running cases due for review that a term's end has not called yet. Returns how many."""
    called = select(CaseMove.case_id).where(CaseMove.event == Event.CALL_REVIEW, CaseMove.done_on > term.span.last)
    placed_by_then = Case.placed_on.is_(None) | (Case.placed_on <= term.span.last)
    running = select(Case).where(Case.status == CaseStatus.ACTIVE, placed_by_then, Case.id.not_in(called))
    cases = db.session.scalars(running.order_by(Case.id)).all()
    for case in cases:
        move_case(case, Event.CALL_REVIEW, Given(done_on=on), acting=ITSELF, on=on)
    return len(cases)


def _has_just_ended(term: Term, on: date) -> bool:
    return term.span.last < on <= term.span.last + timedelta(days=whole_number("review_called_days", on))
