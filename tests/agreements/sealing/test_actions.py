"""Is what the school has countersigned sealed once, by itself, and told when it is not?"""

from hometeach.agreements.sealing import actions
from hometeach.agreements.sealing.keys import trust
from hometeach.agreements.sealing.models import seal_of
from hometeach.agreements.sealing.verifying import verify
from tests.agreements.sealing.conftest import TODAY


def test_a_countersigned_agreement_is_sealed_once(app, conclude):
    offer = conclude()
    assert actions.seal_next(TODAY) is True
    seal = seal_of(offer.id)
    verdict = verify(seal.document.content, trust())
    assert verdict.valid, verdict
    assert (verdict.number, verdict.sha256) == (offer.number, seal.sha256)
    assert actions.seal_next(TODAY) is None
