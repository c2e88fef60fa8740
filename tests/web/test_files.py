"""The file of a child by its page, the list of what a school has to bring, and both on the child's page."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hometeach.cases.models import Case
from hometeach.cases.plan.rules import PlanStatus
from hometeach.cases.rules import CaseStatus
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Child, OrgUnit
from tests import factories
from tests.factories import Cast
from tests.web.reading import browser_of, lead_of, words_in

SignedIn = Callable[[Role], FlaskClient]
PAPER = {"code": "F06", "dated_on": "2026-09-01", "made_by": "吴奶奶"}


@pytest.fixture
def address(cast: Cast) -> str:
    """The file of child An."""
    return f"/children/{cast.own_child}/file"


def test_a_paper_is_entered_and_taken_out_again(bare_app: Flask, he: FlaskClient, address: str) -> None:
    assert "还要补 5 份材料。" in he.get(address).text
    assert he.post(address, data=PAPER).status_code == 302
    page = he.get(address).text
    assert "还要补 4 份材料。" in page
    assert "纸质材料，吴奶奶" in page
    place = page.index("/take-out")
    key = page[:place].rpartition("/")[2]
    assert he.post(f"/papers/{key}/take-out").status_code == 302
    assert "还要补 5 份材料。" in he.get(address).text
    assert he.post(f"/papers/{key}/take-out").status_code == 409


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"dated_on": "2026-12-24"}, "这一天还没到"),
        ({"valid_to": "2026-08-01"}, "有效期早于材料上的日期"),
        ({"made_by": " "}, "请写明由谁填写或签字"),
        ({"code": "F99"}, ""),
    ],
    ids=["tomorrow", "runs out before", "by nobody", "no such form"],
)
def test_a_paper_that_cannot_be_keeps_what_was_typed(
    he: FlaskClient, address: str, wrong: dict[str, str], says: str
) -> None:
    answer = he.post(address, data=PAPER | {"note": "原件在教务处"} | wrong)
    assert answer.status_code == 422
    assert says in answer.text
    assert "原件在教务处" in answer.text


def test_the_school_sees_who_lacks_what_and_only_its_own(he: FlaskClient, signed_in: SignedIn) -> None:
    page = words_in(he.get("/files").text)
    assert "安安" in page
    assert "博博" not in page
    assert "F08 个别化教育计划" in page
    assert "1 份档案中，0 份齐全。" in page
    assert "安安" in he.get("/files?form=F08&brings=teacher").text
    assert "安安" not in he.get("/files?form=F08&brings=bureau").text
    assert "博博" in signed_in(Role.BUREAU_OFFICER).get("/files").text


def test_only_what_a4_07_counts_is_called_complete(bare_app: Flask, cast: Cast, he: FlaskClient, address: str) -> None:
    with bare_app.app_context(), committed():
        an = db.session.scalars(select(Child).where(Child.public_id == cast.own_child)).one()
        school = db.session.scalars(select(OrgUnit).where(OrgUnit.public_id == cast.own_school)).one()
        factories.make_plan(an, status=PlanStatus.APPROVED)
        early = factories.make_child("C9", school)
        case = db.session.scalars(select(Case).where(Case.child_id == early.id)).one()
        case.status, case.placed_on = CaseStatus.REGISTERED, None
        new = early.public_id
    assert "2 份档案中，0 份齐全。另有 1 份目前阶段不缺材料。" in lead_of(he.get("/files"))
    assert "目前阶段不缺材料" in lead_of(he.get(f"/children/{new}/file"))
    for code in ("F02", "F03", "F06", "F16"):
        he.post(address, data=PAPER | {"code": code})
    assert "2 份档案中，1 份齐全。另有 1 份目前阶段不缺材料。" in lead_of(he.get("/files"))
    assert lead_of(he.get(address)) == "档案齐全。"


def test_the_list_of_children_leads_to_plans_and_files(he: FlaskClient) -> None:
    page = he.get("/children").text
    assert 'href="/files"' in page
    assert 'href="/plans"' in page


def test_what_was_done_over_and_over_is_one_line_of_the_time_line(he: FlaskClient, cast: Cast, address: str) -> None:
    for code in ("F02", "F03", "F06"):
        he.post(address, data=PAPER | {"code": code})
    page = words_in(he.get(f"/children/{cast.own_child}").text)
    assert "登记了档案材料，3 次" in page


def test_an_auditor_reads_the_file_and_changes_nothing(signed_in: SignedIn, address: str) -> None:
    qin = signed_in(Role.AUDITOR)
    assert "登记一份材料" not in qin.get(address).text
    assert qin.post(address, data=PAPER).status_code == 404


def test_the_childs_page_tells_plan_and_file_at_a_glance(bare_app: Flask, cast: Cast, he: FlaskClient) -> None:
    with bare_app.app_context(), committed():
        child = db.session.scalars(select(Child).where(Child.public_id == cast.own_child)).one()
        plan = factories.make_plan(child, status=PlanStatus.APPROVED)
        long_goal = plan.goals[0]
        plan.goals.append(
            factories.PlanGoal(line="step", long_goal_id=long_goal.id, position=1, domain="self_care", text="用勺舀")
        )
        factories.make_plan(child, version=2)
    page = words_in(he.get(f"/children/{cast.own_child}").text)
    for words in (
        "计划与目标",
        "2026 秋",
        "用勺舀",
        "第 2 版：编写中",
        "个人信息处理告知书与单独同意书",
        "打开完整档案",
    ):
        assert words in page
    in_order = ("下次送教", "打开完整档案", "协议与日程", "计划与目标", "本学期送教记录", "学籍学校")
    places = [page.index(words) for words in in_order]
    assert places == sorted(places)


def test_pages_in_english(bare_app: Flask, cast: Cast, address: str) -> None:
    lin = browser_of(bare_app.test_client(), "lin", language="en")
    page = words_in(lin.get(address).text)
    assert "5 forms have to be brought." in page
    assert "Privacy notice and separate consents" in page
    assert "0 of 1 files are complete." in words_in(lin.get("/files").text)
