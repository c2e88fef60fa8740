"""The plan by the pages: begun, written by two, handed in, approved by somebody else, compared, printed."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from hometeach.cases.plan.models import LessonPlan, Plan
from hometeach.cases.plan.rules import PlanStatus
from hometeach.kernel.audit import AccessLog
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import OrgUnit, Teacher
from hometeach.people.rules import UnitKind
from hometeach.visits.models import Visit
from hometeach.visits.recording.models import VisitGoal
from tests import factories
from tests.factories import Cast
from tests.test_fuzz import HOSTILE

SignedIn = Callable[[Role], FlaskClient]
HEAD = {"term": "2026 秋", "first": "2026-09-01", "last": "2027-01-22"}
BASELINE = "会用手抓食物。"
STEP = {
    "domain": "self_care",
    "text": "用勺舀起软食",
    "criterion": "5 次里 4 次，不需提示",
    "starts_on": "2026-09-01",
    "ends_on": "2027-01-22",
}


@pytest.fixture
def root(cast: Cast) -> str:
    """The address of the plans of child An."""
    return f"/children/{cast.own_child}/plans"


def plan_of(app: Flask, version: int = 1) -> Plan:
    with app.app_context():
        return db.session.scalars(select(Plan).where(Plan.version == version)).one()


def line_of(browser: FlaskClient, root: str, text: str) -> str:
    """The line of a goal, as its page's address has it."""
    page = browser.get(f"{root}/1").text
    place = page.index(text)
    return re.findall(r'id="goal-([\w-]+)"', page[:place])[-1]


@pytest.fixture
def written(lin: FlaskClient, root: str) -> str:
    """A plan with nothing lacking, written by Lin page by page: its address."""
    assert lin.post(f"{root}/new", data=HEAD).status_code == 302
    head = HEAD | {
        "seen": "0",
        "baseline_self_care": "会用手抓食物。",
        "minutes_self_care": "60",
        "provider_self_care": "林老师",
    }
    assert lin.post(f"{root}/1/write", data=head).status_code == 302
    assert lin.post(f"{root}/1/goals/new", data={"domain": "self_care", "text": "自己吃完一餐"}).status_code == 302
    under = line_of(lin, root, "自己吃完一餐")
    assert lin.post(f"{root}/1/goals/new?under={under}", data=STEP).status_code == 302
    return f"{root}/1"


@pytest.fixture
def approved(lin: FlaskClient, he: FlaskClient, written: str) -> str:
    """The same, approved by He."""
    assert lin.post(f"{written}/submit").status_code == 302
    assert he.post(f"{written}/approve").status_code == 302
    return written


def test_a_plan_is_written_handed_in_and_approved(
    bare_app: Flask, lin: FlaskClient, he: FlaskClient, written: str
) -> None:
    assert "送审计划" in lin.get(written).text
    assert lin.post(f"{written}/submit").status_code == 302
    assert "送审计划" not in lin.get(written).text
    page = he.get(written).text
    assert "批准计划" in page
    assert "资源中心还没有审阅" in page
    assert "1 份待审批" in he.get("/plans").text
    assert he.post(f"{written}/approve").status_code == 302
    assert plan_of(bare_app).status is PlanStatus.APPROVED
    assert "有效" in lin.get(written).text


def test_what_is_still_lacking_is_said_before_handing_in(lin: FlaskClient, root: str) -> None:
    lin.post(f"{root}/new", data=HEAD)
    page = lin.get(f"{root}/1").text
    assert "还要补写" in page
    assert "请至少写一个长期目标。" in page
    answer = lin.post(f"{root}/1/submit")
    assert answer.status_code == 422
    assert "计划还没有写完整" in answer.text


def test_the_teacher_cannot_approve_and_the_head_cannot_write(
    bare_app: Flask, lin: FlaskClient, he: FlaskClient, written: str
) -> None:
    assert he.get(f"{written}/write").status_code == 404
    lin.post(f"{written}/submit")
    assert lin.post(f"{written}/approve").status_code == 422
    assert plan_of(bare_app).status is PlanStatus.SUBMITTED


def test_a_head_who_answers_for_the_child_reads_why_not(
    bare_app: Flask, cast: Cast, lin: FlaskClient, written: str
) -> None:
    lin.post(f"{written}/submit")
    with bare_app.app_context(), committed():
        school = db.session.scalars(select(OrgUnit).where(OrgUnit.public_id == cast.own_school)).one()
        account = db.session.scalars(select(factories.Account).where(factories.Account.sign_in_name == "lin")).one()
        account.grants.append(
            factories.RoleGrant(
                role=Role.SCHOOL_COORDINATOR, unit=school, effective_from=factories.TERM_FROM, is_head=True
            )
        )
    page = lin.get(written).text
    assert "不能审批自己的计划" in page
    assert "批准计划" not in page
    answer = lin.post(f"{written}/approve")
    assert answer.status_code == 422
    assert "不能审批自己的计划" in answer.text


def test_sent_back_the_teacher_reads_why(bare_app: Flask, lin: FlaskClient, he: FlaskClient, written: str) -> None:
    lin.post(f"{written}/submit")
    assert he.post(f"{written}/send_back").status_code == 422
    assert he.post(f"{written}/send_back", data={"comment": "标准写具体些"}).status_code == 302
    page = lin.get(written).text
    assert "标准写具体些" in page
    assert "添加长期目标" in page


def test_the_second_of_two_editors_sees_both_and_chooses(bare_app: Flask, lin: FlaskClient, written: str) -> None:
    form = lin.get(f"{written}/write").text
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', form)
    assert seen
    first = HEAD | {
        "seen": seen[1],
        "team": "甲组",
        "meeting_notes": "先学吃饭",
        "baseline_self_care": "会用手抓食物。",
    }
    assert lin.post(f"{written}/write", data=first).status_code == 302
    late = HEAD | {"seen": seen[1], "team": "乙组", "meeting_notes": "先学穿衣", "baseline_self_care": BASELINE}
    answer = lin.post(f"{written}/write", data=late)
    assert answer.status_code == 422
    assert "填写期间有人保存了这份内容" in answer.text
    for text in ("甲组", "乙组", "先学吃饭", "先学穿衣"):
        assert text in answer.text
    assert answer.text.count('name="theirs"') == 2
    again = re.search(r'name="seen"[^>]*value="(\d+)"', answer.text)
    assert again
    assert lin.post(f"{written}/write", data=late | {"seen": again[1], "theirs": ["team"]}).status_code == 302
    with bare_app.app_context():
        plan = db.session.scalars(select(Plan)).one()
        assert (plan.team, plan.meeting_notes) == ("甲组", "先学穿衣")


def test_two_editors_of_one_goal(lin: FlaskClient, root: str, written: str) -> None:
    line = line_of(lin, root, "用勺舀起软食")
    address = f"{written}/goals/{line}"
    assert lin.post(address, data=STEP | {"seen": "1", "aids": "软勺"}).status_code == 302
    answer = lin.post(address, data=STEP | {"seen": "1", "aids": "弯勺"})
    assert answer.status_code == 422
    assert "软勺" in answer.text
    assert "弯勺" in answer.text


def test_versions_are_laid_side_by_side(lin: FlaskClient, root: str, approved: str) -> None:
    assert lin.post(f"{root}/new", data=HEAD | {"term": "2027 春", "last": "2027-07-05"}).status_code == 302
    page = lin.get(f"{root}/2/compare").text
    assert "2026 秋" in page
    assert "→ 2027 春" in page
    assert "会用手抓食物" not in page
    assert lin.get(f"{root}/2/compare?with=7").status_code == 404
    assert lin.post(f"{approved}/write", data=HEAD | {"seen": "1"}).status_code == 422


def test_the_plan_on_paper_says_what_the_page_says(lin: FlaskClient, approved: str) -> None:
    answer = lin.get(f"{approved}/paper")
    assert answer.mimetype == "application/pdf"
    assert "安" not in answer.headers["Content-Disposition"]
    reader = PdfReader(BytesIO(answer.data))
    text = "".join(page.extract_text() for page in reader.pages)
    for words in ("个别化教育计划", "安安", "用勺舀起软食", "会用手抓食物", "每周 60 分钟", "批准"):
        assert words in text
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)


def test_staff_note_that_the_family_signed_on_paper(
    bare_app: Flask, cast: Cast, he: FlaskClient, approved: str
) -> None:
    signed = {"guardian": cast.own_guardian, "signed_on": "2026-11-20"}
    assert he.post(f"{approved}/acknowledged", data=signed | {"signed_on": "2026-12-20"}).status_code == 422
    assert he.post(f"{approved}/acknowledged", data=signed).status_code == 302
    assert plan_of(bare_app).status is PlanStatus.ACKNOWLEDGED
    assert "纸面签字" in he.get(approved).text


def test_a_goal_shows_how_it_went_in_the_visits(bare_app: Flask, lin: FlaskClient, root: str, approved: str) -> None:
    line = line_of(lin, root, "用勺舀起软食")
    assert "goal-picture" not in lin.get(approved).text
    with bare_app.app_context(), committed():
        goal = next(one for one in db.session.scalars(select(Plan)).one().goals if one.line == line)
        held = db.session.scalars(
            select(Visit).where(Visit.child_id == goal.plan.child_id).order_by(Visit.held_on)
        ).all()
        db.session.add_all(
            [
                VisitGoal(visit_id=held[0].id, goal_id=goal.id, score=1, prompt_level="full"),
                VisitGoal(visit_id=held[1].id, goal_id=goal.id, score=3, prompt_level=None),
            ]
        )
    page = lin.get(approved).text
    assert "评量过 2 次：最初“开始尝试”，最近“多数做到”。" in page
    assert page.count("<circle") == 2
    assert lin.post(f"{approved}/goals/{line}/standing", data={"status": "reached"}).status_code == 302
    assert "达成" in lin.get(approved).text


def test_the_resource_centre_sees_what_was_handed_in_and_nothing_else(
    bare_app: Flask, lin: FlaskClient, cast: Cast, written: str
) -> None:
    with bare_app.app_context(), committed():
        centre = factories.make_unit("TX", UnitKind.SPECIAL_SCHOOL, name="特殊教育学校")
        factories.make_account("mo", centre, Role.SCHOOL_COORDINATOR)
    mo = bare_app.test_client()
    mo.post("/sign-in", data={"name": "mo", "password": factories.PASSWORD})
    assert mo.get(written).status_code == 404
    lin.post(f"{written}/submit")
    assert "安安" in mo.get("/plans").text
    assert mo.get(written).status_code == 200
    assert mo.get(f"/children/{cast.own_child}").status_code == 404
    assert mo.post(f"{written}/approve").status_code == 422
    assert mo.post(f"{written}/advise", data={"comment": "可以加沟通目标"}).status_code == 302
    assert "可以加沟通目标" in lin.get(written).text
    with bare_app.app_context():
        opened = set(db.session.scalars(select(AccessLog.about)))
        assert f"child:{cast.own_child}" in opened


@pytest.fixture
def in_english(lin: FlaskClient) -> FlaskClient:
    """Lin, reading English."""
    lin.post("/language", data={"language": "en"})
    return lin


def test_pages_in_english(in_english: FlaskClient, root: str, approved: str) -> None:
    page = in_english.get(approved).text
    for words in ("In force", "What the child can do now", "60 minutes a week", "Reached when", "Self-care"):
        assert words in page
    assert "Every version is kept" in in_english.get(root).text


def test_a_lesson_is_written_and_used_again(bare_app: Flask, cast: Cast, lin: FlaskClient, approved: str) -> None:
    lessons = f"/children/{cast.own_child}/lessons"
    form = lin.get(f"{lessons}/new").text
    goal = re.search(r'name="goals"[^>]*value="([\w-]+)"', form)
    assert goal
    lesson = {"title": "用勺吃饭", "taught_on": "2026-11-24", "goals": [goal[1]], "course": "先示范，再一起做。"}
    answer = lin.post(f"{lessons}/new", data=lesson)
    assert answer.status_code == 302
    page = lin.get(answer.location).text
    assert "用勺舀起软食" in page
    assert "先示范，再一起做。" in page
    copied = lin.post(f"{answer.location}/copy", data={"child": cast.own_child, "taught_on": "2026-12-01"})
    assert copied.status_code == 302
    with bare_app.app_context():
        assert len(db.session.scalars(select(LessonPlan)).all()) == 2
    late = lin.post(copied.location, data=lesson | {"seen": "0", "title": "别的"})
    assert late.status_code == 422
    assert "填写期间有人保存了这份内容" in late.text


def test_a_stranger_finds_nothing(bare_app: Flask, cast: Cast, written: str) -> None:
    shi = bare_app.test_client()
    shi.post("/sign-in", data={"name": cast.stranger, "password": factories.PASSWORD})
    with bare_app.app_context():
        assert db.session.scalars(select(Teacher).where(Teacher.code == "T2")).one()
    for address in ("", "/write", "/paper", "/compare"):
        assert shi.get(written + address).status_code == 404
    assert shi.post(f"{written}/submit").status_code == 404


def test_no_form_of_a_plan_or_a_lesson_fails_whatever_is_sent(lin: FlaskClient, cast: Cast, written: str) -> None:
    lessons = f"/children/{cast.own_child}/lessons"
    lin.post(f"{lessons}/new", data={"title": "用勺吃饭", "taught_on": "2026-11-24"})
    (address,) = set(re.findall(r"/lessons/[\w-]{12}", lin.get(lessons).text))
    line = line_of(lin, written.rpartition("/")[0], "用勺舀起软食")
    forms = {
        f"{written}/write": ("seen", "theirs", *HEAD, "team", "baseline_self_care", "minutes_self_care"),
        f"{written}/goals/{line}": ("seen", "theirs", *STEP, "responsible"),
        f"{written}/goals/new?under={line}": tuple(STEP),
        f"{written}/goals/{line}/standing": ("status",),
        f"{written}/acknowledged": ("guardian", "signed_on"),
        f"{written}/send_back": ("comment",),
        f"{address}/write": ("seen", "theirs", "title", "taught_on", "goals", "course"),
        f"{address}/copy": ("child", "taught_on"),
    }
    for value in HOSTILE:
        for form, fields in forms.items():
            assert lin.post(form, data=dict.fromkeys(fields, value)).status_code < 500, (form, value)
        assert lin.get(f"{written}/compare", query_string={"with": value}).status_code < 500
        assert lin.get(f"{written}/goals/new", query_string={"under": value}).status_code < 500
