"""Have another teacher stand in for some days: what would clash first, then do it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import DateField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from hometeach.kernel import clock
from hometeach.kernel.clock import ONE_DAY, Span
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import Occurrence, Substitution
from hometeach.schedule.planning import standing_in as verbs
from hometeach.schedule.planning.overlap import Place, in_the_way
from hometeach.web import words
from hometeach.web.base import allowed, load_child, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.schedule import standing_in
from hometeach.web.schedule.follow import HELD, follow_up
from hometeach.web.schedule.scope import load_stand_in, teachers_offered
from hometeach.web.schedule.session import when_words


class StandInForm(Form):
    """Who stands in for whom, and when?"""

    teacher = SelectField(_l("Who cannot come?"))
    substitute = SelectField(_l("Who stands in?"))
    first = DateField(_l("Which is the first day?"), validators=[InputRequired(_l("Choose the first day."))])
    last = DateField(_l("Which is the last day?"), validators=[InputRequired(_l("Choose the last day."))])
    reason = TextAreaField(_l("Why?"), validators=[Optional(), Length(max=200)])

    def offer(self, child: Child) -> None:
        """Offer whoever teaches the child, and the school's teachers."""
        self.known = {one.public_id: one for one in (*teaching(child), *teachers_offered())}
        self.teacher.choices = [SelectChoice(one.public_id, one.name) for one in teaching(child)]
        self.substitute.choices = [SelectChoice(one.public_id, one.name) for one in teachers_offered()]

    @property
    def days(self) -> Span:
        """The days that were chosen."""
        return Span(self.first.data, self.last.data)


@standing_in.get("/<public_id>/new")
@allowed(Role.SCHOOL_COORDINATOR)
def ask(public_id: str) -> str | tuple[str, int]:
    """Ask who stands in and when; once that is there, show which sessions it would be."""
    child = load_child(public_id)
    if "first" not in request.args:
        return _asked(child, _form(child, None, first=clock.today()))
    form = _form(child, request.args)
    if form.validate():
        with refusals_on(form):
            return _looked_at(child, form)
    return _asked(child, form), 422


@standing_in.post("/<public_id>/new")
@allowed(Role.SCHOOL_COORDINATOR)
def make(public_id: str) -> Response | tuple[str, int]:
    """Hand the sessions of these days over."""
    child = load_child(public_id)
    form = _form(child, request.form)
    if form.validate():
        with refusals_on(form):
            teacher, substitute = (form.known[field.data].id for field in (form.teacher, form.substitute))
            verbs.stand_in(
                child.id, teacher, substitute, form.days, reason=form.reason.data or "", by=person().actor, held=HELD
            )
            follow_up(child.id)
            flash(
                _(
                    "%(name)s stands in, and sees the child on these days only.",
                    name=form.known[form.substitute.data].name,
                ),
                "done",
            )
            return redirect(url_for("children.show", public_id=child.public_id))
    if set(form.errors) == {"reason"}:
        return _looked_at(child, form), 422
    return _asked(child, form), 422


@standing_in.post("/<public_id>/end")
@allowed(Role.SCHOOL_COORDINATOR)
def end(public_id: str) -> Response:
    """End it with today; the sessions after it go back."""
    row, child = load_stand_in(public_id)
    verbs.end_standing_in(row, clock.today(), by=person().actor, held=HELD)
    follow_up(child.id)
    flash(_("The days of standing in end today. What comes after goes back to the teacher."), "done")
    return redirect(url_for(".ask", public_id=child.public_id))


def teaching(child: Child) -> list[Teacher]:
    """The teachers with whom the child has sessions from today on."""
    taught = select(Occurrence.teacher_id).where(
        Occurrence.child_id == child.id, Occurrence.planned_on >= clock.today()
    )
    return list(db.session.scalars(select(Teacher).where(Teacher.id.in_(taught)).order_by(Teacher.code)))


def _form(child: Child, typed: MultiDict[str, str] | None, **values: object) -> StandInForm:
    form = StandInForm(typed, meta={} if typed is request.form else {"csrf": False}, **values)
    form.offer(child)
    return form


def _asked(child: Child, form: StandInForm) -> str:
    rows = select(Substitution, Teacher.name).join(Teacher, Teacher.id == Substitution.substitute_id)
    rows = rows.where(Substitution.child_id == child.id, Substitution.effective_to >= clock.today())
    return render_template(
        "schedule/stand_in.html",
        child=child,
        form=form,
        standing=db.session.execute(rows.order_by(Substitution.effective_from, Substitution.id)).all(),
        address=url_for(".ask", public_id=child.public_id),
    )


def _looked_at(child: Child, form: StandInForm) -> str:
    """Which sessions go to the substitute, and which of them clash with the substitute's own."""
    teacher, substitute = form.known[form.teacher.data], form.known[form.substitute.data]
    if not form.reason.errors:
        verbs.refuse_misfit(child.id, teacher.id, substitute.id, form.days)
    sessions = verbs.sessions_in(child.id, teacher.id, form.days, HELD)
    told = [(when_words(one), _in_the_way(one, substitute)) for one in sessions]
    return render_template(
        "schedule/stand_in_look.html",
        child=child,
        form=form,
        teacher=teacher,
        substitute=substitute,
        sessions=told,
        clashing=sum(bool(others) for _when, others in told),
        span=words.span_words(form.days),
        after=words.day_words(form.days.last + ONE_DAY),
        address=url_for(".make", public_id=child.public_id),
    )


def _in_the_way(one: Occurrence, substitute: Teacher) -> str:
    place = Place(one.child_id, substitute.id, one.planned_on, one.start_minute, one.end_minute)
    return words.listed(when_words(other) for other in in_the_way(place, one.id))
