"""How do the children of one teacher stand, and what did the teacher record?"""

from datetime import date, timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, exists, func, or_, select
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from hometeach.cases.models import is_on_the_list
from hometeach.compliance.models import SessionVerdict
from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import whole_number
from hometeach.people.access import FILE_READERS, Role, scope_of
from hometeach.people.models import Account, Child, ResponsibleSpan, Teacher, in_force
from hometeach.people.record_checks.actions import note_record_check
from hometeach.people.record_checks.models import RecordCheck, record_checks_of
from hometeach.schedule.planning.feeds import feed_of, revoke_feed
from hometeach.visits.models import VisitTeacher
from hometeach.visits.rules import Verdict
from hometeach.web import words
from hometeach.web.base import allowed, person, refusals_on, sees_child
from hometeach.web.editing import tidy
from hometeach.web.forms import Form
from hometeach.web.standings.listed import children_listed
from hometeach.web.standings.pictures import picture_of, stacks_of
from hometeach.web.standings.terms import chosen_term
from hometeach.web.states import verdict_state

pages = Blueprint("teachers", __name__, url_prefix="/teachers")

#: Who sees the paper on which a teacher's record stands.
SEE_THE_PAPER = frozenset({Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER})


class CheckForm(Form):
    """Which paper was seen?"""

    checked_on = DateField(
        _l("Which day stands on the paper?"), validators=[InputRequired(_l("Enter the day on the paper."))]
    )
    paper = StringField(
        _l("Which paper is it?"),
        filters=[tidy],
        validators=[DataRequired(_l("Name the paper: who issued it, and its number.")), Length(max=80)],
    )
    nothing_found = BooleanField(
        _l("I have seen the paper, and nothing was found"),
        validators=[DataRequired(_l("Tick this only where nothing was found. Otherwise the person teaches no child."))],
    )


@pages.get("/<public_id>")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """A teacher: the strips of the children, the sessions of the term, the day of the last check."""
    return _show(_load(public_id), CheckForm())


@pages.post("/<public_id>/record-check")
@allowed(*SEE_THE_PAPER)
def note_check(public_id: str) -> Response | tuple[str, int]:
    """Write down that the paper of the yearly check was seen."""
    teacher, form = _load(public_id), CheckForm()
    if form.validate():
        with refusals_on(form):
            note_record_check(
                teacher,
                form.checked_on.data,
                form.paper.data or "",
                today=clock.today(),
                by=person().account,
            )
            flash(_("The check is noted. It counts from the day on the paper."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _show(teacher, form), 422


@pages.post("/<public_id>/feed/stop")
@allowed(Role.SCHOOL_COORDINATOR)
def stop_feed(public_id: str) -> Response:
    """Make the address of the teacher's calendar feed useless: the phone was lost, say, or the teacher has left."""
    revoke_feed(_load(public_id), by=person().actor)
    flash(_("The calendar feed is stopped. Whoever has its address finds nothing any more."), "done")
    return redirect(url_for(".show", public_id=public_id))


def _show(teacher: Teacher, form: CheckForm) -> str:
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
        checks=_checks_told(teacher),
        form=form,
        may_note=_may_note(teacher),
        has_feed=Role.SCHOOL_COORDINATOR in person().roles and feed_of(teacher.id) is not None,
        verdict_state=verdict_state,
        words=words,
    )


def _load(public_id: str) -> Teacher:
    """The teacher of this address, if the person may see it by one of the roles that open this very page.

    Raises: NotFound, alike for foreign and absent.
    """
    asking = person()
    scope = scope_of((one for one in asking.grants if one.role in g.opened_by), asking.signed_in.teacher_id)
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
    if today - checked_on > timedelta(days=whole_number("record_check_days", today)):
        return _("%(day)s, which holds no longer: have the school ask for a new one", day=words.day_words(checked_on))
    return words.day_words(checked_on)


def _checks_told(teacher: Teacher) -> list[tuple[RecordCheck, str]]:
    """The papers that were seen, the latest first, with the name of who saw each."""
    checks = record_checks_of(teacher)
    seers = select(Account.public_id, Account.name).where(Account.public_id.in_({one.seen_by for one in checks}))
    names = {row.public_id: row.name for row in db.session.execute(seers)}
    return [(one, names.get(one.seen_by, one.seen_by)) for one in checks]


def _may_note(teacher: Teacher) -> bool:
    """Whether the form is for the person who asks: nobody sees their own paper for the school."""
    return bool(person().roles & SEE_THE_PAPER) and person().signed_in.teacher_id != teacher.id
