"""Something stands in an inbox that cannot wait until its reader looks: a word also by the way chosen for reminders.

The word says that HomeTeach is to be opened, and nothing of what happened or to whom.
"""

from datetime import date

from sqlalchemy import select

from hometeach.kernel import outbox
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel, Message
from hometeach.people.models import Account
from hometeach.reminders import words
from hometeach.reminders.actions import may_choose
from hometeach.reminders.models import choices_of

#: The kind of such a word.
OPEN_NOW = "open_now"


def call_to_open(about: str, *, on: date) -> int:
    """Send whoever has something about this in the inbox a word to the phone or mailbox of their choice, once.

    Who chose none, or one that is not possible any more, has the inbox alone. Returns how many words were written.
    """
    told = select(Message.recipient).where(Message.about == about, Message.channel == Channel.INBOX)
    names = {name.removeprefix("account:") for name in db.session.scalars(told)}
    statement = select(Account).where(Account.public_id.in_(names), Account.disabled_at.is_(None)).order_by(Account.id)
    accounts, possible = list(db.session.scalars(statement)), may_choose(on)
    choices = choices_of([one.id for one in accounts])
    written = 0
    for account in accounts:
        choice = choices.get(account.id)
        if choice is None or choice.channel is Channel.INBOX or choice.channel not in possible or not choice.address:
            continue
        subject, body = words.to_open(language=account.language)
        written += outbox.post(
            f"{OPEN_NOW}:{about}:{account.public_id}",
            kind=OPEN_NOW,
            to=f"account:{account.public_id}",
            channel=choice.channel,
            address=choice.address,
            subject=subject,
            body=body,
            about=about,
        )
    return written
