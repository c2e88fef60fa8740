"""Whom has the school to ring up, and what is to be said?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hometeach.kernel import clock
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel, Message, MessageState
from hometeach.kernel.settings import whole_number
from hometeach.people.access import Role
from hometeach.people.models import Child, Guardian
from hometeach.reminders import actions
from hometeach.visits.confirming.models import visits_to_ring_about
from hometeach.visits.models import Visit
from hometeach.web.base import allowed, person
from hometeach.web.messages import pages, told
from hometeach.web.messages.index import load_message, sees_message

#: So many stand on one page; the rest follows once these are done.
MOST = 60


@dataclass(frozen=True)
class Call:
    """One call to make."""

    message: Message
    guardian: Guardian
    child: Child
    #: The visits of the last days of which the family has said nothing, the latest first.
    unanswered: Sequence[Visit] = ()

    @property
    def phone(self) -> str:
        """Masked; the child's page shows it, for a reason."""
        return told.address_words(self.message)

    @property
    def spoken(self) -> list[str]:
        """What to say, line by line."""
        return told.spoken_lines(self.message)


@pages.get("/calls")
@allowed(Role.SCHOOL_COORDINATOR)
def calls() -> str:
    """The list of calls, the oldest first."""
    statement = (
        select(Message)
        .where(
            Message.channel == Channel.CALL_LIST,
            Message.state == MessageState.WAITING,
            Message.not_before <= machine_now(),
            sees_message(),
        )
        .order_by(Message.id)
        .limit(MOST)
    )
    return render_template("messages_list/calls.html", calls=_calls(list(db.session.scalars(statement))))


@pages.post("/<public_id>/told")
@allowed(Role.SCHOOL_COORDINATOR)
def note_told(public_id: str) -> Response:
    """The person was told."""
    return _noted(public_id, actions.told_by_phone, _("Noted: the family was told."))


@pages.post("/<public_id>/not-reached")
@allowed(Role.SCHOOL_COORDINATOR)
def note_not_reached(public_id: str) -> Response:
    """Nobody answered."""
    return _noted(public_id, actions.not_reached, _("Noted: nobody answered. It stays on the list."))


def _calls(messages: list[Message]) -> list[Call]:
    ids = [message.recipient.partition(":")[2] for message in messages]
    rows = db.session.execute(select(Guardian, Child).join(Child).where(Guardian.public_id.in_(ids)))
    known = {f"guardian:{guardian.public_id}": (guardian, child) for guardian, child in rows}
    unanswered = _unanswered({child.id for _guardian, child in known.values()})
    return [
        Call(message, *known[message.recipient], unanswered.get(known[message.recipient][1].id, ()))
        for message in messages
        if message.recipient in known
    ]


def _unanswered(child_ids: set[int]) -> dict[int, list[Visit]]:
    """The records of the days that a link to answer lives, by child."""
    today = clock.today()
    since = today - timedelta(days=whole_number("confirm_link_days", today))
    found: dict[int, list[Visit]] = {}
    for visit in visits_to_ring_about(child_ids, since, today):
        found.setdefault(visit.child_id, []).append(visit)
    return found


def _noted(public_id: str, note: Callable[..., bool], done: str) -> Response:
    message = load_message(public_id)
    if message.channel is not Channel.CALL_LIST:
        raise NotFound
    if note(message, by=person().actor):
        flash(done, "done")
    else:
        flash(_("Nothing was changed: it stands otherwise by now."), "refused")
    return redirect(url_for(".calls"))
