"""Hand a version in, look at it, send it back, approve it, note that the family read it."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from hometeach.cases.plan import actions
from hometeach.cases.plan.models import Plan
from hometeach.cases.plan.rules import PlanAction
from hometeach.compliance.actions import settle_case
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.people.access import Role
from hometeach.web.base import allowed, refusals_on
from hometeach.web.editing import tidy
from hometeach.web.forms import Form
from hometeach.web.plans import pages
from hometeach.web.plans.asking import asker_for, load_plan

DONE = {
    PlanAction.SUBMIT: _l("The plan is handed in. The head of the school reads it now."),
    PlanAction.ADVISE: _l("What you found stands with the plan, for the teacher and the head of the school."),
    PlanAction.SEND_BACK: _l("The plan went back to the teacher, with your words."),
    PlanAction.APPROVE: _l("The plan is approved. It holds within its dates, and changes no more."),
    PlanAction.REVIEW: _l("What came of the plan is written down."),
    PlanAction.DISCARD: _l("The draft is discarded. It stays in the list of versions."),
}


class MoveForm(Form):
    """What did you find?"""

    comment = TextAreaField(_l("What did you find?"), filters=[tidy], validators=[Length(max=2000)])


class AcknowledgedForm(Form):
    """Who of the family read the plan and signed, and when?"""

    guardian = SelectField(_l("Who of the family signed?"))
    signed_on = DateField(_l("On which day?"), validators=[InputRequired(_l("Choose the day of the signature."))])


@pages.post("/children/<public_id>/plans/<int:version>/<action>")
@allowed(Role.TEACHER, Role.SCHOOL_COORDINATOR)
def move(public_id: str, version: int, action: str) -> Response | tuple[str, int]:
    """Move the version on."""
    plan, form = load_plan(public_id, version), MoveForm()
    wanted = _action(action)
    if form.validate():
        with refusals_on(form):
            actions.move(plan, wanted, by=asker_for(plan.child), on=clock.today(), comment=form.comment.data or "")
            settle_case(plan.child_id, clock.today())
            flash(str(DONE[wanted]), "done")
            return _next_page(plan, wanted)
    return _shown_again(plan, move_form=form)


@pages.post("/children/<public_id>/plans/<int:version>/acknowledged")
@allowed(Role.TEACHER, Role.SCHOOL_COORDINATOR)
def acknowledged(public_id: str, version: int) -> Response | tuple[str, int]:
    """Note that the family read the plan and signed on paper."""
    plan = load_plan(public_id, version)
    form = acknowledged_form(plan)
    if form.validate():
        with refusals_on(form):
            guardian = next(one for one in plan.child.guardians if one.public_id == form.guardian.data)
            actions.record_acknowledgement(
                plan, guardian, by=asker_for(plan.child), signed_on=form.signed_on.data, on=clock.today()
            )
            flash(_("Noted: the family has read the plan."), "done")
            return redirect(url_for(".show", public_id=public_id, version=version))
    return _shown_again(plan, read_form=form)


def acknowledged_form(plan: Plan) -> AcknowledgedForm:
    """The form with this child's family."""
    form = AcknowledgedForm()
    form.guardian.choices = [SelectChoice(one.public_id, one.name) for one in plan.child.guardians]
    if not form.is_submitted():
        form.signed_on.data = clock.today()
    return form


def _action(text: str) -> PlanAction:
    try:
        wanted = PlanAction(text)
    except ValueError:
        raise NotFound from None
    if wanted not in DONE:
        raise NotFound
    return wanted


def _next_page(plan: Plan, done: PlanAction) -> Response:
    """The version again; for the centre, whose view of a plan ends with its sending back, the list."""
    if done is PlanAction.SEND_BACK:
        return redirect(url_for(".waiting"))
    return redirect(url_for(".show", public_id=plan.child.public_id, version=plan.version))


def _shown_again(
    plan: Plan, move_form: MoveForm | None = None, read_form: AcknowledgedForm | None = None
) -> tuple[str, int]:
    from hometeach.web.plans.show import shown

    return shown(plan, move_form, read_form), 422
