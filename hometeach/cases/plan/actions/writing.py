"""Write a version while it is a draft: its head, what the child can do, its goals and services.

Two people may write at one draft. Whoever saves says which revision they saw;
where somebody else was faster, nothing is saved and the page shows both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from hometeach.cases.plan.actions.moving import about, refuse_unless_allowed, refused
from hometeach.cases.plan.models import (
    Plan,
    PlanBaseline,
    PlanGoal,
    PlanService,
    PlanStep,
    next_version,
    open_plan,
    plans_of,
)
from hometeach.cases.plan.rules import Asker, Hat, PlanAction, PlanStatus
from hometeach.kernel import audit
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import NotFound, Refused
from hometeach.kernel.extensions import db, hold
from hometeach.kernel.files import new_public_id
from hometeach.people.models import Child


@dataclass(frozen=True, slots=True)
class ServiceDraft:
    """Help in one field of learning."""

    domain: str
    minutes_per_week: int
    provider: str


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """The head of a plan, what the child can do by field of learning, and who helps."""

    term: str
    span: Span
    team: str = ""
    meeting_notes: str = ""
    baselines: Mapping[str, str] = field(default_factory=dict)
    services: Sequence[ServiceDraft] = ()


@dataclass(frozen=True, slots=True)
class GoalDraft:
    """A goal as it was written into a form."""

    domain: str
    text: str
    starts_on: date | None = None
    ends_on: date | None = None
    criterion: str = ""
    method: str = ""
    strategy: str = ""
    aids: str = ""
    family_practice: str = ""
    responsible: str = ""


def begin_plan(child: Child, *, term: str, span: Span, by: Asker, on: date) -> Plan:
    """Begin a new version: a copy of the newest one, or an empty plan where there is none.

    Goals keep their line, so that their progress goes on.

    Raises: Refused ``plan:not_yours_to_do``, ``plan:is_open``, ``plan:reversed``.
    """
    if Hat.ANSWERS not in by.hats:
        raise refused("plan:not_yours_to_do")
    _refuse_reversed(span)
    if open_plan(child.id) is not None:
        raise _one_is_open()
    earlier = next((plan for plan in plans_of(child.id) if plan.status is not PlanStatus.DISCARDED), None)
    plan = Plan(
        child=child,
        child_id=child.id,
        version=next_version(child.id),
        status=PlanStatus.DRAFT,
        revision=0,
        term=term.strip(),
        effective_from=span.first,
        effective_to=span.last,
    )
    try:
        with db.session.begin_nested():
            db.session.add(plan)
    except IntegrityError as raced:
        raise _one_is_open() from raced
    if earlier is not None:
        _copy_into(plan, earlier)
    plan.steps.append(PlanStep(action=PlanAction.WRITE, by=by.actor, done_on=on))
    db.session.flush()
    copied = {"copy_of": earlier.version} if earlier else {}
    audit.record("plan:begin", actor=by.actor, about=about(plan), detail={"version": plan.version} | copied)
    return plan


def write_plan(plan: Plan, draft: PlanDraft, *, seen: int, by: Asker, on: date) -> None:
    """Save the head, the baselines and the services of a draft.

    Raises: Refused ``plan:changed_meanwhile`` where somebody saved since revision ``seen``,
    ``plan:reversed``, ``plan:not_yours_to_do``, ``plan:wrong_state``.
    """
    hold(plan)
    refuse_unless_allowed(plan, PlanAction.WRITE, by, on)
    refuse_overtaken(plan.revision, seen)
    _refuse_reversed(draft.span)
    plan.term, plan.effective_from, plan.effective_to = draft.term.strip(), draft.span.first, draft.span.last
    plan.team, plan.meeting_notes = draft.team or None, draft.meeting_notes or None
    _write_baselines(plan, draft.baselines)
    _write_services(plan, draft.services)
    plan.revision += 1
    _note_writing(plan, by, on)
    audit.record("plan:write", actor=by.actor, about=about(plan), detail={"version": plan.version})


def write_goal(
    plan: Plan,
    draft: GoalDraft,
    *,
    by: Asker,
    on: date,
    goal: PlanGoal | None = None,
    under: PlanGoal | None = None,
    seen: int = 0,
) -> PlanGoal:
    """Set a goal, or save one that is there; ``under`` names the long-term goal of a new short-term one.

    Raises: Refused ``plan:changed_meanwhile``, ``plan:reversed``, ``plan:not_yours_to_do``, ``plan:wrong_state``.
    """
    hold(plan)
    refuse_unless_allowed(plan, PlanAction.WRITE, by, on)
    if draft.starts_on and draft.ends_on:
        _refuse_reversed(Span(draft.starts_on, draft.ends_on), field="ends_on")
    if goal is None:
        goal = _new_goal(plan, under)
    else:
        refuse_overtaken(goal.revision, seen)
    for name, value in asdict(draft).items():
        setattr(goal, name, value)
    goal.revision += 1
    _note_writing(plan, by, on)
    audit.record(
        "plan_goal:write", actor=by.actor, about=about(plan), detail={"version": plan.version, "goal": goal.line}
    )
    return goal


def remove_goal(goal: PlanGoal, *, by: Asker, on: date) -> None:
    """Take a goal out of a draft, a long-term one with all its steps.

    Raises: Refused ``plan:not_yours_to_do``, ``plan:wrong_state``.
    """
    plan = goal.plan
    hold(plan)
    refuse_unless_allowed(plan, PlanAction.WRITE, by, on)
    gone = [one for one in plan.goals if one.long_goal_id == goal.id]
    for one in (*gone, goal):
        plan.goals.remove(one)
        db.session.delete(one)
        db.session.flush()
    _note_writing(plan, by, on)
    detail = {"version": plan.version, "goal": goal.line, "steps": len(gone)}
    audit.record("plan_goal:remove", actor=by.actor, about=about(plan), detail=detail)


def refuse_overtaken(revision: int, seen: int) -> None:
    """Somebody else saved since the form was filled.

    Raises: Refused ``plan:changed_meanwhile``.
    """
    if revision != seen:
        raise Refused(
            "plan:changed_meanwhile",
            _("Somebody else saved this while you were writing. Nothing of yours is lost: choose below, then save."),
        )


def goal_of(plan: Plan, line: str) -> PlanGoal:
    """The goal of this line in a version.

    Raises: NotFound.
    """
    goal = next((one for one in plan.goals if one.line == line), None)
    if goal is None:
        raise NotFound
    return goal


def _new_goal(plan: Plan, under: PlanGoal | None) -> PlanGoal:
    goal = PlanGoal(
        line=new_public_id(),
        long_goal_id=under.id if under else None,
        position=max((one.position for one in plan.goals), default=-1) + 1,
        revision=0,
    )
    plan.goals.append(goal)
    return goal


def _write_baselines(plan: Plan, texts: Mapping[str, str]) -> None:
    there = {one.domain: one for one in plan.baselines}
    for domain, text in texts.items():
        held = there.get(domain)
        if held is not None and text:
            held.text = text
        elif held is not None:
            plan.baselines.remove(held)
        elif text:
            plan.baselines.append(PlanBaseline(domain=domain, text=text))


def _write_services(plan: Plan, drafts: Sequence[ServiceDraft]) -> None:
    there = {one.domain: one for one in plan.services}
    for draft in drafts:
        held = there.pop(draft.domain, None)
        if held is None:
            plan.services.append(PlanService(**asdict(draft)))
        else:
            held.minutes_per_week, held.provider = draft.minutes_per_week, draft.provider
    for dropped in there.values():
        plan.services.remove(dropped)


def _copy_into(plan: Plan, earlier: Plan) -> None:
    plan.team, plan.meeting_notes = earlier.team, None
    plan.baselines = [PlanBaseline(domain=one.domain, text=one.text) for one in earlier.baselines]
    plan.services = [
        PlanService(domain=one.domain, minutes_per_week=one.minutes_per_week, provider=one.provider)
        for one in earlier.services
    ]
    copies: dict[int, PlanGoal] = {}
    for goal in sorted(earlier.goals, key=lambda one: (one.is_short_term, one.position)):
        leads_to = copies[goal.long_goal_id].id if goal.long_goal_id else None
        copies[goal.id] = PlanGoal(long_goal_id=leads_to, revision=0, **{name: getattr(goal, name) for name in _COPIED})
        plan.goals.append(copies[goal.id])
        db.session.flush()


_COPIED = (
    "line",
    "position",
    "domain",
    "text",
    "status",
    "starts_on",
    "ends_on",
    "criterion",
    "method",
    "strategy",
    "aids",
    "family_practice",
    "responsible",
)


def _note_writing(plan: Plan, by: Asker, on: date) -> None:
    """Remember who wrote, once for each stretch of writing."""
    last = plan.steps[-1] if plan.steps else None
    if last is None or last.action is not PlanAction.WRITE or last.by != by.actor:
        plan.steps.append(PlanStep(action=PlanAction.WRITE, by=by.actor, done_on=on))
    db.session.flush()


def _refuse_reversed(span: Span, field: str = "last") -> None:
    if span.last < span.first:
        raise Refused("plan:reversed", _("The last day lies before the first. Exchange the two."), field=field)


def _one_is_open() -> Refused:
    return Refused(
        "plan:is_open",
        _("A version of this plan is being written already, or waits for approval. Go on with that one."),
    )
