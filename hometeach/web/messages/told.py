"""How is told what a message is, how it stands, and what would have to happen?"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hometeach.kernel.clock import aware, machine_now
from hometeach.kernel.delivering import MOST_ATTEMPTS, Answer
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel, Message, MessageState
from hometeach.people.access import FILE_READERS
from hometeach.people.models import Account, Child, Guardian
from hometeach.people.rules import masked_phone
from hometeach.reminders.gateways import is_reached
from hometeach.reminders.rules import Kind
from hometeach.web import words
from hometeach.web.base import person

STATES = {
    MessageState.WAITING: _l("waits"),
    MessageState.SENDING: _l("being sent"),
    MessageState.SENT: _l("sent"),
    MessageState.REFUSED: _l("not taken"),
    MessageState.UNKNOWN: _l("outcome unknown"),
    MessageState.PARKED: _l("set aside"),
    MessageState.SUPERSEDED: _l("not needed any more"),
}
BY_WAY = {
    (Channel.CALL_LIST, MessageState.WAITING): _l("to be rung up"),
    (Channel.CALL_LIST, MessageState.SENT): _l("told"),
    (Channel.INBOX, MessageState.SENT): _l("shown"),
}
CHANNELS = {
    Channel.INBOX: _l("on the person's own page"),
    Channel.EMAIL: _l("by e-mail"),
    Channel.SMS: _l("by SMS"),
    Channel.CALL_LIST: _l("by telephone, through the school"),
}
#: An address, with the words that lead to it and nowhere else: ``Please look: https://…``.
_ADDRESS = re.compile(r"(?:[^。！？.!?\n]*[:：]\s*)?(?:https?://|/family/)\S+")
#: What a message is, by its kind; a kind without words stands as it is.
MESSAGES = {
    "reminder": _l("Reminder"),
    "guardian_code": _l("Code to come in"),
    "home_link": _l("Link to the family's page"),
    "codes_guessed": _l("Wrong codes were tried"),
    "sign_link": _l("Link to sign the agreement"),
    "talk_first": _l("The family wants to talk first"),
    "agreement_moved": _l("What happened to an agreement"),
    "ask_visit": _l("Question whether a record is right"),
    "dispute_decided": _l("What the bureau found"),
    "incident:report": _l("Word that an incident was reported"),
    "open_now": _l("Word that something urgent stands in the inbox"),
}
#: What is said of these on the telephone: as they were written they are about a link.
SPOKEN = {
    "home_link": _l(
        "Your family has a page of its own, with the next lesson and what was written down. "
        "You open it with the phone number that the school has on record."
    ),
    "sign_link": _l(
        "An agreement on home teaching waits for your word. "
        "You can read it on your family's page, or with us at school."
    ),
}
KINDS = {
    Kind.VISIT_TOMORROW: _l("Visit tomorrow"),
    Kind.RECORD_MISSING: _l("Record missing"),
    Kind.CONFIRMATION_MISSING: _l("Visit not confirmed"),
    Kind.QUOTA_UNPLANNED: _l("Week not planned"),
    Kind.QUOTA_NOT_MET: _l("Week not met yet"),
    Kind.MAKE_UP_CLOSING: _l("Make-up window closing"),
    Kind.AGREEMENT_UNSIGNED: _l("No agreement in force"),
    Kind.SIGNATURE_MISSING: _l("Signature under an agreement missing"),
    Kind.AGREEMENT_EXPIRING: _l("Agreement ends soon"),
    Kind.PLAN_REVIEW: _l("Plan ends soon"),
    Kind.TERM_REVIEW: _l("Review due"),
    Kind.RETURN_FROM_SUSPENSION: _l("Teaching begins again"),
    Kind.RECORD_CHECK: _l("Yearly check due"),
    Kind.WEEKLY_DIGEST: _l("Last week"),
}
ANSWERS = {
    Answer.ACCEPTED: _l("taken"),
    Answer.RETRY: _l("not taken this time"),
    Answer.FINAL: _l("not taken for good"),
    Answer.UNKNOWN: _l("handed over, and no answer came"),
    Answer.DIED: _l("the process that sent it had ended"),
}
REASONS = {
    "no_longer_true": _l("What it was to tell was done meanwhile."),
    "too_late": _l("Its time had gone by."),
    "wiped": _l("Its code was of no use any more."),
    "another_way": _l("The person is told by another way now."),
    "smtp:unreachable": _l("The mail server could not be reached."),
    "smtp:no_answer": _l("The mail server got the words and did not answer."),
    "http:unreachable": _l("The SMS service could not be reached."),
    "http:no_answer": _l("The SMS service got the words and did not answer."),
    "call:no_answer": _l("Nobody answered the telephone."),
    "call:told": _l("The person was told."),
    "fault": _l("Our own fault: the error log says more."),
}


def choices(said: Mapping[Any, Any]) -> list[tuple[str, str]]:
    """Codes with their words, to choose from."""
    return [(code.value, str(told)) for code, told in said.items()]


def state_words(message: Message) -> str:
    """How it stands, by its way: who is rung up is told, and what stands on a page is shown."""
    return standing_words(message.channel, message.state)


def standing_words(channel: Channel, state: MessageState) -> str:
    """How what goes by a way stands."""
    return str(BY_WAY.get((channel, state), STATES[state]))


def what_words(message: Message) -> str:
    """What it is."""
    return str(MESSAGES.get(message.kind, message.kind))


def reason_words(said: str) -> str:
    """Why it stands so, out of the code that was kept; empty where there is none."""
    if said in REASONS:
        return str(REASONS[said])
    return _("Answer of the service: %(code)s.", code=said.partition(":")[2]) if said else ""


def next_words(message: Message) -> str:
    """What would have to happen for the person to be told; empty where nothing has to."""
    return str(_NEXT[message.state](message))


def spoken_lines(message: Message) -> list[str]:
    """What is said on the telephone: its words without the addresses, which nobody reads aloud."""
    plain = str(SPOKEN[message.kind]) if message.kind in SPOKEN else _ADDRESS.sub("", message.body or "")
    return [line.strip() for line in plain.splitlines() if line.strip()]


def address_words(message: Message) -> str:
    """The address, masked."""
    address = message.address or ""
    if "@" in address:
        name, _at, domain = address.partition("@")
        return f"{name[:1]}***@{domain}"
    return masked_phone(address) or ""


def _waiting(message: Message) -> str:
    if message.channel is Channel.CALL_LIST:
        return _("Somebody of the school rings up and notes it on the list of calls.")
    if not is_reached(message.channel, current_app.config):
        return _("No way to reach by message: no such service is set up here. The administrator sets one up.")
    if aware(message.not_before) > machine_now():
        return _("It is tried again after %(moment)s.", moment=words.moment_words(message.not_before))
    return _("It goes out within seconds, or after the quiet hours.")


_NEXT: Mapping[MessageState, Callable[[Message], str]] = {
    MessageState.WAITING: _waiting,
    MessageState.SENDING: lambda _message: _("Nothing: the answer is awaited."),
    MessageState.SENT: lambda _message: "",
    MessageState.REFUSED: lambda _message: _("Put the address right, then send it again."),
    MessageState.UNKNOWN: lambda _message: _(
        "Ask the person, or look into the mail server's log: it may have arrived. It is never sent again by itself."
    ),
    MessageState.PARKED: lambda _message: _(
        "It was tried %(n)s times. Find out why it does not get through, then send it again.", n=MOST_ATTEMPTS
    ),
    MessageState.SUPERSEDED: lambda _message: "",
}


@dataclass(frozen=True)
class Names:
    """The people and children that messages speak of, as far as the reader may know them."""

    people: Mapping[str, str]
    children: Mapping[str, str]

    def to(self, message: Message) -> str:
        """To whom it goes."""
        kind = message.recipient.partition(":")[0]
        known = self.people.get(message.recipient)
        return known or (_("a family") if kind == "guardian" else _("somebody who left"))

    def about(self, message: Message) -> str:
        """The child that it is about; empty where it is about none, or one that the reader does not know."""
        return self.children.get(message.about, "")


def names_in(messages: Iterable[Message]) -> Names:
    """The names for these messages."""
    found = list(messages)
    ids = {name.partition(":")[2] for message in found for name in (message.recipient, message.about) if name}
    accounts = db.session.execute(select(Account.public_id, Account.name).where(Account.public_id.in_(ids)))
    people = {f"account:{public_id}": name for public_id, name in accounts}
    if not person().roles & FILE_READERS:
        return Names(people, {})
    guardians = db.session.execute(
        select(Guardian.public_id, Guardian.name, Guardian.relation).where(Guardian.public_id.in_(ids))
    )
    people |= {f"guardian:{public_id}": f"{name}（{relation}）" for public_id, name, relation in guardians}
    children = db.session.execute(select(Child.public_id, Child.name).where(Child.public_id.in_(ids)))
    return Names(people, {f"child:{public_id}": name for public_id, name in children})
