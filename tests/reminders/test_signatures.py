"""Is whoever has not signed an agreement reminded, with a way to sign, and nobody who has answered?"""

import re
from datetime import UTC, date, datetime, timedelta
from http.server import ThreadingHTTPServer

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.offers.rules import WhoSigns
from hometeach.agreements.signing.models import OfferEvent
from hometeach.agreements.signing.rules import SigningEvent
from hometeach.cases.models import Case
from hometeach.cases.rules import CaseStatus
from hometeach.kernel.clock import aware, machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel, Message, MessageState
from hometeach.kernel.settings import Setting
from hometeach.people.entry.guardians.actions import link_of
from hometeach.people.entry.guardians.models import GuardianLink
from hometeach.people.entry.guardians.rules import LinkPurpose
from hometeach.people.models import Child, Guardian, phone_index
from hometeach.people.rules import ContactRule, Standing
from hometeach.reminders import actions
from hometeach.reminders.actions import sending
from hometeach.reminders.facts import matters_on
from hometeach.reminders.models import Due
from hometeach.reminders.rules import Kind, Matter, Side
from tests import factories
from tests.reminders.making import TODAY
from tests.reminders.test_actions import ask, cancel, derive, dues, messages_to, name_of, one
from tests.reminders.test_gateways import service

__all__ = ["service"]

ADDRESS = "https://example.test"
ASKED = TODAY - timedelta(days=2)
E = SigningEvent


def note(
    offer: Offer, event: SigningEvent, signer: Signer | None = None, *, on: date = ASKED, detail: str = ""
) -> None:
    """Something that happened to an offer on a day."""
    at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    row = OfferEvent(offer_id=offer.id, signer_id=signer.id if signer else None, event=event, by="test", at=at)
    row.detail = detail or None
    db.session.add(row)
    db.session.flush()


@pytest.fixture
def offer(app: Flask, cast: factories.Cast) -> Offer:
    """The next agreement of child An: Grandmother Wu was sent the link two days ago, Father An was not asked."""
    app.config.update(SMS_URL="http://127.0.0.1:9/", PUBLIC_URL=ADDRESS)
    with committed():
        child = one(Child, code="C1")
        father = Guardian(child_id=child.id, name="安爸爸", relation="父亲", phone="13711112222")
        father.phone_index = phone_index("13711112222")
        db.session.add(father)
        db.session.flush()
        db.session.refresh(child)
        for guardian in child.guardians:
            guardian.phone_checked_at, guardian.phone_checked_by = machine_now(), "test"
        made = factories.make_offer(child, effective_from=TODAY + timedelta(days=9))
        note(made, E.SENT, made.signers[0])
    return made


def matter(offer: Offer, *, of: int = 0, on: date = TODAY) -> Matter | None:
    """What stands open of one who signs, as it is asked before a message leaves."""
    db.session.rollback()
    found = matters_on(on, kinds=[Kind.SIGNATURE_MISSING], subjects=[f"child:{offer.child.public_id}"])
    signer = offer.signers[of]
    return next((one for one in found.values() if one.occurrence.endswith(f" {signer.public_id}")), None)


def guardian_of(offer: Offer, of: int = 0) -> str:
    return f"guardian:{offer.signers[of].guardian.public_id}"


def tokens(text: str | None) -> list[str]:
    return re.findall(rf"{ADDRESS}/family/to/(\S+)", text or "")


def test_who_was_asked_is_reminded_twice_and_then_the_school(offer: Offer) -> None:
    for days in range(8):
        derive(ASKED + timedelta(days=days))
    wu, father, he = guardian_of(offer), guardian_of(offer, 1), name_of("he")
    assert [(one.falls_on - ASKED).days for one in dues(Kind.SIGNATURE_MISSING, wu)] == [2, 5]
    assert dues(Kind.SIGNATURE_MISSING, father) == [], "nobody asked him yet"
    assert [(one.falls_on - ASKED).days for one in dues(Kind.SIGNATURE_MISSING, he)] == [7]
    first = messages_to(wu)[0]
    assert "有一份送教上门协议从11月21日周六起等您答复" in first.body
    assert first.about == f"child:{offer.child.public_id}"
    assert "有 1 个家长签名还没有签" in messages_to(he)[-1].body


def test_the_link_is_made_when_the_message_leaves_and_opens_once(offer: Offer) -> None:
    derive()
    (waits,) = messages_to(guardian_of(offer))
    assert f"{ADDRESS}/family" in waits.body
    assert tokens(waits.body) == []
    assert db.session.scalars(sa.select(GuardianLink)).all() == []
    assert ask(waits) == ""
    (first,) = tokens(waits.body)
    link = link_of(first)
    assert link is not None
    assert (link.purpose, link.subject) == (LinkPurpose.SIGN, f"offer:{offer.public_id}")
    assert aware(link.expires_at) - aware(link.made_at) == timedelta(hours=24)
    assert ask(waits) == ""
    (second,) = tokens(waits.body)
    assert link_of(first) is None, "it did not leave, and another took its place"
    with committed():
        waits.handed_over_at = machine_now()
    assert ask(waits) == ""
    assert tokens(waits.body) == [second], "what may have gone out is not changed under the reader"
    assert link_of(second) is not None


def sign_for(offer: Offer, of: int = 0) -> None:
    note(offer, E.SIGNED, offer.signers[of])


def leave(offer: Offer) -> None:
    one(Case, child_id=offer.child_id).status = CaseStatus.PLACEMENT_PENDING


@pytest.mark.parametrize(
    "done",
    [
        sign_for,
        lambda offer: sign_for(offer, 1),
        lambda offer: note(offer, E.REFUSED, offer.signers[0]),
        lambda offer: note(offer, E.REFUSED, offer.signers[1]),
        lambda offer: note(offer, E.RECALLED),
        lambda offer: note(offer, E.SUPERSEDED),
        lambda offer: note(offer, E.TALK_ASKED, offer.signers[0]),
        leave,
    ],
    ids=[
        "signed",
        "the other signed",
        "refused",
        "the other refused",
        "recalled",
        "superseded",
        "wants to talk",
        "left",
    ],
)
def test_who_has_answered_is_not_reminded_though_the_message_waits(offer: Offer, done) -> None:
    cancel("C1")  # the visit of tomorrow would be said all the same
    derive()
    (waits,) = messages_to(guardian_of(offer))
    with committed():
        done(offer)
    assert ask(waits) == "no_longer_true"
    assert db.session.scalars(sa.select(GuardianLink)).all() == []


def test_where_all_must_sign_the_other_is_still_reminded(offer: Offer) -> None:
    with committed():
        both = factories.make_offer(offer.child, WhoSigns.ALL, effective_from=TODAY + timedelta(days=9))
        for signer in both.signers:
            note(both, E.SENT, signer)
        note(both, E.SIGNED, both.signers[0])
    assert matter(both) is None
    assert matter(both, of=1) is not None


def test_asking_again_begins_anew(offer: Offer) -> None:
    with committed():
        note(offer, E.TALK_ASKED, offer.signers[0])
    found = matter(offer)
    assert found is not None
    assert found.told[Side.GUARDIAN] == (), "the school rings up, as was asked"
    assert name_of("he") in found.told[Side.SCHOOL]
    with committed():
        note(offer, E.SENT, offer.signers[0], on=TODAY)
    again = matter(offer)
    assert again is not None
    assert (again.day, again.told[Side.GUARDIAN]) == (TODAY, (guardian_of(offer),))


def test_who_said_after_a_talk_to_sign_is_reminded_from_then_on(offer: Offer) -> None:
    with committed():
        note(offer, E.REFUSED, offer.signers[0])
    assert matter(offer) is None
    with committed():
        note(offer, E.FOLLOWED_UP, offer.signers[0], on=TODAY, detail='{"outcome":"will_sign","words":"谈过了"}')
    found = matter(offer)
    assert found is not None
    assert found.day == TODAY


def test_what_is_over_is_no_matter(offer: Offer) -> None:
    assert matter(offer, on=offer.effective_to + timedelta(days=1)) is None


@pytest.mark.parametrize("why", ["phone not checked", "never", "carer without authority"])
def test_who_cannot_sign_by_phone_is_not_reminded_but_the_school_is(offer: Offer, why: str) -> None:
    with committed():
        wu = offer.signers[0].guardian
        if why == "phone not checked":
            wu.phone_checked_at = wu.phone_checked_by = None
        elif why == "never":
            wu.contact_rule = ContactRule.NEVER
        else:
            wu.standing = Standing.CARER
    derive()
    derive(ASKED + timedelta(days=7))
    assert dues(Kind.SIGNATURE_MISSING, guardian_of(offer)) == []
    assert len(dues(Kind.SIGNATURE_MISSING, name_of("he"))) == 1


def test_who_is_rung_up_gets_no_link(offer: Offer) -> None:
    with committed():
        offer.signers[0].guardian.contact_rule = ContactRule.PHONE_ONLY
    derive()
    (call,) = messages_to(guardian_of(offer))
    assert call.channel is Channel.CALL_LIST
    assert db.session.scalars(sa.select(GuardianLink)).all() == []


def test_in_the_quiet_hours_nothing_leaves_and_then_one_link_that_opens(
    app: Flask, offer: Offer, service: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["SMS_URL"] = f"http://127.0.0.1:{service.server_port}/send"
    derive()
    hour = {"now": 22}
    monkeypatch.setattr(sending, "local", lambda moment: moment.replace(hour=hour["now"]))
    actions.send_messages(TODAY)
    assert service.asked == []
    assert db.session.scalars(sa.select(GuardianLink)).all() == []
    hour["now"] = 9
    actions.send_messages(TODAY)
    told = [body["text"] for _path, _headers, body in service.asked if "送教上门协议" in body["text"]]
    assert len(told) == 1
    (token,) = tokens(told[0])
    assert link_of(token) is not None
    (message,) = messages_to(guardian_of(offer))
    assert message.state is MessageState.SENT


def test_no_reminder_names_anybody(offer: Offer) -> None:
    for days in range(8):
        derive(ASKED + timedelta(days=days))
    rows = db.session.scalars(sa.select(Message).where(Message.id.in_(sa.select(Due.message_id)))).all()
    said = "".join(f"{row.subject}{row.body}{row.key}" for row in rows)
    assert not [name for name in ("吴奶奶", "安爸爸", offer.child.name, offer.number) if name in said]


def test_the_bureau_sets_whom_it_climbs_to(offer: Offer) -> None:
    with committed():
        ladder = Setting(name="ladder_signature_missing", value="guardian+2 bureau+3", effective_from=ASKED, source="t")
        db.session.add(ladder)
    derive()
    derive(TODAY + timedelta(days=1))
    assert [one.recipient for one in dues(Kind.SIGNATURE_MISSING)] == [guardian_of(offer), name_of("bai")]
