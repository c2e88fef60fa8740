"""A plan is written, moved on by the right people, and kept in versions that never change."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from hometeach.cases.plan.actions import (
    GoalDraft,
    LessonDraft,
    PlanDraft,
    acknowledge,
    begin_plan,
    copy_lesson,
    judge_goal,
    move,
    record_acknowledgement,
    remove_goal,
    remove_lesson,
    write_goal,
    write_lesson,
    write_plan,
)
from hometeach.cases.plan.models import (
    LessonPlan,
    Plan,
    goals_in_force,
    has_approved_plan,
    learning_domains,
    plan_in_force,
    prompt_levels,
    rating_steps,
)
from hometeach.cases.plan.rules import GoalStatus, PlanAction, PlanStatus
from hometeach.kernel.audit import AuditEvent, events
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import Setting
from hometeach.people.models import Child
from tests.cases.plan.conftest import AUTUMN, TODAY, People
from tests.factories import Cast

SPRING = Span(date(2027, 3, 1), date(2027, 7, 5))


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def last_event(people: People) -> AuditEvent:
    return db.session.scalars(events(about=f"child:{people.child.public_id}").limit(1)).one()


def approve(plan: Plan, people: People) -> None:
    move(plan, PlanAction.SUBMIT, by=people.lin, on=TODAY)
    move(plan, PlanAction.APPROVE, by=people.he, on=TODAY)


def told(plan: Plan) -> tuple[object, ...]:
    """All that a version says."""
    return (
        plan.term,
        plan.span,
        plan.team,
        plan.meeting_notes,
        sorted((one.domain, one.text) for one in plan.baselines),
        sorted((one.domain, one.minutes_per_week, one.provider) for one in plan.services),
        [(goal.line, goal.domain, goal.text, goal.criterion, goal.starts_on, goal.ends_on) for goal in plan.goals],
    )


def test_a_plan_goes_from_draft_to_acknowledged(plan: Plan, people: People) -> None:
    move(plan, PlanAction.SUBMIT, by=people.lin, on=TODAY)
    assert not has_approved_plan(people.child.id, TODAY)
    move(plan, PlanAction.ADVISE, by=people.centre, on=TODAY, comment="可以加一个沟通目标。")
    move(plan, PlanAction.APPROVE, by=people.he, on=TODAY)
    assert has_approved_plan(people.child.id, TODAY)
    acknowledge(plan, people.guardian, TODAY)
    assert plan.status is PlanStatus.ACKNOWLEDGED
    assert last_event(people).action == "plan:acknowledge"
    assert last_event(people).actor == f"guardian:{people.guardian.public_id}"
    move(plan, PlanAction.REVIEW, by=people.lin, on=TODAY, comment="达成一半。")
    assert plan.status is PlanStatus.REVIEWED
    assert [step.action for step in plan.steps] == [
        PlanAction.WRITE,
        PlanAction.SUBMIT,
        PlanAction.ADVISE,
        PlanAction.APPROVE,
        PlanAction.ACKNOWLEDGE,
        PlanAction.REVIEW,
    ]


def test_what_people_wrote_never_enters_the_log(plan: Plan, people: People) -> None:
    move(plan, PlanAction.SUBMIT, by=people.lin, on=TODAY)
    move(plan, PlanAction.SEND_BACK, by=people.he, on=TODAY, comment="癫痫情况要写清楚")
    details = " ".join(db.session.scalars(select(AuditEvent.detail)))
    assert "癫痫" not in details
    assert "勺" not in details


def test_the_baseline_and_the_notes_are_sealed_in_the_database(plan: Plan) -> None:
    db.session.flush()
    kept = db.session.execute(text("SELECT text_sealed FROM plan_baseline")).scalar_one()
    notes = db.session.execute(text("SELECT meeting_notes_sealed FROM plan")).scalar_one()
    assert "勺".encode() not in bytes(kept)
    assert "吃饭".encode() not in bytes(notes)
    assert plan.baselines[0].text == "会用手抓食物，不会用勺。"


@pytest.mark.parametrize("action", [PlanAction.SUBMIT, PlanAction.DISCARD], ids=str)
def test_only_the_teacher_who_answers_submits_or_discards(plan: Plan, people: People, action: PlanAction) -> None:
    for who in (people.he, people.centre, people.stranger):
        assert refusal(lambda who=who: move(plan, action, by=who, on=TODAY)) == "plan:not_yours_to_do"  # type: ignore[misc]
    assert plan.status is PlanStatus.DRAFT


@pytest.mark.parametrize("action", [PlanAction.APPROVE, PlanAction.SEND_BACK], ids=str)
def test_only_the_head_approves(plan: Plan, people: People, action: PlanAction) -> None:
    move(plan, PlanAction.SUBMIT, by=people.lin, on=TODAY)
    for who in (people.lin, people.stranger):
        assert refusal(lambda who=who: move(plan, action, by=who, on=TODAY, comment="x")) == "plan:not_yours_to_do"  # type: ignore[misc]
    assert plan.status is PlanStatus.SUBMITTED


def test_a_head_who_wrote_the_plan_does_not_approve_it(plan: Plan, people: People) -> None:
    move(plan, PlanAction.SUBMIT, by=people.lin, on=TODAY)
    both = replace(people.lin, hats=people.lin.hats | people.he.hats)
    other_account = replace(people.he, teacher_id=people.lin.teacher_id)
    for who in (both, other_account):
        assert refusal(lambda who=who: move(plan, PlanAction.APPROVE, by=who, on=TODAY)) == "plan:own_work"  # type: ignore[misc]


def test_a_plan_with_gaps_is_not_submitted(plan: Plan, people: People) -> None:
    remove_goal(plan.goals[0], by=people.lin, on=TODAY)
    assert plan.goals == []
    assert refusal(lambda: move(plan, PlanAction.SUBMIT, by=people.lin, on=TODAY)) == "plan:incomplete"


def test_sending_back_needs_words_for_the_teacher(plan: Plan, people: People) -> None:
    move(plan, PlanAction.SUBMIT, by=people.lin, on=TODAY)
    assert refusal(lambda: move(plan, PlanAction.SEND_BACK, by=people.he, on=TODAY)) == "plan:comment_missing"


def test_a_bureau_may_ask_that_the_centre_looks_first(plan: Plan, people: People) -> None:
    db.session.add(Setting(name="plan_needs_centre", value="1", effective_from=date(2026, 9, 1), source="试点文件"))
    move(plan, PlanAction.SUBMIT, by=people.lin, on=TODAY)
    assert refusal(lambda: move(plan, PlanAction.APPROVE, by=people.he, on=TODAY)) == "plan:centre_first"
    move(plan, PlanAction.ADVISE, by=people.centre, on=TODAY, comment="可以。")
    move(plan, PlanAction.APPROVE, by=people.he, on=TODAY)
    assert plan.status is PlanStatus.APPROVED


def test_an_approved_version_never_changes(plan: Plan, people: People) -> None:
    approve(plan, people)
    before = told(plan)
    draft = PlanDraft("另一学期", AUTUMN)
    assert refusal(lambda: write_plan(plan, draft, seen=1, by=people.lin, on=TODAY)) == "plan:wrong_state"
    goal = GoalDraft("self_care", "别的")
    assert refusal(lambda: write_goal(plan, goal, by=people.lin, on=TODAY)) == "plan:wrong_state"
    assert refusal(lambda: remove_goal(plan.goals[0], by=people.lin, on=TODAY)) == "plan:wrong_state"
    second = begin_plan(people.child, term="2027 春", span=SPRING, by=people.lin, on=TODAY)
    write_goal(second, GoalDraft("self_care", "自己吃完两餐"), by=people.lin, on=TODAY, goal=second.goals[0])
    remove_goal(second.goals[1], by=people.lin, on=TODAY)
    db.session.expire_all()
    assert told(plan) == before


def test_a_new_version_copies_the_old_and_its_goals_keep_their_line(plan: Plan, people: People) -> None:
    approve(plan, people)
    second = begin_plan(people.child, term="2027 春", span=SPRING, by=people.lin, on=TODAY)
    assert second.version == 2
    assert [goal.line for goal in second.goals] == [goal.line for goal in plan.goals]
    assert [goal.id for goal in second.goals] != [goal.id for goal in plan.goals]
    assert second.goals[1].long_goal_id == second.goals[0].id
    assert [one.text for one in second.baselines] == ["会用手抓食物，不会用勺。"]


def test_a_child_has_one_open_version_at_most(plan: Plan, people: People) -> None:
    assert refusal(lambda: begin_plan(people.child, term="x", span=AUTUMN, by=people.lin, on=TODAY)) == "plan:is_open"
    move(plan, PlanAction.DISCARD, by=people.lin, on=TODAY)
    again = begin_plan(people.child, term="x", span=AUTUMN, by=people.lin, on=TODAY)
    assert (again.version, again.goals) == (2, [])


def test_the_database_holds_that_one_version_is_open(plan: Plan, people: People) -> None:
    twin = Plan(child_id=people.child.id, version=9, term="x", effective_from=AUTUMN.first, effective_to=AUTUMN.last)
    db.session.add(twin)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_the_newer_approved_version_holds(plan: Plan, people: People) -> None:
    approve(plan, people)
    second = begin_plan(people.child, term="改", span=Span(date(2026, 11, 1), AUTUMN.last), by=people.lin, on=TODAY)
    assert plan_in_force(people.child.id, TODAY) is plan
    for goal in second.goals[1:]:
        write_goal(
            second,
            GoalDraft("self_care", goal.text, date(2026, 11, 1), AUTUMN.last, goal.criterion),
            by=people.lin,
            on=TODAY,
            goal=goal,
        )
    approve(second, people)
    assert plan_in_force(people.child.id, TODAY) is second
    assert plan_in_force(people.child.id, date(2026, 10, 1)) is plan
    assert [goal.plan_id for goal in goals_in_force(people.child.id, TODAY)] == [second.id, second.id]
    assert goals_in_force(people.child.id, date(2027, 5, 1)) == []


def test_the_second_of_two_editors_is_told_and_saves_nothing(plan: Plan, people: People) -> None:
    seen = plan.revision
    write_plan(plan, PlanDraft("我的", AUTUMN, baselines={"self_care": "甲"}), seen=seen, by=people.lin, on=TODAY)
    late = PlanDraft("他的", AUTUMN, baselines={"self_care": "乙"})
    assert refusal(lambda: write_plan(plan, late, seen=seen, by=people.lin, on=TODAY)) == "plan:changed_meanwhile"
    assert (plan.term, plan.baselines[0].text) == ("我的", "甲")
    goal = plan.goals[1]
    mine = GoalDraft("self_care", "舀汤")
    assert (
        refusal(lambda: write_goal(plan, mine, by=people.lin, on=TODAY, goal=goal, seen=goal.revision - 1))
        == "plan:changed_meanwhile"
    )


def test_days_in_the_wrong_order_are_refused(plan: Plan, people: People) -> None:
    turned = Span(AUTUMN.last, AUTUMN.first)
    code = refusal(lambda: write_plan(plan, PlanDraft("x", turned), seen=plan.revision, by=people.lin, on=TODAY))
    assert code == "plan:reversed"


def test_staff_enter_an_acknowledgement_on_paper_with_its_date(plan: Plan, people: People) -> None:
    approve(plan, people)
    signed = date(2026, 11, 20)
    assert (
        refusal(
            lambda: record_acknowledgement(plan, people.guardian, by=people.lin, signed_on=date(2026, 11, 24), on=TODAY)
        )
        == "plan:later_than_today"
    )
    assert (
        refusal(lambda: record_acknowledgement(plan, people.guardian, by=people.stranger, signed_on=signed, on=TODAY))
        == "plan:not_yours_to_do"
    )
    record_acknowledgement(plan, people.guardian, by=people.he, signed_on=signed, on=TODAY)
    step = plan.steps[-1]
    assert (step.done_on, step.guardian_id) == (signed, people.guardian.id)


def test_only_this_childs_family_acknowledges(plan: Plan, people: People, cast: Cast) -> None:
    approve(plan, people)
    other = db.session.scalars(select(Child).where(Child.public_id == cast.foreign_child)).one()
    assert refusal(lambda: acknowledge(plan, other.guardians[0], TODAY)) == "plan:foreign_guardian"
    acknowledge(plan, people.guardian, TODAY)
    assert refusal(lambda: acknowledge(plan, people.guardian, TODAY)) == "plan:wrong_state"


def test_where_a_goal_stands_goes_on_after_approval(plan: Plan, people: People) -> None:
    goal = plan.goals[1]
    assert refusal(lambda: judge_goal(goal, GoalStatus.ONGOING, by=people.lin)) == "plan:wrong_state"
    approve(plan, people)
    judge_goal(goal, GoalStatus.REACHED, by=people.lin)
    assert goal.status is GoalStatus.REACHED
    assert last_event(people).action == "plan_goal:judge"
    assert refusal(lambda: judge_goal(goal, GoalStatus.ONGOING, by=people.he)) == "plan:not_yours_to_do"


def test_a_lesson_serves_goals_and_is_used_again(plan: Plan, people: People, cast: Cast) -> None:
    approve(plan, people)
    draft = LessonDraft("用勺吃饭", date(2026, 11, 24), process="先示范。")
    lesson = write_lesson(people.child, draft, [plan.goals[1]], by=people.lin)
    again = copy_lesson(lesson, people.child, date(2026, 12, 1), by=people.lin)
    assert (again.title, again.taught_on, [goal.id for goal in again.goals]) == (
        "用勺吃饭",
        date(2026, 12, 1),
        [plan.goals[1].id],
    )
    other = db.session.scalars(select(Child).where(Child.public_id == cast.foreign_child)).one()
    assert copy_lesson(lesson, other, date(2026, 12, 1), by=people.lin).goals == []
    assert (
        refusal(lambda: write_lesson(people.child, draft, [], by=people.lin, lesson=lesson, seen=0))
        == "plan:changed_meanwhile"
    )
    assert refusal(lambda: write_lesson(people.child, draft, [], by=people.he)) == "plan:not_yours_to_do"
    remove_lesson(again, by=people.lin)
    assert db.session.scalar(select(LessonPlan.id).where(LessonPlan.id == again.id)) is None


def test_domains_scale_and_prompts_are_data(app: object) -> None:
    assert [one.name_zh for one in learning_domains()][:3] == ["感知觉", "粗大动作", "精细动作"]
    assert [step.score for step in rating_steps()] == [0, 1, 2, 3, 4]
    assert [level.name_zh for level in prompt_levels()] == ["独立", "口头", "手势", "部分肢体", "全肢体"]
