"""A teacher's week: who is still to be taught, and the sessions that are planned next.

The page that is opened most, on a phone: two queries, whatever the number of
children. Their statements are made once, of plain columns, because making them
costs more than running them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, func, or_, select

from hometeach.compliance.models import LedgerEntry, is_leading
from hometeach.kernel.clock import monday_of
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, ResponsibleSpan
from hometeach.schedule.models import CalendarEntry, CalendarKind, Occurrence, OccurrenceState
from hometeach.schedule.rules import PeriodKind
from hometeach.visits.models import is_held
from hometeach.web import words
from hometeach.web.base import chosen_locale, person
from hometeach.web.standings.ledger import COLUMNS, Row, by_child
from hometeach.web.standings.now import AHEAD, ChildNow, Now, Planned, now_from
from hometeach.web.standings.pictures import MarkLine
from hometeach.web.states import State, cell_state, state_words

CHILD: Any = Child.__table__
ANSWERS: Any = ResponsibleSpan.__table__
ENTRY: Any = LedgerEntry.__table__
PLAN: Any = Occurrence.__table__
CALENDAR: Any = CalendarEntry.__table__


#: The columns of a row by which its state is decided, beside whether it is over.
JUDGED_BY = slice(Row._fields.index("required"), None)


class Session(NamedTuple):
    """A session that is planned, ready to be shown."""

    when: str
    child: str
    public_id: str
    township: str


@dataclass(frozen=True, slots=True)
class Pupil:
    """A child for whom the teacher answers, ready to be shown."""

    name: str
    public_id: str
    state: State
    standing: str
    #: When the next session is planned; empty where none is.
    planned: str
    #: Whether something is still to be given and nothing is planned.
    is_unplanned: bool
    #: The term so far.
    line: MarkLine


@dataclass(frozen=True, slots=True, eq=False)
class TeacherToday:
    """What a teacher is told; as long as that stays the same it is one object.

    ``term`` is the key of the running term, ``base`` what a child's address begins with.
    """

    now: Now
    term: str
    pupils: Sequence[Pupil]
    sessions: Sequence[Session]
    base: str
    #: The states that the lines show, for the key.
    states: Sequence[State]


def facts(today: date) -> TeacherToday:
    """What the teacher who asks is told today."""
    asked = {"me": person().scope.teacher_id, "today": today, "until": today + AHEAD}
    connection = db.session.connection()
    sessions = connection.execute(_plan(), asked).all()
    children = connection.execute(_children(), asked).all()
    base = url_for("children.index") + "/"
    return _told(tuple(map(tuple, sessions)), tuple(map(tuple, children)), today, chosen_locale(), base)


@lru_cache(maxsize=256)
def _told(sessions: Sequence[Any], children: Sequence[Any], today: date, _language: str, base: str) -> TeacherToday:
    """Kept by all that it is made of: a teacher looks often at what has not changed, and it is read anew each time."""
    planned: dict[int, Planned] = {}
    for child_id, *when in sessions:
        planned.setdefault(child_id, Planned(*when[:3]))
    rows = [Row._make(found[4:]) for found in children if found[4] is not None]
    now = now_from((row for row in rows if row.last >= today or row.unaccounted), planned, today)
    term = children[0][3] if children else None
    lines = _lines(rows, _weeks(term, today) if term else [], today)
    names = {child_id: (name, public_id) for child_id, name, public_id, *_rest in children}
    pupils = [
        _pupil(name, public_id, now.of_child.get(child), planned.get(child), states=lines.get(child, ()), today=today)
        for child, (name, public_id) in sorted(names.items(), key=lambda one: _urgency(one[0], now, planned))
    ]
    return TeacherToday(
        now=now,
        term=term.isoformat() if term else "",
        pupils=pupils,
        sessions=[
            Session(_when(day, start, end), name, public_id, township or "")
            for _child, day, start, end, name, public_id, township, is_mine in sessions
            if is_mine
        ],
        base=base,
        states=[
            state for state in State if state is not State.NO_ROW and any(state in line for line in lines.values())
        ],
    )


def _weeks(term: date, today: date) -> list[date]:
    """The Mondays of the term so far."""
    first = monday_of(term)
    return [first + timedelta(days=7 * n) for n in range((today - first).days // 7 + 1)]


def _lines(rows: Sequence[Row], weeks: Sequence[date], today: date) -> dict[int, list[State]]:
    """For each child the states of the term so far, week under week. Rows with the same numbers are judged once."""
    known: dict[tuple[object, ...], State] = {}
    lines: dict[int, list[State]] = {}
    for child, periods in by_child(rows, today).items():
        states = {}
        for first, row in periods.items():
            alike = (row.last < today, *tuple(row)[JUDGED_BY])
            if alike not in known:
                known[alike] = cell_state(row.numbers(today))
            states[first] = known[alike]
        by_week = any(row.kind is PeriodKind.WEEK for row in periods.values())
        places = sorted(states.keys() | set(weeks)) if by_week else sorted(states)
        lines[child] = [states.get(first, State.NO_ROW) for first in places]
    return lines


def _urgency(child: int, now: Now, planned: dict[int, Planned]) -> tuple[bool, date, int]:
    """Who is still to be taught first, by when it is planned; what is not planned comes before all."""
    standing, plan = now.of_child.get(child), planned.get(child)
    waits = standing is not None and standing.waits
    return not waits, plan.day if plan else date.min if waits else date.max, plan.start_minute if plan else 0


def _pupil(
    name: str,
    public_id: str,
    now: ChildNow | None,
    planned: Planned | None,
    *,
    states: Sequence[State],
    today: date,
) -> Pupil:
    state = cell_state(now.telling.numbers(today)) if now else State.NO_ROW
    return Pupil(
        name,
        public_id,
        state,
        _standing(now, state),
        _when(planned.day, planned.start_minute) if planned else "",
        is_unplanned=bool(now and now.is_unplanned),
        line=MarkLine.of(states),
    )


def _standing(now: ChildNow | None, state: State) -> str:
    """The state in words: what runs still is told by what is still to be given."""
    if now is None:
        return _("nothing is asked")
    if now.waits:
        row = now.telling
        return _("still %(amount)s", amount=words.amount_words(row.unaccounted, row.metric))
    return state_words(state)


def _when(day: date, start: int, end: int | None = None) -> str:
    hours = words.clock_words(start * 60) if end is None else words.hours_words(start * 60, end * 60)
    return f"{words.day_words(day)} {hours}"


@cache
def _children() -> Select[Any]:
    """The children for whom a teacher answers, with the first day of the term and the rows of the term so far."""
    today: Any = bindparam("today")
    first = _term("effective_from")
    runs = (ENTRY.c.period_start <= today) & (ENTRY.c.period_end >= today)
    is_over = (
        (ENTRY.c.period_end < today) & (ENTRY.c.period_end >= first) & (ENTRY.c.period_start <= _term("effective_to"))
    )
    columns = [ENTRY.c[column.key] for column in COLUMNS]
    return (
        select(CHILD.c.id, CHILD.c.name, CHILD.c.public_id, first, *columns)
        .select_from(ANSWERS)
        .join(CHILD, CHILD.c.id == ANSWERS.c.child_id)
        .outerjoin(ENTRY, (ENTRY.c.child_id == CHILD.c.id) & (runs | is_over) & is_leading())
        .where(_answers_today())
        .order_by(CHILD.c.code, ENTRY.c.kind_no, ENTRY.c.period_start, ENTRY.c.period_end, ENTRY.c.quota_no)
    )


@cache
def _plan() -> Select[Any]:
    """The sessions still planned with a teacher, or by others with the children for whom the teacher answers."""
    me: Any = bindparam("me")
    pupils = select(ANSWERS.c.child_id).where(_answers_today())
    return (
        select(
            PLAN.c.child_id,
            PLAN.c.planned_on,
            PLAN.c.start_minute,
            PLAN.c.end_minute,
            CHILD.c.name,
            CHILD.c.public_id,
            CHILD.c.township,
            PLAN.c.teacher_id == me,
        )
        .join(CHILD, CHILD.c.id == PLAN.c.child_id)
        .where(
            PLAN.c.planned_on.between(bindparam("today"), bindparam("until")),
            PLAN.c.state == OccurrenceState.PLANNED,
            ~is_held(PLAN.c.id),
            or_(PLAN.c.teacher_id == me, PLAN.c.child_id.in_(pupils)),
        )
        .order_by(PLAN.c.planned_on, PLAN.c.start_minute, PLAN.c.id)
    )


def _answers_today() -> Any:
    today: Any = bindparam("today")
    last = ANSWERS.c.effective_to
    in_force = (ANSWERS.c.effective_from <= today) & (last.is_(None) | (last >= today))
    return (ANSWERS.c.teacher_id == bindparam("me")) & in_force


def _term(column: str) -> Any:
    """A day of the last term that has begun, as ``standings.terms`` chooses it."""
    begun = (CALENDAR.c.kind == CalendarKind.TERM) & (CALENDAR.c.effective_from <= bindparam("today"))
    return select(func.max(CALENDAR.c[column])).where(begun).scalar_subquery()
