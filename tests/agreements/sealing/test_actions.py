"""Is what the school has countersigned sealed once, by itself, and told when it is not?"""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from hometeach.agreements.sealing import actions
from hometeach.agreements.sealing.actions.claiming import claim_next
from hometeach.agreements.sealing.actions.failing import Overtaken
from hometeach.agreements.sealing.actions.keeping import keep_new
from hometeach.agreements.sealing.actions.steps import seal_anew
from hometeach.agreements.sealing.keys import trust
from hometeach.agreements.sealing.models import Seal, SealClaim, attempts_of, seal_of, waiting
from hometeach.agreements.sealing.rules import Level, Step, initials
from hometeach.agreements.sealing.verifying import verify
from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Account, OrgUnit
from tests import factories
from tests.agreements.sealing import making
from tests.agreements.sealing.conftest import TODAY


def test_a_countersigned_agreement_is_sealed_once(app, conclude):
    offer = conclude()
    assert actions.seal_next(TODAY) is True
    seal = seal_of(offer.id)
    verdict = verify(seal.document.content, trust())
    assert verdict.valid, verdict
    assert (verdict.number, verdict.sha256, verdict.level) == (offer.number, seal.sha256, Level.B_B)
    assert verdict.initials == (initials(offer.signers[0].name),)
    (row,) = db.session.scalars(audit.events("agreement:seal")).all()
    assert f'"sha256":"{seal.sha256}"' in row.detail
    assert actions.seal_next(TODAY) is None
    assert actions.seal_offer(offer, TODAY) is None


def test_what_is_not_countersigned_is_not_sealed(app, child):
    with committed():
        offer = factories.make_offer(child, content=making.printed())
    assert actions.seal_next(TODAY) is None
    assert seal_of(offer.id) is None


def test_the_job_seals_all_that_waits(app, conclude):
    conclude(), conclude()
    assert actions.seal_due(TODAY) == "2 sealed"
    assert actions.seal_due(TODAY) == "0 sealed"


def test_what_somebody_has_claimed_nobody_else_takes(app, conclude):
    offer = conclude()
    claim = claim_next(False)
    assert (claim.offer_id, claim.tries) == (offer.id, 1)
    assert claim_next(False) is None
    assert actions.seal_next(TODAY) is None


def test_whoever_is_late_keeps_nothing(app, conclude):
    """The lease ran out, another sealed it: the first one's work is thrown away."""
    offer = conclude()
    late = claim_next(False)
    made = seal_anew(offer.id, actions.terms(TODAY))
    with committed():
        db.session.execute(sa.update(SealClaim).values(lease_until=machine_now() - timedelta(seconds=1)))
    assert actions.seal_next(TODAY) is True
    with pytest.raises(Overtaken), committed():
        keep_new(late, made)
    assert seal_of(offer.id).sha256 != made.sha256
    assert len(db.session.scalars(sa.select(Seal)).all()) == 1


def test_a_name_without_a_glyph_stops_the_seal_and_is_told(app, child, conclude):
    with committed():
        unit = db.session.scalars(sa.select(OrgUnit).where(OrgUnit.code == "S1")).one()
        unit.name = "\U0001f9ff小学"
    offer = conclude()
    assert actions.seal_next(TODAY) is False
    assert seal_of(offer.id) is None
    (failed,) = attempts_of(offer.id)
    assert (failed.step, failed.succeeded, "\U0001f9ff" in failed.told) == (Step.RENDER, False, True)
    (line,) = waiting(with_timestamps=False)
    assert (line.offer.id, line.seal, line.failed.step) == (offer.id, None, Step.RENDER)
    assert actions.seal_next(TODAY) is None, "it waits before it is tried again"

    with committed():
        unit.name = "明德小学"
        actions.try_now(offer, by=db.session.query(Account).first().public_id)
    assert actions.seal_next(TODAY) is True


def test_without_a_key_nothing_is_sealed_and_the_reason_is_told(app, conclude, tmp_path):
    app.config["SEAL_PKCS12"] = str(tmp_path / "none.p12")
    offer = conclude()
    assert actions.seal_next(TODAY) is False
    (failed,) = attempts_of(offer.id)
    assert (failed.step, "none.p12 cannot be opened" in failed.told) == (Step.SIGN, True)


def test_it_never_gives_up(app, conclude, tmp_path):
    app.config["SEAL_PKCS12"] = str(tmp_path / "none.p12")
    app.config["SEAL_BACK_OFF_SECONDS"] = (0.0,)
    offer = conclude()
    for _ in range(8):
        assert actions.seal_next(TODAY) is False
    app.config["SEAL_PKCS12"] = ""
    assert actions.seal_next(TODAY) is True
    assert len(attempts_of(offer.id)) == 9
