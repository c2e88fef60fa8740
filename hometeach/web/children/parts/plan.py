"""Which plan holds for a child, and what is it learning?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hometeach.cases.plan.models import Plan, PlanGoal, in_outline, open_plan, plan_in_force
from hometeach.people.models import Child
from hometeach.web.plans.pictures import GoalPicture, pictures_of
from hometeach.web.words import plans as said

#: So many goals stand on a child's page; all of them stand in the plan.
MOST_SHOWN = 5


@dataclass(frozen=True)
class GoalLine:
    """A short-term goal, where it stands, and how it went."""

    goal: PlanGoal
    status: str
    picture: GoalPicture | None


@dataclass(frozen=True)
class PlanCard:
    """The plan that holds, its short-term goals, and the version that is on its way."""

    holds: Plan | None
    on_its_way: Plan | None
    #: Where the version on its way stands, in words.
    way: str
    goals: Sequence[GoalLine]
    #: How many more goals the plan has.
    more: int


def plan_card(child: Child, on: date) -> PlanCard:
    """What a child's page says of its plan."""
    holds, coming = plan_in_force(child.id, on), open_plan(child.id)
    steps = [goal for goal in in_outline(holds.goals) if goal.is_short_term] if holds else []
    pictures = pictures_of(steps[:MOST_SHOWN]) if steps else {}
    return PlanCard(
        holds,
        coming,
        said.plan_status_words(coming.status) if coming else "",
        [GoalLine(goal, said.goal_status_words(goal.status), pictures.get(goal.line)) for goal in steps[:MOST_SHOWN]],
        max(0, len(steps) - MOST_SHOWN),
    )
