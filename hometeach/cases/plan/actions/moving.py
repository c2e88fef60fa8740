"""Move a version on, from its writing to the review at its end.

Who may is asked here again, whatever the page offered. Each move appends a step
and writes one audit row; what people wrote as a comment stays out of the log.
"""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hometeach.cases.plan.models import Plan, PlanGoal, PlanStep
from hometeach.cases.plan.rules import (
    APPROVED,
    MOVES,
    Asker,
    Authors,
    GoalShape,
    GoalStatus,
    Hat,
    PlanAction,
    Route,
    gaps,
    refusal,
)
from hometeach.kernel import audit
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db, hold
from hometeach.kernel.settings import whole_number
from hometeach.people.models import Account, Guardian, ResponsibleSpan, in_force

_WHY_NOT = {
    "plan:not_yours_to_do": _l("This is for somebody else to do. Look at the plan's page to see who."),
    "plan:wrong_state": _l("The plan stands elsewhere by now. Load the page again to see where."),
    "plan:own_work": _l(
        "You wrote this plan, or you answer for this child, and nobody approves their own. "
        "Another head of the school does it."
    ),
    "plan:comment_missing": _l("Write what you found. The teacher reads it."),
    "plan:centre_first": _l("The resource centre looks at plans first here. Wait until it has written what it found."),
    "plan:later_than_today": _l("This day lies ahead. Enter the day on which it was signed."),
    "plan:foreign_guardian": _l("This person is not of this child's family. Choose one who is."),
    "plan:no_baseline": _l("Describe in at least one field of learning what the child can do now."),
    "plan:no_goal": _l("Set at least one long-term goal."),
    "plan:long_goal_without_steps": _l("Give every long-term goal at least one short-term goal."),
    "plan:step_without_criterion": _l("Say for every short-term goal by what one sees that it is reached."),
    "plan:step_without_dates": _l("Give every short-term goal its first and last day."),
    "plan:step_outside_plan": _l("Keep the days of every short-term goal within those of the plan."),
}
_SIMPLE = frozenset(PlanAction) - {PlanAction.WRITE, PlanAction.ACKNOWLEDGE}


def move(plan: Plan, action: PlanAction, *, by: Asker, on: date, comment: str = "") -> None:
    """Submit, advise on, send back, approve, review or discard a version.

    Raises: Refused ``plan:not_yours_to_do``, ``plan:wrong_state``, ``plan:own_work``,
    ``plan:comment_missing``, ``plan:centre_first``, or what the plan still lacks.
    """
    if action not in _SIMPLE:
        raise ValueError(f"{action} has a verb of its own")
    hold(plan)
    refuse_unless_allowed(plan, action, by, on)
    asked = MOVES[action]
    if asked.needs_comment and not comment.strip():
        raise refused("plan:comment_missing", field="comment")
    if asked.needs_complete:
        _refuse_incomplete(plan)
    if action is PlanAction.APPROVE and whole_number("plan_needs_centre", on) and not _is_advised(plan):
        raise refused("plan:centre_first")
    _take(plan, action, by.actor, on, comment=comment.strip() or None)


def acknowledge(plan: Plan, guardian: Guardian, on: date) -> None:
    """Note that a guardian has read the plan and said so on their own device.

    Raises: Refused ``plan:foreign_guardian``, ``plan:wrong_state``.
    """
    asker = Asker(f"guardian:{guardian.public_id}", frozenset({Hat.GUARDIAN}))
    _acknowledge(plan, guardian, asker, Route.ONLINE, on)


def record_acknowledgement(plan: Plan, guardian: Guardian, *, by: Asker, signed_on: date, on: date) -> None:
    """Note that a guardian signed the plan on paper on a day; entered by staff.

    Raises: Refused ``plan:foreign_guardian``, ``plan:not_yours_to_do``, ``plan:wrong_state``,
    ``plan:later_than_today``.
    """
    if signed_on > on:
        raise refused("plan:later_than_today", field="signed_on")
    _acknowledge(plan, guardian, by, Route.PAPER, signed_on)


def judge_goal(goal: PlanGoal, status: GoalStatus, *, by: Asker) -> None:
    """Say where a goal stands: the one thing that goes on changing in an approved plan.

    Raises: Refused ``plan:not_yours_to_do``, ``plan:wrong_state``.
    """
    hold(goal.plan)
    if not by.hats & {Hat.ANSWERS, Hat.TEACHES}:
        raise refused("plan:not_yours_to_do")
    if goal.plan.status not in APPROVED:
        raise refused("plan:wrong_state")
    before, goal.status = goal.status, status
    detail = {"version": goal.plan.version, "goal": goal.line, "before": before.value, "after": status.value}
    audit.record("plan_goal:judge", actor=by.actor, about=about(goal.plan), detail=detail)


def authors_of(plan: Plan, on: date) -> Authors:
    """Who wrote or submitted a version, and who answers for its child: none of them approves it."""
    wrote = frozenset(step.by for step in plan.steps if step.action in (PlanAction.WRITE, PlanAction.SUBMIT))
    as_teachers = select(Account.teacher_id).where(Account.public_id.in_(wrote), Account.teacher_id.is_not(None))
    answering = select(ResponsibleSpan.teacher_id).where(
        ResponsibleSpan.child_id == plan.child_id, in_force(ResponsibleSpan, on)
    )
    return Authors(wrote, frozenset(db.session.scalars(as_teachers.union(answering))))


def why_not(plan: Plan, action: PlanAction, by: Asker, on: date) -> str | None:
    """The code of the reason why this person may not do this now, None where they may."""
    return refusal(action, plan.status, by, authors_of(plan, on))


def refuse_unless_allowed(plan: Plan, action: PlanAction, by: Asker, on: date) -> None:
    """Ask the table.

    Raises: Refused with the code of the reason.
    """
    code = why_not(plan, action, by, on)
    if code:
        raise refused(code)


def refused(code: str, field: str | None = None) -> Refused:
    """The refusal with its words."""
    return Refused(code, str(_WHY_NOT[code]), field=field)


def about(plan: Plan) -> str:
    """As the audit log names what a plan is about."""
    return f"child:{plan.child.public_id}"


def lacking(plan: Plan) -> list[str]:
    """What a version lacks before it can be submitted, in words."""
    shapes = [
        GoalShape(goal.id, goal.long_goal_id, goal.text, goal.criterion, goal.starts_on, goal.ends_on)
        for goal in plan.goals
    ]
    return [str(_WHY_NOT[code]) for code in gaps(plan.span, len(plan.baselines), shapes)]


def _refuse_incomplete(plan: Plan) -> None:
    missing = lacking(plan)
    if missing:
        raise Refused("plan:incomplete", _("The plan is not complete yet.") + " " + " ".join(missing))


def _acknowledge(plan: Plan, guardian: Guardian, by: Asker, route: Route, on: date) -> None:
    hold(plan)
    if guardian.child_id != plan.child_id:
        raise refused("plan:foreign_guardian", field="guardian")
    refuse_unless_allowed(plan, PlanAction.ACKNOWLEDGE, by, on)
    _take(plan, PlanAction.ACKNOWLEDGE, by.actor, on, guardian_id=guardian.id, route=route)


def _take(plan: Plan, action: PlanAction, actor: str, on: date, **values: object) -> None:
    before, plan.status = plan.status, MOVES[action].goes_to
    plan.steps.append(PlanStep(action=action, by=actor, done_on=on, **values))
    db.session.flush()
    detail: dict[str, object] = {"version": plan.version, "before": before.value, "after": plan.status.value}
    route = values.get("route")
    if isinstance(route, Route):
        detail["route"] = route.value
    audit.record(f"plan:{action.value}", actor=actor, about=about(plan), detail=detail)


def _is_advised(plan: Plan) -> bool:
    """Whether the centre looked at what was submitted last."""
    since = [step.action for step in plan.steps if step.action in (PlanAction.SUBMIT, PlanAction.ADVISE)]
    return bool(since) and since[-1] is PlanAction.ADVISE
