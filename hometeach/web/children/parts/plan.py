"""Which plan holds for a child, and what is it learning?"""

from dataclasses import dataclass
from datetime import date

from hometeach.cases.plan.models import Plan, PlanGoal, in_outline, open_plan, plan_in_force
from hometeach.people.models import Child


@dataclass(frozen=True)
class PlanCard:
    """The plan that holds, its goals in outline, and the version that is on its way."""

    holds: Plan | None
    on_its_way: Plan | None
    goals: list[PlanGoal]


def plan_card(child: Child, on: date) -> PlanCard:
    """What a child's page says of its plan."""
    holds = plan_in_force(child.id, on)
    return PlanCard(holds, open_plan(child.id), in_outline(holds.goals) if holds else [])
