"""How does a version read? Its parts in order, its history, and the fields by which versions are compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.cases.plan.comparing import Told
from hometeach.cases.plan.models import LearningDomain, Plan, PlanGoal, PlanService, in_outline, learning_domains
from hometeach.cases.plan.rules import PlanAction, PlanStatus, is_in_force
from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.people.models import Account, Guardian
from hometeach.web import words
from hometeach.web.plans.pictures import GoalPicture, pictures_of
from hometeach.web.standings.file import Happened
from hometeach.web.words import plans as said


@dataclass(frozen=True)
class DomainPart:
    """One field of learning in a plan: what the child can do, who helps, what it shall learn."""

    name: str
    baseline: str
    service: str
    goals: Sequence["GoalPart"]


@dataclass(frozen=True)
class GoalPart:
    """A long-term goal with its steps, or a step with none."""

    goal: PlanGoal
    status: str
    facts: Sequence[tuple[str, str]]
    steps: Sequence["GoalPart"]
    picture: GoalPicture | None


def domain_names() -> dict[str, str]:
    """The fields of learning by code, in order, in the reader's language."""
    return {domain.code: said.data_name(domain) for domain in learning_domains()}


def parts_of(plan: Plan) -> list[DomainPart]:
    """What the plan says, field by field of learning; fields without a word are left out."""
    baselines = {one.domain: one.text for one in plan.baselines}
    services = {one.domain: service_words(one) for one in plan.services}
    pictures = pictures_of(plan.goals)
    found = []
    for domain in learning_domains():
        goals = _goal_parts(plan, domain, pictures)
        part = DomainPart(said.data_name(domain), baselines.get(domain.code, ""), services.get(domain.code, ""), goals)
        if part.baseline or part.service or part.goals:
            found.append(part)
    return found


def service_words(service: PlanService) -> str:
    """60 minutes a week, by whom."""
    return words.listed(
        [part for part in (_("%(n)s minutes a week", n=service.minutes_per_week), service.provider) if part]
    )


def standing_sentence(plan: Plan) -> str:
    """Where the version stands, and whether it holds today, as a sentence."""
    status, today = said.plan_status_words(plan.status), clock.today()
    days = words.span_words(plan.span)
    if is_in_force(plan.status, plan.span, today):
        return _("In force %(days)s: %(status)s.", days=days, status=status)
    if plan.status in (PlanStatus.DRAFT, PlanStatus.SUBMITTED, PlanStatus.DISCARDED):
        return _("Not in force: %(status)s.", status=status)
    if plan.span.first > today:
        return _("Will be in force %(days)s: %(status)s.", days=days, status=status)
    return _("Was in force %(days)s: %(status)s.", days=days, status=status)


def history_of(plan: Plan) -> list[Happened]:
    """What people did to the version, the newest first."""
    accounts = {step.by for step in plan.steps}
    signed_in = select(Account.public_id, Account.name).where(Account.public_id.in_(accounts))
    names = {row.public_id: row.name for row in db.session.execute(signed_in)}
    family = {one.id: one for one in db.session.scalars(select(Guardian).where(Guardian.child_id == plan.child_id))}
    lines = []
    for step in reversed(plan.steps):
        guardian = family.get(step.guardian_id) if step.guardian_id else None
        what = said.plan_step_words(step.action)
        if guardian and step.route:
            what = words.listed([what, guardian.name, said.read_route_words(step.route)])
        if step.comment:
            what = _("%(what)s: %(comment)s", what=what, comment=step.comment)
        lines.append(Happened(step.done_on, what, words.day_words(step.done_on), names.get(step.by, "")))
    return lines


def is_seen_by_centre(plan: Plan) -> bool:
    """Whether the resource centre looked at what was handed in last."""
    since = [step.action for step in plan.steps if step.action in (PlanAction.SUBMIT, PlanAction.ADVISE)]
    return bool(since) and since[-1] is PlanAction.ADVISE


def told_of(plan: Plan) -> Iterator[Told]:
    """Every field of a version as a person reads it, for laying two versions side by side."""
    domains = domain_names()
    head = _("The plan itself")
    yield Told(head, said.plan_field_words("term"), plan.term)
    yield Told(head, said.plan_field_words("days"), words.span_words(plan.span))
    yield Told(head, said.plan_field_words("team"), plan.team or "")
    yield Told(head, said.plan_field_words("meeting_notes"), plan.meeting_notes or "")
    for one in plan.baselines:
        yield Told(domains[one.domain], said.plan_field_words("baseline"), one.text)
    for service in plan.services:
        yield Told(domains[service.domain], said.plan_field_words("service"), service_words(service))
    numbers = _numbers(plan)
    for goal in in_outline(plan.goals):
        about = f"{numbers[goal.id]}\0{goal.line}"
        yield Told(about, said.plan_field_words("domain"), domains[goal.domain])
        yield Told(about, said.plan_field_words("text"), goal.text)
        for name, value in _goal_facts(goal):
            yield Told(about, name, value)


def goal_name(goal: PlanGoal) -> str:
    """What kind of goal it is, for a heading."""
    return _("Short-term goal") if goal.is_short_term else _("Long-term goal")


def _numbers(plan: Plan) -> dict[int, str]:
    return {goal.id: goal_name(goal) for goal in plan.goals}


def _goal_parts(plan: Plan, domain: LearningDomain, pictures: dict[str, GoalPicture]) -> list[GoalPart]:
    longs = [goal for goal in in_outline(plan.goals) if not goal.is_short_term and goal.domain == domain.code]
    return [_goal_part(goal, plan, pictures) for goal in longs]


def _goal_part(goal: PlanGoal, plan: Plan, pictures: dict[str, GoalPicture]) -> GoalPart:
    steps = [one for one in in_outline(plan.goals) if one.long_goal_id == goal.id]
    return GoalPart(
        goal,
        said.goal_status_words(goal.status),
        [(name, value) for name, value in _goal_facts(goal) if value],
        [_goal_part(step, plan, pictures) for step in steps],
        pictures.get(goal.line),
    )


def _goal_facts(goal: PlanGoal) -> Iterator[tuple[str, str]]:
    days = [words.day_words(day, weekday=False) for day in (goal.starts_on, goal.ends_on) if day]
    yield said.plan_field_words("days"), "–".join(days)
    for name in ("criterion", "method", "strategy", "aids", "family_practice", "responsible"):
        yield said.plan_field_words(name), getattr(goal, name)
