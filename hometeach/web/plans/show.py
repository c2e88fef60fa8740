"""What does one version say, where does it stand, and what can this person do with it?"""

from flask import render_template, url_for

from hometeach.cases.plan import actions
from hometeach.cases.plan.models import Plan, plans_of
from hometeach.cases.plan.rules import APPROVED, GoalStatus, Hat, PlanAction, PlanStatus, actions_open_to
from hometeach.kernel import clock
from hometeach.kernel.settings import whole_number
from hometeach.people.access import FILE_READERS
from hometeach.web.base import allowed
from hometeach.web.plans import pages, telling
from hometeach.web.plans.asking import asker_for, load_plan, sees_file_of
from hometeach.web.plans.moves import AcknowledgedForm, MoveForm, acknowledged_form
from hometeach.web.words import plans as said


@pages.get("/children/<public_id>/plans/<int:version>")
@allowed(*FILE_READERS)
def show(public_id: str, version: int) -> str:
    """One version of a child's plan."""
    return shown(load_plan(public_id, version))


def shown(plan: Plan, move_form: MoveForm | None = None, read_form: AcknowledgedForm | None = None) -> str:
    """The page of a version, with a form that was refused where there is one."""
    today, asker = clock.today(), asker_for(plan.child)
    authors = actions.authors_of(plan, today)
    earlier = next((one for one in plans_of(plan.child_id) if one.version < plan.version and _is_kept(one)), None)
    return render_template(
        "plans/show.html",
        plan=plan,
        child=plan.child,
        back=_back(plan),
        standing=telling.standing_sentence(plan),
        parts=telling.parts_of(plan),
        history=telling.history_of(plan),
        lacking=actions.lacking(plan) if plan.status is PlanStatus.DRAFT else [],
        may=actions_open_to(plan.status, asker, authors),
        is_own=authors.include(asker) and Hat.HEAD in asker.hats and plan.status is PlanStatus.SUBMITTED,
        waits_for_centre=_waits_for_centre(plan),
        centre_is_first=bool(whole_number("plan_needs_centre", today)),
        judges=plan.status in APPROVED and bool(asker.hats & {Hat.ANSWERS, Hat.TEACHES}),
        statuses=[(status.value, said.goal_status_words(status)) for status in GoalStatus],
        move_form=move_form or MoveForm(),
        read_form=read_form or acknowledged_form(plan),
        earlier=earlier,
        PlanAction=PlanAction,
    )


def _back(plan: Plan) -> str:
    if sees_file_of(plan.child):
        return url_for(".index", public_id=plan.child.public_id)
    return url_for(".waiting")


def _is_kept(plan: Plan) -> bool:
    return plan.status is not PlanStatus.DISCARDED


def _waits_for_centre(plan: Plan) -> bool:
    return plan.status is PlanStatus.SUBMITTED and not telling.is_seen_by_centre(plan)
