"""What was sent to whom? Only in the demonstration, where nobody's phone rings: here a visitor reads the codes."""

import re

from flask import Blueprint, current_app, render_template
from sqlalchemy import select

from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Message
from hometeach.people.rules import masked_phone
from hometeach.web.base import open_to_all

pages = Blueprint("outbox", __name__, url_prefix="/outbox")

MOST = 40


#: How a link to the family's pages begins, wherever the site stands.
LINK = re.compile(r"/family/to/[\w-]+")


@pages.get("")
@open_to_all("exists in the demonstration only, where everybody is invented")
def show() -> str:
    """The newest messages with their words, those that carry a code too.

    Raises: NotFound outside the demonstration.
    """
    if not current_app.config["DEMONSTRATION"]:
        raise NotFound
    statement = select(Message).order_by(Message.id.desc()).limit(MOST)
    messages = [(one, masked_phone(one.address), _link_in(one.body or "")) for one in db.session.scalars(statement)]
    return render_template("outbox/show.html", messages=messages)


def _link_in(words: str) -> str:
    """The address of the link in a message on this site, empty where there is none."""
    found = LINK.search(words)
    return found[0] if found else ""
