"""Whom has the school to ring up, and what is to be said?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel, Message
from hometeach.kernel.settings import whole_number
from hometeach.people.access import Role
from hometeach.people.models import Child, Guardian
from hometeach.people.rules import masked_phone
from hometeach.reminders import actions
from hometeach.visits.confirming.models import visits_to_ring_about
from hometeach.visits.models import Visit
from hometeach.web.base import allowed, person
from hometeach.web.messages import pages, told
from hometeach.web.messages.loading import calls_by_person, load_message

#: So many people stand on one page; the rest follows once these are done.
MOST = 60


@dataclass(frozen=True)
class Call:
    """One thing to say."""

    message: Message
    guardian: Guardian
    child: Child

    @property
    def spoken(self) -> list[str]:
        """What to say, line by line."""
        return told.spoken_lines(self.message)


@dataclass(frozen=True)
class PersonToRing:
    """One person to ring up, with all that is to be said."""

    calls: Sequence[Call]
    #: The visits of the last days of which the family has said nothing, with the child's name.
    unanswered: Sequence[tuple[Visit, str]] = ()

    @property
    def first(self) -> Call:
        """What waits longest."""
        return self.calls[0]

    @property
    def phone(self) -> str:
        """Masked; the child's page shows it, for a reason."""
        return masked_phone(self.first.guardian.phone) or ""

    @property
    def attempts(self) -> int:
        """How often nobody answered."""
        return max(call.message.attempts for call in self.calls)


@pages.get("/calls")
@allowed(Role.SCHOOL_COORDINATOR)
def calls() -> str:
    """Whom to ring up, who waits longest first."""
    waiting = calls_by_person()
    return render_template("messages_list/calls.html", people=_people(waiting[:MOST]), total=len(waiting))


@pages.post("/<public_id>/told")
@allowed(Role.SCHOOL_COORDINATOR)
def note_told(public_id: str) -> Response:
    """The person was told."""
    return _noted(public_id, actions.told_by_phone, _("Noted: the family was told."))


@pages.post("/<public_id>/not-reached")
@allowed(Role.SCHOOL_COORDINATOR)
def note_not_reached(public_id: str) -> Response:
    """Nobody answered: the person was told nothing of all that was to be said."""
    return _noted(public_id, _not_reached, _("Noted: nobody answered. It stays on the list."))


def _not_reached(message: Message, *, by: str) -> bool:
    ids = next((ids for ids in calls_by_person() if message.id in ids), ())
    waiting = db.session.scalars(select(Message).where(Message.id.in_(ids)).order_by(Message.id)).all()
    return sum(actions.not_reached(one, by=by) for one in waiting) > 0


def _people(waiting: Sequence[Sequence[int]]) -> list[PersonToRing]:
    ids = [one for some in waiting for one in some]
    messages = db.session.scalars(select(Message).where(Message.id.in_(ids)).order_by(Message.id)).all()
    recipients = [one.recipient.partition(":")[2] for one in messages]
    rows = db.session.execute(select(Guardian, Child).join(Child).where(Guardian.public_id.in_(recipients)))
    known = {f"guardian:{guardian.public_id}": (guardian, child) for guardian, child in rows}
    calls = {one.id: Call(one, *known[one.recipient]) for one in messages}
    unanswered = _unanswered({call.child.id for call in calls.values()})
    return [_person([calls[one] for one in some], unanswered) for some in waiting]


def _person(calls: Sequence[Call], unanswered: Mapping[int, Sequence[Visit]]) -> PersonToRing:
    children = {call.child.id: call.child.name for call in calls}
    visits = [(visit, name) for child, name in children.items() for visit in unanswered.get(child, ())]
    return PersonToRing(calls, visits)


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
