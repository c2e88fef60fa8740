"""What can be done about a period of which something is missing, by whoever looks at it?"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.compliance.findings.facts import unaccounted_of
from hometeach.compliance.findings.models import standings_of
from hometeach.compliance.findings.rules import Standing
from hometeach.kernel import clock
from hometeach.kernel.clock import Span, days_of
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child
from hometeach.schedule.models import Occurrence, OccurrenceState, the_calendar
from hometeach.schedule.rules import Calendar, Slot
from hometeach.visits.absences.rules.states import AbsenceState
from hometeach.visits.models import Absence, Visit
from hometeach.visits.recording.actions import lateness_of
from hometeach.visits.recording.models import taught_on
from hometeach.visits.recording.rules import Lateness
from hometeach.web import words
from hometeach.web.absences.report import REPORTS_AS
from hometeach.web.base import person
from hometeach.web.findings.show import EXPLAINERS
from hometeach.web.make_ups.index import PLANNERS

#: Of a long period only the last lessons are named: older ones stand in the weeks of their own.
MOST_DAYS = 3


class Step(NamedTuple):
    """Where something can be done, and what it is."""

    href: str
    words: str


class Doing(NamedTuple):
    """What can be done, the first as the page's own button; ``late`` are days that nobody may write down any more."""

    steps: Sequence[Step]
    late: Sequence[str] = ()

    @property
    def primary(self) -> Step | None:
        """What the page's button does, for those whose work it is."""
        return self.steps[0] if self.steps and person().roles & set(EXPLAINERS) else None

    @property
    def others(self) -> Sequence[Step]:
        """What else there is to do."""
        return self.steps[1:] if self.primary else self.steps


def doing_about(child: Child, period: Span, slots: Iterable[Slot], make_up_until: date | None) -> Doing:
    """What can be done about a period: write down what was taught, explain the rest, report it missed, make it up."""
    roles, calendar = person().roles, the_calendar()
    days = lessons_in_question(child, period, slots, calendar)
    taught = [day for day in days if calendar.is_teaching_day(day)]
    late = [day for day in taught if lateness_of(child, day) is Lateness.TOO_LATE]
    steps = [
        *_recording(child, [day for day in taught if day not in late]),
        *_explaining(child, period),
        *(_reporting(child, taught) if roles & set(REPORTS_AS) else ()),
        *(_making_up(child, days) if roles & set(PLANNERS) and make_up_until else ()),
    ]
    if late and Role.SCHOOL_COORDINATOR in roles:
        steps.append(Step(url_for("verification.late"), _("Permit that a visit is written down late")))
    return Doing(steps, [words.day_words(day) for day in late] if Role.TEACHER in roles else [])


def lessons_in_question(child: Child, period: Span, slots: Iterable[Slot], calendar: Calendar) -> list[date]:
    """The days of the period so far on which the child had an hour, and of which nobody has said anything.

    An hour that was moved stands on its new day. Where no hour falls into the period: its last teaching day so far,
    on which something can be said all the same.
    """
    until = min(period.last, clock.today())
    moved = _moved_from(child, period)
    days = {moved.get(day, day) for slot in slots for day in slot.days(period)}
    if not days:
        days = set([day for day in days_of(period) if day <= until and calendar.is_teaching_day(day)][-1:])
    return [day for day in sorted(days - _told_of(child, period)) if day <= until][-MOST_DAYS:]


def _moved_from(child: Child, period: Span) -> dict[date, date]:
    """The days to which hours of the period were moved, by the days on which they were to be."""
    moved = select(Occurrence.original_on, Occurrence.planned_on).where(
        Occurrence.child_id == child.id,
        Occurrence.is_moved,
        Occurrence.state != OccurrenceState.CANCELLED,
        Occurrence.original_on.between(period.first, period.last),
    )
    return {row.original_on: row.planned_on for row in db.session.execute(moved)}


def _told_of(child: Child, period: Span) -> set[date]:
    held = select(Visit.held_on).where(
        Visit.child_id == child.id, Visit.is_void.is_(False), Visit.held_on.between(period.first, period.last)
    )
    reported = db.session.scalars(
        select(Absence).where(Absence.child_id == child.id, Absence.missed_on.between(period.first, period.last))
    )
    stands = {AbsenceState.REPORTED, AbsenceState.APPROVED}
    return set(db.session.scalars(held)) | {one.missed_on for one in reported if one.state in stands}


def _recording(child: Child, days: Iterable[date]) -> list[Step]:
    teacher_id = person().scope.teacher_id
    if Role.TEACHER not in person().roles or teacher_id is None:
        return []
    mine = [
        day
        for day in days
        if db.session.scalar(select(Child.id).where(Child.id == child.id, taught_on(teacher_id, day))) is not None
    ]
    return _for_each(
        mine,
        lambda day: url_for("recording.ask", public_id=child.public_id, day=day),
        lambda day: _("Record the visit of %(day)s", day=day),
    )


def _reporting(child: Child, days: Iterable[date]) -> list[Step]:
    return _for_each(
        days,
        lambda day: url_for("report_absence.ask", public_id=child.public_id, day=day),
        lambda day: _("Report that the lesson of %(day)s was missed", day=day),
    )


def _making_up(child: Child, days: Iterable[date]) -> list[Step]:
    return _for_each(
        days,
        lambda day: url_for("make_ups.offer", public_id=child.public_id, day=day),
        lambda day: _("Find a time to make up for %(day)s", day=day),
    )


def _explaining(child: Child, period: Span) -> list[Step]:
    """The findings of the period: to explain them, or to see what was said of them."""
    findings = unaccounted_of(child, period, clock.today())
    standings = standings_of(findings)
    may_explain = bool(person().roles & set(EXPLAINERS))
    return [
        Step(
            url_for("findings.show", public_id=one.key),
            _("Explain it")
            if may_explain and standings[one.key] is Standing.OPEN
            else _("See the finding, and what was said of it"),
        )
        for one in findings
    ]


def _for_each(days: Iterable[date], address: Callable[[str], str], said: Callable[[str], str]) -> list[Step]:
    return [Step(address(day.isoformat()), said(words.day_words(day))) for day in days]
