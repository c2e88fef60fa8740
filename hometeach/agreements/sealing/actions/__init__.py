"""Seal what the school has countersigned, and add the timestamps that were missing.

Claim, make, keep, with a commit between each (``jobs.committed``): a process
that dies in between leaves a lease that runs out, and nothing half done. What
is made is verified before it is kept, in the same attempt; only what is kept is
a seal. No attempt is the last: after each failure it waits longer, and says why.
"""

import logging
from collections.abc import Callable
from datetime import date, timedelta

from flask import current_app

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.sealing import timestamps
from hometeach.agreements.sealing.actions import keeping
from hometeach.agreements.sealing.actions.claiming import Claim, claim_next, claim_one, let_wait, try_now
from hometeach.agreements.sealing.actions.failing import Overtaken, StepFailed, at
from hometeach.agreements.sealing.actions.steps import raise_level, seal_anew
from hometeach.agreements.sealing.actions.terms import Terms
from hometeach.agreements.sealing.keys import seal_key, trust
from hometeach.agreements.sealing.rules import Step
from hometeach.kernel.clock import machine_now, today
from hometeach.kernel.jobs import committed
from hometeach.kernel.settings import whole_number

__all__ = ["seal_due", "seal_next", "seal_offer", "terms", "try_now"]

#: After this long a run ends, and the next one goes on.
ONE_RUN = timedelta(seconds=50)

log = logging.getLogger(__name__)


def seal_due(on: date) -> str:
    """Seal all that waits, until nothing does or it is time for the next run; says how many were kept."""
    until = machine_now() + ONE_RUN
    counted = 0
    while machine_now() < until and (kept := seal_next(on)) is not None:
        counted += kept
    return f"{counted} sealed"


def seal_next(on: date | None = None) -> bool | None:
    """Seal the next one. Whether it was kept; None where nothing waits."""
    return _attempted(claim_next, on or today())


def seal_offer(offer: Offer, on: date | None = None) -> bool | None:
    """Seal this one now, if nobody else is at it. Whether it was kept; None where there is nothing to do."""
    return _attempted(lambda with_timestamps: claim_one(offer.id, with_timestamps), on or today())


def terms(on: date) -> Terms:
    """On what terms the deployment seals on a day. Loads the key: only the process that seals calls it.

    Raises: KeyUnusable.
    """
    settings = current_app.config
    return Terms(
        key=seal_key(),
        trust=trust,
        authorities=tuple(timestamps.configured(settings)),
        seconds=settings["TIMESTAMP_SECONDS"],
        suffices_without=whole_number("seal_without_timestamp", on) > 0,
        address=f"{settings['PUBLIC_URL']}/verify" if settings["PUBLIC_URL"] else "",
        seen=current_app.extensions.setdefault("hometeach.timestamps_seen", {}),
    )


def _attempted(take: Callable[[bool], Claim | None], on: date) -> bool | None:
    claim = take(bool(current_app.config["TIMESTAMP_AUTHORITIES"]))
    if claim is None:
        return None
    try:
        _make_and_keep(claim, on)
    except StepFailed as failed:
        let_wait(claim, failed.step, failed.told, failed.failures)
        return False
    except Overtaken:
        log.warning("offer %s was sealed by another process meanwhile; what was made is thrown away", claim.offer_id)
        return False
    return True


def _make_and_keep(claim: Claim, on: date) -> None:
    with at(Step.SIGN):
        given = terms(on)
    if claim.seal_id is None:
        made = seal_anew(claim.offer_id, given)
        with at(Step.KEEP), committed():
            keeping.keep_new(claim, made)
    else:
        made = raise_level(claim.seal_id, given)
        with at(Step.KEEP), committed():
            keeping.keep_raised(claim, made)
