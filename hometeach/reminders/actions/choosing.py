"""By what way, and when, somebody of the staff wants to be reminded."""

from sqlalchemy import select

from hometeach.kernel import audit
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel
from hometeach.people.models import Account
from hometeach.reminders.models import ContactChoice


def choose_contact(account: Account, *, channel: Channel, address: str, hour: int | None) -> ContactChoice:
    """Keep by what way, and at what hour, somebody of the staff wants to be reminded."""
    choice = db.session.scalar(select(ContactChoice).where(ContactChoice.account_id == account.id))
    if choice is None:
        choice = ContactChoice(account_id=account.id)
        db.session.add(choice)
    choice.channel, choice.hour = channel, hour
    choice.address = address or None
    db.session.flush()
    detail = {"channel": channel.value, "hour": hour}
    audit.record("contact:choose", actor=account.public_id, about=f"account:{account.public_id}", detail=detail)
    return choice
