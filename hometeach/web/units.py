"""How do the schools stand, and the bureau as a whole?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from hometeach.cases.models import is_on_the_list
from hometeach.compliance.rules import percentage
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child, OrgUnit, ServingSpan, in_force
from hometeach.people.rules import UnitKind
from hometeach.web.base import allowed, person, sees_child
from hometeach.web.standings.listed import Listed, children_listed
from hometeach.web.standings.pictures import MarkLine, TermPicture, picture_of, stacks_of
from hometeach.web.standings.terms import chosen_term
from hometeach.web.states import State
from hometeach.web.strips import Stack

pages = Blueprint("units", __name__, url_prefix="/schools")

WHOLE_BUREAU = (Role.BUREAU_OFFICER, Role.AUDITOR)
MET = (State.MET, State.MADE_UP)
SHORT = (State.UNACCOUNTED, State.KNOWN_CAUSE)


@dataclass(frozen=True)
class SchoolTerm:
    """How a school's term stands. Units: children; child-periods for the rest."""

    name: str
    key: str
    children: Sequence[Listed]
    counts: Counter[State]
    line: MarkLine

    @property
    def judged(self) -> int:
        """Child-periods that are over and owed something."""
        return sum(self.counts[state] for state in (*MET, *SHORT))

    @property
    def share_met(self) -> float | None:
        """The share of them that is met, %; None where there is none."""
        return percentage(sum(self.counts[state] for state in MET), self.judged)

    @property
    def unaccounted(self) -> int:
        """For a part of which nobody accounts."""
        return self.counts[State.UNACCOUNTED]

    @property
    def known(self) -> int:
        """Short for known causes."""
        return self.counts[State.KNOWN_CAUSE]


@pages.get("")
@allowed(*WHOLE_BUREAU)
def index() -> str:
    """Every school with its term in figures."""
    terms = chosen_term(clock.today(), request.args.get("term", ""))
    children = children_listed(terms.as_of, sees_child(), is_on_the_list())
    picture = picture_of(terms, sees_child())
    schools = school_terms(picture, children)
    return render_template(
        "units/index.html",
        terms=terms,
        schools=schools,
        unaccounted=picture.unaccounted_words(children),
        base=url_for(".index") + "/",
    )


@pages.get("/all")
@allowed(*WHOLE_BUREAU)
def bureau() -> str:
    """Every child of the bureau on one page, school by school."""
    terms = chosen_term(clock.today(), request.args.get("term", ""))
    children = children_listed(terms.as_of, sees_child(), is_on_the_list())
    picture = picture_of(terms, sees_child())
    return render_template(
        "units/bureau.html",
        terms=terms,
        picture=picture,
        stacks=[stack for school in school_terms(picture, children) for stack in _stacks(picture, school)],
        count=len(children),
        unaccounted=picture.unaccounted_words(children),
    )


@pages.get("/<public_id>")
@allowed(*WHOLE_BUREAU, Role.SCHOOL_COORDINATOR)
def show(public_id: str) -> str:
    """One school: the strips of the children whom it serves."""
    school = _load(public_id)
    terms = chosen_term(clock.today(), request.args.get("term", ""))
    served = _served_by(school)
    children = children_listed(terms.as_of, served, sees_child(), is_on_the_list())
    picture = picture_of(terms, served, sees_child())
    found = school_terms(picture, children)
    return render_template(
        "units/show.html",
        school=school,
        terms=terms,
        term=found[0] if found else None,
        stacks=_stacks(picture, found[0]) if found else [],
        unaccounted=picture.unaccounted_words(children),
        teachers=_teachers(picture, children),
        may_see_all=bool(person().roles & set(WHOLE_BUREAU)),
        may_write_contact=bool(person().roles & {Role.BUREAU_OFFICER, Role.SCHOOL_COORDINATOR}),
    )


def school_terms(picture: TermPicture, children: Sequence[Listed]) -> list[SchoolTerm]:
    """The term of each school that serves any of the children today, by code; those of no school stand last."""
    groups: dict[tuple[str, str, str], list[Listed]] = {}
    for child in children:
        groups.setdefault((child.school_code or "\uffff", child.school or "", child.school_key or ""), []).append(child)
    return [
        SchoolTerm(name or _("No school today"), key, some, _counts(picture, some), picture.group_line(some))
        for (_code, name, key), some in sorted(groups.items(), key=lambda group: group[0])
    ]


def _counts(picture: TermPicture, children: Sequence[Listed]) -> Counter[State]:
    return sum((picture.line(child.id).counts for child in children), Counter())


def _stacks(picture: TermPicture, school: SchoolTerm) -> list[Stack]:
    return stacks_of(
        picture,
        school.children,
        caption=_("%(school)s, %(term)s", school=school.name, term=picture.terms.name),
        base=url_for("children.index") + "/",
        note=lambda child: child.teacher or _("no teacher"),
    )


def _teachers(picture: TermPicture, children: Sequence[Listed]) -> list[tuple[Listed, int, str]]:
    """For each teacher one of the children, how many there are, and for which periods nobody accounts."""
    groups: dict[str, list[Listed]] = {}
    for child in sorted(children, key=lambda one: one.who_acts):
        if child.teacher_key:
            groups.setdefault(child.teacher_key, []).append(child)
    return [(some[0], len(some), picture.unaccounted_words(some)) for some in groups.values()]


def _load(public_id: str) -> OrgUnit:
    """The school of this address, if the person may see it.

    Raises: NotFound, alike for foreign and absent.
    """
    scope = person().scope
    statement = select(OrgUnit).where(OrgUnit.public_id == public_id, OrgUnit.kind != UnitKind.BUREAU)
    school = db.session.scalar(statement if scope.everything else statement.where(OrgUnit.id.in_(scope.school_ids)))
    if school is None:
        raise NotFound
    return school


def _served_by(school: OrgUnit) -> ColumnElement[bool]:
    today = clock.today()
    served = select(ServingSpan.child_id).where(ServingSpan.school_id == school.id, in_force(ServingSpan, today))
    return Child.id.in_(served)
