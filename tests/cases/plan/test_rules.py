"""Who may do what to a plan, what it must hold, and how a goal goes."""

from datetime import date
from itertools import product

import pytest

from hometeach.cases.plan.comparing import Difference, Told, differences
from hometeach.cases.plan.rules import (
    MOVES,
    Asker,
    Authors,
    GoalShape,
    Hat,
    PlanAction,
    PlanStatus,
    Point,
    actions_open_to,
    gaps,
    is_in_force,
    progress,
    refusal,
)
from hometeach.kernel.clock import Span

AUTUMN = Span(date(2026, 9, 1), date(2027, 1, 22))
NOBODY = Authors(frozenset(), frozenset())
#: The table again, as the bureau's form F08 says it: in which state, who, and what comes of it.
EXPECTED = {
    (PlanStatus.DRAFT, Hat.ANSWERS): {
        PlanAction.WRITE: PlanStatus.DRAFT,
        PlanAction.SUBMIT: PlanStatus.SUBMITTED,
        PlanAction.DISCARD: PlanStatus.DISCARDED,
    },
    (PlanStatus.DRAFT, Hat.TEACHES): {PlanAction.WRITE: PlanStatus.DRAFT},
    (PlanStatus.SUBMITTED, Hat.HEAD): {
        PlanAction.APPROVE: PlanStatus.APPROVED,
        PlanAction.SEND_BACK: PlanStatus.DRAFT,
    },
    (PlanStatus.SUBMITTED, Hat.CENTRE): {
        PlanAction.ADVISE: PlanStatus.SUBMITTED,
        PlanAction.SEND_BACK: PlanStatus.DRAFT,
    },
    (PlanStatus.APPROVED, Hat.ANSWERS): {
        PlanAction.ACKNOWLEDGE: PlanStatus.ACKNOWLEDGED,
        PlanAction.REVIEW: PlanStatus.REVIEWED,
    },
    (PlanStatus.APPROVED, Hat.COORDINATES): {PlanAction.ACKNOWLEDGE: PlanStatus.ACKNOWLEDGED},
    (PlanStatus.APPROVED, Hat.GUARDIAN): {PlanAction.ACKNOWLEDGE: PlanStatus.ACKNOWLEDGED},
    (PlanStatus.ACKNOWLEDGED, Hat.ANSWERS): {PlanAction.REVIEW: PlanStatus.REVIEWED},
}


@pytest.mark.parametrize(("status", "hat", "action"), [*product(PlanStatus, Hat, PlanAction)], ids=str)
def test_each_cell_of_state_hat_and_action(status: PlanStatus, hat: Hat, action: PlanAction) -> None:
    goes_to = EXPECTED.get((status, hat), {}).get(action)
    refused = refusal(action, status, Asker("a", frozenset({hat})), NOBODY)
    assert (refused is None) == (goes_to is not None)
    if goes_to is not None:
        assert MOVES[action].goes_to is goes_to


@pytest.mark.parametrize(
    ("asker", "is_refused"),
    [
        (Asker("he", frozenset({Hat.HEAD})), False),
        (Asker("lin", frozenset({Hat.HEAD})), True),
        (Asker("lin-as-head", frozenset({Hat.HEAD}), teacher_id=7), True),
        (Asker("lin", frozenset({Hat.HEAD, Hat.ANSWERS}), teacher_id=7), True),
        (Asker("he", frozenset({Hat.HEAD}), teacher_id=8), False),
    ],
    ids=[
        "another head",
        "the writer's account",
        "the writer as a teacher",
        "both hats on",
        "a head who teaches others",
    ],
)
@pytest.mark.parametrize("action", [PlanAction.APPROVE, PlanAction.SEND_BACK], ids=str)
def test_nobody_approves_or_sends_back_their_own(action: PlanAction, asker: Asker, is_refused: bool) -> None:
    authors = Authors(frozenset({"lin"}), frozenset({7}))
    assert (refusal(action, PlanStatus.SUBMITTED, asker, authors) == "plan:own_work") == is_refused


def test_the_centre_does_not_advise_on_what_it_wrote() -> None:
    centre = Asker("mo", frozenset({Hat.CENTRE}))
    own = Authors(frozenset({"mo"}), frozenset())
    assert refusal(PlanAction.ADVISE, PlanStatus.SUBMITTED, centre, own) == "plan:own_work"
    assert PlanAction.ADVISE in actions_open_to(PlanStatus.SUBMITTED, centre, NOBODY)


LONG = GoalShape(1, None, "会自己吃饭")
STEP = GoalShape(2, 1, "会握勺", "5 次里 4 次", date(2026, 9, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("baselines", "goals", "expected"),
    [
        (1, [LONG, STEP], []),
        (0, [LONG, STEP], ["plan:no_baseline"]),
        (1, [], ["plan:no_goal"]),
        (1, [LONG], ["plan:long_goal_without_steps"]),
        (1, [LONG, GoalShape(2, 1, "x", "  ", STEP.starts_on, STEP.ends_on)], ["plan:step_without_criterion"]),
        (1, [LONG, GoalShape(2, 1, "x", "y", STEP.starts_on)], ["plan:step_without_dates"]),
        (1, [LONG, GoalShape(2, 1, "x", "y", date(2026, 8, 31), STEP.ends_on)], ["plan:step_outside_plan"]),
        (1, [LONG, GoalShape(2, 1, "x", "y", AUTUMN.first, AUTUMN.last)], []),
        (0, [], ["plan:no_baseline", "plan:no_goal"]),
    ],
    ids=["whole", "no baseline", "no goal", "no step", "no criterion", "no last day", "a day early", "edges", "empty"],
)
def test_what_a_plan_lacks(baselines: int, goals: list[GoalShape], expected: list[str]) -> None:
    assert gaps(AUTUMN, baselines, goals) == expected


@pytest.mark.parametrize(
    ("status", "day", "holds"),
    [
        (PlanStatus.SUBMITTED, date(2026, 10, 1), False),
        (PlanStatus.APPROVED, date(2026, 8, 31), False),
        (PlanStatus.APPROVED, date(2026, 9, 1), True),
        (PlanStatus.ACKNOWLEDGED, date(2027, 1, 22), True),
        (PlanStatus.REVIEWED, date(2027, 1, 22), True),
        (PlanStatus.APPROVED, date(2027, 1, 23), False),
        (PlanStatus.DISCARDED, date(2026, 10, 1), False),
    ],
    ids=["not approved", "day before", "first day", "last day", "reviewed early", "day after", "discarded"],
)
def test_a_plan_is_in_force_once_approved_and_within_its_dates(status: PlanStatus, day: date, holds: bool) -> None:
    assert is_in_force(status, AUTUMN, day) is holds


def test_a_goal_that_nobody_rated_has_no_progress_rather_than_zero() -> None:
    assert progress([]) is None


def test_progress_is_told_in_order_of_time() -> None:
    told = progress([Point(date(2026, 10, 8), 3), Point(date(2026, 9, 8), 1, 4), Point(date(2026, 9, 15), 4)])
    assert told is not None
    assert [point.score for point in told.points] == [1, 4, 3]
    assert (told.first, told.latest, told.best, told.change) == (1, 3, 4, 2)


def test_versions_are_compared_field_by_field() -> None:
    before = [Told("plan", "term", "秋"), Told("goal a", "text", "握勺"), Told("goal b", "text", "穿衣")]
    after = [Told("plan", "term", "秋"), Told("goal c", "text", "洗手"), Told("goal a", "text", "自己握勺")]
    assert differences(before, after) == [
        Difference("goal c", "text", "", "洗手"),
        Difference("goal a", "text", "握勺", "自己握勺"),
        Difference("goal b", "text", "穿衣", ""),
    ]
    assert differences(before, before) == []
