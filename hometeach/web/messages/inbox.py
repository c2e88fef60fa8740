"""What was I told? Everybody's own page."""

from functools import cache
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, bindparam, func, select
from werkzeug.wrappers import Response

from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Message, MessageState
from hometeach.people.access import Role
from hometeach.reminders import actions
from hometeach.web.base import allowed, person
from hometeach.web.messages import pages

#: So many stand on the page, the newest first.
MOST = 50


@pages.get("/inbox")
@allowed(*Role)
def inbox() -> str:
    """What the person was told, by whatever way, the newest first."""
    statement = select(Message).where(_mine()).order_by(Message.id.desc()).limit(MOST)
    return render_template("messages_list/inbox.html", messages=list(db.session.scalars(statement)), unread=unread())


@pages.post("/inbox/read")
@allowed(*Role)
def mark_read() -> Response:
    """Mark all of it as read."""
    actions.mark_read(_name())
    flash(_("All of it is marked as read."), "done")
    return redirect(url_for(".inbox"))


def unread() -> int:
    """How much the person was told and has not marked as read."""
    return db.session.connection().scalar(_unread(), {"me": _name()}) or 0


@cache
def _unread() -> Select[Any]:
    """Built once, of plain columns: it runs with every first page."""
    told: Any = Message.__table__.c
    return (
        select(func.count())
        .select_from(Message.__table__)
        .where(
            told.recipient == bindparam("me"),
            told.read_at.is_(None),
            told.is_secret.is_(False),
            told.state != MessageState.SUPERSEDED,
        )
    )


def _name() -> str:
    return f"account:{person().actor}"


def _mine() -> ColumnElement[bool]:
    return (Message.recipient == _name()) & Message.is_secret.is_(False) & (Message.state != MessageState.SUPERSEDED)
