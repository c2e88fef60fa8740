"""How has a goal gone, in a picture small enough to stand in a line?

Drawn from the ratings of visits; a goal goes on through the versions of the
plan, so that its line asks by what the goal is, not by the version.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.cases.plan.models import PlanGoal, PromptLevel, rating_steps
from hometeach.cases.plan.rules import Point, Progress, progress
from hometeach.kernel.extensions import db
from hometeach.visits.models import Visit
from hometeach.visits.recording.models import VisitGoal
from hometeach.web import words
from hometeach.web.words import plans as said

#: Units of the picture's own grid: one rating's width, and the height of the whole scale.
STEP, HEIGHT = 12, 32
#: So many of the latest ratings fit beside a goal.
MOST_DRAWN = 16


@dataclass(frozen=True)
class GoalPicture:
    """Dots on a grid, and the same in a sentence and as rows. Units: the grid's own."""

    dots: tuple[tuple[int, int], ...]
    width: int
    sentence: str
    rows: tuple[tuple[str, str], ...]

    @property
    def line(self) -> str:
        """The dots joined, as SVG takes them."""
        return " ".join(f"{x},{y}" for x, y in self.dots)


def pictures_of(goals: Iterable[PlanGoal]) -> dict[str, GoalPicture]:
    """The picture of each goal that was rated, by its line."""
    lines = {goal.line for goal in goals}
    statement = (
        select(PlanGoal.line, Visit.held_on, VisitGoal.score, PromptLevel.position)
        .join(PlanGoal, PlanGoal.id == VisitGoal.goal_id)
        .join(Visit, Visit.id == VisitGoal.visit_id)
        .outerjoin(PromptLevel, PromptLevel.code == VisitGoal.prompt_level)
        .where(PlanGoal.line.in_(lines), VisitGoal.score.is_not(None), Visit.is_void.is_(False))
        .order_by(Visit.held_on, Visit.arrived_second, Visit.id)
    )
    points: defaultdict[str, list[Point]] = defaultdict(list)
    for line, day, score, rank in db.session.execute(statement):
        if score is not None:
            points[line].append(Point(day, score, rank))
    names = {step.score: said.data_name(step) for step in rating_steps()}
    told = {line: progress(some) for line, some in points.items()}
    return {line: _drawn(one, names) for line, one in told.items() if one is not None}


def _drawn(told: Progress, names: dict[int, str]) -> GoalPicture:
    top = max(names)
    latest = told.points[-MOST_DRAWN:]
    dots = tuple(
        (STEP // 2 + place * STEP, HEIGHT - 4 - round(point.score * (HEIGHT - 8) / top))
        for place, point in enumerate(latest)
    )
    return GoalPicture(
        dots,
        STEP * len(latest),
        _sentence(told, names),
        tuple((words.day_words(point.day), names[point.score]) for point in latest),
    )


def _sentence(told: Progress, names: dict[int, str]) -> str:
    if len(told.points) == 1:
        return _("Rated once: %(latest)s.", latest=names[told.latest])
    return _(
        "Rated %(n)s times: at first “%(first)s”, last “%(latest)s”.",
        n=len(told.points),
        first=names[told.first],
        latest=names[told.latest],
    )
