"""The roster of the year for use inside the bureau: every child with its strip, school by school.

It names children and may not leave the house; each page says so. The report
that does leave it names nobody.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from hometeach.cases.models import is_on_the_list
from hometeach.kernel import documents
from hometeach.kernel.documents import Document
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import setting
from hometeach.people.models import (
    Child,
    Guardian,
    OrgUnit,
    Teacher,
    responsible_teachers_on,
    serving_schools_on,
    the_bureau,
)
from hometeach.people.rules import UnitKind
from hometeach.reporting import wording
from hometeach.reporting.facts import year_facts
from hometeach.reporting.paper import WIDE, frame, months_of
from hometeach.reporting.rollups import YearFacts, grouped
from hometeach.reporting.strips import Run, child_strip
from hometeach.schedule.rules import PeriodKind


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One child: names, and the year's strip."""

    code: str
    name: str
    teacher: str
    guardians: str
    strip: Sequence[Run]


@dataclass(frozen=True, slots=True)
class RosterPart:
    """One school with its teachers and its children."""

    school: str
    teachers: str
    lines: Sequence[RosterLine]


def roster_pdf(year: int, as_of: date, *, mark: str = "") -> Document:
    """The roster as a PDF.

    Raises: Refused (``document:glyph``) naming every character that the font lacks.
    """
    facts = year_facts(year, as_of)
    bureau = the_bureau()
    html = documents.render(
        "roster.html",
        **frame(bureau.name if bureau else setting("bureau_name", as_of)),
        year=year,
        as_of=wording.day_words(as_of),
        mark=mark,
        parts=_parts(facts),
        months=months_of(facts.weeks),
        is_wide=len(facts.weeks) <= WIDE,
    )
    return documents.print_pdf(html, "roster.css")


def _parts(facts: YearFacts) -> list[RosterPart]:
    """The schools in the order of their codes; children whom no school serves that day stand at the end."""
    serving = dict(_pairs(serving_schools_on(facts.as_of)))
    statement = select(Child.id, Child.code, Child.name).where(is_on_the_list()).order_by(Child.code)
    lines = _lines(facts)
    by_school = grouped(db.session.execute(statement), lambda child: serving.get(child.id))
    schools = select(OrgUnit.id, OrgUnit.name).where(OrgUnit.kind != UnitKind.BUREAU).order_by(OrgUnit.code)
    named: list[tuple[int | None, str]] = [(school, name) for school, name in db.session.execute(schools)]
    teachers = _teachers()
    return [
        RosterPart(name, wording.listed(teachers[school]), [lines(child) for child in by_school[school]])
        for school, name in [*named, (None, "")]
        if school in by_school
    ]


def _lines(facts: YearFacts) -> Callable[[Any], RosterLine]:
    """Makes the line of a child row (id, code, name)."""
    teacher_names = dict(_pairs(select(Teacher.id, Teacher.name)))
    answering = dict(_pairs(responsible_teachers_on(facts.as_of)))
    guardians = grouped(db.session.execute(_guardians()), lambda guardian: guardian.child_id)
    weekly = grouped((row for row in facts.ledger if row.kind is PeriodKind.WEEK), lambda row: row.child)

    def line(child: Any) -> RosterLine:
        rows = {row.first: row for row in reversed(weekly.get(child.id, []))}
        around = (f"{one.name}（{one.relation}）" for one in guardians.get(child.id, []))
        teacher = teacher_names.get(answering.get(child.id), "")
        return RosterLine(child.code, child.name, teacher, wording.listed(around), child_strip(rows, facts.weeks))

    return line


def _teachers() -> Mapping[int | None, list[str]]:
    """The names of each school's teachers, by staff number."""
    names: defaultdict[int | None, list[str]] = defaultdict(list)
    for school, name in db.session.execute(select(Teacher.school_id, Teacher.name).order_by(Teacher.code)):
        names[school].append(name)
    return names


def _guardians() -> Any:
    return select(Guardian.child_id, Guardian.name, Guardian.relation).order_by(Guardian.child_id, Guardian.id)


def _pairs(statement: Any) -> Iterable[tuple[Any, Any]]:
    return ((key, value) for key, value in db.session.execute(statement))
