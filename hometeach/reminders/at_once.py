"""Something stands in an inbox that cannot wait until its reader looks: a word also by the way chosen for reminders.

The word says that HomeTeach is to be opened, and nothing of what happened or to whom.
"""

from datetime import date

from sqlalchemy import select

from hometeach.kernel import outbox
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel, Message
from hometeach.reminders import words
from hometeach.reminders.reaching import reached

#: The kind of such a word.
OPEN_NOW = "open_now"


def call_to_open(about: str, *, on: date) -> int:
    """Send whoever has something about this in the inbox a word to the phone or mailbox of their choice, once.

    Who chose none, or one that is not possible any more, has the inbox alone. Returns how many words were written.
    """
    told = select(Message.recipient).where(Message.about == about, Message.channel == Channel.INBOX)
    written = 0
    for name, way in reached(db.session.scalars(told), on).items():
        if way.channel is Channel.INBOX:
            continue
        subject, body = words.to_open(language=way.language)
        written += outbox.post(
            f"{OPEN_NOW}:{about}:{name.removeprefix('account:')}",
            kind=OPEN_NOW,
            to=name,
            channel=way.channel,
            address=way.address,
            subject=subject,
            body=body,
            about=about,
        )
    return written
