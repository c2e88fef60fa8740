"""Write a lesson for a child, and use it again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from hometeach.cases.plan.actions.moving import refused
from hometeach.cases.plan.actions.writing import refuse_overtaken
from hometeach.cases.plan.models import LessonPlan, PlanGoal, goals_in_force
from hometeach.cases.plan.rules import Asker, Hat
from hometeach.kernel import audit
from hometeach.kernel.extensions import db, hold
from hometeach.people.models import Child

_WRITERS = frozenset({Hat.ANSWERS, Hat.TEACHES})


@dataclass(frozen=True, slots=True)
class LessonDraft:
    """A lesson as it was written into a form."""

    title: str
    taught_on: date
    content: str = ""
    key_points: str = ""
    aids: str = ""
    process: str = ""
    home_practice: str = ""


def write_lesson(
    child: Child,
    draft: LessonDraft,
    goals: Sequence[PlanGoal],
    *,
    by: Asker,
    lesson: LessonPlan | None = None,
    seen: int = 0,
) -> LessonPlan:
    """Write a lesson, or save one that is there.

    Raises: Refused ``plan:not_yours_to_do``, ``plan:changed_meanwhile``.
    """
    _refuse_strangers(by)
    if lesson is None:
        lesson = LessonPlan(child=child, child_id=child.id, written_by=by.actor, revision=0, **asdict(draft))
        db.session.add(lesson)
    else:
        hold(lesson)
        refuse_overtaken(lesson.revision, seen)
        for name, value in asdict(draft).items():
            setattr(lesson, name, value)
    lesson.goals = list(goals)
    lesson.revision += 1
    db.session.flush()
    audit.record("lesson:write", actor=by.actor, about=f"child:{child.public_id}", detail={"goals": len(goals)})
    return lesson


def copy_lesson(lesson: LessonPlan, child: Child, on: date, *, by: Asker) -> LessonPlan:
    """Use a lesson again, for another day or another child; goals go along only with the same child.

    Raises: Refused ``plan:not_yours_to_do``.
    """
    lines = {goal.line for goal in lesson.goals} if lesson.child_id == child.id else set()
    goals = [goal for goal in goals_in_force(child.id, on) if goal.line in lines]
    draft = LessonDraft(
        title=lesson.title,
        taught_on=on,
        content=lesson.content,
        key_points=lesson.key_points,
        aids=lesson.aids,
        process=lesson.process,
        home_practice=lesson.home_practice,
    )
    return write_lesson(child, draft, goals, by=by)


def remove_lesson(lesson: LessonPlan, *, by: Asker) -> None:
    """Take a lesson away that shall not be given.

    Raises: Refused ``plan:not_yours_to_do``.
    """
    _refuse_strangers(by)
    about = f"child:{lesson.child.public_id}"
    db.session.delete(lesson)
    db.session.flush()
    audit.record("lesson:remove", actor=by.actor, about=about)


def _refuse_strangers(by: Asker) -> None:
    if not by.hats & _WRITERS:
        raise refused("plan:not_yours_to_do")
