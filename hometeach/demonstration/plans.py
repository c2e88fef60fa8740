"""Plans of the demonstration: one that holds, with ratings and papers, one to approve, others being written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from hometeach.cases.file.actions import PaperDraft, enter_paper
from hometeach.cases.plan.actions import (
    GoalDraft,
    PlanDraft,
    ServiceDraft,
    begin_plan,
    judge_goal,
    move,
    record_acknowledgement,
    write_goal,
    write_plan,
)
from hometeach.cases.plan.models import Plan, PlanGoal
from hometeach.cases.plan.rules import Asker, GoalStatus, Hat, PlanAction
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.models import (
    Account,
    Child,
    ResponsibleSpan,
    ServingSpan,
    Teacher,
    account_by_sign_in_name,
    in_force,
)
from hometeach.schedule.models import the_calendar
from hometeach.visits.models import Visit
from hometeach.visits.recording.models import VisitGoal

#: How far each plan of the demonstration has come, child by child in the order of their codes.
WAYS: tuple[tuple[PlanAction, ...], ...] = (
    (PlanAction.SUBMIT, PlanAction.APPROVE, PlanAction.ACKNOWLEDGE),
    (PlanAction.SUBMIT,),
    (),
    (PlanAction.SUBMIT, PlanAction.APPROVE),
    (PlanAction.SUBMIT, PlanAction.SEND_BACK),
)
#: Ratings of a goal from visit to visit, and how much help each took.
RATINGS = ((0, "full"), (1, "full"), (1, "partial"), (2, "partial"), (1, "gesture"), (2, "gesture"), (3, "verbal"))
PAPERS = ("F02", "F03", "F06", "F16")


@dataclass(frozen=True)
class Outline:
    """A plan that could be any child's."""

    domain: str
    baseline: str
    long_goal: str
    steps: tuple[tuple[str, str], ...] = field(default=())


OUTLINES = (
    Outline(
        "self_care",
        "会用手抓取食物送到嘴里，不会用勺；穿脱衣服全靠家人。",
        "能在家人看护下自己吃完一餐",
        (
            ("用勺舀起软食送到嘴里", "连续 3 次送教中，5 次里有 4 次不洒落"),
            ("吃饭前后在提示下洗手", "口头提示后，5 次里有 4 次完成"),
        ),
    ),
    Outline(
        "communication",
        "能听懂自己的名字，用哭闹表示需要。",
        "能用手势或图片表达两种以上的需要",
        (("用图片表示“要喝水”", "口渴时，5 次里有 3 次主动指图片"),),
    ),
)


@dataclass(frozen=True)
class Around:
    """A child and those who have to do with its plan."""

    child: Child
    teacher: Asker
    teacher_name: str
    head: Asker


def seed(on: date) -> None:
    """Give some children of one school a plan, and one of them its papers; where there is a plan already, nothing."""
    if db.session.scalar(select(Plan.id).limit(1)) is not None:
        return
    term = next((one for one in the_calendar().terms if on in one.span), None)
    if term is None:
        return
    for around, way in zip(_children(on), WAYS, strict=False):
        plan = _written(around, term.name, term.span, on)
        _moved(plan, around, way, on)
        if PlanAction.ACKNOWLEDGE in way:
            _rate(plan, around.teacher, on)
            _enter_papers(around, on)


def _children(on: date) -> Iterator[Around]:
    head = account_by_sign_in_name("he")
    if head is None:
        return
    schools = [grant.unit_id for grant in head.grants if on in grant.span]
    statement = (
        select(Child, Teacher, Account.public_id)
        .join(ServingSpan, ServingSpan.child_id == Child.id)
        .join(ResponsibleSpan, ResponsibleSpan.child_id == Child.id)
        .join(Teacher, Teacher.id == ResponsibleSpan.teacher_id)
        .outerjoin(Account, Account.teacher_id == Teacher.id)
        .where(ServingSpan.school_id.in_(schools), in_force(ServingSpan, on), in_force(ResponsibleSpan, on))
        .order_by(Account.public_id.is_(None), Child.code)
        .limit(len(WAYS))
    )
    as_head = Asker(head.public_id, frozenset({Hat.HEAD, Hat.COORDINATES}), head.teacher_id)
    for child, teacher, account in db.session.execute(statement):
        hats = frozenset({Hat.ANSWERS})
        yield Around(child, Asker(account or "demonstration", hats, teacher.id), teacher.name, as_head)


def _written(around: Around, term: str, span: Span, on: date) -> Plan:
    by = around.teacher
    plan = begin_plan(around.child, term=term, span=span, by=by, on=on)
    draft = PlanDraft(
        term=term,
        span=span,
        team=f"{around.teacher_name}、家长、资源中心教师",
        meeting_notes="家长希望孩子先学会自己吃饭，再学表达需要。",
        baselines={one.domain: one.baseline for one in OUTLINES},
        services=[ServiceDraft(OUTLINES[0].domain, 60, around.teacher_name)],
    )
    write_plan(plan, draft, seen=0, by=by, on=on)
    for outline in OUTLINES:
        long_goal = write_goal(plan, GoalDraft(outline.domain, outline.long_goal), by=by, on=on)
        for text, criterion in outline.steps:
            step = GoalDraft(
                outline.domain,
                text,
                span.first,
                span.last,
                criterion,
                method="观察记录",
                strategy="示范后减少辅助",
                family_practice="每天练习一次",
                responsible=around.teacher_name,
            )
            write_goal(plan, step, by=by, on=on, under=long_goal)
    return plan


def _moved(plan: Plan, around: Around, way: tuple[PlanAction, ...], on: date) -> None:
    for action in way:
        if action is PlanAction.ACKNOWLEDGE:
            if around.child.guardians:
                guardian = around.child.guardians[0]
                record_acknowledgement(plan, guardian, by=around.head, signed_on=on, on=on)
            continue
        by = around.teacher if action is PlanAction.SUBMIT else around.head
        comment = "请把达成标准写具体，写明几次里做到几次。" if action is PlanAction.SEND_BACK else ""
        move(plan, action, by=by, on=on, comment=comment)


def _rate(plan: Plan, by: Asker, on: date) -> None:
    """The first step is under way: its ratings from visit to visit."""
    step = next(goal for goal in plan.goals if goal.is_short_term)
    judge_goal(step, GoalStatus.ONGOING, by=by)
    held = select(Visit.id).where(
        Visit.child_id == plan.child_id, Visit.held_on.between(plan.span.first, on), Visit.is_void.is_(False)
    )
    visits = db.session.scalars(held.order_by(Visit.held_on, Visit.id)).all()
    db.session.add_all(_ratings(step, list(visits)))
    db.session.flush()


def _ratings(step: PlanGoal, visits: list[int]) -> Iterator[VisitGoal]:
    for visit, (score, prompt) in zip(visits, RATINGS, strict=False):
        yield VisitGoal(visit_id=visit, goal_id=step.id, score=score, prompt_level=prompt)


def _enter_papers(around: Around, on: date) -> None:
    for code in PAPERS:
        enter_paper(around.child, PaperDraft(code, on, around.teacher_name), by="demonstration", on=on)
