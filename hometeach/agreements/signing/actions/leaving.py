"""A family leaves, or a case ends, while an agreement is still open: nobody signs it any more; and back again."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.signing.actions.writing import subject_of, tell_school, write
from hometeach.agreements.signing.facts import facts_of
from hometeach.agreements.signing.models import Countersignature, events_of
from hometeach.agreements.signing.rules import OPEN, SigningEvent, state_of
from hometeach.kernel.clock import aware
from hometeach.kernel.extensions import db, hold
from hometeach.people.entry.guardians.actions import close_links


def hold_open_offers(child_id: int) -> None:
    """Let nobody answer, or countersign, what is not concluded until the transaction ends."""
    if offers := _not_concluded(child_id):
        hold(*offers)


def end_open_offers(child_id: int, event: SigningEvent, *, by: str, on: date) -> None:
    """Let what the family is still asked to sign end with its leaving, and its links with it. The school is told."""
    offers = _not_concluded(child_id)
    known = facts_of(offers, on)
    for offer in offers:
        if state_of(known[offer.id], on) not in OPEN:
            continue
        row = write(event, offer, None, by=by)
        close_links(subject_of(offer))
        if event is SigningEvent.WITHDRAWN:
            body = _(
                "The family has left before the agreement %(number)s was concluded. The bureau has been told.",
                number=offer.number,
            )
            tell_school(offer, f"offer_not_wanted:{row.public_id}", body, on=on)


def reopen_offers(child_id: int, since: datetime, *, by: str) -> None:
    """The leaving of that moment was taken back: what ended with it waits again for who has not answered."""
    offers = _not_concluded(child_id)
    events = events_of([offer.id for offer in offers])
    for offer in offers:
        ended = [one for one in events if one.offer_id == offer.id and one.event is SigningEvent.WITHDRAWN]
        if ended and aware(ended[-1].at) >= aware(since):
            write(SigningEvent.TAKEN_BACK, offer, None, by=by)


def _not_concluded(child_id: int) -> Sequence[Offer]:
    concluded = select(Countersignature.offer_id)
    statement = select(Offer).where(Offer.child_id == child_id, Offer.id.not_in(concluded)).order_by(Offer.id)
    return db.session.scalars(statement).all()
