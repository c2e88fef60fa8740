"""Is a timestamp an authority's own, and is an agreement said to be what it is while there is none?"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.agreements.sealing import actions, container, making, timestamps
from hometeach.agreements.sealing.keys import Certificate, Trust, read_chain, trust
from hometeach.agreements.sealing.models import SealClaim, attempts_of, seal_of
from hometeach.agreements.sealing.rules import Level, Step
from hometeach.agreements.sealing.timestamps import ask
from hometeach.agreements.sealing.tokens import TokenRefused, time_in
from hometeach.agreements.sealing.verifying import verify
from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.settings import Setting
from tests.agreements.sealing.authority import Authority, listening
from tests.agreements.sealing.conftest import TODAY
from tests.agreements.sealing.text import text_of
from tests.conftest import IS_LONG

pytestmark = pytest.mark.once

#: Bits that are changed in the container.
FLIPS = 4_000 if IS_LONG else 200


@pytest.fixture
def authority(tmp_path) -> Authority:
    return Authority(tmp_path / "tsa")


@pytest.fixture
def asked(app: Flask, authority: Authority) -> Iterator[Authority]:
    """A deployment that asks this authority, and waits half a second for it."""
    with listening(authority) as address:
        app.config["TIMESTAMP_AUTHORITIES"] = [[address, str(authority.certificates)]]
        app.config["TIMESTAMP_SECONDS"] = 0.5
        app.config["SEAL_BACK_OFF_SECONDS"] = (60.0,)
        yield authority


def due_again() -> None:
    """Let the waiting time pass."""
    with committed():
        db.session.execute(sa.update(SealClaim).values(not_before=machine_now() - timedelta(seconds=1)))


def test_with_an_authority_a_seal_is_b_t_and_says_so(app, conclude, asked):
    offer = conclude()
    assert actions.seal_next(TODAY) is True
    seal = seal_of(offer.id)
    verdict = verify(seal.document.content, trust())
    assert (verdict.valid, verdict.level, seal.level) == (True, Level.B_T, Level.B_T), verdict
    assert abs(verdict.timestamp - machine_now()) < timedelta(minutes=1)
    assert verdict.authority == "TSA of the tests"
    assert "PAdES B-T" in text_of(seal.document.content)
    assert actions.seal_next(TODAY) is None


@pytest.mark.parametrize("behaves", ["down", "slow", "refuses", "garbage", "wrong nonce", "wrong imprint"])
def test_where_none_comes_the_seal_is_b_b_says_so_and_is_raised_by_itself(app, conclude, asked, behaves):
    asked.behaves = behaves
    offer = conclude()
    assert actions.seal_next(TODAY) is True
    seal = seal_of(offer.id)
    before = seal.document.content
    assert verify(before, trust()).level is seal.level is Level.B_B
    assert "PAdES B-B" in text_of(before)
    failed = [one for one in attempts_of(offer.id) if not one.succeeded]
    assert [one.step for one in failed] == [Step.TIMESTAMP]
    assert actions.seal_next(TODAY) is None, "it waits before it asks again"

    asked.behaves = "up"
    due_again()
    assert actions.seal_next(TODAY) is True
    db.session.expire_all()
    seal = seal_of(offer.id)
    verdict = verify(seal.document.content, trust())
    assert (verdict.level, seal.level, verdict.sha256) == (Level.B_T, Level.B_T, seal.sha256)
    assert seal.earlier_document.content == before, "what it was before is kept"
    start, end = making.gap_in(before)
    after = seal.document.content
    assert (after[:start], after[end:]) == (before[:start], before[end:]), "only the room was filled"
    assert actions.seal_next(TODAY) is None
    rows = db.session.scalars(audit.events(about=f"offer:{offer.public_id}")).all()
    assert [row.action for row in rows][:2] == ["agreement:timestamp", "agreement:seal"]


def test_where_the_bureau_wants_a_timestamp_nothing_is_sealed_without(app, conclude, asked):
    with committed():
        since = date(2026, 1, 1)
        db.session.add(Setting(name="seal_without_timestamp", value="0", effective_from=since, source="a test"))
    asked.behaves = "down"
    offer = conclude()
    assert actions.seal_next(TODAY) is False
    assert seal_of(offer.id) is None
    assert {one.step for one in attempts_of(offer.id)} == {Step.TIMESTAMP}

    asked.behaves = "up"
    due_again()
    assert actions.seal_next(TODAY) is True
    assert seal_of(offer.id).level is Level.B_T


def test_the_authorities_are_asked_in_their_order_and_each_failure_is_told(app, conclude, authority, tmp_path):
    second = Authority(tmp_path / "second", "The second one")
    authority.behaves = "refuses"
    with listening(authority) as one, listening(second) as two:
        app.config["TIMESTAMP_AUTHORITIES"] = [[one, str(authority.certificates)], [two, str(second.certificates)]]
        offer = conclude()
        assert actions.seal_next(TODAY) is True
    assert verify(seal_of(offer.id).document.content, trust()).authority == "The second one"
    (failed,) = [attempt for attempt in attempts_of(offer.id) if not attempt.succeeded]
    assert failed.told.endswith("HTTP 503")
    assert (authority.asked, second.asked) == (1, 1)


def test_an_authority_that_nobody_believes_gives_no_timestamp(app, conclude, authority, tmp_path):
    stranger = Authority(tmp_path / "stranger", "A stranger")
    with listening(stranger) as address:
        app.config["TIMESTAMP_AUTHORITIES"] = [[address, str(authority.certificates)]]
        offer = conclude()
        assert actions.seal_next(TODAY) is True
    assert seal_of(offer.id).level is Level.B_B


def test_every_bit_of_a_timestamp_counts(app, conclude, asked):
    offer = conclude()
    actions.seal_next(TODAY)
    sealed, believed = seal_of(offer.id).document.content, trust()
    size = len(making.container_in(sealed))
    start, _end = making.gap_in(sealed)
    die = random.Random(17)
    for _ in range(FLIPS):
        at = start + 1 + die.randrange(2 * size)
        changed = bytearray(sealed)
        changed[at] ^= 1 << die.randrange(8)
        assert not verify(bytes(changed), believed).valid, at


@pytest.fixture
def stamped(app, conclude, asked) -> tuple[bytes, bytes, tuple[Certificate, ...]]:
    """A timestamp token, what it is for, and by whom it is believed."""
    offer = conclude()
    actions.seal_next(TODAY)
    read = container.opened(making.container_in(seal_of(offer.id).document.content))
    assert time_in(read.token, read.imprint, trust().authorities)
    return read.token, read.imprint, trust().authorities


def test_whatever_is_changed_in_a_token_it_is_refused_and_nothing_else_happens(stamped):
    token, imprint, authorities = stamped
    die = random.Random(18)
    for at in range(len(token)):
        for bit in range(8) if IS_LONG else [die.randrange(8)]:
            changed = bytearray(token)
            changed[at] ^= 1 << bit
            with pytest.raises(TokenRefused):
                time_in(bytes(changed), imprint, authorities)


def test_a_certificate_of_a_version_that_is_not_is_refused(stamped):
    token, imprint, authorities = stamped
    version = token.rindex(bytes.fromhex("a003020102")) + 4
    with pytest.raises(TokenRefused):
        time_in(token[:version] + b"\x42" + token[version + 1 :], imprint, authorities)


def test_bits_that_stand_for_nothing_are_not_free_in_a_certificate(authority, tmp_path):
    """A bit string says how many of its last bits do not count: where those are zeros, reading it shows no difference.

    So certificates are made until the signature of one that the token only brings along ends with a zero.
    """
    imprint = bytes(32)
    while read_chain(authority.certificates)[0].signature[-1] & 1:
        authority.renew("TSA of the tests")
    believed = read_chain(authority.certificates)
    with listening(authority) as address:
        token = ask(timestamps.Authority(address, believed), imprint, seconds=5)
    unused = token.index(believed[0].dump()) + len(believed[0].dump()) - len(believed[0].signature) - 1
    assert token[unused] == 0
    with pytest.raises(TokenRefused):
        time_in(token[:unused] + b"\x01" + token[unused + 1 :], imprint, believed)


def test_a_timestamp_of_another_seal_is_none_of_this_one(app, conclude, asked):
    first, second = conclude(), conclude()
    assert [actions.seal_next(TODAY), actions.seal_next(TODAY)] == [True, True]
    believed = trust()
    sealed, other = (seal_of(one.id).document.content for one in (first, second))
    token = container.opened(making.container_in(other)).token
    mixed = making.with_timestamp(sealed, token, believed.chains[0])
    assert verify(mixed, believed).reason == "timestamp"
    assert verify(sealed, Trust(believed.chains)).reason == "timestamp", "without the authority it is not believed"
