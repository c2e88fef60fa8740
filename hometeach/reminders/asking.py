"""The links that a reminder carries to a guardian: to a visit that waits for a word, to an agreement to be signed.

The first is made with the message, as the first message did; it lives for days.
One to sign lives for hours and opens once: it is made when the message leaves,
and until then the words lead to the door that needs none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import current_app
from sqlalchemy import select

from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.signing.facts import contact_of
from hometeach.agreements.signing.rules import Contact
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel
from hometeach.people.entry.guardians.actions import issue_link, new_token
from hometeach.people.entry.guardians.rules import LinkPurpose
from hometeach.people.models import Guardian
from hometeach.reminders.models import Due
from hometeach.reminders.rules import Kind
from hometeach.reminders.signatures import signer_of


@dataclass(frozen=True)
class FamilyLink:
    """A link that leads a guardian to one thing. It opens once :meth:`issue` was called."""

    #: The guardian's public id.
    guardian: str
    purpose: LinkPurpose
    #: ``kind:public id`` of what it leads to.
    subject: str
    token: str

    @property
    def path(self) -> str:
        """Where it leads, without the deployment's own address."""
        return f"/family/to/{self.token}"

    def issue(self, on: date) -> None:
        """Let the token open what it leads to; an older link to the same opens no more."""
        guardian = db.session.scalars(select(Guardian).where(Guardian.public_id == self.guardian)).one()
        issue_link(guardian, self.purpose, subject=self.subject, on=on, token=self.token)


def link_for(recipient: str, dues: Iterable[Due], channel: Channel) -> FamilyLink | None:
    """For the first visit that waits for the family's word; None where none does, or nothing can carry a link."""
    asks = next((due for due in dues if due.kind is Kind.CONFIRMATION_MISSING), None)
    if asks is None or not _can_carry(recipient, channel):
        return None
    visit = asks.occurrence.partition(" ")[2]
    return FamilyLink(recipient.partition(":")[2], LinkPurpose.CONFIRM_VISIT, f"visit:{visit}", new_token())


def link_to_sign(recipient: str, dues: Iterable[Due], channel: Channel) -> FamilyLink | None:
    """For the first agreement that this person has not signed; None where none is, or nothing can carry a link.

    A phone that the school has not seen in the person's hand is sent none: nobody can sign with it.
    """
    asks = next((due for due in dues if due.kind is Kind.SIGNATURE_MISSING), None)
    if asks is None or not _can_carry(recipient, channel):
        return None
    signer = db.session.scalars(select(Signer).where(Signer.public_id == signer_of(asks.occurrence))).one()
    if contact_of(signer.guardian) is not Contact.READY:
        return None
    offer = db.session.scalars(select(Offer.public_id).where(Offer.id == signer.offer_id)).one()
    return FamilyLink(signer.guardian.public_id, LinkPurpose.SIGN, f"offer:{offer}", new_token())


def _can_carry(recipient: str, channel: Channel) -> bool:
    return recipient.startswith("guardian:") and channel is Channel.SMS and bool(current_app.config["PUBLIC_URL"])
