"""Is every signed agreement sealed once, and none by half, though the process that seals is killed again and again?

Real processes, killed with SIGKILL soon after they have claimed an agreement: while they print, sign, verify or
keep. Whoever comes next finds a lease that has run out, and nothing else.
"""

import os
import random
import signal
from multiprocessing.context import ForkServerProcess
from threading import Event
from time import monotonic, perf_counter

import pytest
import sqlalchemy as sa

from hometeach.agreements.sealing.keys import trust
from hometeach.agreements.sealing.models import Seal, SealAttempt, SealClaim
from hometeach.agreements.sealing.verifying import verify
from hometeach.kernel import audit
from hometeach.kernel.extensions import db
from hometeach.kernel.files import StoredFile
from tests.agreements.sealing.conftest import TODAY
from tests.conftest import IS_LONG
from tests.forked import begin

SEED = 20261128
#: After the first claim, in seconds.
LATEST = 3.0 if IS_LONG else 0.8
AGREEMENTS, KILLS = (200, 50) if IS_LONG else (4, 2)
#: How many are there for two who seal at once.
TWICE = 8 if IS_LONG else 2
#: Between two looks at the database, in seconds.
LOOK = 0.05
PATIENCE = 1200 if IS_LONG else 300


class Sealers:
    """Real processes that seal what waits, one after the other."""

    def __init__(self, url: str, folder):
        self.environment = {
            **os.environ,
            "DATABASE_URL": url,
            "HOMETEACH_CONFIG": "testing",
            "HOMETEACH_TODAY": str(TODAY),
            "HOMETEACH_VAR": str(folder),
            "HOMETEACH_SEAL_LEASE": "5",
            "HOMETEACH_SEAL_BACK_OFF": "0.2",
        }
        self.log = folder / "sealers.log"

    def start(self) -> ForkServerProcess:
        return begin("flask", ["--app", "hometeach.app", "run-job", "seal-agreements"], self.environment, self.log)


def claims() -> int:
    """How often an agreement was claimed so far."""
    return counted(sa.select(sa.func.sum(SealClaim.fence)))


def sealed() -> int:
    """How many are sealed so far."""
    return counted(sa.select(sa.func.count()).select_from(Seal))


def counted(statement: sa.Select[tuple[int]]) -> int:
    """A number out of the database, which is let go at once: the others want to write."""
    db.session.rollback()
    found = db.session.scalar(statement) or 0
    db.session.rollback()
    return found


def kill_after_claim(process: ForkServerProcess, before: int, wait: float) -> bool:
    """Kill it so long after it first claimed something. Whether there was still something to claim."""
    until = monotonic() + 120
    while claims() == before:
        assert monotonic() < until, "it claimed nothing"
        if process.exitcode is not None:
            return False
        Event().wait(LOOK)
    Event().wait(wait)
    process.kill()
    process.join(10)
    return process.exitcode == -signal.SIGKILL


@pytest.mark.usefixtures("child")
def test_every_agreement_is_sealed_once_whoever_is_killed(app, database_url, conclude, tmp_path, capsys):
    offers = [conclude().id for _ in range(AGREEMENTS)]
    files = counted(sa.select(sa.func.count()).select_from(StoredFile))
    die, began = random.Random(SEED), perf_counter()
    sealers, kills, half_way = Sealers(database_url, tmp_path), 0, []
    for _ in range(KILLS):
        before = claims()
        if kill_after_claim(sealers.start(), before, die.uniform(0.1, LATEST)):
            kills += 1
            half_way.append(sealed())
    assert kills
    until = monotonic() + PATIENCE
    while sealed() < AGREEMENTS:
        assert monotonic() < until, f"{sealed()} of {AGREEMENTS} sealed"
        sealers.start().join(120)
    seals = db.session.scalars(sa.select(Seal)).all()
    assert sorted(one.offer_id for one in seals) == sorted(offers), "each once"
    believed = trust()
    for one in seals:
        verdict = verify(one.document.content, believed)
        assert (verdict.valid, verdict.number, verdict.sha256) == (True, one.offer.number, one.sha256)
    rows = db.session.scalars(audit.events("agreement:seal")).all()
    assert sorted(row.about for row in rows) == sorted(f"offer:{one.offer.public_id}" for one in seals)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == files + AGREEMENTS, "no half"
    kept = db.session.scalars(sa.select(SealAttempt).where(SealAttempt.succeeded)).all()
    assert len(kept) == AGREEMENTS
    assert audit.verify() is None
    assert len({one.certificate_sha256 for one in seals}) == 1, "one key, whoever made it first"
    with capsys.disabled():
        print(
            f"\nseals: {AGREEMENTS} agreements, {kills} kills (sealed by then: {half_way}), seed {SEED}: "
            f"{len(seals)} sealed, each once, none half, {perf_counter() - began:.0f} s"
        )


@pytest.mark.usefixtures("child")
def test_two_who_seal_at_once_seal_nothing_twice(app, database_url, conclude, tmp_path):
    offers = [conclude().id for _ in range(TWICE)]
    db.session.rollback()
    sealers = Sealers(database_url, tmp_path)
    both = [sealers.start(), sealers.start()]
    for one in both:
        one.join(200)
    assert [one.exitcode for one in both] == [0, 0]
    db.session.rollback()
    assert sorted(db.session.scalars(sa.select(Seal.offer_id))) == sorted(offers)
    assert len(db.session.scalars(audit.events("agreement:seal")).all()) == TWICE
