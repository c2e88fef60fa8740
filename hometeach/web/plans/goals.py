"""Set a goal in a draft, change it, take it out; say where one stands once the plan is approved."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from hometeach.cases.plan import actions
from hometeach.cases.plan.models import Plan, PlanGoal
from hometeach.cases.plan.rules import GoalStatus
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound, Refused
from hometeach.people.access import Role
from hometeach.web.base import allowed, refusals_on
from hometeach.web.editing import EditedForm, tidy
from hometeach.web.plans import pages
from hometeach.web.plans.asking import asker_for, load_plan
from hometeach.web.plans.telling import domain_names
from hometeach.web.plans.write import load_draft
from hometeach.web.words import plans as said

MOST_TEXT = 1000
_LINES = ("text", "criterion", "method", "strategy", "aids", "family_practice", "responsible")


class GoalForm(EditedForm):
    """What shall the child learn?"""

    domain = SelectField(_l("In which field of learning?"))
    text = TextAreaField(
        _l("What shall the child be able to do?"),
        filters=[tidy],
        validators=[DataRequired(_l("Write what the child shall be able to do.")), Length(max=MOST_TEXT)],
    )
    starts_on = DateField(_l("From which day on?"), validators=[Optional()])
    ends_on = DateField(_l("Until which day?"), validators=[Optional()])
    criterion = TextAreaField(_l("How is it seen to be reached?"), filters=[tidy], validators=[Length(max=MOST_TEXT)])
    method = TextAreaField(_l("By which method is it rated?"), filters=[tidy], validators=[Length(max=MOST_TEXT)])
    strategy = TextAreaField(_l("How is it taught?"), filters=[tidy], validators=[Length(max=MOST_TEXT)])
    aids = TextAreaField(_l("Which aids are needed?"), filters=[tidy], validators=[Length(max=MOST_TEXT)])
    family_practice = TextAreaField(
        _l("What does the family practise?"), filters=[tidy], validators=[Length(max=MOST_TEXT)]
    )
    responsible = StringField(_l("Who is responsible?"), filters=[tidy], validators=[Length(max=80)])

    @property
    def draft(self) -> actions.GoalDraft:
        """What was written."""
        return actions.GoalDraft(
            domain=self.domain.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            **{name: self[name].data or "" for name in _LINES},
        )


@pages.get("/children/<public_id>/plans/<int:version>/goals/new")
@allowed(Role.TEACHER)
def new_goal(public_id: str, version: int) -> str:
    """Ask for a goal: a long-term one, or a step towards the one that the address names."""
    plan = load_draft(public_id, version)
    under, form = _under(plan), _goal_form()
    if under is not None:
        form.domain.data = under.domain
        form.starts_on.data, form.ends_on.data = plan.span.first, plan.span.last
    return _asked(plan, form, None, under)


@pages.post("/children/<public_id>/plans/<int:version>/goals/new")
@allowed(Role.TEACHER)
def set_goal(public_id: str, version: int) -> Response | tuple[str, int]:
    """Set the goal."""
    plan = load_draft(public_id, version)
    under, form = _under(plan), _goal_form()
    if form.validate():
        with refusals_on(form):
            goal = actions.write_goal(plan, form.draft, by=asker_for(plan.child), on=clock.today(), under=under)
            flash(_("The goal is set."), "done")
            return _back_to(plan, goal)
    return _asked(plan, form, None, under), 422


@pages.get("/children/<public_id>/plans/<int:version>/goals/<goal>")
@allowed(Role.TEACHER)
def goal(public_id: str, version: int, goal: str) -> str:
    """The form over a goal of a draft."""
    plan = load_draft(public_id, version)
    row, form = actions.goal_of(plan, goal), _goal_form()
    form.open_on(_texts_of(row), row.revision)
    return _asked(plan, form, row, _long_goal_of(row))


@pages.post("/children/<public_id>/plans/<int:version>/goals/<goal>")
@allowed(Role.TEACHER)
def change_goal(public_id: str, version: int, goal: str) -> Response | tuple[str, int]:
    """Save the goal; where somebody saved meanwhile, show both."""
    plan = load_draft(public_id, version)
    row, form = actions.goal_of(plan, goal), _goal_form()
    form.open_on(_texts_of(row), row.revision)
    if form.validate():
        with refusals_on(form):
            asker = asker_for(plan.child)
            actions.write_goal(plan, form.draft, by=asker, on=clock.today(), goal=row, seen=form.seen_revision)
            flash(_("The goal is saved."), "done")
            return _back_to(plan, row)
    form.show_both(_texts_of(row), row.revision)
    return _asked(plan, form, row, _long_goal_of(row)), 422


@pages.post("/children/<public_id>/plans/<int:version>/goals/<goal>/remove")
@allowed(Role.TEACHER)
def remove_goal(public_id: str, version: int, goal: str) -> Response:
    """Take the goal out of the draft."""
    plan = load_draft(public_id, version)
    actions.remove_goal(actions.goal_of(plan, goal), by=asker_for(plan.child), on=clock.today())
    flash(_("The goal is taken out of the draft."), "done")
    return redirect(url_for(".show", public_id=public_id, version=version))


@pages.post("/children/<public_id>/plans/<int:version>/goals/<goal>/standing")
@allowed(Role.TEACHER)
def judge_goal(public_id: str, version: int, goal: str) -> Response:
    """Say where the goal stands."""
    plan = load_plan(public_id, version)
    row = actions.goal_of(plan, goal)
    try:
        status = GoalStatus(request.form.get("status", ""))
    except ValueError:
        raise Refused("plan:no_such_status", _("Choose where the goal stands, then send it again.")) from None
    actions.judge_goal(row, status, by=asker_for(plan.child))
    flash(_("Noted: this goal is %(status)s.", status=said.goal_status_words(status)), "done")
    return _back_to(plan, row)


def _goal_form() -> GoalForm:
    form = GoalForm()
    form.domain.choices = [SelectChoice(code, name) for code, name in domain_names().items()]
    return form


def _under(plan: Plan) -> PlanGoal | None:
    line = request.args.get("under", "")
    under = actions.goal_of(plan, line) if line else None
    if under is not None and under.is_short_term:
        raise NotFound
    return under


def _long_goal_of(goal: PlanGoal) -> PlanGoal | None:
    return next((one for one in goal.plan.goals if one.id == goal.long_goal_id), None)


def _texts_of(goal: PlanGoal) -> dict[str, str]:
    days = {name: day.isoformat() if (day := getattr(goal, name)) else "" for name in ("starts_on", "ends_on")}
    return {"domain": goal.domain} | days | {name: getattr(goal, name) for name in _LINES}


def _back_to(plan: Plan, goal: PlanGoal) -> Response:
    address = url_for(".show", public_id=plan.child.public_id, version=plan.version)
    return redirect(f"{address}#goal-{goal.line}")


def _asked(plan: Plan, form: GoalForm, goal: PlanGoal | None, under: PlanGoal | None) -> str:
    return render_template(
        "plans/goal.html", plan=plan, child=plan.child, form=form, goal=goal, under=under, address=request.full_path
    )
