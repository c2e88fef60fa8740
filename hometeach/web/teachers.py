"""How do the children of one teacher stand, and what did the teacher record?"""

from datetime import date, timedelta

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, func, or_, select

from hometeach.cases.models import is_on_the_list
from hometeach.compliance.models import SessionVerdict
from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS
from hometeach.people.models import Child, ResponsibleSpan, Teacher, in_force
from hometeach.visits.models import VisitTeacher
from hometeach.visits.rules import Verdict
from hometeach.web import words
from hometeach.web.base import allowed, person, sees_child
from hometeach.web.standings.listed import children_listed
from hometeach.web.standings.pictures import picture_of, stacks_of
from hometeach.web.standings.terms import chosen_term
from hometeach.web.states import verdict_state

pages = Blueprint("teachers", __name__, url_prefix="/teachers")

#: After so many days the yearly check for offences is overdue (Minors Protection Law art. 62).
CHECK_HOLDS = timedelta(days=365)


@pages.get("/<public_id>")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """A teacher: the strips of the children, the sessions of the term, the day of the last check."""
    teacher = _load(public_id)
    today = clock.today()
    terms = chosen_term(today, request.args.get("term", ""))
    answered = _answered_by(teacher, today)
    children = children_listed(today, answered, sees_child(), is_on_the_list())
    picture = picture_of(terms, answered, sees_child())
    verdicts = _verdicts(teacher, terms.span)
    return render_template(
        "teachers/show.html",
        teacher=teacher,
        terms=terms,
        children=children,
        stacks=stacks_of(picture, children, caption=terms.name, base=url_for("children.index") + "/"),
        unaccounted=picture.unaccounted_words(children),
        counted=verdicts.get(Verdict.COUNTED, 0),
        uncounted=[(verdict, n) for verdict, n in verdicts.items() if verdict not in (Verdict.COUNTED, Verdict.VOID)],
        check=_check(teacher, today),
        verdict_state=verdict_state,
        words=words,
    )


def _load(public_id: str) -> Teacher:
    """The teacher of this address, if the person may see it.

    Raises: NotFound, alike for foreign and absent.
    """
    scope = person().scope
    mine: list[ColumnElement[bool]] = [Teacher.school_id.in_(scope.school_ids), Teacher.id == scope.teacher_id]
    statement = select(Teacher).where(Teacher.public_id == public_id)
    teacher = db.session.scalar(statement if scope.everything else statement.where(or_(*mine)))
    if teacher is None:
        raise NotFound
    return teacher


def _answered_by(teacher: Teacher, day: date) -> ColumnElement[bool]:
    answers = select(ResponsibleSpan.child_id).where(
        ResponsibleSpan.teacher_id == teacher.id, in_force(ResponsibleSpan, day)
    )
    return Child.id.in_(answers)


def _verdicts(teacher: Teacher, span: Span) -> dict[Verdict, int]:
    """How many sessions the teacher was at in these days, by verdict, of children whom the person sees."""
    present = exists(
        select(VisitTeacher.visit_id).where(
            VisitTeacher.visit_id == SessionVerdict.visit_id, VisitTeacher.teacher_id == teacher.id
        )
    )
    statement = (
        select(SessionVerdict.verdict, func.count())
        .join(Child, Child.id == SessionVerdict.child_id)
        .where(present, SessionVerdict.held_on.between(span.first, span.last), sees_child())
        .group_by(SessionVerdict.verdict)
    )
    found: dict[Verdict, int] = dict(db.session.execute(statement).all())
    return {verdict: found[verdict] for verdict in Verdict if verdict in found}


def _check(teacher: Teacher, today: date) -> str:
    """What is to be said of the yearly check for offences."""
    checked_on = teacher.record_checked_on
    if checked_on is None:
        return _("no check on file: have the school ask for one")
    if today - checked_on > CHECK_HOLDS:
        return _("%(day)s, more than a year ago: have the school ask for a new one", day=words.day_words(checked_on))
    return words.day_words(checked_on)
