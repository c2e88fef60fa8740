"""The pages of the cases: where each stands, what comes next, one form for each move."""

import random
import re
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hometeach.cases.models import Case, CaseMove
from hometeach.cases.rules import MOVES, CaseStatus, Event
from hometeach.kernel.audit import AccessLog
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Child
from hometeach.people.rules import UnitKind
from hometeach.web.cases.asked import ASKED
from tests import factories
from tests.test_fuzz import HOSTILE
from tests.web.reading import lead_of, links_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]
OPINION = "专家委员会建议送教上门"


@pytest.fixture
def stands(bare_app: Flask, cast: factories.Cast) -> Callable[[CaseStatus], str]:
    """Puts An's case somewhere, and gives its address."""

    def put(status: CaseStatus) -> str:
        with bare_app.app_context(), committed():
            child = sa.select(Child.id).where(Child.public_id == cast.own_child).scalar_subquery()
            db.session.execute(sa.update(Case).where(Case.child_id == child).values(status=status))
        return f"/cases/{cast.own_child}"

    return put


def status_of(app: Flask, public_id: str) -> CaseStatus:
    with app.app_context():
        return db.session.scalars(sa.select(Case.status).join(Child).where(Child.public_id == public_id)).one()


def primary_of(answer: TestResponse) -> str:
    """The address of the one primary button in the head of a page; empty where there is none."""
    head = answer.text.partition("<h1")[2].partition("</header>")[0]
    found = re.search(r'<a class="button" href="([^"]+)"', head)
    return found[1] if found else ""


def test_the_list_counts_the_states_and_shows_the_bureau_every_case(bai: FlaskClient) -> None:
    answer = bai.get("/cases")
    assert "送教中 2 个" in lead_of(answer)
    assert len(rows_of(answer)) == 2


def test_a_school_sees_its_own_cases_alone(he: FlaskClient) -> None:
    rows = rows_of(he.get("/cases"))
    assert len(rows) == 1
    assert "安安" in rows[0]


def test_the_list_is_narrowed_in_the_address(bai: FlaskClient, stands: Callable[[CaseStatus], str]) -> None:
    stands(CaseStatus.REFUSED)
    assert [row[:2] for row in rows_of(bai.get("/cases?state=refused"))] == ["安安"]
    assert [row[:2] for row in rows_of(bai.get("/cases?follow=1"))] == ["安安"]
    assert "1 人" in lead_of(bai.get("/cases"))
    assert len(rows_of(bai.get("/cases?state=nonsense&follow=x"))) == 2


def test_the_page_leads_with_what_is_asked_of_the_person(
    bai: FlaskClient, he: FlaskClient, stands: Callable[[CaseStatus], str]
) -> None:
    address = stands(CaseStatus.PLACEMENT_PENDING)
    assert f"{address}/do/place_home" in links_of(bai.get(address))
    page = he.get(address)
    assert not [link for link in links_of(page) if "/do/" in link]
    assert "教育局" in words_in(main_of(page))


def test_what_is_awaited_follows_from_what_was_done(
    bai: FlaskClient, he: FlaskClient, stands: Callable[[CaseStatus], str], cast: factories.Cast
) -> None:
    address = stands(CaseStatus.VERIFYING)
    assert primary_of(he.get(address)) == f"{address}/do/record_home_check"
    he.post(f"{address}/do/record_home_check", data={"done_on": "2026-11-20", "words": "家中安全"})
    awaited = "入户核查已登记，等教育局委托评估。"
    for page in (he.get(address), bai.get(address), he.get("/cases"), he.get(f"/children/{cast.own_child}")):
        assert awaited in page.text
    assert primary_of(he.get(address)) == ""
    assert primary_of(bai.get(address)) == f"{address}/do/commission_assessment"


def test_the_day_of_a_state_is_never_one_to_come_and_an_answer_is_awaited(
    he: FlaskClient, lin: FlaskClient, cast: factories.Cast
) -> None:
    address = f"/cases/{cast.own_child}"
    before = words_in(rows_of(he.get("/cases"))[0])
    pause = {"code": "hospital", "done_on": "2026-12-04", "until_on": "2026-12-10"}
    assert lin.post(f"{address}/do/ask_suspension", data=pause).status_code == 302
    row = rows_of(he.get("/cases"))[0]
    assert "12月4日" not in row
    assert "已申请暂停" in row
    assert "2月20日" in before
    assert "2月20日" in row
    assert he.post(f"{address}/do/suspend").status_code == 302
    assert "11月23日" in rows_of(he.get("/cases"))[0]


def test_the_sentence_names_every_state_and_counts_who_is_not_placed(
    bare_app: Flask, bai: FlaskClient, he: FlaskClient, stands: Callable[[CaseStatus], str], cast: factories.Cast
) -> None:
    with bare_app.app_context(), committed():
        own = sa.select(Child.id).where(Child.public_id == cast.own_child).scalar_subquery()
        db.session.execute(sa.update(Case).where(Case.child_id == own).values(placed_on=None))
    stands(CaseStatus.VERIFYING)
    lead = lead_of(bai.get("/cases"))
    assert lead == "共 2 个个案，送教中 1 个。另有入户核查中 1 个。其中 1 名学生尚未安置。"
    for browser in (bai, he):
        assert "另有 1 名学生已登记，尚未安置" in browser.get("/").text
        assert len(rows_of(browser.get("/cases?state=awaiting"))) == 1


def test_a_form_that_leads_nowhere_leads_back_to_the_case(he: FlaskClient, stands: Callable[[CaseStatus], str]) -> None:
    address = stands(CaseStatus.PLACEMENT_PENDING)
    for event in ("place_home", "suspend", "close"):
        answer = he.get(f"{address}/do/{event}")
        assert (answer.status_code, answer.location) == (302, address)
    assert he.get(f"{address}/do/activate").status_code == 404
    assert he.get(f"{address}/do/nonsense").status_code == 404


def test_what_somebody_else_has_to_do_is_refused_in_words(
    bare_app: Flask, he: FlaskClient, cast: factories.Cast, stands: Callable[[CaseStatus], str]
) -> None:
    address = stands(CaseStatus.PLACED_OTHER)
    answer = he.post(f"{address}/do/return_to_assessment", data={"words": "不能再到校"})
    assert answer.status_code == 422
    assert "由别人办理" in answer.text
    assert status_of(bare_app, cast.own_child) is CaseStatus.PLACED_OTHER


def test_what_was_typed_stays_when_something_is_missing(bai: FlaskClient, stands: Callable[[CaseStatus], str]) -> None:
    address = stands(CaseStatus.PLACEMENT_PENDING)
    typed = {"done_on": "2026-11-23", "words": "癫痫频发", "roll": "", "school": ""}
    answer = bai.post(f"{address}/do/place_home", data=typed)
    assert answer.status_code == 422
    for field in ("decision_no", "school", "roll"):
        assert f'id="{field}-error"' in answer.text
    assert "癫痫频发" in answer.text


def test_a_head_grants_what_a_teacher_asks_and_not_what_they_ask_themselves(
    bare_app: Flask, he: FlaskClient, lin: FlaskClient, cast: factories.Cast
) -> None:
    address = f"/cases/{cast.own_child}"
    pause = {"code": "hospital", "done_on": "2026-11-24", "until_on": "2026-12-10"}
    assert lin.post(f"{address}/do/ask_suspension", data=pause).status_code == 302
    asked = he.get(f"{address}/do/suspend")
    assert "住院" in words_in(main_of(asked))
    assert he.post(f"{address}/do/suspend").status_code == 302
    assert status_of(bare_app, cast.own_child) is CaseStatus.SUSPENDED
    assert he.post(f"{address}/do/ask_suspension", data=pause | {"until_on": "2026-12-12"}).status_code == 302
    answer = he.post(f"{address}/do/suspend")
    assert answer.status_code == 422
    assert "另一人决定" in answer.text


def test_who_comes_second_is_told_what_happened_meanwhile(
    he: FlaskClient, lin: FlaskClient, stands: Callable[[CaseStatus], str]
) -> None:
    address = stands(CaseStatus.VERIFYING)
    form = he.get(f"{address}/do/record_home_check").text
    seen = re.search(r'name="seen" type="hidden" value="(\d+)"', form)[1]  # type: ignore[index]
    typed = {"done_on": "2026-11-23", "words": "家中安全", "seen": seen}
    assert lin.post(f"{address}/do/record_home_check", data=typed).status_code == 302
    answer = he.post(f"{address}/do/record_home_check", data=typed)
    assert answer.status_code == 422
    assert "已登记入户核查情况（lin）" in answer.text
    assert "家中安全" in answer.text


def test_a_double_click_records_once(bare_app: Flask, he: FlaskClient, stands: Callable[[CaseStatus], str]) -> None:
    address = stands(CaseStatus.VERIFYING)
    typed = {"done_on": "2026-11-23", "words": "家中安全", "once": "the-same-word"}
    for _click in range(2):
        assert he.post(f"{address}/do/record_home_check", data=typed).status_code == 302
    with bare_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(CaseMove)) == 1


def test_an_opinion_is_read_by_those_who_teach_and_place_and_each_reading_is_logged(
    bare_app: Flask, signed_in: SignedIn, bai: FlaskClient, lin: FlaskClient, stands: Callable[[CaseStatus], str]
) -> None:
    address = stands(CaseStatus.ASSESSING)
    day = {"done_on": "2026-11-20", "words": OPINION}
    assert bai.post(f"{address}/do/record_assessment", data=day).status_code == 302
    scan = {"paper": (BytesIO(b"%PDF-1.7 x"), "a.exe")}
    sent = bai.post(
        f"{address}/do/record_opinion", data=day | {"code": "home"} | scan, content_type="multipart/form-data"
    )
    assert sent.status_code == 302
    assert OPINION not in lin.get(address).text
    assert OPINION in lin.get(f"{address}/papers/2").text
    file = lin.get(f"{address}/papers/2/file")
    assert (file.mimetype, file.data) == ("application/pdf", b"%PDF-1.7 x")
    assert file.headers["Content-Disposition"].startswith("attachment")
    for role in (Role.AUDITOR, Role.RELIEF_CLERK, Role.ADMINISTRATOR):
        browser = signed_in(role)
        assert browser.get(f"{address}/papers/2").status_code == 404
        assert OPINION not in browser.get(address).text
    with bare_app.app_context():
        logged = db.session.scalars(sa.select(AccessLog.what).where(AccessLog.what == "case_paper")).all()
    assert len(logged) == 2


def test_a_paper_that_is_none_leads_to_the_case(lin: FlaskClient, cast: factories.Cast) -> None:
    for part in ("papers/9", "papers/9/file"):
        assert lin.get(f"/cases/{cast.own_child}/{part}").location == f"/cases/{cast.own_child}"


def test_a_withdrawal_on_the_page_puts_the_child_on_the_list_not_to_be_forgotten(
    bare_app: Flask, bai: FlaskClient, he: FlaskClient, cast: factories.Cast
) -> None:
    address = f"/cases/{cast.own_child}/do/withdraw"
    guardian = re.search(r'<option value="([\w-]+)">吴奶奶', he.get(address).text)[1]  # type: ignore[index]
    assert he.post(address, data={"guardian": guardian, "done_on": "2026-11-23"}).status_code == 422
    sent = he.post(address, data={"guardian": guardian, "familys_wish": "y", "done_on": "2026-11-23"})
    assert sent.status_code == 302
    assert status_of(bare_app, cast.own_child) is CaseStatus.PLACEMENT_PENDING
    assert "安安" in rows_of(bai.get("/cases?follow=1"))[0]


def test_the_resource_centre_opens_a_case_while_it_has_to_sign(
    bare_app: Flask, cast: factories.Cast, lin: FlaskClient, stands: Callable[[CaseStatus], str]
) -> None:
    address = stands(CaseStatus.REVIEW_DUE)
    with bare_app.app_context(), committed():
        special = factories.make_unit("TJ", UnitKind.SPECIAL_SCHOOL)
        factories.make_account("te", special, Role.SCHOOL_COORDINATOR)
    te = bare_app.test_client()
    te.post("/sign-in", data={"name": "te", "password": factories.PASSWORD})
    assert lin.post(f"{address}/do/write_review", data={"code": "continue", "words": "进步明显"}).status_code == 302
    assert f"{address}/do/sign_review" in links_of(te.get(address))
    assert te.post(f"{address}/do/sign_review").status_code == 302
    assert te.get(f"/children/{cast.own_child}").status_code == 404
    stands(CaseStatus.ACTIVE)
    assert te.get(address).status_code == 404


CHILD = {
    "source": "family_applied",
    "name": "新新",
    "sex": "male",
    "born_on": "2017-03-02",
    "disability_type": "physical",
    "disability_level": "1",
    "family_category": "none",
    "guardian": "新父",
    "relation": "父亲",
    "phone": "13812345679",
}


def test_a_school_registers_a_child_and_sees_its_case(he: FlaskClient, cast: factories.Cast) -> None:
    answer = he.post("/cases/new", data=CHILD | {"school": cast.own_school})
    assert answer.status_code == 302
    assert "新新" in he.get(answer.location).text
    assert f"{answer.location}/do/begin_check" in links_of(he.get(answer.location))


def test_a_school_registers_nobody_for_another(he: FlaskClient, cast: factories.Cast) -> None:
    answer = he.post("/cases/new", data=CHILD | {"school": cast.foreign_school})
    assert answer.status_code == 422
    assert 'id="school-error"' in answer.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [("born_on", "2999-01-01"), ("born_on", "x"), ("phone", "1"), ("id_number", "12"), ("sex", "no"), ("name", "")],
)
def test_an_intake_that_does_not_fit_is_said_beside_its_question(
    he: FlaskClient, cast: factories.Cast, field: str, typed: str
) -> None:
    answer = he.post("/cases/new", data=CHILD | {"school": cast.own_school, field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_no_answer_is_chosen_beforehand_and_each_is_asked_for(bai: FlaskClient, cast: factories.Cast) -> None:
    page = bai.get("/cases/new").text
    for field in ("source", "sex", "disability_type", "disability_level", "family_category", "school"):
        assert re.search(rf'<select[^>]*id="{field}"[^>]*>\s*<option[^>]*value=""', page), field
    answer = bai.post("/cases/new", data=CHILD | {"school": cast.own_school, "disability_level": ""})
    assert answer.status_code == 422
    assert "请选择" in answer.text[answer.text.index('id="disability_level-error"') :][:80]


def test_a_namesake_is_asked_about_before_it_is_registered(he: FlaskClient, cast: factories.Cast) -> None:
    twin = CHILD | {"name": "安安", "born_on": "2015-06-01", "school": cast.own_school}
    first = he.post("/cases/new", data=twin)
    assert first.status_code == 422
    assert 'name="is_another"' in first.text
    assert he.post("/cases/new", data=twin | {"is_another": "y"}).status_code == 302


def test_the_years_table_adds_up(bare_app: Flask, bai: FlaskClient, stands: Callable[[CaseStatus], str]) -> None:
    address = stands(CaseStatus.CLOSING)
    with bare_app.app_context(), committed():
        case = db.session.scalars(sa.select(Case).where(Case.status == CaseStatus.CLOSING)).one()
        case.moved = 1
        db.session.add(
            CaseMove(
                case_id=case.id,
                number=1,
                event=Event.ASK_CLOSING,
                source=CaseStatus.REVIEW_DUE,
                target=CaseStatus.CLOSING,
                actor="he",
                acted_as="coordinator",
                at=factories.machine_now(),
                done_on=date(2026, 11, 20),
                code="to_special_school",
            )
        )
    assert bai.post(f"{address}/do/close", data={"roll_done": "y", "file_seen": "y"}).status_code == 302
    rows = rows_of(bai.get("/cases/years/2026"))
    assert rows[:5] == ["特教学校就读 1", "随班就读 0", "送教上门 1", "其他 0", "延缓入学 0"]
    assert "转入特殊教育学校 1" in rows
    assert rows_of(bai.get("/cases/years/2025"))[:3] == ["特教学校就读 0", "随班就读 0", "送教上门 0"]
    assert bai.get("/cases/years/2999").status_code == 404
    assert bai.get("/cases/years/0").status_code == 404


def test_what_the_file_knows_stands_beside_the_ticks(
    bai: FlaskClient, he: FlaskClient, cast: factories.Cast, stands: Callable[[CaseStatus], str]
) -> None:
    proposing = f"{stands(CaseStatus.PLACED_HOME)}/do/propose_agreement"
    page = he.get(proposing)
    assert "家长对告知书的答复（F06）未登记" in words_in(main_of(page))
    assert f"/consents/{cast.own_child}" in links_of(page)
    refused = he.post(proposing, data={"notice_read": "y"})
    assert refused.status_code == 422
    assert "没有登记家长对告知书（F06）的答复" in refused.text
    paper = {"code": "F06", "dated_on": "2026-11-20", "made_by": "吴奶奶"}
    assert he.post(f"/children/{cast.own_child}/file", data=paper).status_code == 302
    assert "家长对告知书的答复（F06）已登记" in words_in(main_of(he.get(proposing)))
    assert he.post(proposing, data={"notice_read": "y"}).status_code == 302


def test_the_childs_page_leads_to_its_case(lin: FlaskClient, cast: factories.Cast) -> None:
    assert f"/cases/{cast.own_child}" in links_of(lin.get(f"/children/{cast.own_child}"))


@pytest.mark.parametrize("role", [Role.BUREAU_OFFICER, Role.SCHOOL_COORDINATOR, Role.TEACHER])
def test_no_move_fails_whatever_is_sent(signed_in: SignedIn, stands: Callable[[CaseStatus], str], role: Role) -> None:
    browser, chance = signed_in(role), random.Random(20261123)
    for event, asked in ASKED.items():
        address = f"{stands(MOVES[event].sources[0])}/do/{event}"
        for hostile in chance.sample(HOSTILE, 4):
            fields = dict.fromkeys((*asked.fields, "seen"), hostile) | {
                "done_on": chance.choice(("2026-11-20", hostile))
            }
            assert browser.post(address, data=fields).status_code < 500, (event, hostile)


def test_every_move_that_a_person_makes_has_a_page() -> None:
    by_itself = {Event.REGISTER, Event.ADOPT, Event.ACTIVATE}
    assert set(ASKED) == set(Event) - by_itself
