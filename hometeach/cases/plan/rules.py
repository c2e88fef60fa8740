"""Who may do what to a plan, and when; is it complete; how does a goal go?

A version runs draft → submitted → approved → acknowledged → reviewed. It is in
force within its dates once it is approved: nobody has to say so again. What is
approved never changes; a change is a new version.

Source: REPD art. 24 (the plan, and that the guardian is heard); the bureau's
own forms, F08.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hometeach.kernel.clock import Span


class PlanStatus(StrEnum):
    """Where one version of a plan stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    ACKNOWLEDGED = "acknowledged"
    REVIEWED = "reviewed"
    DISCARDED = "discarded"


class PlanAction(StrEnum):
    """What somebody does to a version."""

    WRITE = "write"
    SUBMIT = "submit"
    ADVISE = "advise"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    ACKNOWLEDGE = "acknowledge"
    REVIEW = "review"
    DISCARD = "discard"


class Hat(StrEnum):
    """As what somebody stands to a child."""

    ANSWERS = "answers"
    TEACHES = "teaches"
    COORDINATES = "coordinates"
    HEAD = "head"
    CENTRE = "centre"
    GUARDIAN = "guardian"


class Route(StrEnum):
    """How the family said that it has read the plan."""

    ONLINE = "online"
    PAPER = "paper"


class GoalStatus(StrEnum):
    """Where a goal stands."""

    NOT_STARTED = "not_started"
    ONGOING = "ongoing"
    REACHED = "reached"
    PARTLY_REACHED = "partly_reached"
    NOT_REACHED = "not_reached"
    ADJUSTED = "adjusted"


#: Still being written, or waiting for approval: a child has at most one of these.
OPEN = (PlanStatus.DRAFT, PlanStatus.SUBMITTED)
#: Approved once, and therefore in force within its dates.
APPROVED = (PlanStatus.APPROVED, PlanStatus.ACKNOWLEDGED, PlanStatus.REVIEWED)


@dataclass(frozen=True, slots=True)
class Move:
    """From where an action leads where, who may, and what it asks."""

    come_from: tuple[PlanStatus, ...]
    goes_to: PlanStatus
    hats: frozenset[Hat]
    #: Nobody does it to what they wrote or answer for.
    not_ones_own: bool = False
    needs_comment: bool = False
    needs_complete: bool = False


def _worn(*hats: Hat) -> frozenset[Hat]:
    return frozenset(hats)


MOVES: dict[PlanAction, Move] = {
    PlanAction.WRITE: Move((PlanStatus.DRAFT,), PlanStatus.DRAFT, _worn(Hat.ANSWERS, Hat.TEACHES)),
    PlanAction.SUBMIT: Move((PlanStatus.DRAFT,), PlanStatus.SUBMITTED, _worn(Hat.ANSWERS), needs_complete=True),
    PlanAction.ADVISE: Move(
        (PlanStatus.SUBMITTED,), PlanStatus.SUBMITTED, _worn(Hat.CENTRE), not_ones_own=True, needs_comment=True
    ),
    PlanAction.SEND_BACK: Move(
        (PlanStatus.SUBMITTED,), PlanStatus.DRAFT, _worn(Hat.HEAD, Hat.CENTRE), not_ones_own=True, needs_comment=True
    ),
    PlanAction.APPROVE: Move((PlanStatus.SUBMITTED,), PlanStatus.APPROVED, _worn(Hat.HEAD), not_ones_own=True),
    PlanAction.ACKNOWLEDGE: Move(
        (PlanStatus.APPROVED,), PlanStatus.ACKNOWLEDGED, _worn(Hat.GUARDIAN, Hat.ANSWERS, Hat.COORDINATES)
    ),
    PlanAction.REVIEW: Move(
        (PlanStatus.APPROVED, PlanStatus.ACKNOWLEDGED), PlanStatus.REVIEWED, _worn(Hat.ANSWERS), needs_comment=True
    ),
    PlanAction.DISCARD: Move((PlanStatus.DRAFT,), PlanStatus.DISCARDED, _worn(Hat.ANSWERS)),
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: account (or guardian), teacher if they are one, and as what they stand to the child."""

    actor: str
    hats: frozenset[Hat]
    teacher_id: int | None = None


@dataclass(frozen=True, slots=True)
class Authors:
    """Whose plan it is: the accounts that wrote or submitted it, and the teachers they are."""

    actors: frozenset[str]
    teacher_ids: frozenset[int]

    def include(self, asker: Asker) -> bool:
        """Whether the asker is one of them, under whichever hat."""
        return asker.actor in self.actors or (asker.teacher_id is not None and asker.teacher_id in self.teacher_ids)


def refusal(action: PlanAction, status: PlanStatus, asker: Asker, authors: Authors) -> str | None:
    """The code of the reason why this person may not do this now, None where they may.

    The same for nobody's business and for what the state forbids, in the order
    in which it helps: who, then when, then whose.
    """
    move = MOVES[action]
    if not move.hats & asker.hats:
        return "plan:not_yours_to_do"
    if status not in move.come_from:
        return "plan:wrong_state"
    if move.not_ones_own and authors.include(asker):
        return "plan:own_work"
    return None


def actions_open_to(status: PlanStatus, asker: Asker, authors: Authors) -> list[PlanAction]:
    """What this person may do to a version now, in the order of its life."""
    return [action for action in PlanAction if refusal(action, status, asker, authors) is None]


@dataclass(frozen=True, slots=True)
class GoalShape:
    """What completeness asks of a goal."""

    key: int
    long_goal: int | None
    text: str
    criterion: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


def gaps(span: Span, baselines: int, goals: Sequence[GoalShape]) -> list[str]:
    """What a plan lacks before it can be submitted, as codes, each once, in the order of the form."""
    short = [goal for goal in goals if goal.long_goal is not None]
    long = [goal for goal in goals if goal.long_goal is None]
    served = {goal.long_goal for goal in short}
    lacking = (
        ("plan:no_baseline", baselines == 0),
        ("plan:no_goal", not long),
        ("plan:long_goal_without_steps", any(goal.key not in served for goal in long)),
        ("plan:step_without_criterion", any(not goal.criterion.strip() for goal in short)),
        ("plan:step_without_dates", any(goal.starts_on is None or goal.ends_on is None for goal in short)),
        ("plan:step_outside_plan", any(_reaches_out(goal, span) for goal in short)),
    )
    return [code for code, lacks in lacking if lacks]


def is_in_force(status: PlanStatus, span: Span, on: date) -> bool:
    """Whether a version holds on a day: approved, and within its dates."""
    return status in APPROVED and on in span


@dataclass(frozen=True, slots=True)
class Point:
    """One rating of a goal in a visit. ``help_rank``: position of the prompt level, 0 is none; None where not said."""

    day: date
    score: int
    help_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How a goal has gone: its ratings in order of time, and what they say."""

    points: tuple[Point, ...]
    first: int
    latest: int
    best: int
    #: The sum of the changes from rating to rating: positive where it rose.
    change: int


def progress(points: Iterable[Point]) -> Progress | None:
    """What the ratings of a goal say; None where nobody rated it yet: no data is not zero.

    Of several ratings on one day all are kept, in the order given.
    """
    listed = tuple(sorted(points, key=lambda point: point.day))
    if not listed:
        return None
    scores = [point.score for point in listed]
    return Progress(listed, scores[0], scores[-1], max(scores), scores[-1] - scores[0])


def _reaches_out(goal: GoalShape, span: Span) -> bool:
    return any(day is not None and day not in span for day in (goal.starts_on, goal.ends_on))
