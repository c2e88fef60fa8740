"""A teacher's week: who is still to be taught, and the sessions that are planned next.

The page that is opened most, on a phone: four queries, whatever the number of children.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, ResponsibleSpan, in_force
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.web import words
from hometeach.web.base import person
from hometeach.web.standings.now import AHEAD, ChildNow, Now, Planned, now_of
from hometeach.web.standings.terms import Terms, chosen_term
from hometeach.web.states import State, cell_state, state_words


class Session(NamedTuple):
    """A session that is planned. Units: minutes after midnight."""

    child_id: int
    day: date
    start_minute: int
    end_minute: int
    child: str
    child_public_id: str
    township: str | None
    is_mine: bool


@dataclass(frozen=True)
class Pupil:
    """A child for whom the teacher answers, in the running period. ``now`` is empty where nothing runs."""

    name: str
    public_id: str
    now: ChildNow | None
    state: State
    planned: Planned | None

    @property
    def standing(self) -> str:
        """The state in words: what runs still is told by what is still to be given."""
        if self.now and self.now.waits:
            row = self.now.telling
            return _("still %(amount)s", amount=words.amount_words(row.unaccounted, row.metric))
        return state_words(self.state)


@dataclass(frozen=True)
class TeacherToday:
    """What a teacher is told."""

    now: Now
    terms: Terms
    pupils: Sequence[Pupil]
    sessions: Sequence[Session]
    #: What the address of a child's page begins with.
    base: str


def facts(today: date) -> TeacherToday:
    """What the teacher who asks is told today."""
    me = person().scope.teacher_id
    terms = chosen_term(today)
    mine = select(ResponsibleSpan.child_id).where(ResponsibleSpan.teacher_id == me, in_force(ResponsibleSpan, today))
    sessions = _sessions(me, Span(today, today + AHEAD))
    planned = {one.child_id: Planned(*one[1:4]) for one in reversed(sessions)}
    now = now_of(today, terms.span, Child.id.in_(mine), planned=planned)
    pupils = [
        _pupil(name, public_id, now.of_child.get(child), planned.get(child), today)
        for child, name, public_id in db.session.execute(
            select(Child.id, Child.name, Child.public_id).where(Child.id.in_(mine)).order_by(Child.code)
        )
    ]
    pupils.sort(key=lambda one: (one.state is not State.OPEN, one.planned.day if one.planned else date.max))
    return TeacherToday(now, terms, pupils, [one for one in sessions if one.is_mine], url_for("children.index") + "/")


def _sessions(me: int | None, within: Span) -> list[Session]:
    """The sessions planned with the teacher, or by others with the children for whom the teacher answers."""
    answers = (ResponsibleSpan.child_id == Occurrence.child_id) & in_force(ResponsibleSpan, within.first)
    statement = (
        select(
            Occurrence.child_id,
            Occurrence.planned_on,
            Occurrence.start_minute,
            Occurrence.end_minute,
            Child.name,
            Child.public_id,
            Child.township,
            Occurrence.teacher_id == me,
        )
        .join(Child, Child.id == Occurrence.child_id)
        .outerjoin(ResponsibleSpan, answers)
        .where(
            Occurrence.planned_on.between(within.first, within.last),
            Occurrence.state == OccurrenceState.PLANNED,
            (Occurrence.teacher_id == me) | (ResponsibleSpan.teacher_id == me),
        )
        .order_by(Occurrence.planned_on, Occurrence.start_minute, Occurrence.id)
    )
    return [Session._make(row) for row in db.session.execute(statement)]


def _pupil(name: str, public_id: str, now: ChildNow | None, planned: Planned | None, today: date) -> Pupil:
    state = cell_state(now.telling.numbers(today)) if now else State.NO_ROW
    return Pupil(name, public_id, now, state, planned)
