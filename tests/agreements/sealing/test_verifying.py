"""Is a sealed agreement believed, and nothing that was made of it, to the last bit?

The database is asked for nothing here: these run once, on no engine at all.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from hometeach.agreements.sealing.keys import Trust
from hometeach.agreements.sealing.making import gap_in, in_a_thread
from hometeach.agreements.sealing.rules import Level
from hometeach.agreements.sealing.verifying import CHECKS, Verdict, verify
from hometeach.agreements.sealing.verifying.bytewise import (
    check_digest,
    check_range,
    check_room,
    check_spelling,
)
from hometeach.agreements.sealing.verifying.structure import (
    check_certification,
    check_contents,
    check_fields,
    check_revisions,
    check_statement,
)
from hometeach.agreements.sealing.verifying.timely import check_timestamp, check_validity
from hometeach.kernel.clock import machine_now
from tests.agreements.sealing import making
from tests.agreements.sealing.attacks import ATTACKS, Target
from tests.conftest import IS_LONG

SEED = 20261128
FLIPS = 20_000 if IS_LONG else 2_000


@pytest.fixture(scope="session")
def target(without_database, seal_key, sealed) -> Target:
    now = machine_now()
    with without_database.app_context():
        unsigned = making.printed()
        return Target(
            sealed=sealed,
            other=making.sealed_by(seal_key, "XY-2026-0002"),
            key=seal_key,
            stranger=making.key_of(),
            expired=making.key_of(now=now - timedelta(days=4 * 365)),
            early=making.key_of(now=now + timedelta(days=30)),
            unsigned=unsigned,
            evidence=making.printed("证据"),
        )


@pytest.fixture(scope="session")
def believed(target: Target) -> Trust:
    """The bureau as it is believed: with certificates of before and after."""
    return making.trust_of(target.key, target.expired, target.early)


@pytest.fixture(scope="session")
def attacked(target: Target) -> dict[str, bytes]:
    """What each attack makes of the target."""
    return {name: attack(target) for name, attack in ATTACKS.items()}


def flipped(content: bytes, count: int, seed: int) -> Iterator[bytes]:
    """The content with one bit changed, so many times, anywhere in the file."""
    die = random.Random(seed)
    for _ in range(count):
        at = die.randrange(len(content) * 8)
        changed = bytearray(content)
        changed[at // 8] ^= 1 << at % 8
        yield bytes(changed)


def test_a_sealed_agreement_is_believed_and_says_who_and_when(sealed, believed):
    verdict = verify(sealed, believed)
    assert (verdict.valid, verdict.reason, verdict.level) == (True, "valid", Level.B_B), verdict
    assert (verdict.number, verdict.initials) == ("XY-2026-0001", ("吴某某",))
    assert machine_now() - verdict.sealed_at < timedelta(minutes=10)
    assert verdict.timestamp is None


def test_every_single_bit_of_the_file_counts(sealed, believed, capsys):
    found = Counter(verify(changed, believed).reason for changed in flipped(sealed, FLIPS, SEED))
    assert found["valid"] == 0
    assert found.total() == FLIPS
    with capsys.disabled():
        print(f"\nverifier: {FLIPS} bits flipped over {len(sealed)} bytes, seed {SEED}, all refused: {dict(found)}")


def test_every_bit_of_the_gap_that_the_signature_leaves_counts(sealed, believed):
    """The container is the one place that no signature covers: here it is tried all along."""
    at = sealed.index(b"/Contents <") + len(b"/Contents <")
    for place in range(at - 1, at + 3400, 13):
        changed = bytearray(sealed)
        changed[place] ^= 1 << place % 8
        assert not verify(bytes(changed), believed).valid, place


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_is_believed(target, believed, attacked, name):
    made = attacked[name]
    assert made != target.sealed
    verdict = verify(made, believed)
    assert not verdict.valid, f"{name}: {verdict}"
    assert (verdict.number, verdict.initials, verdict.sealed_at) == ("", (), None)


def test_there_are_attacks_enough():
    assert len(ATTACKS) >= 50


def survivors(target: Target, attacked: dict[str, bytes], verdict_of) -> Iterator[str]:
    """The attacks and the flips that a verifier believes."""
    yield from (name for name, made in attacked.items() if verdict_of(made).valid)
    start, end = gap_in(target.sealed)
    for at in range(start, end, 401):
        changed = bytearray(target.sealed)
        changed[at] ^= 1
        if verdict_of(bytes(changed)).valid:
            yield f"flip at {at}"


@pytest.mark.parametrize(
    "left_out",
    [
        check_range,
        check_room,
        check_digest,
        check_spelling,
        check_revisions,
        check_certification,
        check_fields,
        check_contents,
        check_statement,
        check_validity,
        check_timestamp,
    ],
    ids=lambda check: check.__name__,
)
def test_a_verifier_that_leaves_one_check_out_fails_these_tests(target, believed, attacked, left_out):
    """The negative control: each check is there because something gets past all the others."""
    weak = tuple(check for check in CHECKS if check is not left_out)
    assert any(survivors(target, attacked, lambda made: verify(made, believed, checks=weak)))


def test_a_verifier_that_only_asks_the_signature_believes_updates(target, attacked):
    """What a library alone says: the signature is sound and its certificate trusted. That is not enough."""
    context = ValidationContext(trust_roots=[target.key.chain[-1]], allow_fetching=False)

    def sound(made: bytes) -> Verdict:
        try:
            found = PdfFileReader(BytesIO(made)).embedded_signatures
            status = in_a_thread(validate_pdf_signature, found[0], context, skip_diff=True)
            return Verdict(status.intact and status.valid and status.trusted, "", "")
        except Exception:
            return Verdict(False, "", "")

    believed_by_it = survivors(target, attacked, sound)
    assert {"a page more", "the text of a page replaced", "a note laid over the text"} <= set(believed_by_it)


def test_nothing_handed_in_raises(believed):
    die = random.Random(SEED)
    for size in (0, 1, 7, 100, 5000):
        for _ in range(20):
            assert not verify(die.randbytes(size), believed).valid
            assert not verify(b"%PDF-1.7\n" + die.randbytes(size), believed).valid


def test_a_stranger_s_trust_believes_nothing_of_ours(sealed, target):
    assert verify(sealed, making.trust_of(target.stranger)).reason == "certificate"
    assert verify(sealed, Trust(())).reason == "certificate"


def test_an_old_seal_is_believed_after_its_certificate_has_run_out(without_database, target, believed):
    long_ago = machine_now() - timedelta(days=4 * 365 - 10)
    with without_database.app_context():
        old = making.sealed_by(target.expired, at=long_ago)
    assert verify(old, believed).valid
