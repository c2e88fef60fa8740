"""What lies ahead of a teacher and a school: decisions that wait, planned make-ups, periods that will fall short.

Statements of plain columns, made once, like those of ``teacher``.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Select, and_, bindparam, func, select

from hometeach.compliance.ahead import Ahead
from hometeach.compliance.models import LedgerEntry
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child, ResponsibleSpan, ServingSpan
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.schedule.rules import PeriodKind
from hometeach.visits.models import Absence, is_held
from hometeach.web import words
from hometeach.web.base import person
from hometeach.web.standings.now import THIS_PERIOD

CHILD: Any = Child.__table__
ANSWERS: Any = ResponsibleSpan.__table__
SERVES: Any = ServingSpan.__table__
ENTRY: Any = LedgerEntry.__table__
PLAN: Any = Occurrence.__table__
ABSENCE: Any = Absence.__table__


class MakeUp(NamedTuple):
    """A make-up that is planned, ready to be shown."""

    when: str
    child: str
    public_id: str
    missed: str


@dataclass(frozen=True)
class HomeAhead:
    """What lies ahead; all of it is empty for those whom it does not concern."""

    #: Absences that wait for the decision of the person's school.
    waiting: int = 0
    make_ups: Sequence[MakeUp] = ()
    #: One for each kind of period in which the plan for some of the teacher's children does not suffice.
    sentences: Sequence[str] = ()


def facts(today: date) -> HomeAhead:
    """What lies ahead of the person who asks."""
    roles, scope = person().roles, person().scope
    waiting, make_ups, sentences = 0, [], []
    connection = db.session.connection()
    if Role.SCHOOL_COORDINATOR in roles:
        waiting = connection.scalar(_waiting(), {"schools": sorted(scope.school_ids)}) or 0
    if Role.TEACHER in roles:
        asked = {"me": scope.teacher_id, "today": today}
        make_ups = [_make_up(row) for row in connection.execute(_make_ups(), asked)]
        sentences = _sentences(_falling_short({row.child_id for row in connection.execute(_lacking(), asked)}, today))
    return HomeAhead(waiting, make_ups, sentences)


def _make_up(row: Any) -> MakeUp:
    when = f"{words.day_words(row.planned_on)} {words.hours_words(row.start_minute * 60, row.end_minute * 60)}"
    return MakeUp(when, row.name, row.public_id, words.day_words(row.makes_up_for))


def _falling_short(child_ids: set[int], today: date) -> Mapping[PeriodKind, int]:
    """For how many of these children what is planned will not suffice, by kind of period.

    The rule itself is asked, with caps, agreement and calendar, as on the child's own page.
    """
    ahead = Ahead(child_ids, today)
    short = {(child, one.quota.period) for child in child_ids for one in ahead.outlooks(child) if not one.will_be_met}
    return Counter(kind for _child, kind in short)


def _sentences(short: Mapping[PeriodKind, int]) -> list[str]:
    return [
        _(
            "%(period)s what is planned does not suffice for %(n)s of your children.",
            period=str(THIS_PERIOD[kind]),
            n=short[kind],
        )
        for kind in PeriodKind
        if short.get(kind)
    ]


@cache
def _waiting() -> Select[Any]:
    """How many absences wait for these schools."""
    until = SERVES.c.effective_to
    served = and_(
        SERVES.c.child_id == ABSENCE.c.child_id,
        SERVES.c.effective_from <= ABSENCE.c.missed_on,
        until.is_(None) | (until >= ABSENCE.c.missed_on),
    )
    return (
        select(func.count())
        .select_from(ABSENCE)
        .join(SERVES, served)
        .where(
            ABSENCE.c.is_approved.is_(False),
            ABSENCE.c.refusal.is_(None),
            ABSENCE.c.withdrawn_at.is_(None),
            SERVES.c.school_id.in_(bindparam("schools", expanding=True)),
        )
    )


@cache
def _make_ups() -> Select[Any]:
    """The make-ups that are planned with a teacher from a day on."""
    return (
        select(
            PLAN.c.planned_on,
            PLAN.c.start_minute,
            PLAN.c.end_minute,
            CHILD.c.name,
            CHILD.c.public_id,
            PLAN.c.makes_up_for,
        )
        .join(CHILD, CHILD.c.id == PLAN.c.child_id)
        .where(
            PLAN.c.teacher_id == bindparam("me"),
            PLAN.c.planned_on >= bindparam("today"),
            PLAN.c.makes_up_for.is_not(None),
            PLAN.c.state == OccurrenceState.PLANNED,
            ~is_held(PLAN.c.id),
        )
        .order_by(PLAN.c.planned_on, PLAN.c.start_minute, PLAN.c.id)
    )


@cache
def _lacking() -> Select[Any]:
    """A teacher's children of whom something is still to be given in a period that runs."""
    today: Any = bindparam("today")
    last = ANSWERS.c.effective_to
    return (
        select(ENTRY.c.child_id)
        .distinct()
        .select_from(ANSWERS)
        .join(ENTRY, ENTRY.c.child_id == ANSWERS.c.child_id)
        .where(
            ANSWERS.c.teacher_id == bindparam("me"),
            ANSWERS.c.effective_from <= today,
            last.is_(None) | (last >= today),
            ENTRY.c.period_start <= today,
            ENTRY.c.period_end >= today,
            ENTRY.c.unaccounted > 0,
        )
    )
