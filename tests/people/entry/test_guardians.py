"""A guardian comes in by a code to the phone on record: once, in time, with few tries, and no more than that."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.kernel import audit, outbox
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel, Message
from hometeach.people.entry.guardians import actions
from hometeach.people.entry.guardians.actions import codes, links, sessions
from hometeach.people.entry.guardians.models import GuardianCode, GuardianLink
from hometeach.people.entry.guardians.rules import LinkPurpose, Reach, plain_phone, reach_of
from hometeach.people.family.actions import Described, add_guardian, change_guardian
from hometeach.people.models import Child, Guardian
from hometeach.people.rules import ContactRule, Standing
from tests import factories

DAY = date(2026, 11, 23)
PHONE = "13812345678"
AT_MOST = timedelta(hours=12)


@pytest.fixture
def child(app: Flask) -> Child:
    """A child with Grandmother Wu, in a deployment that can send messages."""
    app.config["SMS_URL"] = "http://127.0.0.1:9/"
    with committed():
        school = factories.make_unit("S1")
        return factories.make_child("C1", school, factories.make_teacher("T1", school))


@pytest.fixture
def wu(child: Child) -> Guardian:
    """Grandmother Wu."""
    return child.guardians[0]


def ask(phone: str = PHONE, *, address: str = "10.0.0.1") -> str:
    with committed():
        return actions.send_code_to(phone, address=address, on=DAY)


def sent() -> list[Message]:
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def code_in(message: Message) -> str:
    found = re.search(r"\d{6}", message.body)
    assert found is not None
    return found[0]


def enter(asked: str, code: str) -> actions.Opened:
    """Enter a code and keep what comes of it, also when it is refused, as the page does."""
    refused = None
    with committed():
        try:
            return actions.accept_code(asked, code, on=DAY)
        except Refused as told:
            refused = told
    raise refused


def refusal(refused: Callable[[], object]) -> str:
    with pytest.raises(Refused) as told:
        refused()
    return told.value.code


def another_code(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    moment = machine_now() + by
    for room in (links, codes, sessions):
        monkeypatch.setattr(room, "machine_now", lambda: moment)


def test_the_code_that_was_sent_lets_in_once(wu: Guardian) -> None:
    asked = ask()
    code = code_in(sent()[0])
    opened = enter(asked, code)
    assert opened.guardian.id == wu.id
    entered = actions.who_entered(opened.token, at_most=AT_MOST)
    assert entered is not None
    assert (entered.public_id, entered.came_by_link) == (wu.public_id, False)
    assert refusal(lambda: enter(asked, code)) == "code:over"


def test_the_code_is_kept_as_a_hash_wiped_once_it_is_accepted_and_in_no_log(wu: Guardian) -> None:
    asked = ask()
    message = sent()[0]
    code = code_in(message)
    assert message.is_secret
    row = db.session.scalars(sa.select(GuardianCode)).one()
    assert code.encode() not in row.code_hash
    enter(asked, code)
    db.session.refresh(message)
    assert message.body is None
    assert all(code not in event.detail for event in db.session.scalars(audit.events()))


def test_the_words_of_a_code_that_nobody_used_are_wiped_when_it_is_over(wu: Guardian) -> None:
    ask()
    with committed():
        db.session.execute(sa.update(Message).values(expires_at=machine_now() - timedelta(seconds=1)))
        assert outbox.wipe_codes() == 1
    assert sent()[0].body is None


def test_a_code_is_over_after_its_minutes(wu: Guardian, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ask()
    code = code_in(sent()[0])
    later(monkeypatch, timedelta(minutes=10, seconds=1))
    assert refusal(lambda: enter(asked, code)) == "code:over"


def test_five_wrong_codes_and_this_one_is_worth_nothing(wu: Guardian) -> None:
    asked = ask()
    code = code_in(sent()[0])
    wrong = another_code(code)
    assert [refusal(lambda: enter(asked, wrong)) for _n in range(5)] == ["code:wrong"] * 4 + ["code:locked"]
    assert refusal(lambda: enter(asked, code)) == "code:locked"
    assert sent()[0].body is None


def test_one_phone_is_sent_so_many_codes_and_then_waits(wu: Guardian) -> None:
    for _n in range(5):
        ask()
    assert refusal(ask) == "code:too_many"


def test_one_address_asks_for_so_many_codes_and_then_waits(wu: Guardian) -> None:
    for n in range(30):
        ask(f"139{n:08d}")
    assert refusal(lambda: ask("13900000099")) == "sign_in:wait"


def test_a_number_that_is_not_on_record_is_told_the_same_and_gets_nothing(wu: Guardian) -> None:
    asked = ask("13900000000")
    assert sent() == []
    tries = [refusal(lambda: enter(asked, "123456")) for _n in range(5)]
    assert tries == ["code:wrong"] * 4 + ["code:locked"]
    assert refusal(lambda: ask("13900000000")) == "code:guessed"
    assert sent() == []


def test_a_link_opens_until_it_is_replaced_over_or_its_phone_is_gone(
    wu: Guardian, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = actions.issue_link(wu, LinkPurpose.HOME, on=DAY)
    assert actions.link_of(first) is not None
    assert first.encode() not in db.session.scalars(sa.select(GuardianLink.token_hash)).one()
    second = actions.issue_link(wu, LinkPurpose.HOME, on=DAY)
    other = actions.issue_link(wu, LinkPurpose.CONFIRM_VISIT, subject="visit:x", on=DAY)
    assert actions.link_of(first) is None
    assert actions.link_of(second) is not None
    assert actions.link_of("a" * 22) is None
    later(monkeypatch, timedelta(days=14, seconds=1))
    assert actions.link_of(other) is None
    assert actions.link_of(second) is not None
    wu.phone_index = None
    db.session.flush()
    assert actions.link_of(second) is None


def test_a_link_leads_to_what_it_was_made_for(wu: Guardian) -> None:
    with committed():
        link = actions.link_of(actions.issue_link(wu, LinkPurpose.CONFIRM_VISIT, subject="visit:x", on=DAY))
        assert link is not None
        asked = actions.send_code_by_link(link, address="10.0.0.1", on=DAY)
    opened = enter(asked, code_in(sent()[0]))
    assert opened.subject == "visit:x"
    assert actions.who_entered(opened.token, at_most=AT_MOST).came_by_link  # type: ignore[union-attr]


def test_another_phone_needs_a_reason_and_ends_sessions_and_links(wu: Guardian) -> None:
    token = enter(ask(), code_in(sent()[0])).token
    link = actions.issue_link(wu, LinkPurpose.HOME, on=DAY)
    told = Described(wu.name, wu.relation, wu.standing, "13700000000", wu.contact_rule)
    assert refusal(lambda: change_guardian(wu, told, reason=" ", by="he")) == "guardian:no_reason"
    change_guardian(wu, told, reason="换了号码，本人来校说明", by="he")
    assert actions.who_entered(token, at_most=AT_MOST) is None
    assert actions.link_of(link) is None
    assert wu.phone == "13700000000"
    event = db.session.scalars(audit.events("guardian:change")).one()
    assert "13700000000" not in event.detail
    assert "phone" in event.detail


def test_who_must_not_be_contacted_is_not_let_in_any_more(wu: Guardian) -> None:
    token = enter(ask(), code_in(sent()[0])).token
    told = Described(wu.name, wu.relation, wu.standing, PHONE, ContactRule.NEVER)
    change_guardian(wu, told, reason="", by="he")
    assert actions.who_entered(token, at_most=AT_MOST) is None
    ask()
    assert len(sent()) == 1, "only the code before"


def test_somebody_is_added_and_the_same_name_is_refused(child: Child) -> None:
    aunt = Described("吴姑姑", "姑姑", Standing.CARER, "+86 137-0000-0000", ContactRule.ANY, "委托书 2026-09-01")
    added = add_guardian(child, aunt, by="he")
    assert (added.phone, added.standing, added.entrusted_by) == ("13700000000", Standing.CARER, "委托书 2026-09-01")
    assert refusal(lambda: add_guardian(child, aunt, by="he")) == "guardian:there_already"
    landline = Described("吴叔叔", "叔叔", Standing.GUARDIAN, "0731-1234567", ContactRule.ANY)
    assert refusal(lambda: add_guardian(child, landline, by="he")) == "guardian:no_phone_number"


@pytest.mark.parametrize(
    ("rule", "phone", "goes", "expected"),
    [
        (ContactRule.ANY, PHONE, True, Reach.MESSAGE),
        (ContactRule.ANY, None, True, Reach.CALL),
        (ContactRule.ANY, PHONE, False, Reach.CALL),
        (ContactRule.PHONE_ONLY, PHONE, True, Reach.CALL),
        (ContactRule.THROUGH_SCHOOL, PHONE, True, Reach.CALL),
        (ContactRule.NEVER, PHONE, True, Reach.NOT_AT_ALL),
    ],
)
def test_by_what_way_a_guardian_is_reached(rule: ContactRule, phone: str | None, goes: bool, expected: Reach) -> None:
    assert reach_of(rule, phone, messages_go=goes) is expected


@pytest.mark.parametrize("typed", ["138 1234 5678", "138-1234-5678", "+8613812345678", "86 138 1234 5678"])
def test_a_number_is_read_however_it_is_grouped(typed: str) -> None:
    assert plain_phone(typed) == PHONE


def test_the_link_goes_by_message_or_the_call_goes_on_the_schools_list(app: Flask, wu: Guardian) -> None:
    def send() -> Reach:
        return actions.send_home_link(
            wu, address_of=lambda token: f"https://here/{token}", door="https://here/family", by="he", on=DAY
        )

    assert send() is Reach.MESSAGE
    app.config["SMS_URL"] = ""
    assert send() is Reach.CALL
    link, call = sent()
    assert (link.channel, call.channel) == (Channel.SMS, Channel.CALL_LIST)
    assert wu.child.name not in link.body + call.body
    assert refusal(ask) == "code:no_gateway"


def test_a_used_code_is_forgotten_after_half_a_year(wu: Guardian) -> None:
    ask()
    assert actions.forget_old_codes(DAY) == 0
    db.session.execute(sa.update(GuardianCode).values(made_at=machine_now() - timedelta(days=181)))
    assert actions.forget_old_codes(DAY) == 1
