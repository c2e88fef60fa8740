"""Codes are guessed at, against one link and against one phone: both are shut, the log keeps it, the owner is told."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.signing import actions
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Message
from hometeach.people.entry.guardians.actions import accept_code, link_of, send_code_by_link, send_code_to
from hometeach.people.entry.guardians.models import GuardianCode, GuardianSignIn
from tests.agreements.signing.conftest import AN, TODAY, WU
from tests.agreements.signing.signing_of import refused
from tests.conftest import IS_LONG

GUESSES = 100_000 if IS_LONG else 300


def right_code() -> str:
    newest = sa.select(Message).where(Message.kind == "guardian_code").order_by(Message.id.desc()).limit(1)
    return re.search(r"\d{6}", db.session.scalars(newest).one().body or "")[0]  # type: ignore[index]


def sent(wu: Signer) -> str:
    tokens: list[str] = []

    def address(token: str) -> str:
        tokens.append(token)
        return token

    actions.send_link(wu, address_of=address, door="/family", by="he", on=TODAY)
    return tokens[0]


def guess(asked: str, number: int, right: str) -> str:
    """One guess, never the right one before the lock; the code of the refusal."""
    entered = f"{number % 10**6:06d}"
    return refused(lambda: accept_code(asked, entered if entered != right else "x", on=TODAY))


def rows(*tables: type) -> list[int]:
    return [db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables]


def shut_out() -> tuple[int, int]:
    """How often the log says so, and how many messages tell the owner."""
    logged = sa.select(sa.func.count()).where(AuditEvent.action == "guardian:shut_out_for_guessing")
    told = sa.select(sa.func.count()).where(Message.kind == "codes_guessed")
    return db.session.scalar(logged) or 0, db.session.scalar(told) or 0


def test_a_link_is_guessed_at(offer: Offer, wu: Signer, capsys: pytest.CaptureFixture[str]) -> None:
    token = sent(wu)
    link = link_of(token)
    assert link is not None
    asked = send_code_by_link(link, address="10.0.0.1", on=TODAY)
    right = right_code()
    answers = [guess(asked, number, right) for number in range(GUESSES)]
    assert answers[:5] == ["code:wrong"] * 4 + ["code:locked"]
    assert set(answers[5:]) <= {"code:locked", "code:over"}
    assert link_of(token) is None, "the link is shut for good"
    assert refused(lambda: accept_code(asked, right, on=TODAY)) in ("code:locked", "code:over")
    assert refused(lambda: send_code_to(WU, address="10.0.0.2", on=TODAY)) == "code:guessed"
    assert shut_out() == (1, 1)
    assert rows(GuardianSignIn) == [0]
    with capsys.disabled():
        print(f"\n{GUESSES} guesses against one link: nobody in, locked after 5, the owner told once")


def test_a_phone_is_guessed_at_from_many_addresses(app: Flask, offer: Offer, wu: Signer) -> None:
    wrong = 0
    for number in range(GUESSES):
        try:
            asked = send_code_to(WU, address=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", on=TODAY)
        except Refused as refusal:
            assert refusal.code == "code:guessed"  # noqa: PT017 - most of them are refused
            continue
        right = right_code()
        wrong += sum(guess(asked, n, right) == "code:wrong" for n in range(5))
    assert wrong == 4, "five entries in all, whatever was asked for"
    assert rows(GuardianSignIn) == [0]
    assert rows(GuardianCode) == [1], "no code is made while the phone is shut"
    assert shut_out() == (1, 1)
    assert send_code_to(AN, address="10.0.0.9", on=TODAY), "another phone is not touched by it"


def test_the_fifth_entry_may_still_be_the_right_one(offer: Offer, wu: Signer) -> None:
    asked = send_code_to(WU, address="10.0.0.1", on=TODAY)
    right = right_code()
    for number in range(4):
        assert guess(asked, number, right) == "code:wrong"
    assert accept_code(asked, right, on=TODAY).guardian.name == "吴奶奶"


def test_a_superseded_link_takes_no_code_that_was_asked_for_before(offer: Offer, wu: Signer) -> None:
    link = link_of(sent(wu))
    assert link is not None
    asked = send_code_by_link(link, address="10.0.0.1", on=TODAY)
    right = right_code()
    sent(wu)
    assert refused(lambda: accept_code(asked, right, on=TODAY)) == "code:over"
