"""Publish a school's schedule of a term, look at its versions, and print one for the wall."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Select, select
from werkzeug.wrappers import Response as BaseResponse

from hometeach.compliance.settling import settle_cases
from hometeach.kernel import clock, documents
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import BUREAU_WIDE, Role
from hometeach.people.models import Child, OrgUnit, Teacher
from hometeach.reporting.paper import frame
from hometeach.schedule.models import ScheduleVersion, the_calendar
from hometeach.schedule.planning import publishing
from hometeach.schedule.planning.rules import HourChange, PublishedHour, changes_between
from hometeach.schedule.rules import Mode, Term
from hometeach.web import words
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.schedule import pages, versions
from hometeach.web.schedule.said import hour_words, weekday_words
from hometeach.web.schedule.scope import own_schools

#: Those who look at versions: of the own school, or of any.
READERS = (Role.SCHOOL_COORDINATOR, *sorted(BUREAU_WIDE))


class Change(NamedTuple):
    """A row of a before-and-after table."""

    what: str
    field: str
    before: str
    after: str


class Line(NamedTuple):
    """An hour on the wall."""

    hours: str
    child: str
    teacher: str
    note: str


class SchoolTerm(NamedTuple):
    """What a school has published for a term, and what has changed since."""

    school: OrgUnit
    versions: Sequence[ScheduleVersion]
    changes: Sequence[Change]
    hours: int


class PublishForm(Form):
    """Publish it as it stands."""


@pages.get("/term")
@allowed(Role.SCHOOL_COORDINATOR)
def term() -> str:
    """What is published, and what has changed since."""
    return _shown(PublishForm())


@pages.post("/term")
@allowed(Role.SCHOOL_COORDINATOR)
def publish() -> BaseResponse | tuple[str, int]:
    """Publish the hours as they stand as the next version."""
    form, running = PublishForm(), running_term()
    key = request.form.get("school", "")
    school = next((one for one in own_schools() if one.public_id == key), None) or next(iter(own_schools()), None)
    if running is not None and school is not None and form.validate():
        with refusals_on(form):
            row = publishing.publish(school, running, by=person().actor)
            settle_cases(clock.today())
            flash(_("Version %(n)s of the schedule is published.", n=row.number), "done")
            return redirect(url_for("versions.show", public_id=row.public_id))
    return _shown(form), 422


@versions.get("/<public_id>")
@allowed(*READERS)
def show(public_id: str) -> str:
    """One version as it was published, with what it changed."""
    version, school = _load(public_id)
    hours = publishing.published_hours(version)
    earlier = next(
        (one for one in publishing.versions_of(school, version.term) if one.number == version.number - 1), None
    )
    names = Names(hours)
    return render_template(
        "schedule/version.html",
        version=version,
        school=school,
        days=list(_days(hours, names)),
        changes=[_told(one, names) for one in changes_between(publishing.published_hours(earlier), hours)]
        if earlier
        else [],
        earlier=earlier,
        count=len(hours),
        back=url_for("schedule.term") if school.id in person().scope.school_ids else url_for("schedule.schools"),
    )


@versions.get("/<public_id>/print")
@allowed(*READERS)
def paper(public_id: str) -> Response:
    """The version for the wall, A4 across: with names for the office, or with codes only (``?names=codes``)."""
    version, school = _load(public_id)
    hours = publishing.published_hours(version)
    names = Names(hours, codes_only=request.args.get("names") == "codes")
    html = documents.render(
        "schedule.html",
        **frame(school.name),
        version=version,
        school=school,
        days=list(_days(hours, names)),
        as_of=words.day_words(clock.local(version.published_at).date()),
        codes_only=names.codes_only,
    )
    document = documents.print_pdf(html, "schedule.css")
    response = Response(document.content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="schedule-{version.number}.pdf"'
    return response


class Names:
    """The names behind the codes of a version; the codes themselves where only they are asked for."""

    def __init__(self, hours: Sequence[PublishedHour], *, codes_only: bool = False):
        self.codes_only = codes_only
        self._children: dict[str, str] = {}
        self._teachers: dict[str, str] = {}
        if not codes_only:
            children, teachers = ({getattr(one, kind) for one in hours} for kind in ("child", "teacher"))
            self._children = _by_code(select(Child.code, Child.name).where(Child.code.in_(children)))
            self._teachers = _by_code(select(Teacher.code, Teacher.name).where(Teacher.code.in_(teachers)))

    def child(self, code: str) -> str:
        """The child's name."""
        return self._children.get(code, code)

    def teacher(self, code: str) -> str:
        """The teacher's name."""
        return self._teachers.get(code, code)


def _by_code(statement: Select[str, str]) -> dict[str, str]:
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _shown(form: PublishForm) -> str:
    running = running_term()
    return render_template(
        "schedule/term.html",
        form=form,
        term=running,
        schools=[_of(school, running) for school in own_schools()] if running else [],
    )


def _of(school: OrgUnit, running: Term) -> SchoolTerm:
    hours, found = publishing.hours_of(school, running), publishing.versions_of(school, running.name)
    before = publishing.published_hours(found[0] if found else None)
    names = Names([*hours, *before])
    return SchoolTerm(school, found, [_told(one, names) for one in changes_between(before, hours)], len(hours))


def running_term() -> Term | None:
    """The running term, else the next one."""
    calendar, today = the_calendar(), clock.today()
    return calendar.term_of(today) or next((one for one in calendar.terms if one.span.first > today), None)


def _load(public_id: str) -> tuple[ScheduleVersion, OrgUnit]:
    statement = select(ScheduleVersion, OrgUnit).join(OrgUnit, OrgUnit.id == ScheduleVersion.school_id)
    scope = person().scope
    if not scope.everything:
        statement = statement.where(OrgUnit.id.in_(scope.school_ids))
    found = db.session.execute(statement.where(ScheduleVersion.public_id == public_id)).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


def _days(hours: Sequence[PublishedHour], names: Names) -> Iterator[tuple[str, list[Line]]]:
    """The days of the week with their hours; a weekend only where it has some."""
    for weekday in range(7):
        lines = [_line(one, names) for one in hours if one.weekday == weekday]
        if lines or weekday < 5:
            yield weekday_words(weekday), lines


def _line(one: PublishedHour, names: Names) -> Line:
    mode = "" if one.mode == Mode.HOME else words.mode_words(Mode(one.mode))
    hours = words.hours_words(one.start_minute * 60, one.end_minute * 60)
    return Line(hours, names.child(one.child), names.teacher(one.teacher), mode)


def _told(change: HourChange, names: Names) -> Change:
    one = change.after or change.before
    what = names.child(one.child) if one else ""
    return Change(what, _("Weekly hour"), _hour(change.before, names), _hour(change.after, names))


def _hour(one: PublishedHour | None, names: Names) -> str:
    if one is None:
        return ""
    days = words.span_words(Span(date.fromisoformat(one.first), date.fromisoformat(one.last)))
    return words.listed((hour_words(one), names.teacher(one.teacher), days))
