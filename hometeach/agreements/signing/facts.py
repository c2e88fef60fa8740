"""What is known of an offer, gathered for the rule that says how it stands.

Whether it is sealed is known above and comes down as an argument.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.signing.models import OfferEvent, events_of, has_authority
from hometeach.agreements.signing.rules import (
    AgreementState,
    Asked,
    Contact,
    Facts,
    Happened,
    SigningEvent,
    state_of,
)
from hometeach.kernel.settings import whole_number
from hometeach.people.entry.guardians.actions import way_to
from hometeach.people.entry.guardians.rules import Reach
from hometeach.people.models import Guardian
from hometeach.people.rules import Standing


def known_of(offer: Offer, on: date, *, is_sealed: bool = False) -> Facts:
    """What is known of one offer on a day."""
    return facts_of([offer], on, sealed={offer.id} if is_sealed else ())[offer.id]


def facts_of(offers: Sequence[Offer], on: date, *, sealed: Collection[int] = ()) -> dict[int, Facts]:
    """What is known of these offers, by id. ``sealed``: ids of those whose evidence is complete."""
    happened: dict[int, list[Happened]] = defaultdict(list)
    for event in events_of([offer.id for offer in offers]):
        happened[event.offer_id].append(as_happened(event))
    days = whole_number("agreement_expiring_days", on)
    return {
        offer.id: Facts(
            offer.span,
            offer.who_signs,
            [Asked(signer.id, contact_of(signer.guardian)) for signer in offer.signers],
            happened[offer.id],
            is_sealed=offer.id in sealed,
            expiring_days=days,
        )
        for offer in offers
    }


def standing_of(offer: Offer, on: date, *, is_sealed: bool = False) -> AgreementState:
    """How an offer stands on a day."""
    return state_of(known_of(offer, on, is_sealed=is_sealed), on)


def contact_of(guardian: Guardian) -> Contact:
    """Whether a link to sign can be sent to somebody."""
    if way_to(guardian) is not Reach.MESSAGE:
        return Contact.NONE
    return Contact.READY if guardian.phone_checked_at is not None else Contact.UNCHECKED


def may_sign(signer: Signer) -> bool:
    """Whether this person may sign: a guardian, or a carer whose authority is on file."""
    guardian = signer.guardian
    if guardian.standing is Standing.GUARDIAN:
        return True
    return bool(guardian.entrusted_by) and has_authority(guardian.id)


def detail_of(event: OfferEvent) -> dict[str, Any]:
    """What else was said with an event."""
    read: dict[str, Any] = json.loads(event.detail) if event.detail else {}
    return read


def as_happened(event: OfferEvent) -> Happened:
    """An event as the rule takes it."""
    detail = detail_of(event)
    first = detail.get("from")
    return Happened(
        event.event,
        event.signer_id,
        outcome=detail.get("outcome", ""),
        first=date.fromisoformat(first) if first else None,
        choices=detail.get("choices", {}),
    )


def clauses_opened(offer: Offer, signer: Signer) -> set[int]:
    """Which clauses this signer has opened by themselves, by their ids."""
    return {
        int(detail_of(event)["clause"])
        for event in events_of([offer.id])
        if event.event is SigningEvent.CLAUSE_OPENED and event.signer_id == signer.id
    }


def has_read_summary(offer: Offer, signer: Signer) -> bool:
    """Whether this signer has said that the summary was read."""
    return any(
        event.event is SigningEvent.SUMMARY_READ and event.signer_id == signer.id for event in events_of([offer.id])
    )
