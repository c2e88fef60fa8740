"""Derive what falls due, put it into messages, and say just before one leaves whether it is still true."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import current_app
from sqlalchemy import func, select, update

from hometeach.kernel import audit, delivering, doubting, outbox
from hometeach.kernel.clock import local, machine_now
from hometeach.kernel.delivering import Terms
from hometeach.kernel.doubting import ClockGuard
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed, only_reading
from hometeach.kernel.outbox import INSERTS, Channel, Message, MessageState
from hometeach.kernel.settings import DEFAULTS, setting, whole_number
from hometeach.people.entry.guardians.rules import Reach, reach_of
from hometeach.people.models import Account, Guardian
from hometeach.reminders import gateways, words
from hometeach.reminders.asking import FamilyLink, link_for, link_to_sign
from hometeach.reminders.facts import matters_on
from hometeach.reminders.models import ContactChoice, Due, DueState, choices_of, dues_in, known_dues, open_dues
from hometeach.reminders.people import People
from hometeach.reminders.rules import BEHIND, DueOn, Kind, Matter, Rung, Side, due_of, is_quiet, ladder_of, still_true

#: The kind of a message that carries what falls due.
REMINDER = "reminder"
#: Rows written by one statement; below the bound-parameter limits of both engines.
CHUNK = 400
#: How long one run of the sender goes on before it lets the metronome beat again.
ONE_RUN = timedelta(seconds=20)

Key = tuple[Kind, str, str]
Matters = Mapping[Key, Matter]

#: One for each process: it compares two clocks of this machine.
CLOCK = ClockGuard()


@dataclass(frozen=True)
class Reached:
    """By what way one person is told, in which language, and not before which hour."""

    channel: Channel
    address: str
    language: str | None
    hour: int


def derive_reminders(on: date) -> str:
    """Write down what falls due around a day, and what is to be told by now into messages.

    While the clock is doubted nothing is. Returns how many of each.
    """
    if CLOCK.is_doubted():
        return "the clock is doubted"
    with only_reading():
        matters = matters_on(on)
    derived = derive(on, matters)
    posted = compose(on, matters, hour=local(machine_now()).hour)
    if derived or posted:
        counts = {"due": derived, "messages": posted}
        audit.record("reminder:derive", actor="scheduler", about=f"job:derive-{on}", detail=counts)
    return f"{derived} due, {posted} messages"


def derive(on: date, matters: Matters) -> int:
    """Write what ought to exist from seven days before a day until two days after, where it is missing."""
    known = known_dues(Kind, on - BEHIND)
    wanted = [
        one
        for matter in matters.values()
        for one in due_of(matter, ladder(matter.kind, on), on)
        if (one.kind, one.subject, one.occurrence, one.recipient, one.rung) not in known
    ]
    made = 0
    for start in range(0, len(wanted), CHUNK):
        made += _insert(wanted[start : start + CHUNK])
    return made


def ladder(kind: Kind, on: date) -> tuple[Rung, ...]:
    """Who is told of a kind when, as the bureau set it; where what it set cannot be read, as it is by default."""
    name = f"ladder_{kind.value}"
    try:
        return ladder_of(setting(name, on))
    except ValueError:
        return ladder_of(DEFAULTS[name].value)


def compose(on: date, matters: Matters, *, hour: int) -> int:
    """Put what is to be told by a day into one message for each person whose hour has come. Returns how many."""
    dues = [due for due in open_dues(on) if _is_still_open(due, matters, on)]
    by_recipient = {name: list(some) for name, some in groupby(dues, key=lambda due: due.recipient)}
    reached = _reached(by_recipient, on)
    return sum(
        _compose_for(name, some, reached.get(name), matters, on=on, hour=hour) for name, some in by_recipient.items()
    )


def why_not(on: date) -> Callable[[Message], str]:
    """What says, just before a message leaves, why it is not to be sent; a part that is done is left out of it.

    The facts are read anew for each message, who holds which role once for a run of them.
    """
    people: list[People] = []

    def ask(message: Message) -> str:
        if message.kind != REMINDER:
            return ""
        if not people:
            people.append(People(on))
        return _why_not(message, on, people[0])

    return ask


def send_messages(on: date) -> str:
    """Send what waits, by every gateway that there is, until nothing does or it is time to let others go on."""
    found = gateways.configured(current_app.config)
    _put_on_the_call_list()
    until, why = machine_now() + ONE_RUN, why_not(on)
    sent = 0
    for gateway in found:
        while machine_now() < until and (count := delivering.deliver_batch(gateway, terms(on, why))):
            sent += count
    return f"{sent} tried"


def terms(on: date, why: Callable[[Message], str]) -> Terms:
    """On what terms messages are sent now; ``why`` says of each why it is not to be."""
    config = current_app.config
    hour = local(machine_now()).hour
    is_doubted = CLOCK.is_doubted()
    quiet = is_quiet(hour, whole_number("quiet_from_hour", on), whole_number("quiet_until_hour", on))
    return Terms(
        lease=timedelta(seconds=config["MESSAGE_LEASE_SECONDS"]),
        why_not=why,
        back_off=tuple(timedelta(seconds=seconds) for seconds in config["MESSAGE_BACK_OFF_SECONDS"]),
        only_codes=lambda: quiet or is_doubted or CLOCK.has_jumped,
    )


def choose_contact(account: Account, *, channel: Channel, address: str, hour: int | None) -> ContactChoice:
    """Keep by what way, and at what hour, somebody of the staff wants to be reminded."""
    choice = db.session.scalar(select(ContactChoice).where(ContactChoice.account_id == account.id))
    if choice is None:
        choice = ContactChoice(account_id=account.id)
        db.session.add(choice)
    choice.channel, choice.hour = channel, hour
    choice.address = address or None
    db.session.flush()
    detail = {"channel": channel.value, "hour": hour}
    audit.record("contact:choose", actor=account.public_id, about=f"account:{account.public_id}", detail=detail)
    return choice


def may_choose(on: date) -> list[Channel]:
    """The ways that the bureau allows to staff and that this deployment has."""
    allowed = {Channel.INBOX.value, *setting("staff_channels", on).split()}
    return [
        channel
        for channel in (Channel.INBOX, Channel.EMAIL, Channel.SMS)
        if channel.value in allowed and gateways.is_reached(channel, current_app.config)
    ]


def mark_read(recipient: str) -> int:
    """Mark all that somebody was told as read. Returns how much of it was new."""
    marked = db.session.scalars(
        update(Message)
        .where(Message.recipient == recipient, Message.read_at.is_(None), Message.is_secret.is_(False))
        .values(read_at=machine_now())
        .returning(Message.id)
    )
    return len(marked.all())


def send_again(message: Message, *, by: str) -> bool:
    """It did not arrive, or was parked: send it (again). False where somebody else has decided meanwhile."""
    return _decide(message, delivering.send_again(message), "message:send_again", by)


def call_it_sent(message: Message, *, by: str) -> bool:
    """It arrived, as somebody found out. False where somebody else has decided meanwhile."""
    return _decide(message, delivering.call_it_sent(message), "message:arrived", by)


def told_by_phone(message: Message, *, by: str) -> bool:
    """The person was rung up and told."""
    waiting = (MessageState.WAITING, MessageState.PARKED)
    is_told = delivering.call_it_sent(message, states=waiting)
    if is_told:
        delivering.note_attempt(message, delivering.Answer.ACCEPTED, "call:told")
    return _decide(message, is_told, "message:told", by)


def not_reached(message: Message, *, by: str) -> bool:
    """The person was rung up and did not answer; after some attempts the message is set aside."""
    if message.state is not MessageState.WAITING:
        return False
    delivering.note_attempt(message, delivering.Answer.RETRY, "call:no_answer")
    message.last_error = "call:no_answer"
    if message.attempts >= delivering.MOST_ATTEMPTS:
        message.state = MessageState.PARKED
    return _decide(message, True, "message:not_reached", by)


def trust_the_clock(*, by: str) -> bool:
    """The clock is right as it stands: go on sending."""
    ended = doubting.trust_the_clock(by=by)
    if ended:
        audit.record("clock:trust", actor=by, about="job:send-messages", detail={"jumps": ended})
    return bool(ended)


def _put_on_the_call_list() -> None:
    """Where no service sends an SMS, what was meant to be one is for the school to say; a code never is."""
    if gateways.is_reached(Channel.SMS, current_app.config):
        return
    with committed():
        db.session.execute(
            update(Message)
            .where(
                Message.state == MessageState.WAITING,
                Message.channel == Channel.SMS,
                Message.is_secret.is_(False),
                Message.recipient.startswith("guardian:"),
            )
            .values(channel=Channel.CALL_LIST)
        )


def _decide(message: Message, is_done: bool, action: str, by: str) -> bool:
    if is_done:
        detail = {"message": message.public_id, "kind": message.kind, "channel": message.channel.value}
        audit.record(action, actor=by, about=message.about or f"message:{message.public_id}", detail=detail)
    return is_done


def _insert(wanted: Sequence[DueOn]) -> int:
    """Write these where they are missing; two processes that derive the same write it once."""
    now = machine_now()
    rows = [
        {
            "kind": one.kind,
            "subject": one.subject,
            "occurrence": one.occurrence,
            "recipient": one.recipient,
            "rung": one.rung,
            "falls_on": one.falls_on,
            "last_on": one.last_on,
            "state": DueState.OPEN,
            "made_at": now,
        }
        for one in wanted
    ]
    insert = INSERTS[db.session.get_bind().dialect.name]
    statement = insert(Due).values(rows).on_conflict_do_nothing().returning(Due.id)
    return len(db.session.scalars(statement).all())


def _is_still_open(due: Due, matters: Matters, on: date) -> bool:
    """Whether it is still to be told; what is not is closed, whoever asks."""
    is_true = still_true(_key(due), due.recipient, due.last_on, matters, on)
    if not is_true:
        due.state = DueState.OVER
    return is_true


def _compose_for(
    recipient: str, dues: list[Due], reached: Reached | None, matters: Matters, *, on: date, hour: int
) -> int:
    if reached is None:
        for due in dues:
            due.state = DueState.OVER
        return 0
    earlier = _count_today(recipient, on)
    can_wait = earlier and all(due.last_on > on for due in dues)
    if hour < reached.hour or can_wait:
        return 0
    link = link_for(recipient, dues, reached.channel)
    subject, body = _words(dues, matters, reached.language, link)
    key = f"{REMINDER}:{recipient}:{on}:{earlier}:{_digest(dues)}"
    is_new = outbox.post(
        key,
        kind=REMINDER,
        to=recipient,
        channel=reached.channel,
        address=reached.address,
        subject=subject,
        body=body,
        about=_about(dues),
    )
    if is_new and link is not None:
        link.issue(on)
    message_id = db.session.scalar(select(Message.id).where(Message.key == key))
    for due in dues:
        due.state, due.message_id = DueState.TOLD, message_id
    db.session.flush()
    return int(is_new)


def _why_not(message: Message, on: date, people: People) -> str:
    dues = dues_in(message.id)
    subjects = {due.subject for due in dues}
    matters = matters_on(on, kinds={due.kind for due in dues}, subjects=subjects, people=people)
    true = [due for due in dues if still_true(_key(due), due.recipient, due.last_on, matters, on)]
    if not true:
        return "no_longer_true"
    reached = _reached([message.recipient], on).get(message.recipient)
    if reached is None or reached.channel is not message.channel:
        _tell_another_way(true)
        return "another_way"
    #: What may have gone out keeps its words: whoever got it would hold a link that opens no more.
    signing = None if message.handed_over_at else link_to_sign(message.recipient, true, reached.channel)
    if signing is not None or len(true) < len(dues):
        link = signing or link_for(message.recipient, true, reached.channel)
        message.subject, message.body = _words(true, matters, reached.language, link)
        if link is not None:
            link.issue(on)
    return ""


def _tell_another_way(dues: Iterable[Due]) -> None:
    """The person is told by another way now: what is still true is put into another message."""
    for due in dues:
        due.state, due.message_id = DueState.OPEN, None


def _words(
    dues: Iterable[Due], matters: Matters, language: str | None, link: FamilyLink | None = None
) -> tuple[str, str]:
    told: dict[Key, tuple[Matter, Side]] = {}
    for due in dues:
        matter = matters[_key(due)]
        side = next(side for side, people in matter.told.items() if due.recipient in people)
        told[matter.key] = (matter, side)
    is_family = any(side is Side.GUARDIAN for _matter, side in told.values())
    path = link.path if link else "/family" if is_family else "/"
    return words.said(list(told.values()), language=language, path=path)


def _reached(recipients: Iterable[str], on: date) -> dict[str, Reached]:
    """How each of these people is told; those who may not be reached at all are left out."""
    names = list(recipients)
    ids = {
        kind: [name.partition(":")[2] for name in names if name.startswith(f"{kind}:")]
        for kind in ("account", "guardian")
    }
    return {**_staff(ids["account"], on), **_families(ids["guardian"], on)}


def _staff(public_ids: Sequence[str], on: date) -> dict[str, Reached]:
    accounts = db.session.scalars(
        select(Account).where(Account.public_id.in_(public_ids), Account.disabled_at.is_(None))
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


def _count_today(recipient: str, on: date) -> int:
    statement = select(func.count()).where(
        Message.recipient == recipient, Message.key.startswith(f"{REMINDER}:{recipient}:{on}:", autoescape=True)
    )
    return db.session.scalar(statement) or 0


def _about(dues: Sequence[Due]) -> str:
    """The child that all of it is about; empty where it is about several."""
    subjects = {due.subject for due in dues}
    return subjects.pop() if len(subjects) == 1 else ""


def _digest(dues: Iterable[Due]) -> str:
    return hashlib.sha256(",".join(str(due.id) for due in dues).encode()).hexdigest()[:16]


def _key(due: Any) -> Key:
    return (due.kind, due.subject, due.occurrence)
