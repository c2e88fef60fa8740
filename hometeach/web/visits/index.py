"""The recorded sessions of a year: the list behind the figures."""

from datetime import date

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, extract, select

from hometeach.compliance.models import SessionVerdict
from hometeach.kernel import clock
from hometeach.kernel.clock import year_span
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS
from hometeach.people.models import Child, OrgUnit, ServingSpan, Teacher
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.rules import Verdict
from hometeach.web import words
from hometeach.web.base import allowed, sees_child
from hometeach.web.lists import Asked, Filter, paged, place_of
from hometeach.web.standings.listed import children_listed, schools_among
from hometeach.web.standings.sessions import count_sessions, recorded_sessions, sessions_held
from hometeach.web.visits import pages

PER_PAGE = 50


@pages.get("")
@allowed(*FILE_READERS)
def index() -> str:
    """The recorded sessions of a year, narrowed by the address."""
    asked = Asked("visits.index", filters=_filters())
    conditions = (sees_child(), *_conditions(asked))
    total = count_sessions(*conditions)
    number, _pages = place_of(total, asked.page, PER_PAGE)
    statement = recorded_sessions(*conditions).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    return render_template(
        "visits/index.html",
        asked=asked,
        page=paged(sessions_held(statement), total, asked, PER_PAGE),
        counted=count_sessions(*conditions, SessionVerdict.verdict == Verdict.COUNTED),
        withdrawn=count_sessions(*conditions, SessionVerdict.verdict == Verdict.VOID),
        base=url_for(".index") + "/",
        children=url_for("children.index") + "/",
    )


def _filters() -> tuple[Filter, ...]:
    visible = children_listed(clock.today(), sees_child())
    years = _years()
    return (
        Filter.over("year", _("Year"), _("All years"), [(year, year) for year in years]),
        Filter.over(
            "month",
            _("Month"),
            _("All months"),
            [(str(n), words.month_name(date(2000, n, 1))) for n in range(1, 13)],
        ),
        Filter.over(
            "verdict", _("Verdict"), _("All verdicts"), [(one.value, words.verdict_words(one)) for one in Verdict]
        ),
        Filter.over("repays", _("Make-ups"), _("Make-ups and others"), [("1", _("only what repays a missed date"))]),
        Filter.over("school", _("School"), _("All schools"), schools_among(visible)),
        Filter.over("teacher", _("Teacher"), _("All teachers"), _teachers()),
    )


def _teachers() -> list[tuple[str, str]]:
    """The teachers who were at any session that the person sees, by code."""
    statement = (
        select(Teacher.public_id, Teacher.name, Teacher.code)
        .distinct()
        .join(VisitTeacher, VisitTeacher.teacher_id == Teacher.id)
        .join(Visit, Visit.id == VisitTeacher.visit_id)
        .join(Child, Child.id == Visit.child_id)
        .where(sees_child())
        .order_by(Teacher.code)
    )
    return [(public_id, name) for public_id, name, _code in db.session.execute(statement)]


def _years() -> list[str]:
    found = db.session.scalars(select(extract("year", Visit.held_on)).distinct())
    return [str(year) for year in sorted({int(year) for year in found}, reverse=True)]


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked["year"]:
        span = year_span(int(asked["year"]))
        found.append(Visit.held_on.between(span.first, span.last))
    if asked["month"]:
        found.append(extract("month", Visit.held_on) == int(asked["month"]))
    if asked["verdict"]:
        found.append(SessionVerdict.verdict == Verdict(asked["verdict"]))
    if asked["repays"]:
        found.append(SessionVerdict.is_make_up.is_(True))
    if asked["school"]:
        found.append(_served_by(asked["school"]))
    if asked["teacher"]:
        found.append(_taught_by(asked["teacher"]))
    return found


def _served_by(key: str) -> ColumnElement[bool]:
    """That this school served the child on the day of the session."""
    return exists(
        select(ServingSpan.id)
        .join(OrgUnit, OrgUnit.id == ServingSpan.school_id)
        .where(
            ServingSpan.child_id == Visit.child_id,
            OrgUnit.public_id == key,
            ServingSpan.effective_from <= Visit.held_on,
            ServingSpan.effective_to.is_(None) | (ServingSpan.effective_to >= Visit.held_on),
        )
    )


def _taught_by(key: str) -> ColumnElement[bool]:
    """That this teacher was there."""
    return exists(
        select(VisitTeacher.visit_id)
        .join(Teacher, Teacher.id == VisitTeacher.teacher_id)
        .where(VisitTeacher.visit_id == Visit.id, Teacher.public_id == key)
    )
