"""The week: which sessions are planned, day by day, for the teacher or for the school?"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select

from hometeach.kernel import clock
from hometeach.kernel.clock import ONE_DAY, Span, monday_of
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import Occurrence, OccurrenceState, the_calendar
from hometeach.schedule.planning.rules import ONE_WEEK
from hometeach.schedule.rules import PeriodKind
from hometeach.web import words
from hometeach.web.base import allowed, person, sees_child
from hometeach.web.schedule import PLANNERS, pages
from hometeach.web.schedule.scope import is_coordinator, teachers_offered
from hometeach.web.standings.missed import approved_among, missed_why
from hometeach.web.standings.names import PeriodNames

#: No week further away than this is looked at: it would be a slip in the address.
FURTHEST = timedelta(days=800)


class Session(NamedTuple):
    """A session of the week, ready to be shown."""

    hours: str
    child: str
    township: str
    teacher: str
    public_id: str
    state: OccurrenceState
    is_moved: bool
    is_make_up: bool
    #: Why the lesson was missed, where the school approved that.
    missed: str = ""

    @property
    def is_to_be_held(self) -> bool:
        """Whether it is, or was until its end, planned and not missed."""
        return self.state is OccurrenceState.PLANNED and not self.missed


class Day(NamedTuple):
    """One day of the week with its sessions; ``off`` says why there is no teaching."""

    day: date
    is_today: bool
    off: str
    sessions: Sequence[Session]


@pages.get("")
@allowed(*PLANNERS)
def index() -> str:
    """The week of the address: a list on a phone, seven columns at a desk."""
    week = chosen_week(request.args.get("week", ""))
    teacher = _chosen_teacher(request.args.get("teacher", ""))
    mine = [planned_for_me()] if teacher is None else [planned_for_me(), Occurrence.teacher_id == teacher.id]
    sessions = sessions_of(week, *mine)
    calendar = the_calendar()
    days = list(days_of(week, sessions, calendar, with_teacher=is_coordinator()))
    kept = teacher.public_id if teacher else None
    return render_template(
        "schedule/index.html",
        days=days,
        count=count_of(days),
        name=PeriodNames(calendar.terms)(PeriodKind.WEEK, week),
        previous=url_for(".index", week=(week.first - ONE_WEEK).isoformat(), teacher=kept),
        following=url_for(".index", week=(week.first + ONE_WEEK).isoformat(), teacher=kept),
        is_this_week=clock.today() in week,
        clashing=clashing_count(),
        teachers=[("", _("Everybody"))] + [(one.public_id, one.name) for one in teachers_offered()],
        teacher=teacher.public_id if teacher else "",
        week=week.first.isoformat(),
        may_publish=is_coordinator(),
        OccurrenceState=OccurrenceState,
    )


def chosen_week(text: str) -> Span:
    """The week in which the day of the address lies; the running one where it says none."""
    today = clock.today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    monday = monday_of(day if abs(day - today) < FURTHEST else today)
    return Span(monday, monday + 6 * ONE_DAY)


def planned_for_me() -> ColumnElement[bool]:
    """The condition that a session is with a child whom the person sees, or with the person."""
    return or_(sees_child(), Occurrence.teacher_id == (person().scope.teacher_id or 0))


def clashing_count() -> int:
    """How many sessions from today on wait for somebody to say which of two takes place."""
    statement = select(func.count()).select_from(Occurrence).join(Child, Child.id == Occurrence.child_id)
    return db.session.scalar(statement.where(clashing_condition())) or 0


def clashing_condition() -> ColumnElement[bool]:
    """The condition that a session clashes, from today on, and the person sees its child."""
    return (Occurrence.state == OccurrenceState.CLASHING) & (Occurrence.planned_on >= clock.today()) & sees_child()


def _chosen_teacher(public_id: str) -> Teacher | None:
    return next((one for one in teachers_offered() if one.public_id == public_id), None)


def sessions_of(week: Span, *conditions: ColumnElement[bool]) -> Sequence[Any]:
    """The sessions of a week of which the conditions hold, in order."""
    statement = (
        select(
            Occurrence.planned_on,
            Occurrence.start_minute,
            Occurrence.end_minute,
            Occurrence.public_id,
            Occurrence.state,
            Occurrence.is_moved,
            Occurrence.makes_up_for,
            Child.id.label("child_id"),
            Child.name.label("child"),
            Child.township,
            Teacher.name.label("teacher"),
            Teacher.id.label("teacher_id"),
        )
        .join(Child, Child.id == Occurrence.child_id)
        .join(Teacher, Teacher.id == Occurrence.teacher_id)
        .where(Occurrence.planned_on.between(week.first, week.last), *conditions)
        .order_by(Occurrence.planned_on, Occurrence.start_minute, Teacher.code, Occurrence.id)
    )
    return db.session.execute(statement).all()


def count_of(days: Sequence[Day]) -> int:
    """How many sessions of these days are planned, without those that were missed."""
    return sum(session.is_to_be_held for day in days for session in day.sessions)


def days_of(week: Span, rows: Sequence[Any], calendar: Any, *, with_teacher: bool) -> Iterator[Day]:
    """The days of a week with their sessions; one's own name is left out unless ``with_teacher``."""
    me = person().scope.teacher_id
    missed = approved_among({row.child_id for row in rows}, week) if rows else {}
    by_day: dict[date, list[Session]] = {}
    for row in rows:
        by_day.setdefault(row.planned_on, []).append(
            Session(
                words.hours_words(row.start_minute * 60, row.end_minute * 60),
                row.child,
                row.township or "",
                row.teacher if row.teacher_id != me or with_teacher else "",
                row.public_id,
                row.state,
                row.is_moved,
                row.makes_up_for is not None,
                missed_why(missed, row.child_id, row.planned_on, row.state),
            )
        )
    for n in range(7):
        day = week.first + n * ONE_DAY
        off = "" if calendar.is_teaching_day(day) else _("no teaching day")
        yield Day(day, day == clock.today(), off, by_day.get(day, []))
