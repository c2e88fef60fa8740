"""The family's own pages: the door tells nothing, a link opens nothing by itself, and staff and family never mix."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hometeach.cases.plan.models import Plan, PlanGoal, learning_domains
from hometeach.cases.plan.rules import PlanStatus
from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.models import SessionVerdict
from hometeach.kernel import clock
from hometeach.kernel.audit import AccessLog
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Message
from hometeach.people.access import Role
from hometeach.people.entry.guardians.actions import issue_link
from hometeach.people.entry.guardians.rules import LinkPurpose
from hometeach.people.models import Child, Guardian, phone_index
from hometeach.people.rules import Standing
from hometeach.visits.absences.rules.states import Reporter
from hometeach.visits.confirming.models import Dispute, VisitConfirmation
from hometeach.visits.confirming.rules import Answer, Route
from hometeach.visits.models import Absence, Visit
from hometeach.visits.rules import Confirmation, Verdict
from tests import factories
from tests.databases import digest
from tests.factories import Cast
from tests.test_house import come_in
from tests.web.reading import PREVIEWS, lead_of, main_of, words_in

PHONE, UNKNOWN = "13812345678", "13900000000"
SignedIn = Callable[[Role], FlaskClient]


@pytest.fixture
def county(bare_app: Flask, cast: Cast) -> Cast:
    """The cast, where messages can be sent."""
    bare_app.config["SMS_URL"] = "http://127.0.0.1:9/"
    return cast


@pytest.fixture
def wu(bare_app: Flask, county: Cast) -> FlaskClient:
    """A browser in which Grandmother Wu has come in with her code."""
    return come_in(bare_app, PHONE)


@pytest.fixture
def visit(bare_app: Flask, county: Cast) -> str:
    """A lesson of last week that nobody has answered for: its public id."""
    with bare_app.app_context(), committed():
        own = child_of(county)
        teacher = db.session.scalars(sa.select(factories.Teacher).where(factories.Teacher.code == "T1")).one()
        made = factories.make_visit(
            own, teacher, on=date(2026, 11, 17), confirmation=Confirmation.UNCONFIRMED, content="认识数字 1 到 5"
        )
        rebuild_ledger({own.id})
        return made.public_id


def child_of(cast: Cast) -> Child:
    return db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()


def guardian_of(cast: Cast) -> Guardian:
    return db.session.scalars(sa.select(Guardian).where(Guardian.public_id == cast.own_guardian)).one()


def make_link(app: Flask, cast: Cast, purpose: LinkPurpose = LinkPurpose.HOME, subject: str = "") -> str:
    with app.app_context(), committed():
        return issue_link(guardian_of(cast), purpose, on=date(2026, 11, 23), subject=subject)


def last_code(app: Flask) -> str:
    with app.app_context():
        body = db.session.scalars(sa.select(Message).order_by(Message.id.desc()).limit(1)).one().body
        db.session.rollback()
    return re.search(r"\d{6}", body)[0]  # type: ignore[index]


def without_number(answer: TestResponse) -> str:
    return re.sub(r'1\d\d\*{4}\d{4}|value="[^"]*"', "", answer.text)


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    now = clock.machine_now()
    monkeypatch.setattr(clock, "machine_now", lambda: now + by)


# --- the door ---


def test_the_door_answers_alike_for_a_number_on_record_and_for_any_other(bare_app: Flask, county: Cast) -> None:
    known, unknown = bare_app.test_client(), bare_app.test_client()
    answers = [known.post("/family", data={"phone": PHONE}), unknown.post("/family", data={"phone": UNKNOWN})]
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(302, "/family/code")] * 2
    pages = [known.get("/family/code"), unknown.get("/family/code")]
    assert without_number(pages[0]) == without_number(pages[1])
    wrong = [known.post("/family/code", data={"code": "000000"}), unknown.post("/family/code", data={"code": "000000"})]
    assert wrong[0].status_code == wrong[1].status_code == 422
    assert without_number(wrong[0]) == without_number(wrong[1])


def test_after_five_wrong_codes_the_page_says_to_ask_for_a_new_one(bare_app: Flask, county: Cast) -> None:
    browser = bare_app.test_client()
    browser.post("/family", data={"phone": PHONE})
    code = last_code(bare_app)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    tries = [browser.post("/family/code", data={"code": wrong}) for _n in range(5)]
    assert [one.status_code for one in tries] == [422] * 5
    assert "还可以试 4 次" in tries[0].text
    assert "输错的次数太多" in tries[4].text
    locked = browser.post("/family/code", data={"code": code})
    assert locked.status_code == 422
    assert "输错的次数太多" in locked.text
    assert browser.get("/family/home").headers["Location"] == "/family"


def test_what_is_no_number_is_said_beside_the_field(bare_app: Flask, county: Cast) -> None:
    answer = bare_app.test_client().post("/family", data={"phone": "12345"})
    assert answer.status_code == 422
    assert "这不是手机号" in answer.text


def test_where_nothing_can_be_sent_the_door_says_so(bare_app: Flask, cast: Cast) -> None:
    answer = bare_app.test_client().post("/family", data={"phone": PHONE})
    assert answer.status_code == 422
    assert "这里还不能发短信" in answer.text


# --- links ---


def test_a_robot_that_opens_a_link_again_and_again_changes_no_row(bare_app: Flask, county: Cast) -> None:
    token = make_link(bare_app, county)
    robot, before = bare_app.test_client(), digest(bare_app)
    assert {robot.get(f"/family/to/{token}").status_code for _n in range(PREVIEWS)} == {200}
    assert digest(bare_app) == before


def test_a_link_shows_a_masked_number_and_no_name(bare_app: Flask, county: Cast) -> None:
    page = bare_app.test_client().get(f"/family/to/{make_link(bare_app, county)}")
    assert "138****5678" in page.text
    for told in (PHONE, "安安", "吴奶奶"):
        assert told not in page.text


def test_the_token_leaves_the_address_with_the_first_press(bare_app: Flask, county: Cast, visit: str) -> None:
    token = make_link(bare_app, county, LinkPurpose.CONFIRM_VISIT, f"visit:{visit}")
    browser = bare_app.test_client()
    pressed = browser.post(f"/family/to/{token}")
    assert pressed.headers["Location"] == "/family/code"
    assert pressed.headers["Referrer-Policy"] == "no-referrer"
    entered = browser.post("/family/code", data={"code": last_code(bare_app)})
    assert entered.headers["Location"] == f"/family/visits/{visit}"
    page = browser.get(f"/family/visits/{visit}")
    assert token not in page.text
    browser.post(f"/family/visits/{visit}/as-written", data={"once": "w"})
    with bare_app.app_context():
        assert db.session.scalars(sa.select(VisitConfirmation.route)).one() is Route.LINK


def test_a_forwarded_link_is_worth_nothing_without_the_phone(bare_app: Flask, county: Cast) -> None:
    token, stranger = make_link(bare_app, county), bare_app.test_client()
    stranger.post(f"/family/to/{token}")
    assert stranger.get("/family/home").headers["Location"] == "/family"


def test_a_code_that_was_used_cannot_be_replayed_in_another_browser(bare_app: Flask, county: Cast) -> None:
    first = bare_app.test_client()
    first.post("/family", data={"phone": PHONE})
    code, copied = last_code(bare_app), first.get_cookie("session")
    assert first.post("/family/code", data={"code": code}).status_code == 302
    thief = bare_app.test_client()
    thief.set_cookie("session", copied.value)  # type: ignore[union-attr]
    again = thief.post("/family/code", data={"code": code})
    assert again.status_code == 422
    assert "已经失效" in again.text


def test_a_wrong_a_replaced_and_an_old_link_are_told_alike(
    bare_app: Flask, county: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced = make_link(bare_app, county)
    newest = make_link(bare_app, county)
    browser = bare_app.test_client()
    pages = [browser.get("/family/to/" + "a" * 22), browser.get(f"/family/to/{replaced}")]
    assert browser.get(f"/family/to/{newest}").status_code == 200
    with bare_app.app_context(), committed():
        db.session.execute(sa.text("UPDATE guardian_link SET expires_at = made_at"))
    pages.append(browser.get(f"/family/to/{newest}"))
    assert [one.status_code for one in pages] == [404] * 3
    texts = {re.sub(r"/family/to/[\w-]+", "", one.text) for one in pages}
    assert len({re.sub(r'value="[^"]*"', "", text) for text in texts}) == 1
    assert browser.post(f"/family/to/{newest}").status_code == 404


# --- sessions ---


def test_coming_in_as_family_ends_the_staffs_session_and_the_other_way_round(
    bare_app: Flask, county: Cast, signed_in: SignedIn
) -> None:
    browser = signed_in(Role.TEACHER)
    staff = browser.get_cookie("session")
    browser.post("/family", data={"phone": PHONE})
    browser.post("/family/code", data={"code": last_code(bare_app)})
    assert browser.get("/children").headers["Location"] == "/sign-in"
    assert browser.get("/family/home").status_code == 302
    family = browser.get_cookie("session")
    thief = bare_app.test_client()
    thief.set_cookie("session", staff.value)  # type: ignore[union-attr]
    assert thief.get("/children").headers["Location"] == "/sign-in", "the staff's session ended on the server"
    browser.post("/sign-in", data={"name": "lin", "password": factories.PASSWORD})
    assert browser.get("/family/home").headers["Location"] == "/family"
    thief.set_cookie("session", family.value)  # type: ignore[union-attr]
    assert thief.get("/family/home").headers["Location"] == "/family", "the family's session ended on the server"


def test_leaving_ends_the_session_on_the_server(bare_app: Flask, wu: FlaskClient) -> None:
    copied = wu.get_cookie("session")
    wu.post("/family/leave")
    thief = bare_app.test_client()
    thief.set_cookie("session", copied.value)  # type: ignore[union-attr]
    assert thief.get("/family/home").headers["Location"] == "/family"


def test_a_session_is_over_when_nobody_asks_anything_for_too_long(
    bare_app: Flask, county: Cast, wu: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, bare_app.config["GUARDIAN_IDLE"] + timedelta(seconds=1))
    assert wu.get(f"/family/children/{county.own_child}").headers["Location"] == "/family"


def test_a_changed_phone_ends_the_session_at_once(
    bare_app: Flask, county: Cast, wu: FlaskClient, signed_in: SignedIn
) -> None:
    he = signed_in(Role.SCHOOL_COORDINATOR)
    data = {"name": "吴奶奶", "relation": "祖母", "standing": "guardian", "contact_rule": "any", "phone": "13700000000"}
    refused = he.post(f"/guardians/{county.own_guardian}", data=data)
    assert refused.status_code == 422
    assert "请写明为什么换手机号" in refused.text
    changed = he.post(f"/guardians/{county.own_guardian}", data={**data, "reason": "本人来校说明"})
    assert changed.status_code == 302
    assert wu.get(f"/family/children/{county.own_child}").headers["Location"] == "/family"


def test_a_phone_left_masked_stays_as_it_is(bare_app: Flask, county: Cast, signed_in: SignedIn) -> None:
    he = signed_in(Role.SCHOOL_COORDINATOR)
    page = he.get(f"/guardians/{county.own_guardian}")
    assert "138****5678" in page.text
    assert PHONE not in page.text
    data = {"name": "吴奶奶", "relation": "奶奶", "standing": "carer", "contact_rule": "any", "phone": "138****5678"}
    assert he.post(f"/guardians/{county.own_guardian}", data=data).status_code == 302
    with bare_app.app_context():
        assert guardian_of(county).phone == PHONE


def test_a_guardian_with_two_children_sees_both_and_nobody_elses(bare_app: Flask, county: Cast) -> None:
    with bare_app.app_context(), committed():
        school = db.session.scalars(sa.select(factories.OrgUnit).where(factories.OrgUnit.code == "S1")).one()
        factories.make_child("C3", school, name="康康")
    browser = come_in(bare_app, PHONE)
    page = browser.get("/family/home")
    assert "安安" in page.text
    assert "康康" in page.text
    assert "博博" not in page.text
    assert browser.get(f"/family/children/{county.foreign_child}").status_code == 404


def test_opening_a_childs_page_is_logged_under_the_guardian(bare_app: Flask, county: Cast, wu: FlaskClient) -> None:
    wu.get(f"/family/children/{county.own_child}")
    with bare_app.app_context():
        logged = db.session.scalars(sa.select(AccessLog).order_by(AccessLog.id.desc()).limit(1)).one()
        assert (logged.actor, logged.about) == (f"guardian:{county.own_guardian}", f"child:{county.own_child}")


# --- what a family reads and says ---


def test_the_page_says_who_comes_next_and_how_the_term_stands(county: Cast, wu: FlaskClient, visit: str) -> None:
    page = wu.get(f"/family/children/{county.own_child}")
    text = words_in(main_of(page))
    assert "下次送教：11月24日 周二 15:00 到 16:15，林老师来。" in text
    assert re.search(r"这学期到现在应送 \d+ 次：已送 2 次", text)
    assert "第11周" in text.replace(" ", "")


def test_as_written_is_one_press_and_two_clicks_are_one_answer(bare_app: Flask, wu: FlaskClient, visit: str) -> None:
    page = wu.get(f"/family/visits/{visit}")
    assert "认识数字 1 到 5" in page.text
    for _click in range(2):
        assert wu.post(f"/family/visits/{visit}/as-written", data={"once": "same"}).status_code == 302
    with bare_app.app_context():
        assert db.session.scalars(sa.select(VisitConfirmation.answer)).all() == [Answer.AS_WRITTEN]
    assert "您的回答：和记录一样" in wu.get(f"/family/visits/{visit}").text


def test_shorter_goes_to_the_bureau_changes_the_verdict_and_its_words_stay_from_the_teacher(
    bare_app: Flask, county: Cast, wu: FlaskClient, visit: str, signed_in: SignedIn
) -> None:
    empty = wu.post(f"/family/visits/{visit}/shorter", data={"words": "半小时就走了"})
    assert empty.status_code == 422
    assert "半小时就走了" in empty.text
    said = wu.post(f"/family/visits/{visit}/shorter", data={"minutes": "30", "words": "半小时就走了"})
    assert said.headers["Location"] == f"/family/visits/{visit}"
    with bare_app.app_context():
        found = db.session.scalars(sa.select(Visit).where(Visit.public_id == visit)).one()
        verdict = db.session.scalar(sa.select(SessionVerdict.verdict).where(SessionVerdict.visit_id == found.id))
        assert (found.confirmation, verdict) == (Confirmation.DISPUTED, Verdict.DISPUTED)
        dispute = db.session.scalars(sa.select(Dispute)).one()
        assert (dispute.minutes_claimed, dispute.words) == (30, "半小时就走了")
        key = dispute.public_id
    lin = signed_in(Role.TEACHER)
    for page in (lin.get(f"/visits/{visit}"), lin.get(f"/children/{county.own_child}")):
        assert page.status_code == 200
        assert "半小时就走了" not in page.text
    assert lin.get(f"/disputes/{key}").status_code == 404
    bai = signed_in(Role.BUREAU_OFFICER)
    assert "半小时就走了" in bai.get(f"/disputes/{key}").text
    assert "教育局正在核实" in wu.get(f"/family/children/{county.own_child}").text


def test_the_bureau_decides_and_the_family_reads_why(
    bare_app: Flask, county: Cast, wu: FlaskClient, visit: str, signed_in: SignedIn
) -> None:
    wu.post(f"/family/visits/{visit}/not-come", data={"words": "没有来"})
    bai = signed_in(Role.BUREAU_OFFICER)
    listed = bai.get("/disputes")
    assert lead_of(listed) == "有 1 条异议等待处理。"
    assert "还剩 15 天" in listed.text
    with bare_app.app_context():
        key = db.session.scalars(sa.select(Dispute.public_id)).one()
    assert bai.post(f"/disputes/{key}/decide", data={"outcome": "upheld"}).status_code == 422
    decided = bai.post(f"/disputes/{key}/decide", data={"outcome": "upheld", "reason": "学校查实当天没有去"})
    assert decided.status_code == 302
    page = wu.get(f"/family/visits/{visit}")
    assert "学校查实当天没有去" in page.text
    assert "是的，和记录一样" not in page.text, "the bureau's word is the last"


def test_the_decision_corrects_the_time_and_asks_the_family_again(
    bare_app: Flask, county: Cast, wu: FlaskClient, visit: str, signed_in: SignedIn
) -> None:
    wu.post(f"/family/visits/{visit}/shorter", data={"minutes": "60"})
    with bare_app.app_context():
        key = db.session.scalars(sa.select(Dispute.public_id)).one()
    bai = signed_in(Role.BUREAU_OFFICER)
    missing = bai.post(f"/disputes/{key}/decide", data={"outcome": "corrected", "reason": "按家长说的改"})
    assert missing.status_code == 422
    assert 'id="left-error"' in missing.text
    data = {"outcome": "corrected", "reason": "按家长说的改", "left": "16:02"}
    assert bai.post(f"/disputes/{key}/decide", data=data).status_code == 302
    page = wu.get(f"/family/visits/{visit}")
    assert "15:00–16:02" in page.text
    assert "是的，和记录一样" in page.text


def test_a_day_that_does_not_suit_reaches_the_schools_list(bare_app: Flask, county: Cast, wu: FlaskClient) -> None:
    page = wu.get(f"/family/children/{county.own_child}/absence")
    assert "11月24日 周二 15:00" in page.text
    data = {"day": "2026-11-24", "reason": "ill"}
    assert wu.post(f"/family/children/{county.own_child}/absence", data=data).status_code == 302
    with bare_app.app_context():
        absence = db.session.scalars(sa.select(Absence)).one()
        assert (absence.reported_as, absence.reported_by) == (Reporter.GUARDIAN, f"guardian:{county.own_guardian}")
        assert not absence.is_approved


def test_a_day_that_is_not_planned_is_no_choice(county: Cast, wu: FlaskClient) -> None:
    answer = wu.post(f"/family/children/{county.own_child}/absence", data={"day": "2026-11-25", "reason": "ill"})
    assert answer.status_code == 422


def test_a_complaint_reaches_the_bureau_alone(
    county: Cast, wu: FlaskClient, signed_in: SignedIn, bare_app: Flask
) -> None:
    told = wu.post(f"/family/children/{county.own_child}/complaint", data={"words": "作业太难了"})
    assert told.status_code == 302
    assert "作业太难了" in wu.get(f"/family/children/{county.own_child}").text
    with bare_app.app_context():
        key = db.session.scalars(sa.select(Dispute.public_id)).one()
    for role in (Role.TEACHER, Role.SCHOOL_COORDINATOR, Role.AUDITOR):
        browser = signed_in(role)
        assert browser.get(f"/disputes/{key}").status_code == 404
        assert "作业太难了" not in browser.get(f"/children/{county.own_child}").text
    assert "作业太难了" in signed_in(Role.BUREAU_OFFICER).get(f"/disputes/{key}").text


def approved_plan(app: Flask, cast: Cast) -> None:
    with app.app_context(), committed():
        plan = Plan(
            child_id=child_of(cast).id,
            version=1,
            status=PlanStatus.APPROVED,
            term="2026-2027学年第一学期",
            effective_from=date(2026, 9, 1),
            effective_to=date(2027, 1, 22),
        )
        db.session.add(plan)
        db.session.flush()
        domain = learning_domains()[0].code
        goal = PlanGoal(plan_id=plan.id, line="a", position=1, domain=domain, text="能自己用勺子吃饭")
        goal.family_practice = "每天晚饭让孩子自己拿勺子"
        db.session.add(goal)


def test_the_family_reads_the_plan_and_says_so_once(bare_app: Flask, county: Cast, wu: FlaskClient) -> None:
    assert "还没有计划" in wu.get(f"/family/children/{county.own_child}/plan").text
    approved_plan(bare_app, county)
    assert "新的计划" in wu.get(f"/family/children/{county.own_child}").text
    page = wu.get(f"/family/children/{county.own_child}/plan")
    assert "能自己用勺子吃饭" in page.text
    assert "每天晚饭让孩子自己拿勺子" in page.text
    said = wu.post(f"/family/children/{county.own_child}/plan", data={"once": "a"})
    assert said.headers["Location"] == f"/family/children/{county.own_child}"
    with bare_app.app_context():
        assert db.session.scalars(sa.select(Plan.status)).one() is PlanStatus.ACKNOWLEDGED
    assert "家里已经看过这份计划" in wu.get(f"/family/children/{county.own_child}/plan").text


def test_a_carer_reads_the_plan_and_does_not_answer_for_the_guardians(
    bare_app: Flask, county: Cast, wu: FlaskClient
) -> None:
    approved_plan(bare_app, county)
    with bare_app.app_context(), committed():
        guardian_of(county).standing = Standing.CARER
    page = wu.get(f"/family/children/{county.own_child}/plan")
    assert "能自己用勺子吃饭" in page.text
    assert "我们看过计划了" not in page.text
    assert wu.post(f"/family/children/{county.own_child}/plan").status_code == 409


# --- the school's side ---


def test_the_school_sends_the_link_and_never_sees_a_code(bare_app: Flask, county: Cast, signed_in: SignedIn) -> None:
    he = signed_in(Role.SCHOOL_COORDINATOR)
    page = he.get(f"/children/{county.own_child}")
    assert "发送家长链接" in page.text
    assert he.post(f"/guardians/{county.own_guardian}/link", data={"once": "a"}).status_code == 302
    assert he.post(f"/guardians/{county.own_guardian}/link", data={"once": "a"}).status_code == 302
    with bare_app.app_context():
        link = db.session.scalars(sa.select(Message)).one()
        assert "/family/to/" in link.body
    bare_app.test_client().post("/family", data={"phone": PHONE})
    code = last_code(bare_app)
    for address in (f"/children/{county.own_child}", "/", f"/guardians/{county.own_guardian}"):
        assert code not in he.get(address).text
    assert "已发链接" in he.get(f"/children/{county.own_child}").text


def test_without_a_gateway_the_page_says_that_no_message_reaches_the_family(cast: Cast, signed_in: SignedIn) -> None:
    he = signed_in(Role.SCHOOL_COORDINATOR)
    assert "无法用短信联系" in he.get(f"/children/{cast.own_child}").text
    he.post(f"/guardians/{cast.own_guardian}/link", data={"once": "a"})
    assert "已列入学校的电话名单" in he.get(f"/children/{cast.own_child}").text


def test_somebody_of_the_family_is_added(bare_app: Flask, county: Cast, signed_in: SignedIn) -> None:
    he = signed_in(Role.SCHOOL_COORDINATOR)
    address = f"/guardians/of/{county.own_child}/new"
    assert he.get(address).status_code == 200
    data = {
        "name": "吴爸爸",
        "relation": "父亲",
        "standing": "guardian",
        "contact_rule": "any",
        "phone": "135 0000 0000",
    }
    assert he.post(address, data=data).status_code == 302
    with bare_app.app_context():
        added = db.session.scalars(sa.select(Guardian).where(Guardian.name == "吴爸爸")).one()
        assert added.phone_index == phone_index("13500000000")


def test_the_outbox_exists_in_the_demonstration_only(bare_app: Flask, county: Cast) -> None:
    browser = bare_app.test_client()
    assert browser.get("/outbox").status_code == 404
    bare_app.config["DEMONSTRATION"] = True
    browser.post("/family", data={"phone": PHONE})
    page = browser.get("/outbox")
    assert last_code(bare_app) in page.text
    assert PHONE not in page.text
