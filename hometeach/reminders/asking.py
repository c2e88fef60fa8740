"""The link that a reminder carries to a guardian whose word about a visit is missing, as the first message did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import current_app
from sqlalchemy import select

from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel
from hometeach.people.entry.guardians.actions import issue_link, new_token
from hometeach.people.entry.guardians.rules import LinkPurpose
from hometeach.people.models import Guardian
from hometeach.reminders.models import Due
from hometeach.reminders.rules import Kind


@dataclass(frozen=True)
class VisitLink:
    """A link that asks a guardian about one visit. It opens once :meth:`issue` was called."""

    #: Public ids.
    guardian: str
    visit: str
    token: str

    @property
    def path(self) -> str:
        """Where it leads, without the deployment's own address."""
        return f"/family/to/{self.token}"

    def issue(self, on: date) -> None:
        """Let the token open the question; an older link to the same visit opens no more."""
        guardian = db.session.scalars(select(Guardian).where(Guardian.public_id == self.guardian)).one()
        issue_link(guardian, LinkPurpose.CONFIRM_VISIT, subject=f"visit:{self.visit}", on=on, token=self.token)


def link_for(recipient: str, dues: Iterable[Due], channel: Channel) -> VisitLink | None:
    """For the first visit that waits for the family's word; None where none does, or nothing can carry a link."""
    kind, _colon, guardian = recipient.partition(":")
    asks = next((due for due in dues if due.kind is Kind.CONFIRMATION_MISSING), None)
    can_carry = kind == "guardian" and channel is Channel.SMS and bool(current_app.config["PUBLIC_URL"])
    if asks is None or not can_carry:
        return None
    return VisitLink(guardian, asks.occurrence.partition(" ")[2], new_token())
