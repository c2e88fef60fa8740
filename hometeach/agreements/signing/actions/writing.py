"""Write down that something happened to an offer: the event, its audit row, and who is told."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.signing.models import OfferEvent
from hometeach.agreements.signing.rules import SigningEvent
from hometeach.kernel import audit, outbox
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account, RoleGrant, in_force


def write(
    event: SigningEvent,
    offer: Offer,
    signer: Signer | None,
    *,
    by: str,
    detail: Mapping[str, object] | None = None,
    told: Mapping[str, object] | None = None,
) -> OfferEvent:
    """One event with its audit row. ``detail`` is kept sealed, ``told`` stands in the log: codes and digests only."""
    row = OfferEvent(offer_id=offer.id, signer_id=signer.id if signer else None, event=event, by=by)
    row.detail = audit.canonical(detail) if detail else None
    db.session.add(row)
    db.session.flush()
    about = {"offer": offer.public_id, "number": offer.number, **({"signer": signer.public_id} if signer else {})}
    audit.record(f"offer:{event}", actor=by, about=f"child:{offer.child.public_id}", detail={**about, **(told or {})})
    return row


def subject_of(offer: Offer) -> str:
    """To what a link to sign this offer leads."""
    return f"offer:{offer.public_id}"


def tell_school(offer: Offer, key: str, body: str, *, on: date, kind: str = "agreement_moved") -> None:
    """Put a word into the inbox of every coordinator of the school that offers it."""
    held = select(RoleGrant.account_id).where(
        RoleGrant.role == Role.SCHOOL_COORDINATOR, RoleGrant.unit_id == offer.school_id, in_force(RoleGrant, on)
    )
    statement = select(Account.public_id).where(Account.id.in_(held), Account.disabled_at.is_(None))
    for account in db.session.scalars(statement.order_by(Account.id)).all():
        outbox.post(
            f"{key}:{account}",
            kind=kind,
            to=f"account:{account}",
            channel=outbox.Channel.INBOX,
            about=f"child:{offer.child.public_id}",
            body=body,
        )
