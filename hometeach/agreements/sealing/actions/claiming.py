"""Whose turn is it? One process at a time has an offer, by a lease and a number that only grows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.sealing.models import Seal, SealAttempt, SealClaim, to_do
from hometeach.agreements.sealing.rules import Step, back_off
from hometeach.agreements.sealing.timestamps import Failure
from hometeach.agreements.signing.models import Countersignature
from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed


@dataclass(frozen=True, slots=True)
class Claim:
    """An offer that is this process's own for a while; with ``seal_id`` only its level is to be raised."""

    offer_id: int
    seal_id: int | None
    fence: int
    tries: int


def claim_next(with_timestamps: bool) -> Claim | None:
    """The next offer that waits and that nobody has: the unsealed before those that lack a timestamp."""
    return _claim(_free(machine_now(), with_timestamps).order_by(Seal.id.is_not(None), Offer.id))


def claim_one(offer_id: int, with_timestamps: bool) -> Claim | None:
    """This very offer, if it waits and nobody has it."""
    return _claim(_free(machine_now(), with_timestamps).where(Offer.id == offer_id))


def let_wait(claim: Claim, step: Step, told: str, failures: tuple[Failure, ...]) -> None:
    """Write down what failed, and when it is tried again."""
    now = machine_now()
    later = now + back_off(claim.tries, current_app.config["SEAL_BACK_OFF_SECONDS"])
    with committed():
        note_failures(claim, failures)
        db.session.add(SealAttempt(offer_id=claim.offer_id, step=step, succeeded=False, told=told))
        db.session.execute(_mine(claim).values(lease_until=None, not_before=later))


def note_failures(claim: Claim, failures: tuple[Failure, ...]) -> None:
    """Write down each authority that gave no timestamp."""
    for one in failures:
        told = f"{one.authority}: {one.told}"
        db.session.add(SealAttempt(offer_id=claim.offer_id, step=Step.TIMESTAMP, succeeded=False, told=told))


def let_go(claim: Claim, *, later: datetime | None = None) -> bool:
    """End the claim after something was kept. Whether it was still this process's own."""
    ended = _mine(claim).values(lease_until=None, tries=1 if later else 0, not_before=later or machine_now())
    return db.session.scalar(ended.returning(SealClaim.offer_id)) is not None


def try_now(offer: Offer, *, by: str) -> None:
    """Have it tried again at once: somebody has mended what was wrong."""
    db.session.execute(
        update(SealClaim).where(SealClaim.offer_id == offer.id).values(not_before=machine_now(), tries=0)
    )
    audit.record("agreement:seal_again", actor=by, about=f"offer:{offer.public_id}", detail={"number": offer.number})


def _free(now: datetime, with_timestamps: bool) -> Any:
    return (
        select(Offer.id, Seal.id.label("seal_id"), SealClaim.fence, SealClaim.tries)
        .join(Countersignature, Countersignature.offer_id == Offer.id)
        .outerjoin(Seal, Seal.offer_id == Offer.id)
        .outerjoin(SealClaim, SealClaim.offer_id == Offer.id)
        .where(
            to_do(with_timestamps=with_timestamps),
            or_(SealClaim.offer_id.is_(None), SealClaim.not_before <= now),
            or_(SealClaim.lease_until.is_(None), SealClaim.lease_until < now),
        )
        .limit(1)
    )


def _claim(statement: Any) -> Claim | None:
    """Take the first, unless somebody else was quicker: then it is theirs, and the next run finds another."""
    try:
        with committed():
            row = db.session.execute(statement).first()
            return None if row is None else _taken(row)
    except IntegrityError:
        return None  # two made the first claim of one offer at once


def _taken(row: Any) -> Claim | None:
    until = machine_now() + timedelta(seconds=current_app.config["SEAL_LEASE_SECONDS"])
    if row.fence is None:
        db.session.add(SealClaim(offer_id=row.id, fence=1, tries=1, lease_until=until, not_before=machine_now()))
        return Claim(row.id, row.seal_id, 1, 1)
    claim = Claim(row.id, row.seal_id, row.fence + 1, row.tries + 1)
    taken = db.session.scalar(
        update(SealClaim)
        .where(SealClaim.offer_id == row.id, SealClaim.fence == row.fence)
        .values(fence=claim.fence, tries=claim.tries, lease_until=until)
        .returning(SealClaim.offer_id)
    )
    return claim if taken is not None else None


def _mine(claim: Claim) -> Any:
    return update(SealClaim).where(SealClaim.offer_id == claim.offer_id, SealClaim.fence == claim.fence)
