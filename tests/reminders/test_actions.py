"""Is everybody told what falls due, once, by the way that is theirs, and not told what is done?"""

import logging
import re
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel import audit, outbox
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel, Message, MessageState
from hometeach.kernel.settings import Setting
from hometeach.people.access import Role
from hometeach.people.entry.guardians.actions import link_of
from hometeach.people.entry.guardians.models import GuardianLink
from hometeach.people.entry.guardians.rules import LinkPurpose
from hometeach.people.models import Account, Child, Guardian, Teacher
from hometeach.people.rules import ContactRule
from hometeach.reminders import actions
from hometeach.reminders.actions import deriving
from hometeach.reminders.facts import matters_on
from hometeach.reminders.models import Due, DueState
from hometeach.reminders.reaching import may_choose
from hometeach.reminders.rules import Kind
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.visits.models import Absence, excuse_reasons
from hometeach.visits.rules import Confirmation
from tests import factories
from tests.reminders.making import TODAY, TOMORROW, choose_mail, make_many_due

EVENING = 23


def derive(on: date = TODAY, *, hour: int = EVENING) -> int:
    """What the regular job does; returns how many messages came of it."""
    with committed():
        matters = matters_on(on)
        actions.derive(on, matters)
    with committed():
        return actions.compose(on, matters, hour=hour)


def one(model: type[Any], **values: Any) -> Any:
    return db.session.scalars(sa.select(model).filter_by(**values)).one()


def name_of(sign_in_name: str) -> str:
    return f"account:{one(Account, sign_in_name=sign_in_name).public_id}"


def dues(kind: Kind, recipient: str = "") -> list[Due]:
    statement = sa.select(Due).where(Due.kind == kind).order_by(Due.rung, Due.id)
    return list(db.session.scalars(statement.where(Due.recipient == recipient) if recipient else statement))


def messages_to(recipient: str) -> list[Message]:
    db.session.rollback()
    statement = sa.select(Message).where(Message.recipient == recipient).order_by(Message.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def test_teacher_and_family_are_told_of_the_visit_of_tomorrow(app, cast):
    derive()
    guardian = one(Guardian, child_id=one(Child, code="C1").id)
    [to_teacher] = messages_to(name_of("lin"))
    assert (to_teacher.channel, to_teacher.state) == (Channel.INBOX, MessageState.SENT)
    assert "11月24日周二有 1 次送教，15:00 起。" in to_teacher.body
    [to_family] = messages_to(f"guardian:{guardian.public_id}")
    assert (to_family.channel, to_family.state) == (Channel.CALL_LIST, MessageState.WAITING), "nothing else reaches it"
    assert "老师 11月24日周二 15:00 到您家来" in to_family.body
    assert {due.state for due in dues(Kind.VISIT_TOMORROW)} == {DueState.TOLD}


def test_deriving_again_writes_nothing_and_tells_nobody_twice(app, cast):
    derive()
    before = db.session.scalar(sa.select(sa.func.count(Due.id)))
    assert derive() == 0
    assert db.session.scalar(sa.select(sa.func.count(Due.id))) == before


def test_nobody_is_told_before_the_hour_that_is_theirs(app, cast):
    assert derive(hour=7) == 0
    assert derive(hour=8) >= 1
    assert messages_to(name_of("lin"))
    assert all(not one.recipient.startswith("guardian:") for one in db.session.scalars(sa.select(Message)))
    derive(hour=17)
    assert any(one.recipient.startswith("guardian:") for one in db.session.scalars(sa.select(Message)))


@pytest.mark.parametrize("how", ["cancelled", "absent", "moved"])
def test_a_visit_that_will_not_be_is_not_told(app, cast, how):
    child = one(Child, code="C1")
    with committed():
        planned = one(Occurrence, child_id=child.id, planned_on=TOMORROW)
        if how == "cancelled":
            planned.state = OccurrenceState.CANCELLED
        elif how == "moved":
            planned.planned_on = TOMORROW + timedelta(days=2)
        else:
            db.session.add(
                Absence(child_id=child.id, missed_on=TOMORROW, reason_code=excuse_reasons()[0].code, is_approved=True)
            )
    derive()
    assert not [due for due in dues(Kind.VISIT_TOMORROW) if child.public_id in due.subject and due.falls_on == TODAY]


def test_a_visit_that_falls_out_after_it_was_derived_is_closed_untold(app, cast):
    with committed():
        matters = matters_on(TODAY)
        actions.derive(TODAY, matters)
    with committed():
        for planned in db.session.scalars(sa.select(Occurrence).where(Occurrence.planned_on == TOMORROW)):
            planned.state = OccurrenceState.CANCELLED
    with committed():
        actions.compose(TODAY, matters_on(TODAY), hour=EVENING)
    states = {due.state for due in dues(Kind.VISIT_TOMORROW) if due.falls_on == TODAY}
    assert states == {DueState.OVER}


def test_a_record_that_is_missing_climbs_from_the_teacher_to_the_bureau_and_stops_when_it_is_there(app, cast):
    child = one(Child, code="C1")
    sides = {}
    for days in (1, 2, 3, 7):
        derive(TOMORROW + timedelta(days=days))
    for due in dues(Kind.RECORD_MISSING):
        if child.public_id in due.subject and due.occurrence.startswith(str(TOMORROW)):
            sides.setdefault(due.rung, set()).add(due.recipient)
    assert sides == {0: {name_of("lin")}, 1: {name_of("lin")}, 2: {name_of("he")}, 3: {name_of("bai")}}
    with committed():
        factories.make_visit(child, one(Teacher, code="T1"), on=TOMORROW)
    assert not matters_on(
        TOMORROW + timedelta(days=1), kinds=[Kind.RECORD_MISSING], subjects=[f"child:{child.public_id}"]
    )


def test_on_monday_what_is_not_planned_is_told_and_on_thursday_what_is_not_met(app, cast):
    child = one(Child, code="C1")
    with committed():
        for planned in db.session.scalars(sa.select(Occurrence).where(Occurrence.child_id == child.id)):
            planned.state = OccurrenceState.CANCELLED
        rebuild_ledger({child.id})
    derive()
    [unplanned] = dues(Kind.QUOTA_UNPLANNED, name_of("lin"))
    assert (unplanned.falls_on, unplanned.rung) == (TODAY, 0)
    derive(TODAY + timedelta(days=3))
    assert "本周还差 1 次至少 60 分钟的送教，最迟 11月29日周日。" in messages_to(name_of("lin"))[-1].body
    with committed():
        factories.make_visit(child, one(Teacher, code="T1"), on=TODAY)
        rebuild_ledger({child.id})
    assert not matters_on(TODAY + timedelta(days=3), kinds=[Kind.QUOTA_NOT_MET], subjects=[f"child:{child.public_id}"])


def test_what_nobody_confirmed_is_asked_of_the_family_after_three_days(app, cast):
    child = one(Child, code="C1")
    with committed():
        factories.make_visit(
            child, one(Teacher, code="T1"), on=TODAY - timedelta(days=3), confirmation=Confirmation.UNCONFIRMED
        )
    derive()
    guardian = one(Guardian, child_id=child.id)
    assert [due.falls_on for due in dues(Kind.CONFIRMATION_MISSING, f"guardian:{guardian.public_id}")] == [TODAY]


def test_the_reminder_that_a_word_is_missing_carries_a_link_to_the_visit(app, cast):
    app.config.update(SMS_URL="http://127.0.0.1:9/", PUBLIC_URL="https://example.test")
    child = one(Child, code="C1")
    with committed():
        visit = factories.make_visit(
            child, one(Teacher, code="T1"), on=TODAY - timedelta(days=3), confirmation=Confirmation.UNCONFIRMED
        )
    derive()
    derive()
    (message,) = messages_to(f"guardian:{one(Guardian, child_id=child.id).public_id}")
    (token,) = re.findall(r"https://example\.test/family/to/(\S+)", message.body)
    link = link_of(token)
    assert link is not None
    assert (link.purpose, link.subject) == (LinkPurpose.CONFIRM_VISIT, f"visit:{visit.public_id}")


def test_no_link_is_made_for_who_is_rung_up(app, cast):
    app.config["PUBLIC_URL"] = "https://example.test"
    child = one(Child, code="C1")
    with committed():
        factories.make_visit(
            child, one(Teacher, code="T1"), on=TODAY - timedelta(days=3), confirmation=Confirmation.UNCONFIRMED
        )
    derive()
    assert db.session.scalars(sa.select(GuardianLink)).all() == []


def test_an_agreement_that_ends_is_told_to_the_school_and_not_once_another_follows(app, cast):
    child, end = one(Child, code="C1"), factories.TERM_TO
    derive(end - timedelta(days=30))
    assert [due.falls_on for due in dues(Kind.AGREEMENT_EXPIRING, name_of("he"))] == [end - timedelta(days=30)]
    with committed():
        factories.make_agreement(child, end + timedelta(days=1), end + timedelta(days=200))
    derive(end - timedelta(days=7))
    assert [due.rung for due in dues(Kind.AGREEMENT_EXPIRING, name_of("he"))] == [0]


def test_a_teachers_yearly_check_is_told_to_the_school(app, cast):
    with committed():
        one(Teacher, code="T1").record_checked_on = TODAY + timedelta(days=7) - timedelta(days=365)
    derive()
    assert [due.rung for due in dues(Kind.RECORD_CHECK)] == [1]


def test_a_weeks_digest_goes_to_school_and_bureau_on_monday(app, cast):
    derive()
    told = {due.recipient for due in dues(Kind.WEEKLY_DIGEST)}
    assert {name_of("he"), name_of("bai")} <= told


def test_one_person_gets_one_message_a_day_unless_the_rest_cannot_wait(app, cast):
    derive()
    assert len(messages_to(name_of("lin"))) == 1
    with committed():
        child = one(Child, code="C1")
        factories.make_visit(child, one(Teacher, code="T1"), on=TODAY - timedelta(days=6), minutes=10)
        planned = one(Occurrence, child_id=child.id, planned_on=TOMORROW)
        planned.planned_on = TOMORROW + timedelta(days=5)
        db.session.flush()
        planned.planned_on = TODAY - timedelta(days=1)
    derive()
    assert [due.state for due in dues(Kind.RECORD_MISSING, name_of("lin")) if due.falls_on == TODAY] == [DueState.OPEN]
    assert len(messages_to(name_of("lin"))) == 1, "what can wait until tomorrow does"


def test_whoever_must_not_be_contacted_is_not(app, cast):
    with committed():
        for guardian in db.session.scalars(sa.select(Guardian)):
            guardian.contact_rule = ContactRule.NEVER
    derive()
    assert not [due for due in db.session.scalars(sa.select(Due)) if due.recipient.startswith("guardian:")]


def test_whoever_chose_mail_gets_mail_and_the_words_are_sealed(app, cast):
    app.config["SMTP_HOST"] = "127.0.0.1"
    with committed():
        choose_mail(one(Account, sign_in_name="lin"), "lin@example.org")
    derive()
    [message] = messages_to(name_of("lin"))
    assert (message.channel, message.state) == (Channel.EMAIL, MessageState.WAITING)
    assert message.address == "lin@example.org"
    stored = b"".join(part for part in (message.address_sealed, message.body_sealed, message.subject_sealed) if part)
    assert not [word for word in ("lin@", "送教") if word.encode() in stored]


def test_the_bureau_may_take_a_way_off_the_list(app, cast):
    app.config["SMTP_HOST"] = "127.0.0.1"
    with committed():
        choose_mail(one(Account, sign_in_name="lin"), "lin@example.org")
        db.session.add(Setting(name="staff_channels", value="inbox", effective_from=TODAY, source="a test"))
    assert may_choose(TODAY) == [Channel.INBOX]
    derive()
    assert messages_to(name_of("lin"))[0].channel is Channel.INBOX


@pytest.fixture
def mailed(app, cast) -> Message:
    """A reminder to Lin that waits to be mailed: two children tomorrow."""
    app.config["SMTP_HOST"] = "127.0.0.1"
    with committed():
        choose_mail(one(Account, sign_in_name="lin"), "lin@example.org")
        other = one(Occurrence, child_id=one(Child, code="C2").id, planned_on=TOMORROW)
        other.teacher_id, other.start_minute, other.end_minute = one(Teacher, code="T1").id, 600, 675
    derive()
    [message] = messages_to(name_of("lin"))
    assert "有 2 次送教，10:00 起" in message.body
    return message


def cancel(code: str) -> None:
    with committed():
        one(Occurrence, child_id=one(Child, code=code).id, planned_on=TOMORROW).state = OccurrenceState.CANCELLED


def ask(message: Message, on: date = TODAY) -> str:
    with committed():
        return actions.why_not(on)(message)


def test_a_reminder_is_asked_once_more_before_it_leaves(mailed):
    assert ask(mailed) == ""
    cancel("C2")
    assert ask(mailed) == ""
    assert "有 1 次送教，15:00 起" in mailed.body, "what is done is left out"
    cancel("C1")
    assert ask(mailed) == "no_longer_true"


def test_a_reminder_of_yesterday_is_not_sent(mailed):
    assert ask(mailed, TOMORROW) == "no_longer_true"


def test_a_reminder_takes_another_way_where_the_person_chose_one_meanwhile(mailed):
    account = one(Account, sign_in_name="lin")
    with committed():
        actions.choose_contact(account, channel=Channel.INBOX, address="", hour=None)
    assert ask(mailed) == "another_way"
    with committed():
        mailed.state = MessageState.SUPERSEDED
    derive()
    assert [message.channel for message in messages_to(name_of("lin"))] == [Channel.EMAIL, Channel.INBOX]
    assert {due.rung for due in dues(Kind.VISIT_TOMORROW, name_of("lin")) if due.falls_on == TODAY} == {0}


def test_a_disabled_account_is_not_reminded(mailed):
    with committed():
        one(Account, sign_in_name="lin").disabled_at = sa.func.now()
    assert ask(mailed) == "no_longer_true"


def test_a_message_that_came_while_a_run_lasts_is_asked_about_by_who_is_there_now(mailed):
    account = one(Account, sign_in_name="lin")
    with committed():
        account.disabled_at = machine_now()
    why = actions.why_not(TODAY)
    with committed():
        assert why(mailed) == "no_longer_true"
    with committed():
        account.disabled_at, mailed.made_at = None, machine_now()
        assert not why(mailed)


def test_a_ladder_that_cannot_be_read_is_the_usual_one(app, cast):
    with committed():
        db.session.add(Setting(name="ladder_record_missing", value="nonsense", effective_from=TODAY, source="a test"))
    assert len(actions.ladder(Kind.RECORD_MISSING, TODAY)) == 4
    with committed():
        db.session.add(Setting(name="ladder_visit_tomorrow", value="teacher-1", effective_from=TODAY, source="a test"))
    derive()
    assert not [due for due in dues(Kind.VISIT_TOMORROW) if due.recipient.startswith("guardian:")]


def test_the_call_list_is_told_or_tried_again_and_set_aside_after_five(app, cast):
    derive()
    guardian = one(Guardian, child_id=one(Child, code="C1").id)
    [message] = messages_to(f"guardian:{guardian.public_id}")
    for number in range(1, 6):
        with committed():
            assert actions.not_reached(message, by="he")
        assert message.attempts == number
    assert message.state is MessageState.PARKED
    with committed():
        assert not actions.not_reached(message, by="he")
        assert actions.told_by_phone(message, by="he")
    with committed():
        assert not actions.told_by_phone(message, by="he"), "a second time it is decided already"
    rows = db.session.scalars(audit.events("message:told")).all()
    assert [row.about for row in rows] == [f"child:{one(Child, code='C1').public_id}"], "it stands on the child's file"


def test_what_no_service_can_send_goes_to_the_call_list_but_never_a_code(app, cast):
    with committed():
        for key, to, is_secret in (
            ("words", "guardian:x", False),
            ("code", "guardian:x", True),
            ("staff", "account:x", False),
        ):
            outbox.post(key, kind="test", to=to, channel=Channel.SMS, body="x", address="1", is_secret=is_secret)
    with committed():
        actions.send_messages(TODAY)
    ways = dict(db.session.execute(sa.select(Message.key, Message.channel)).all())
    assert ways == {"words": Channel.CALL_LIST, "code": Channel.SMS, "staff": Channel.SMS}


def test_no_message_and_no_log_names_anybody(app, cast, caplog):
    """Canaries in every field that could slip in."""
    canaries = ("金丝雀", "13899990001", "罕见综合征", "金丝村", "110101201501011234")
    with committed():
        child = one(Child, code="C1")
        child.name, child.cannot_attend_reason = canaries[0], canaries[2]
        child.visit_address, child.id_number = canaries[3], canaries[4]
        guardian = one(Guardian, child_id=child.id)
        guardian.name, guardian.phone = canaries[0] + "奶奶", canaries[1]
        factories.make_visit(
            child, one(Teacher, code="T1"), on=TODAY - timedelta(days=3), confirmation=Confirmation.UNCONFIRMED
        )
        one(Teacher, code="T1").record_checked_on = TODAY - timedelta(days=358)
    with caplog.at_level(logging.DEBUG):
        for days in range(8):
            derive(TODAY + timedelta(days=days))
            with committed():
                actions.send_messages(TODAY)
    said = [text for row in db.session.scalars(sa.select(Message)) for text in (row.subject, row.body, row.key)]
    assert len(said) > 20
    assert not [text for text in (*said, caplog.text) for canary in canaries if canary in text]


def test_what_is_due_today_is_found_without_reading_history(app):
    with committed():
        make_many_due(3)
    derive()
    assert not messages_to("account:nobody")
    assert db.session.scalar(sa.select(sa.func.count(Message.id))) == 3


def test_the_regular_job_says_what_it_did(app, cast, monkeypatch):
    monkeypatch.setattr(deriving, "local", lambda moment: moment.replace(hour=EVENING))
    runner = app.test_cli_runner()
    first = runner.invoke(args=["run-job", "derive-reminders", "--on", "2026-11-23"])
    assert first.exit_code == 0, first.output
    assert "due" in first.output
    again = runner.invoke(args=["run-job", "derive-reminders", "--on", "2026-11-23"])
    assert "0 due, 0 messages" in again.output
    sent = runner.invoke(args=["run-job", "send-messages"])
    assert "0 tried" in sent.output, "no gateway, nothing to send by"


def test_roles_hold_for_recipients(app, cast):
    derive()
    allowed = {name_of("lin"), name_of("he"), name_of("bai"), name_of("shi")}
    staff = {row.recipient for row in db.session.scalars(sa.select(Due)) if row.recipient.startswith("account:")}
    assert staff <= allowed, f"nobody without a part in it is told: {Role}"
