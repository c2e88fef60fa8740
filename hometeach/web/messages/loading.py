"""Which messages may the reader see, and whom is the reader's school to ring up?"""

from collections import defaultdict
from collections.abc import Sequence

from flask import g
from sqlalchemy import ColumnElement, literal, or_, select, true

from hometeach.kernel import clock
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel, Message, MessageState
from hometeach.people.access import Role
from hometeach.people.models import Account, Child, Guardian, RoleGrant, ServingSpan, in_force
from hometeach.web.base import person, scope_here

#: Who decides about a message, and about the clock.
SEES_ALL = frozenset({Role.ADMINISTRATOR, Role.BUREAU_OFFICER})


def load_message(public_id: str) -> Message:
    """The message of this address, if the person may see it.

    Raises: NotFound, alike for foreign and absent.
    """
    message = db.session.scalar(select(Message).where(Message.public_id == public_id, sees_message()))
    if message is None:
        raise NotFound
    return message


def sees_message() -> ColumnElement[bool]:
    """The condition on ``Message`` that it is for somebody of the reader's school, or that the reader sees all.

    By the roles that open this very page: who also looks after the machine rings up the own school's families alone.
    """
    if person().roles & SEES_ALL & g.opened_by:
        return true()
    schools, today = scope_here().school_ids, clock.today()
    colleagues = (
        select(literal("account:").concat(Account.public_id))
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.unit_id.in_(schools), in_force(RoleGrant, today))
    )
    families = (
        select(literal("guardian:").concat(Guardian.public_id))
        .join(Child, Child.id == Guardian.child_id)
        .join(ServingSpan, ServingSpan.child_id == Child.id)
        .where(ServingSpan.school_id.in_(schools), in_force(ServingSpan, today))
    )
    return or_(Message.recipient.in_(colleagues), Message.recipient.in_(families))


def calls_by_person() -> list[Sequence[int]]:
    """For each person who is to be rung up now the ids of what is to be said, the oldest first.

    Who cares for several children stands on file once for each: the name and the phone tell that it is one person.
    """
    statement = (
        select(Message.id, Guardian.public_id, Guardian.name, Guardian.phone_index)
        .join(Guardian, literal("guardian:").concat(Guardian.public_id) == Message.recipient)
        .where(
            Message.channel == Channel.CALL_LIST,
            Message.state == MessageState.WAITING,
            Message.not_before <= machine_now(),
            sees_message(),
        )
        .order_by(Message.id)
    )
    found: defaultdict[tuple[str, str | bytes], list[int]] = defaultdict(list)
    for message, public_id, name, phone in db.session.execute(statement):
        found[name, phone or public_id].append(message)
    return list(found.values())
