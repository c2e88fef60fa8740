"""What was recorded, and does it count? One session with its arithmetic, and the list of all of them."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, extract, select

from hometeach.compliance.models import LedgerEntry, SessionVerdict
from hometeach.kernel import clock
from hometeach.kernel.clock import year_span
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS
from hometeach.people.models import Child, OrgUnit, ServingSpan, Teacher
from hometeach.schedule.rules import PeriodKind
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.rules import Confirmation, Verdict
from hometeach.web import words
from hometeach.web.base import allowed, load_child, sees_child
from hometeach.web.lists import Asked, Filter, paged, place_of
from hometeach.web.standings.listed import children_listed, schools_among
from hometeach.web.standings.sessions import Held, count_sessions, recorded_sessions, sessions_held

pages = Blueprint("visits", __name__, url_prefix="/visits")

PER_PAGE = 50
CONFIRMATIONS = {
    Confirmation.CONFIRMED: lambda: _("confirmed by the family"),
    Confirmation.UNCONFIRMED: lambda: _("not confirmed by the family"),
    Confirmation.DISPUTED: lambda: _("disputed by the family"),
}


@dataclass(frozen=True)
class Partners:
    """The records that share time with one: those whom the person sees, and how many more there are."""

    seen: list[Held]
    unseen: int


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


@pages.get("/<public_id>")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """One recorded session."""
    visit = db.session.scalar(select(Visit).where(Visit.public_id == public_id))
    if visit is None:
        raise NotFound
    child = load_child(db.session.scalars(select(Child.public_id).where(Child.id == visit.child_id)).one())
    held = sessions_held(recorded_sessions(Visit.id == visit.id))[0]
    return render_template(
        "visits/show.html",
        visit=visit,
        child=child,
        held=held,
        confirmation=CONFIRMATIONS[visit.confirmation](),
        partners=_partners(visit) if held.recorded.verdict is Verdict.OVERLAP else None,
        quotas=[words.quota_words(quota) for quota in held.rule.quotas] if held.rule else [],
        week=_week_of(held),
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


def _partners(visit: Visit) -> Partners:
    """The records that share time with this one, for the child or one of the teachers."""
    mine = select(VisitTeacher.teacher_id).where(VisitTeacher.visit_id == visit.id)
    shares_teacher = exists(
        select(VisitTeacher.visit_id).where(VisitTeacher.visit_id == Visit.id, VisitTeacher.teacher_id.in_(mine))
    )
    same_group = (Visit.group_code != "") & (Visit.group_code == visit.group_code)
    overlaps = (
        Visit.id != visit.id,
        Visit.held_on == visit.held_on,
        Visit.is_void.is_(False),
        Visit.arrived_second < visit.left_second,
        Visit.left_second > visit.arrived_second,
        (Visit.child_id == visit.child_id) | shares_teacher,
        ~same_group,
    )
    seen = sessions_held(recorded_sessions(*overlaps, sees_child()))
    return Partners(seen, count_sessions(*overlaps) - len(seen))


def _week_of(held: Held) -> str:
    """The address of the week to which the session is credited, empty where that week has no row."""
    one = held.recorded
    monday = clock.monday_of(one.credited_on if one.verdict is Verdict.COUNTED else one.day)
    has_row = exists().where(
        LedgerEntry.child_id == one.child_id,
        LedgerEntry.period_kind == PeriodKind.WEEK,
        LedgerEntry.period_start == monday,
    )
    if not db.session.scalar(select(has_row)):
        return ""
    return url_for("children.cell", public_id=one.child_public_id, period_kind="week", start=monday.isoformat())
