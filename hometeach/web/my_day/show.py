"""Whom does a teacher visit on a day, in order of time, and what is still to be written down?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.cases.plan.models import goals_in_force
from hometeach.kernel import clock
from hometeach.kernel.clock import ONE_DAY
from hometeach.kernel.errors import NotFound, Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.visits.models import Absence, ExcuseReason, Visit
from hometeach.visits.recording.models import drafts_among, taught_on, was_there
from hometeach.visits.safety.models import safety_notes_of
from hometeach.web import words
from hometeach.web.base import allowed, note_reveal, person
from hometeach.web.my_day import pages
from hometeach.web.recording.subject import day_asked
from hometeach.web.safety import SafetyTold, safety_told
from hometeach.web.standings.sessions import Held, recorded_sessions, sessions_held
from hometeach.web.words.coded import named


@dataclass(frozen=True)
class Shown:
    """What was revealed of one child, in this one answer."""

    child: str
    address: str
    phones: Sequence[tuple[str, str]]
    #: None where nobody has written any.
    safety: SafetyTold | None


@dataclass(frozen=True)
class Card:
    """One visit of the day. Units: ``start`` and ``end`` in seconds after midnight."""

    start: int
    end: int
    child: Child
    #: The planned session, None for a visit that nobody had planned.
    occurrence: Occurrence | None
    held: Held | None = None
    has_draft: bool = False
    #: Why the lesson is missed, where somebody reported so.
    missed: str = ""
    goals: Sequence[str] = field(default_factory=list)
    has_safety_notes: bool = False


@pages.get("")
@allowed(Role.TEACHER)
def show() -> str:
    """The visits of a day."""
    return _page(day_asked())


@pages.post("/<public_id>/reveal")
@allowed(Role.TEACHER)
def reveal(public_id: str) -> str:
    """Show address, phone and safety notes of a child that is visited today, once, and have it logged."""
    today, me = clock.today(), person().scope.teacher_id
    child = db.session.scalar(select(Child).where(Child.public_id == public_id, taught_on(me or 0, today)))
    if child is None:
        raise NotFound
    if child.id not in {occurrence.child_id for occurrence in _planned(today)}:
        raise Refused("reveal:no_visit", _("You have no visit with this child today. Open its file instead."))
    for what in ("visit_address", "phone"):
        note_reveal(child, what, "visit: visit today")
    phones = [(f"{one.name}（{one.relation}）", one.phone) for one in child.guardians if one.phone]
    return _page(today, Shown(child.public_id, child.visit_address or "", phones, safety_told(child)))


def _page(day: date, shown: Shown | None = None) -> str:
    cards = _cards(day)
    return render_template(
        "my_day/show.html",
        day=day,
        cards=cards,
        shown=shown,
        before=(day - ONE_DAY).isoformat(),
        after=(day + ONE_DAY).isoformat(),
        is_ahead=day > clock.today(),
        is_today=day == clock.today(),
        to_write=sum(1 for card in cards if not card.held and not card.missed),
    )


def _cards(day: date) -> list[Card]:
    planned = _planned(day)
    held = _held(day, planned)
    drafts = drafts_among(person().scope.teacher_id or 0, [f"occurrence:{one.public_id}" for one in planned])
    missed = _missed(day)
    heeded = safety_notes_of({one.child_id for one in planned})
    children = _children({one.child_id for one in planned} | {one.recorded.child_id for one in held.values()})
    cards = [
        Card(
            one.start_minute * 60,
            one.end_minute * 60,
            children[one.child_id],
            one,
            held.pop(one.id, None) or held.pop(_unpaired(held, one), None),
            f"occurrence:{one.public_id}" in drafts,
            missed.get(one.child_id, ""),
            [goal.text for goal in goals_in_force(one.child_id, day) if goal.is_short_term],
            one.child_id in heeded,
        )
        for one in planned
    ]
    cards += [
        Card(one.recorded.arrived, one.recorded.left, children[one.recorded.child_id], None, one)
        for one in held.values()
    ]
    return sorted(cards, key=lambda card: (card.start, card.child.code))


def _planned(day: date) -> Sequence[Occurrence]:
    """What is planned with this teacher: own sessions, those of others that the teacher stands in for, make-ups."""
    statement = select(Occurrence).where(
        Occurrence.teacher_id == person().scope.teacher_id,
        Occurrence.planned_on == day,
        Occurrence.state != OccurrenceState.CANCELLED,
    )
    return db.session.scalars(statement.order_by(Occurrence.start_minute, Occurrence.id)).all()


def _held(day: date, planned: Sequence[Occurrence]) -> dict[Any, Held]:
    """What is written down already, by planned session; what had none comes by its own number."""
    mine = was_there(person().scope.teacher_id or 0) | Visit.occurrence_id.in_([one.id for one in planned])
    found = sessions_held(recorded_sessions(Visit.held_on == day, Visit.is_void.is_(False), mine))
    ids = [one.recorded.id for one in found]
    rows = db.session.execute(select(Visit.id, Visit.occurrence_id).where(Visit.id.in_(ids)))
    session_of = {row.id: row.occurrence_id for row in rows}
    return {session_of[one.recorded.id] or one.recorded.number: one for one in found}


def _unpaired(held: dict[Any, Held], planned: Occurrence) -> Any:
    """The key of a record of the same child that names no planned session, such as one from the bureau's list."""
    return next(
        (key for key, one in held.items() if isinstance(key, str) and one.recorded.child_id == planned.child_id), None
    )


def _missed(day: date) -> dict[int, str]:
    """The lessons of the day that are reported missed, with the reason, by child."""
    statement = (
        select(Absence.child_id, ExcuseReason.name_zh, ExcuseReason.name_en)
        .join(ExcuseReason, ExcuseReason.code == Absence.reason_code)
        .where(Absence.missed_on == day, Absence.withdrawn_at.is_(None), Absence.refusal.is_(None))
    )
    return {row.child_id: words.listed([named(row)]) for row in db.session.execute(statement)}


def _children(ids: set[int]) -> dict[int, Child]:
    return {child.id: child for child in db.session.scalars(select(Child).where(Child.id.in_(ids)))}
