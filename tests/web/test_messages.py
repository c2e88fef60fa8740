"""Does everybody who can act see what became of each message, and nobody the words of a code?"""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.kernel import outbox
from hometeach.kernel.clock import machine_now
from hometeach.kernel.doubting import ClockJump
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel, Message, MessageState
from hometeach.people.access import Role
from hometeach.people.models import Account, Child, Guardian, OrgUnit
from hometeach.reminders.actions import compose, derive
from hometeach.reminders.facts import matters_on
from hometeach.reminders.models import ContactChoice
from tests import factories
from tests.reminders.making import TODAY
from tests.web.reading import lead_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]


@pytest.fixture
def told(bare_app: Flask, cast) -> None:
    """What is due today is told."""
    with bare_app.app_context(), committed():
        matters = matters_on(TODAY)
        derive(TODAY, matters)
        compose(TODAY, matters, hour=23)


def posted(app: Flask, to: str, **values) -> str:
    """A message to a guardian of this child, in whatever state; its public id."""
    with app.app_context(), committed():
        state = values.pop("state", MessageState.WAITING)
        guardian = db.session.scalars(sa.select(Guardian).join(Child).where(Child.public_id == to)).one()
        defaults = {"kind": "reminder", "channel": Channel.SMS, "body": "老师明天到您家来。", "address": "13812345678"}
        outbox.post("posted", to=f"guardian:{guardian.public_id}", **{**defaults, **values})
        message = db.session.scalars(sa.select(Message).where(Message.key == "posted")).one()
        message.state = state
        return message.public_id


def state_of(app: Flask, public_id: str) -> MessageState:
    with app.app_context():
        return db.session.scalars(sa.select(Message.state).where(Message.public_id == public_id)).one()


def test_a_message_stands_with_what_would_have_to_happen(bare_app, signed_in, cast):
    posted(bare_app, cast.own_child)
    [row] = rows_of(signed_in(Role.SCHOOL_COORDINATOR).get("/messages"))
    assert "吴奶奶（祖母）" in row
    assert "待发" in row
    assert "无法用消息送达" in row


def test_a_school_sees_its_own_and_the_bureau_all(bare_app, signed_in, cast):
    foreign = posted(bare_app, cast.foreign_child)
    assert rows_of(signed_in(Role.SCHOOL_COORDINATOR).get("/messages")) == []
    assert signed_in(Role.SCHOOL_COORDINATOR).get(f"/messages/{foreign}").status_code == 404
    assert signed_in(Role.SCHOOL_COORDINATOR).post(f"/messages/{foreign}/again").status_code == 404
    assert len(rows_of(signed_in(Role.BUREAU_OFFICER).get("/messages"))) == 1


def test_the_administrator_learns_no_familys_name(bare_app, signed_in, cast):
    public_id = posted(bare_app, cast.own_child, about=f"child:{cast.own_child}")
    keeper = signed_in(Role.ADMINISTRATOR)
    for page in (keeper.get("/messages"), keeper.get(f"/messages/{public_id}")):
        assert "吴奶奶" not in page.text
        assert "安安" not in page.text
        assert "13812345678" not in page.text


def test_the_words_of_a_code_are_shown_to_nobody(bare_app, signed_in, cast):
    public_id = posted(bare_app, cast.own_child, is_secret=True, body="验证码 431977", kind="guardian_code")
    for role in (Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER, Role.ADMINISTRATOR):
        for address in ("/messages", f"/messages/{public_id}"):
            page = signed_in(role).get(address)
            assert page.status_code == 200
            assert "431977" not in page.text


@pytest.mark.parametrize(("button", "state"), [("arrived", MessageState.SENT), ("again", MessageState.WAITING)])
def test_what_is_unknown_is_decided_by_somebody_once(bare_app, signed_in, cast, button, state):
    public_id = posted(bare_app, cast.own_child, state=MessageState.UNKNOWN)
    coordinator = signed_in(Role.SCHOOL_COORDINATOR)
    assert "系统不会自动重发" in coordinator.get(f"/messages/{public_id}").text
    assert coordinator.post(f"/messages/{public_id}/{button}").status_code == 302
    assert state_of(bare_app, public_id) is state
    other = "again" if button == "arrived" else "arrived"
    signed_in(Role.BUREAU_OFFICER).post(f"/messages/{public_id}/{other}")
    assert state_of(bare_app, public_id) is state, "the second decides nothing"


def test_what_was_set_aside_is_sent_again(bare_app, signed_in, cast):
    public_id = posted(bare_app, cast.own_child, state=MessageState.PARKED)
    page = signed_in(Role.SCHOOL_COORDINATOR).get(f"/messages/{public_id}")
    assert "重新发送" in page.text
    assert "对方收到了" not in page.text
    assert "有 1 条消息需要处理" in lead_of(signed_in(Role.BUREAU_OFFICER).get("/messages"))
    signed_in(Role.SCHOOL_COORDINATOR).post(f"/messages/{public_id}/again")
    assert state_of(bare_app, public_id) is MessageState.WAITING


def test_a_school_rings_up_whom_no_message_reaches(bare_app, signed_in, cast, told):
    coordinator = signed_in(Role.SCHOOL_COORDINATOR)
    page = coordinator.get("/messages/calls")
    assert "有 1 位家长等着打电话" in lead_of(page)
    assert "138****5678" in page.text
    assert "13812345678" not in page.text
    with bare_app.app_context():
        statement = sa.select(Message.public_id).where(Message.channel == Channel.CALL_LIST).order_by(Message.id)
        own, foreign = sorted(
            db.session.scalars(statement), key=lambda public_id: f"/messages/{public_id}/told" not in page.text
        )
    coordinator.post(f"/messages/{own}/not-reached")
    assert "打过 1 次，无人接听" in coordinator.get("/messages/calls").text
    coordinator.post(f"/messages/{own}/told")
    assert "没有需要打的电话" in lead_of(coordinator.get("/messages/calls"))
    assert state_of(bare_app, own) is MessageState.SENT
    assert coordinator.post(f"/messages/{foreign}/told").status_code == 404
    assert "电话告知家长" in coordinator.get(f"/children/{cast.own_child}").text, "it stands on the child's time line"


def test_nobody_reads_an_address_aloud(bare_app, signed_in, cast):
    body = "请确认这次送教。https://songjiao.example.org/family/to/t0ken 谢谢。"
    posted(bare_app, cast.own_child, channel=Channel.CALL_LIST, body=body)
    page = signed_in(Role.SCHOOL_COORDINATOR).get("/messages/calls")
    assert "请确认这次送教。" in page.text
    assert "t0ken" not in page.text


def test_the_messages_say_how_many_are_to_be_rung_up(bare_app, signed_in, cast):
    posted(bare_app, cast.own_child, channel=Channel.CALL_LIST)
    lead = lead_of(signed_in(Role.SCHOOL_COORDINATOR).get("/messages"))
    assert "有 1 位家长等着打电话" in lead
    assert "没有需要处理的消息" not in lead
    assert "0 条待发" in lead


def test_a_person_of_two_children_is_rung_up_once(bare_app, he, cast):
    """What is said is noted one by one; that nobody answered is true of all of it."""
    with bare_app.app_context(), committed():
        own = db.session.scalars(sa.select(Guardian).where(Guardian.public_id == cast.own_guardian)).one()
        school = db.session.scalars(sa.select(OrgUnit).where(OrgUnit.public_id == cast.own_school)).one()
        [same] = factories.make_child("C9", school).guardians
        for number, guardian in enumerate((own, own, same)):
            to = f"guardian:{guardian.public_id}"
            outbox.post(f"call {number}", kind="reminder", to=to, channel=Channel.CALL_LIST, body=f"第{number}件事。")
    page = he.get("/messages/calls")
    assert "有 1 位家长等着打电话" in lead_of(page)
    assert all(f"第{number}件事。" in page.text for number in range(3))
    assert page.text.count("/not-reached") == 1
    told = re.findall(r"/messages/[^/\"]+/told", page.text)
    assert len(told) == 3
    he.post(told[0].replace("/told", "/not-reached"))
    with bare_app.app_context():
        assert set(db.session.scalars(sa.select(Message.attempts))) == {1}
    he.post(told[1])
    assert "第1件事。" not in he.get("/messages/calls").text


@pytest.mark.parametrize(
    ("kind", "body", "spoken"),
    [
        ("sign_link", "有一份送教上门协议等您看：https://songjiao.example.org/family/to/t0ken", "也可以来学校"),
        ("reminder", "请核对。登录查看：https://songjiao.example.org/family", "请核对。"),
    ],
)
def test_what_is_said_by_telephone_ends_where_it_makes_sense(bare_app, he, cast, kind, body, spoken):
    posted(bare_app, cast.own_child, channel=Channel.CALL_LIST, kind=kind, body=body)
    page = words_in(main_of(he.get("/messages/calls")))
    assert spoken in page
    assert "等您看：" not in page
    assert "登录查看" not in page


def test_everybody_reads_what_they_were_told_and_says_so(signed_in, told):
    teacher = signed_in(Role.TEACHER)
    assert "我有 1 条新消息" in main_of(teacher.get("/"))
    page = teacher.get("/messages/inbox")
    assert "有 1 次送教，15:00 起" in page.text
    assert teacher.post("/messages/inbox/read").status_code == 302
    assert "没有新消息" in lead_of(teacher.get("/messages/inbox"))
    assert "我有" not in main_of(teacher.get("/"))


def test_somebody_chooses_the_way_and_the_hour(bare_app, signed_in, cast):
    bare_app.config["SMTP_HOST"] = "127.0.0.1"
    teacher = signed_in(Role.TEACHER)
    page = teacher.get("/messages/choice")
    assert "发电子邮件" in page.text
    assert "发短信" not in page.text, "there is no such service here"
    assert "3:00" not in [part.strip() for part in page.text.replace("<", ">").split(">")], "nor at night"
    wrong = teacher.post("/messages/choice", data={"channel": "email", "mail": "", "hour": ""})
    assert (wrong.status_code, "请填写电子邮箱" in wrong.text) == (422, True)
    right = teacher.post("/messages/choice", data={"channel": "email", "mail": "lin@example.org", "hour": "18"})
    assert right.status_code == 302
    with bare_app.app_context():
        account = db.session.scalars(sa.select(Account).where(Account.sign_in_name == "lin")).one()
        choice = db.session.scalars(sa.select(ContactChoice).where(ContactChoice.account_id == account.id)).one()
        assert (choice.channel, choice.address, choice.hour) == (Channel.EMAIL, "lin@example.org", 18)
    assert "lin@example.org" in teacher.get("/messages/choice").text


def test_a_clock_that_was_set_is_shown_and_called_right_by_the_administrator(bare_app, signed_in):
    with bare_app.app_context(), committed():
        db.session.add(ClockJump(noticed_at=machine_now(), seconds=-86400, ended_by=""))
    assert "服务器时间异常" in signed_in(Role.BUREAU_OFFICER).get("/messages").text
    assert "服务器时间异常" not in signed_in(Role.SCHOOL_COORDINATOR).get("/messages").text
    keeper = signed_in(Role.ADMINISTRATOR)
    assert "服务器时间异常" in keeper.get("/").text, "a banner, wherever one who can act is"
    keeper.post("/messages/clock")
    assert "服务器时间异常" not in keeper.get("/messages").text
