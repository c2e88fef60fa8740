"""What may happen to a case next, by whom, and what is still missing for it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.cases.actions import known_of
from hometeach.cases.models import Case, CaseMove
from hometeach.cases.rules import MOVES, Acting, Event, Known, Move, Mover, Need
from hometeach.cases.rules.moves import moves_from, waiting
from hometeach.cases.rules.needs import STANDING, hurdle, is_done_here, open_dispute, standing_needs
from hometeach.cases.wording import MISSING
from hometeach.compliance.settling import above_for, above_of
from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.people.models import Account
from hometeach.web import words
from hometeach.web.cases.asked import ASKED
from hometeach.web.words import cases as said

#: What may be done, but is not what the case waits for.
ASIDE = frozenset(
    {
        *(Event.RETURN_TO_ASSESSMENT, Event.RAISE_DISPUTE, Event.RECORD_ATTEMPT, Event.RECORD_REFUSAL),
        *(Event.ASK_SUSPENSION, Event.DECLINE_SUSPENSION, Event.CALL_REVIEW, Event.WITHDRAW, Event.TAKE_BACK),
        *(Event.ASK_CLOSING, Event.REOPEN),
    }
)


@dataclass(frozen=True)
class Step:
    """A move that can come next."""

    event: Event
    button: Any
    consequence: Any
    #: Who may make it, in words.
    by: str
    #: Whether the person may make it now.
    is_mine: bool
    #: Whether it was made here already: it may be made again, and is not what the case waits for.
    is_done: bool
    #: What is missing, or whose answer it waits for; empty where nothing is.
    missing: Sequence[str]


@dataclass(frozen=True)
class AskedNow:
    """What was asked and waits for an answer."""

    what: str
    who: str
    days: str
    reason: str
    words: str | None


def known_today(case: Case) -> Known:
    """What is on file of a case today."""
    today = clock.today()
    return known_of(case, today, above_of(case.child_id, today))


def known_for(event: Event, case: Case) -> Known:
    """The same with what the child's file knows, where the move asks it."""
    today = clock.today()
    return known_of(case, today, above_for(event, case.child_id, today))


def can_open(case: Case, event: Event, acting: Acting) -> bool:
    """Whether the form of a move leads anywhere: all that is missing can be written into it."""
    return hurdle(MOVES[event], case.status, acting, known_today(case), clock.today()) is None


def steps_of(case: Case, acting: Acting, known: Known) -> list[Step]:
    """What may happen next, what the person may do first."""
    steps = [_step(case, move, acting, known) for move in moves_from(case.status) if _is_sensible(move, known)]
    return sorted(steps, key=lambda step: (not step.is_mine, step.event in ASIDE, step.is_done))


def dispute_due(known: Known) -> date | None:
    """The day by which the bureau decides on a disputed placement; None where nothing is disputed."""
    raised = open_dispute(known)
    return raised.until_on if raised else None


def asked_now(case: Case, event: Event) -> AskedNow | None:
    """What this move would answer."""
    answers = MOVES[event].answers
    if not answers:
        return None
    statement = (
        select(CaseMove, Account.name)
        .outerjoin(Account, Account.public_id == CaseMove.actor)
        .where(CaseMove.case_id == case.id, CaseMove.event == answers[0])
        .order_by(CaseMove.number.desc())
        .limit(1)
    )
    found = db.session.execute(statement).first()
    if found is None:
        return None
    move, who = found
    return AskedNow(
        what=str(ASKED[move.event].button),
        who=who or "",
        days=days_words(move),
        reason=said.code_words(move.code),
        words=move.words,
    )


def days_words(move: CaseMove) -> str:
    """The days that a move is about: one, or from one to another."""
    first = words.day_words(move.done_on)
    if move.until_on is None or move.event is Event.WITHDRAW:
        return first
    until = words.day_words(move.until_on)
    if move.event is Event.RAISE_DISPUTE:
        return _("%(day)s, to be decided by %(until)s", day=first, until=until)
    if move.event in (Event.PLACE_HOME, Event.PLACE_ELSEWHERE):
        return _("from %(first)s, looked at again on %(until)s", first=first, until=until)
    return _("from %(first)s, back on %(until)s", first=first, until=until)


def first_of(steps: Sequence[Step]) -> Step | None:
    """What the case waits for from the person, if it is anything."""
    return next((step for step in steps if step.is_mine and not (step.is_done or step.event in ASIDE)), None)


def _is_sensible(move: Move, known: Known) -> bool:
    """Whether to name a move at all: no answer to what nobody asked, no second word on what is said already."""
    asked = waiting((past.event, past.actor, past.went_elsewhere) for past in known.history)
    here = standing_needs(known, clock.today())
    hidden = (Need.FROM_LISTS, Need.OPEN_DISPUTE, Need.WITHIN_A_DAY)
    answers_something = not move.answers or any(event in asked for event in move.answers)
    is_review_by_bureau = move.event in (Event.CONTINUE_SERVICE, Event.REASSESS, Event.SIGN_REVIEW)
    is_said = move.event is Event.RAISE_DISPUTE and Need.NO_OPEN_DISPUTE not in here
    never_was = any(need in move.needs and need not in here for need in hidden)
    return (answers_something or is_review_by_bureau) and not never_was and not is_said


def _step(case: Case, move: Move, acting: Acting, known: Known) -> Step:
    asked = ASKED.get(move.event)
    is_free = hurdle(move, case.status, acting, known, clock.today()) is None
    return Step(
        event=move.event,
        button=asked.button if asked else "",
        consequence=asked.consequence if asked else _("It happens by itself once all of it is there."),
        by=words.enumerated([said.mover_words(mover) for mover in move.movers if _is_told(mover, move)]),
        is_mine=asked is not None and is_free,
        is_done=is_done_here(move, known),
        missing=_missing(move, acting, known),
    )


def _is_told(mover: Mover, move: Move) -> bool:
    return mover is not Mover.SYSTEM or len(move.movers) == 1


def _missing(move: Move, acting: Acting, known: Known) -> list[str]:
    """What is not on file yet, and whose turn it is before."""
    here = standing_needs(known, clock.today())
    asked = waiting((past.event, past.actor, past.went_elsewhere) for past in known.history)
    before = [event for event in move.answers if event not in asked]
    own = [event for event in move.answers if asked.get(event) == acting.actor]
    needs = [need for need in (*move.needs, *_also(move, acting)) if need in STANDING and need not in here]
    return [
        *(str(MISSING[need]) for need in needs),
        *(_("Comes first: %(what)s.", what=str(ASKED[event].button)) for event in before),
        *(_("You asked for it yourself, so somebody else decides.") for _event in own[:1]),
    ]


def _also(move: Move, acting: Acting) -> tuple[Need, ...]:
    extras = [move.also.get(mover, ()) for mover in move.movers if mover in acting.movers]
    return min(extras, key=len, default=())
