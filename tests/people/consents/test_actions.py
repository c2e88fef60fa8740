"""Every answer is a row of its own, under the notice that was read; the newest yes is worth what the notice says."""

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.consents.actions import (
    Taken,
    answer_purposes,
    publish_notice,
    require_consent,
    standings_of,
)
from hometeach.people.consents.default import proposed
from hometeach.people.consents.models import Consent, PrivacyNotice, consents_of
from hometeach.people.consents.rules import Answer, ConsentRoute, ConsentState, Purpose
from hometeach.people.models import Child, Guardian
from hometeach.people.rules import Standing
from tests import factories

TODAY = date(2026, 11, 23)
PHOTOS = Purpose.PHOTOS


@pytest.fixture
def wu(app: Flask) -> Guardian:
    with committed():
        return factories.make_child("C1", factories.make_unit("S1")).guardians[0]


def publish(on: date = date(2026, 9, 1), **changed: str) -> PrivacyNotice:
    words = proposed() | changed
    with committed():
        return publish_notice(
            words.pop("text"),
            words.pop("child_rules"),
            {Purpose(name): text for name, text in words.items()},
            effective_from=on,
            source="教办〔2026〕1号",
            by="bai",
        )


def say(guardian: Guardian, answer: Answer, notice: PrivacyNotice, purpose: Purpose = PHOTOS, on: date = TODAY) -> int:
    with committed():
        taken = Taken(on, notice, ConsentRoute.OWN_PHONE)
        return len(answer_purposes(guardian, {purpose: answer}, taken, by="guardian:wu"))


def state(child: Child, purpose: Purpose = PHOTOS, on: date = TODAY) -> ConsentState:
    return next(one.state for one in standings_of(child, on, term_began=None) if one.purpose is purpose)


def test_the_proposed_words_explain_every_purpose_and_say_that_lessons_go_on() -> None:
    words = proposed()
    assert words.keys() == {"text", "child_rules", *Purpose}
    assert all("送教照常进行" in words[one] for one in Purpose)


def test_a_yes_allows_one_purpose_and_no_other(wu: Guardian) -> None:
    assert say(wu, Answer.GIVEN, publish()) == 1
    require_consent(wu.child, PHOTOS, TODAY)
    with pytest.raises(Refused) as told:
        require_consent(wu.child, Purpose.PUBLICITY, TODAY)
    assert told.value.code == "consent:missing"


def test_a_yes_that_is_taken_back_allows_nothing_from_that_moment(wu: Guardian) -> None:
    notice = publish()
    say(wu, Answer.GIVEN, notice)
    say(wu, Answer.WITHDRAWN, notice)
    with pytest.raises(Refused):
        require_consent(wu.child, PHOTOS, TODAY)
    assert [one.answer for one in consents_of(wu.child)] == [Answer.GIVEN, Answer.WITHDRAWN]


def test_what_stands_already_is_not_written_twice(wu: Guardian) -> None:
    notice = publish()
    assert (say(wu, Answer.REFUSED, notice), say(wu, Answer.REFUSED, notice)) == (1, 0)
    assert say(wu, Answer.WITHDRAWN, notice, Purpose.VOICE) == 0


def test_a_yes_falls_with_the_words_of_its_purpose_and_only_then(wu: Guardian) -> None:
    first = publish()
    say(wu, Answer.GIVEN, first)
    say(wu, Answer.GIVEN, first, Purpose.VOICE)
    second = publish(on=date(2026, 11, 1), photos="照片还会交给市里汇总。不同意不影响送教。")
    assert state(wu.child) is ConsentState.NOTICE_CHANGED
    assert state(wu.child, Purpose.VOICE) is ConsentState.GIVEN
    say(wu, Answer.GIVEN, second)
    assert state(wu.child) is ConsentState.GIVEN


def test_a_notice_that_has_not_begun_changes_nothing_yet(wu: Guardian) -> None:
    say(wu, Answer.GIVEN, publish())
    publish(on=date(2026, 12, 1), photos="以后的新说法。")
    assert state(wu.child) is ConsentState.GIVEN
    assert state(wu.child, on=date(2026, 12, 1)) is ConsentState.NOTICE_CHANGED


def test_an_answer_to_a_notice_that_is_over_is_refused(wu: Guardian) -> None:
    first = publish()
    publish(on=date(2026, 11, 1), photos="新说法。")
    with pytest.raises(Refused) as told:
        say(wu, Answer.GIVEN, first)
    assert told.value.code == "consent:notice_changed"


def test_a_carer_cannot_allow_anything(wu: Guardian) -> None:
    notice = publish()
    with committed():
        wu.standing = Standing.CARER
    with pytest.raises(Refused) as told:
        say(wu, Answer.GIVEN, notice)
    assert told.value.code == "consent:carer"


def test_at_fourteen_the_same_yes_can_be_given_again(wu: Guardian) -> None:
    notice = publish()
    say(wu, Answer.GIVEN, notice)
    birthday = date(2029, 6, 1)
    assert state(wu.child, on=birthday) is ConsentState.TURNED_FOURTEEN
    assert say(wu, Answer.GIVEN, notice, on=birthday) == 1
    assert state(wu.child, on=birthday) is ConsentState.GIVEN


@pytest.mark.parametrize(
    ("changed", "on", "code"),
    [({"voice": "  "}, TODAY, "notice:incomplete"), ({}, date(2026, 10, 1), "notice:before_last")],
)
def test_a_notice_that_leaves_a_purpose_unexplained_or_begins_too_early_is_refused(
    app: Flask, changed: dict[str, str], on: date, code: str
) -> None:
    publish(on=date(2026, 11, 1))
    with pytest.raises(Refused) as told:
        publish(on, **changed)
    assert told.value.code == code


def test_every_answer_stands_in_the_audit_log_without_a_name(wu: Guardian) -> None:
    say(wu, Answer.GIVEN, publish())
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "consent:given")).one()
    assert event.about == f"child:{wu.child.public_id}"
    assert wu.name not in event.detail


@pytest.mark.parametrize("table", [Consent, PrivacyNotice])
@pytest.mark.parametrize("statement", [sa.update, sa.delete])
def test_the_database_lets_no_answer_and_no_notice_change(wu: Guardian, table: type, statement: object) -> None:
    say(wu, Answer.GIVEN, publish())
    change = sa.delete(table) if statement is sa.delete else sa.update(table).values(public_id="another")
    with pytest.raises(sa.exc.DBAPIError), committed():
        db.session.execute(change)
