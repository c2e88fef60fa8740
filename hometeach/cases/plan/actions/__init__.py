"""What people do to a plan: write it, move it on, and write lessons for it."""

from hometeach.cases.plan.actions.lessons import LessonDraft, copy_lesson, remove_lesson, write_lesson
from hometeach.cases.plan.actions.moving import (
    acknowledge,
    authors_of,
    judge_goal,
    lacking,
    move,
    record_acknowledgement,
    refused,
    why_not,
)
from hometeach.cases.plan.actions.writing import (
    GoalDraft,
    PlanDraft,
    ServiceDraft,
    begin_plan,
    goal_of,
    remove_goal,
    write_goal,
    write_plan,
)

__all__ = [
    "GoalDraft",
    "LessonDraft",
    "PlanDraft",
    "ServiceDraft",
    "acknowledge",
    "authors_of",
    "begin_plan",
    "copy_lesson",
    "goal_of",
    "judge_goal",
    "lacking",
    "move",
    "record_acknowledgement",
    "refused",
    "remove_goal",
    "remove_lesson",
    "why_not",
    "write_goal",
    "write_lesson",
    "write_plan",
]
