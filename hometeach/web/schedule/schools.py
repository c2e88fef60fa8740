"""The schools' schedules for those who only look: what each has published, and any week of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flask import render_template, request, url_for
from sqlalchemy import ColumnElement, exists, func, select

from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import BUREAU_WIDE
from hometeach.people.models import OrgUnit, ServingSpan
from hometeach.people.rules import UnitKind
from hometeach.schedule.models import Occurrence, OccurrenceState, the_calendar
from hometeach.schedule.planning import publishing
from hometeach.schedule.planning.rules import ONE_WEEK, changes_between
from hometeach.schedule.rules import PeriodKind, Term
from hometeach.web.base import allowed
from hometeach.web.schedule import pages
from hometeach.web.schedule.index import chosen_week, count_of, days_of, sessions_of
from hometeach.web.schedule.publish import running_term
from hometeach.web.standings.names import PeriodNames


class SchoolSchedule(NamedTuple):
    """What a school has published of the term. ``version`` is empty where it has published nothing."""

    school: OrgUnit
    version: str
    number: int
    published_at: datetime | None
    #: Weekly hours in force, and how many have changed since the version.
    hours: int
    changed: int
    #: Sessions planned in the running week.
    planned: int


@pages.get("/schools")
@allowed(*BUREAU_WIDE)
def schools() -> str:
    """Every school that serves children: its last version of the term, and this week's sessions."""
    term = running_term()
    planned = _planned_this_week()
    found = [_of(school, term, planned.get(school.id, 0)) for school in _schools()]
    return render_template(
        "schedule/schools.html",
        term=term,
        schools=found,
        published=sum(bool(one.version) for one in found),
        changed=sum(bool(one.changed) for one in found if one.version),
    )


@pages.get("/schools/<public_id>")
@allowed(*BUREAU_WIDE)
def school(public_id: str) -> str:
    """One school's week, to look at and to print."""
    found = next((one for one in _schools() if one.public_id == public_id), None)
    if found is None:
        raise NotFound
    week, calendar = chosen_week(request.args.get("week", "")), the_calendar()
    days = list(days_of(week, sessions_of(week, _serves(found.id)), calendar, with_teacher=True))
    return render_template(
        "schedule/school.html",
        school=found,
        one=_of(found, running_term(), 0),
        days=days,
        count=count_of(days),
        name=PeriodNames(calendar.terms)(PeriodKind.WEEK, week),
        previous=url_for(".school", public_id=public_id, week=(week.first - ONE_WEEK).isoformat()),
        following=url_for(".school", public_id=public_id, week=(week.first + ONE_WEEK).isoformat()),
        is_this_week=clock.today() in week,
        OccurrenceState=OccurrenceState,
    )


def _schools() -> Sequence[OrgUnit]:
    """The schools that serve or ever served a child, by code."""
    serving = select(ServingSpan.school_id)
    statement = select(OrgUnit).where(OrgUnit.kind != UnitKind.BUREAU, OrgUnit.id.in_(serving))
    return db.session.scalars(statement.order_by(OrgUnit.code)).all()


def _of(school: OrgUnit, term: Term | None, planned: int) -> SchoolSchedule:
    if term is None:
        return SchoolSchedule(school, "", 0, None, 0, 0, planned)
    found = publishing.versions_of(school, term.name)
    hours = publishing.hours_of(school, term)
    last = found[0] if found else None
    changed = len(changes_between(publishing.published_hours(last), hours)) if last else 0
    return SchoolSchedule(
        school,
        last.public_id if last else "",
        last.number if last else 0,
        last.published_at if last else None,
        len(hours),
        changed,
        planned,
    )


def _planned_this_week() -> dict[int, int]:
    week = chosen_week("")
    statement = (
        select(ServingSpan.school_id, func.count())
        .join(Occurrence, Occurrence.child_id == ServingSpan.child_id)
        .where(
            Occurrence.planned_on.between(week.first, week.last),
            Occurrence.state == OccurrenceState.PLANNED,
            _on_its_day(),
        )
        .group_by(ServingSpan.school_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _serves(school_id: int) -> ColumnElement[bool]:
    """The condition on planned sessions that the school serves the child on their day."""
    return exists(
        select(ServingSpan.id).where(
            ServingSpan.child_id == Occurrence.child_id, ServingSpan.school_id == school_id, _on_its_day()
        )
    )


def _on_its_day() -> ColumnElement[bool]:
    until = ServingSpan.effective_to
    return (ServingSpan.effective_from <= Occurrence.planned_on) & (until.is_(None) | (until >= Occurrence.planned_on))
