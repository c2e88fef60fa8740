"""By what way is somebody told? Staff as they chose within what the bureau allows, families as they may be reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app
from sqlalchemy import select

from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel
from hometeach.kernel.settings import setting, whole_number
from hometeach.people.entry.guardians.rules import Reach, reach_of
from hometeach.people.models import Account, Guardian
from hometeach.reminders import gateways
from hometeach.reminders.models import ContactChoice, choices_of


@dataclass(frozen=True)
class Reached:
    """By what way one person is told, in which language, and not before which hour."""

    channel: Channel
    address: str
    language: str | None
    hour: int


def may_choose(on: date) -> list[Channel]:
    """The ways that the bureau allows to staff and that this deployment has."""
    allowed = {Channel.INBOX.value, *setting("staff_channels", on).split()}
    return [
        channel
        for channel in (Channel.INBOX, Channel.EMAIL, Channel.SMS)
        if channel.value in allowed and gateways.is_reached(channel, current_app.config)
    ]


def reached(recipients: Iterable[str], on: date) -> dict[str, Reached]:
    """How each of these people is told; those who may not be reached at all are left out."""
    names = list(recipients)
    ids = {
        kind: [name.partition(":")[2] for name in names if name.startswith(f"{kind}:")]
        for kind in ("account", "guardian")
    }
    return {**_staff(ids["account"], on), **_families(ids["guardian"], on)}


def _staff(public_ids: Sequence[str], on: date) -> dict[str, Reached]:
    accounts = db.session.scalars(
        select(Account).where(Account.public_id.in_(public_ids), Account.disabled_at.is_(None)).order_by(Account.id)
    ).all()
    choices = choices_of([account.id for account in accounts])
    possible, hour = may_choose(on), whole_number("staff_reminder_hour", on)
    return {f"account:{one.public_id}": _as_chosen(one, choices.get(one.id), possible, hour) for one in accounts}


def _as_chosen(account: Account, choice: ContactChoice | None, possible: Sequence[Channel], hour: int) -> Reached:
    own_hour = hour if choice is None or choice.hour is None else choice.hour
    if choice is None or choice.channel not in possible or not choice.address:
        return Reached(Channel.INBOX, "", account.language, own_hour)
    return Reached(choice.channel, choice.address, account.language, own_hour)


def _families(public_ids: Sequence[str], on: date) -> dict[str, Reached]:
    hour = whole_number("family_reminder_hour", on)
    by_message = Channel.SMS if gateways.is_reached(Channel.SMS, current_app.config) else Channel.CALL_LIST
    ways = {Reach.MESSAGE: by_message, Reach.CALL: Channel.CALL_LIST}
    guardians = db.session.scalars(select(Guardian).where(Guardian.public_id.in_(public_ids)))
    found = {one.public_id: (one, reach_of(one.contact_rule, one.phone)) for one in guardians}
    return {
        f"guardian:{public_id}": Reached(ways[reach], one.phone or "", None, hour)
        for public_id, (one, reach) in found.items()
        if reach in ways
    }
