"""What is the child to learn, in plain words, and has the family read it?"""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hometeach.cases.plan.actions.moving import acknowledge
from hometeach.cases.plan.models import Plan, in_outline, plan_in_force
from hometeach.cases.plan.rules import PlanStatus
from hometeach.kernel import clock
from hometeach.kernel.errors import Refused
from hometeach.people.models import Child
from hometeach.people.rules import Standing
from hometeach.web.base import for_guardians, guardian_of, load_own_child, refusals_on
from hometeach.web.family import pages
from hometeach.web.forms import Form


class ReadForm(Form):
    """The family has read the plan: nothing more is asked."""


@pages.get("/children/<public_id>/plan")
@for_guardians
def plan(public_id: str) -> str:
    """The goals of the plan in force."""
    child = load_own_child(public_id)
    return _page(child, _plan_of(child), ReadForm())


@pages.post("/children/<public_id>/plan")
@for_guardians
def say_read(public_id: str) -> Response | tuple[str, int]:
    """The family says that it has read the plan."""
    child, form = load_own_child(public_id), ReadForm()
    found = _plan_of(child)
    if found is None:
        raise Refused("plan:none", _("There is no plan yet"))
    if guardian_of(child).standing is not Standing.GUARDIAN:
        raise Refused("plan:carer", _("A guardian says that the family has read the plan."))
    if form.validate():
        with refusals_on(form):
            acknowledge(found, guardian_of(child), clock.today())
            flash(_("Thank you. It is noted that you have read the plan."), "done")
            return redirect(url_for(".child", public_id=public_id))
    return _page(child, found, form), 422


def _plan_of(child: Child) -> Plan | None:
    return plan_in_force(child.id, clock.today())


def _page(child: Child, found: Plan | None, form: ReadForm) -> str:
    return render_template(
        "family/plan.html",
        form=form,
        child=child,
        plan=found,
        goals=in_outline(found.goals) if found else [],
        waits=found is not None and found.status is PlanStatus.APPROVED,
        may_say=guardian_of(child).standing is Standing.GUARDIAN,
    )
