"""The lessons written for a child: write one, print it, use it again for another day or another child."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import DateField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from hometeach.cases.plan import actions
from hometeach.cases.plan.models import LessonPlan, PlanGoal, goals_in_force, lessons_of
from hometeach.cases.plan.rules import Hat
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.models import Child
from hometeach.web.base import allowed, load_child, refusals_on, visible_children
from hometeach.web.editing import EditedForm, tidy
from hometeach.web.forms import ChecksField, Form
from hometeach.web.lists import Asked, page_of
from hometeach.web.plans.asking import asker_for

pages = Blueprint("lessons", __name__)

#: What each question of the form is kept as; a form has a verb of its own called process.
_LINES = {
    "content": "content",
    "key_points": "key_points",
    "aids": "aids",
    "course": "process",
    "home_practice": "home_practice",
}
_WRITERS = frozenset({Hat.ANSWERS, Hat.TEACHES})


class LessonForm(EditedForm):
    """What shall the lesson do?"""

    title = StringField(
        _l("What is the lesson about?"),
        filters=[tidy],
        validators=[DataRequired(_l("Write what the lesson is about.")), Length(max=80)],
    )
    taught_on = DateField(_l("For which day?"), validators=[InputRequired(_l("Choose the day."))])
    goals = ChecksField(_l("Which goals does it serve?"))
    content = TextAreaField(_l("What is taught?"), filters=[tidy], validators=[Length(max=4000)])
    key_points = TextAreaField(
        _l("What matters most, what is difficult?"), filters=[tidy], validators=[Length(max=4000)]
    )
    aids = TextAreaField(_l("What is to be taken along?"), filters=[tidy], validators=[Length(max=4000)])
    course = TextAreaField(_l("How does it go?"), filters=[tidy], validators=[Length(max=8000)])
    home_practice = TextAreaField(_l("What does the family practise?"), filters=[tidy], validators=[Length(max=4000)])

    @property
    def draft(self) -> actions.LessonDraft:
        """What was written."""
        return actions.LessonDraft(
            title=self.title.data or "",
            taught_on=self.taught_on.data,
            **{kept: self[name].data or "" for name, kept in _LINES.items()},
        )


class CopyForm(Form):
    """For whom and for which day shall it be used again?"""

    child = SelectField(_l("For which child?"))
    taught_on = DateField(_l("For which day?"), validators=[InputRequired(_l("Choose the day."))])


@pages.get("/children/<public_id>/lessons")
@allowed(*FILE_READERS)
def index(public_id: str) -> str:
    """The lessons written for a child, the latest first."""
    child = load_child(public_id)
    found = db.session.scalars(lessons_of(child.id)).all()
    asked = Asked("lessons.index", kept={"public_id": public_id})
    return render_template("lessons/index.html", child=child, page=page_of(found, asked), may_write=_writes(child))


@pages.get("/children/<public_id>/lessons/new")
@allowed(Role.TEACHER)
def new(public_id: str) -> str:
    """Ask for a lesson."""
    child = load_child(public_id)
    form = _lesson_form(child, None)
    form.taught_on.data = clock.today()
    return _asked(child, form, None)


@pages.post("/children/<public_id>/lessons/new")
@allowed(Role.TEACHER)
def make(public_id: str) -> Response | tuple[str, int]:
    """Keep the lesson."""
    child = load_child(public_id)
    form = _lesson_form(child, None)
    if form.validate():
        with refusals_on(form):
            lesson = actions.write_lesson(child, form.draft, _goals(child, form, None), by=asker_for(child))
            flash(_("The lesson is kept."), "done")
            return redirect(url_for(".show", public_id=lesson.public_id))
    return _asked(child, form, None), 422


@pages.get("/lessons/<public_id>")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """One lesson, to read and to print."""
    return _shown(_load(public_id), None)


@pages.get("/lessons/<public_id>/write")
@allowed(Role.TEACHER)
def edit(public_id: str) -> str:
    """The form over a lesson."""
    lesson = _load(public_id)
    child = lesson.child
    form = _lesson_form(child, lesson)
    form.open_on(_texts_of(lesson), lesson.revision)
    form.goals.data = [goal.public_id for goal in lesson.goals]
    return _asked(child, form, lesson)


@pages.post("/lessons/<public_id>/write")
@allowed(Role.TEACHER)
def save(public_id: str) -> Response | tuple[str, int]:
    """Save the lesson; where somebody saved meanwhile, show both."""
    lesson = _load(public_id)
    child = lesson.child
    form = _lesson_form(child, lesson)
    form.open_on(_texts_of(lesson), lesson.revision)
    if form.validate():
        with refusals_on(form):
            goals = _goals(child, form, lesson)
            actions.write_lesson(child, form.draft, goals, by=asker_for(child), lesson=lesson, seen=form.seen_revision)
            flash(_("The lesson is saved."), "done")
            return redirect(url_for(".show", public_id=public_id))
    form.show_both(_texts_of(lesson), lesson.revision)
    return _asked(child, form, lesson), 422


@pages.post("/lessons/<public_id>/copy")
@allowed(Role.TEACHER)
def copy(public_id: str) -> Response | tuple[str, int]:
    """Use the lesson again."""
    lesson = _load(public_id)
    form = _copy_form(lesson.child)
    if form.validate():
        with refusals_on(form):
            target = load_child(form.child.data)
            made = actions.copy_lesson(lesson, target, form.taught_on.data, by=asker_for(target))
            flash(_("The lesson is copied. Change what is to be different."), "done")
            return redirect(url_for(".edit", public_id=made.public_id))
    return _shown(lesson, form), 422


@pages.post("/lessons/<public_id>/remove")
@allowed(Role.TEACHER)
def take_away(public_id: str) -> Response:
    """Take the lesson away."""
    lesson = _load(public_id)
    child = lesson.child
    actions.remove_lesson(lesson, by=asker_for(child))
    flash(_("The lesson is taken away."), "done")
    return redirect(url_for(".index", public_id=child.public_id))


def _load(public_id: str) -> LessonPlan:
    """The lesson of this address, if the person sees its child.

    Raises: NotFound, alike for foreign and absent.
    """
    lesson = db.session.scalar(select(LessonPlan).where(LessonPlan.public_id == public_id))
    if lesson is None:
        raise NotFound
    load_child(lesson.child.public_id)
    return lesson


def _writes(child: Child) -> bool:
    return bool(asker_for(child).hats & _WRITERS)


def _offered(child: Child, lesson: LessonPlan | None) -> dict[str, PlanGoal]:
    """The goals of the plan that holds today, and those that the lesson serves already."""
    held = [*goals_in_force(child.id, clock.today()), *(lesson.goals if lesson else ())]
    return {goal.public_id: goal for goal in held if goal.is_short_term}


def _goals(child: Child, form: LessonForm, lesson: LessonPlan | None) -> list[PlanGoal]:
    offered = _offered(child, lesson)
    return [offered[key] for key in form.goals.data or ()]


def _lesson_form(child: Child, lesson: LessonPlan | None) -> LessonForm:
    form = LessonForm()
    form.goals.choices = [SelectChoice(key, goal.text) for key, goal in _offered(child, lesson).items()]
    return form


def _copy_form(child: Child) -> CopyForm:
    form = CopyForm()
    seen = db.session.scalars(visible_children().order_by(Child.name, Child.id))
    taught = [one for one in seen if _writes(one)]
    form.child.choices = [SelectChoice(one.public_id, one.name) for one in taught]
    if not form.is_submitted():
        form.child.data, form.taught_on.data = child.public_id, clock.today()
    return form


def _texts_of(lesson: LessonPlan) -> dict[str, str]:
    head = {"title": lesson.title, "taught_on": lesson.taught_on.isoformat()}
    return head | {name: getattr(lesson, kept) for name, kept in _LINES.items()}


def _asked(child: Child, form: LessonForm, lesson: LessonPlan | None) -> str:
    return render_template("lessons/write.html", child=child, form=form, lesson=lesson, address=request.path)


def _shown(lesson: LessonPlan, form: CopyForm | None) -> str:
    child = lesson.child
    writes = _writes(child)
    if form is None and writes:
        form = _copy_form(child)
    return render_template("lessons/show.html", child=child, lesson=lesson, writes=writes, form=form)
