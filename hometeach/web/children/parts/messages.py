"""What was told about a child, to whom and how that stands: for the time line, never the words."""

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select

from hometeach.cases.rules import Event
from hometeach.cases.wording import DONE
from hometeach.kernel.clock import local
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Message
from hometeach.people.access import Role
from hometeach.people.models import Account, Child, Guardian, RoleGrant
from hometeach.reminders.models import Due
from hometeach.visits.models import Visit
from hometeach.web import words
from hometeach.web.base import ROLE_NAMES
from hometeach.web.messages import told
from hometeach.web.standings.file import Happened

#: So many stand on the time line, the latest first; those of an incident never.
MOST = 20
A_FAMILY = _l("the family")


def messages_about(child: Child) -> list[Happened]:
    """The messages about a child and to its family, the latest first; one with a code is not among them."""
    found = db.session.execute(
        select(Message.id, Message.kind, Message.recipient, Message.channel, Message.state, Message.made_at)
        .where(_concerns(child), Message.is_secret.is_(False))
        .order_by(Message.id.desc())
        .limit(MOST)
    ).all()
    kinds, roles = _reminded_of(child, [row.id for row in found]), _roles({row.recipient for row in found})
    return [
        Happened(
            local(row.made_at).date(),
            _(
                "%(what)s to %(whom)s: %(state)s",
                what=_what(row.kind, kinds.get(row.id, ())),
                whom=roles.get(row.recipient, str(A_FAMILY)),
                state=told.standing_words(row.channel, row.state),
            ),
            words.moment_words(row.made_at),
        )
        for row in found
    ]


def _concerns(child: Child) -> ColumnElement[bool]:
    visits = select("visit:" + Visit.public_id).where(Visit.child_id == child.id)
    family = select("guardian:" + Guardian.public_id).where(Guardian.child_id == child.id)
    reminders = select(Due.message_id).where(Due.subject == f"child:{child.public_id}", Due.message_id.is_not(None))
    return or_(
        Message.about == f"child:{child.public_id}",
        Message.about.in_(visits),
        Message.recipient.in_(family),
        Message.id.in_(reminders),
    )


def _reminded_of(child: Child, ids: Iterable[int]) -> Mapping[int | None, list[str]]:
    """What of this child each reminder carries; what it says of others is not told."""
    found: dict[int | None, list[str]] = {}
    statement = (
        select(Due.message_id, Due.kind)
        .where(Due.message_id.in_(list(ids)), Due.subject == f"child:{child.public_id}")
        .order_by(Due.falls_on, Due.id)
    )
    for message_id, kind in db.session.execute(statement):
        found.setdefault(message_id, []).append(str(told.KINDS[kind]))
    return found


def _what(kind: str, reminded: Iterable[str]) -> str:
    of = words.enumerated(dict.fromkeys(reminded))
    if of:
        return _("Reminder (%(of)s)", of=of)
    subject, _colon, event = kind.partition(":")
    return str(DONE[Event(event)]) if subject == "case" and event in DONE else str(told.MESSAGES.get(kind, kind))


def _roles(recipients: set[str]) -> dict[str, str]:
    """By role, as what each of the staff is told."""
    ids = [name.partition(":")[2] for name in recipients if name.startswith("account:")]
    statement = (
        select(Account.public_id, RoleGrant.role)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(Account.public_id.in_(ids))
        .order_by(RoleGrant.id)
    )
    found: dict[str, dict[str, None]] = {}
    for public_id, role in db.session.execute(statement):
        found.setdefault(f"account:{public_id}", {})[str(ROLE_NAMES[Role(role)])] = None
    return {name: words.enumerated(list(roles)) for name, roles in found.items()}
