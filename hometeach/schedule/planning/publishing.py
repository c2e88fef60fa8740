"""Publish a school's schedule of a term as a version: what stood on that day, by code, never changed again."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from hometeach.kernel import audit, clock
from hometeach.kernel.audit import canonical
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, OrgUnit, ServingSpan, Teacher, in_force
from hometeach.schedule.models import ScheduleVersion, SlotRow, the_calendar
from hometeach.schedule.planning.rules import PublishedHour
from hometeach.schedule.rules import Term


def publish(school: OrgUnit, term: Term, *, by: str) -> ScheduleVersion:
    """Publish the weekly hours of a school as they stand.

    Raises: Refused ``schedule:empty``, ``schedule:unchanged``, or ``schedule:raced``
    where somebody published at the same moment.
    """
    hours, last = hours_of(school, term), latest(school, term.name)
    content = content_of(school, term, hours)
    digest = hashlib.sha256(content.encode()).hexdigest()
    if not hours:
        raise Refused("schedule:empty", _("No weekly hour is set in this term. Set the hours first."))
    if last is not None and last.sha256 == digest:
        raise Refused("schedule:unchanged", _("Nothing has changed since version %(n)s.", n=last.number))
    row = ScheduleVersion(
        school_id=school.id,
        term=term.name,
        number=last.number + 1 if last else 1,
        published_at=clock.machine_now(),
        by=by,
        content=content,
        sha256=digest,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        raise Refused("schedule:raced", _("Somebody published a version at this moment. Look once more.")) from error
    detail = {"number": row.number, "hours": len(hours), "sha256": digest}
    audit.record("schedule:publish", actor=by, about=f"schedule_version:{row.public_id}", detail=detail)
    return row


def hours_of(school: OrgUnit, term: Term) -> list[PublishedHour]:
    """The weekly hours of a term with the children whom the school serves, in the order of the week."""
    day = min(max(clock.today(), term.span.first), term.span.last)
    served = select(ServingSpan.child_id).where(ServingSpan.school_id == school.id, in_force(ServingSpan, day))
    statement = (
        select(SlotRow, Child.code, Teacher.code)
        .join(Child, Child.id == SlotRow.child_id)
        .join(Teacher, Teacher.id == SlotRow.teacher_id)
        .where(SlotRow.child_id.in_(served), SlotRow.effective_from <= term.span.last)
        .where(func.coalesce(SlotRow.effective_to, term.span.last) >= term.span.first)
        .order_by(SlotRow.weekday, SlotRow.start_minute, Child.code, SlotRow.effective_from, SlotRow.id)
    )
    return [
        PublishedHour(
            series=slot.series,
            child=child,
            teacher=teacher,
            weekday=slot.weekday,
            start_minute=slot.start_minute,
            end_minute=slot.end_minute,
            mode=slot.mode.value,
            first=max(slot.effective_from, term.span.first).isoformat(),
            last=min(slot.span.last, term.span.last).isoformat(),
        )
        for slot, child, teacher in db.session.execute(statement)
    ]


def content_of(school: OrgUnit, term: Term, hours: Sequence[PublishedHour]) -> str:
    """What is published, as canonical JSON: codes, no names."""
    return canonical({"school": school.code, "term": term.name, "hours": [one.as_plain() for one in hours]})


def published_hours(version: ScheduleVersion | None) -> list[PublishedHour]:
    """The hours of a version; none where nothing was published."""
    found: dict[str, Any] = json.loads(version.content) if version else {"hours": []}
    return [PublishedHour(**one) for one in found["hours"]]


def versions_of(school: OrgUnit, term: str) -> list[ScheduleVersion]:
    """What a school has published for a term, the newest first."""
    statement = select(ScheduleVersion).where(ScheduleVersion.school_id == school.id, ScheduleVersion.term == term)
    return list(db.session.scalars(statement.order_by(ScheduleVersion.number.desc())))


def latest(school: OrgUnit, term: str) -> ScheduleVersion | None:
    """The version of a term's schedule that is in force."""
    return next(iter(versions_of(school, term)), None)


def is_published(child_id: int, on: date) -> bool:
    """Whether the schedule in force that day, of the school that serves the child, holds an hour of the child."""
    term = the_calendar().term_of(on)
    school = db.session.scalar(
        select(OrgUnit)
        .join(ServingSpan, ServingSpan.school_id == OrgUnit.id)
        .where(ServingSpan.child_id == child_id, in_force(ServingSpan, on))
    )
    if term is None or school is None:
        return False
    code = db.session.scalar(select(Child.code).where(Child.id == child_id))
    return any(one.child == code for one in published_hours(latest(school, term.name)))
