"""Derive what falls due, and put what is to be told by now into one message for each person."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import func, select

from hometeach.kernel import audit, outbox
from hometeach.kernel.clock import local, machine_now
from hometeach.kernel.extensions import INSERTS, db
from hometeach.kernel.jobs import only_reading
from hometeach.kernel.outbox import Message
from hometeach.kernel.settings import DEFAULTS, setting
from hometeach.reminders import reaching, words
from hometeach.reminders.actions.clock import CLOCK
from hometeach.reminders.asking import FamilyLink, link_for
from hometeach.reminders.facts import matters_on
from hometeach.reminders.models import Due, DueState, known_dues, open_dues
from hometeach.reminders.reaching import Reached
from hometeach.reminders.rules import BEHIND, DueOn, Kind, Matter, Rung, Side, due_of, ladder_of, still_true

#: The kind of a message that carries what falls due.
REMINDER = "reminder"
#: Rows written by one statement; below the bound-parameter limits of both engines.
CHUNK = 400

Key = tuple[Kind, str, str]
Matters = Mapping[Key, Matter]


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
    reached = reaching.reached(by_recipient, on)
    return sum(
        _compose_for(name, some, reached.get(name), matters, on=on, hour=hour) for name, some in by_recipient.items()
    )


def words_of(
    dues: Iterable[Due], matters: Matters, language: str | None, link: FamilyLink | None = None
) -> tuple[str, str]:
    """Subject and body of one message about all of these, in the person's language."""
    told: dict[Key, tuple[Matter, Side]] = {}
    for due in dues:
        matter = matters[key_of(due)]
        side = next(side for side, people in matter.told.items() if due.recipient in people)
        told[matter.key] = (matter, side)
    is_family = any(side is Side.GUARDIAN for _matter, side in told.values())
    path = link.path if link else "/family" if is_family else "/"
    return words.said(list(told.values()), language=language, path=path)


def key_of(due: Due) -> Key:
    """By what the matter of something due is known."""
    return (due.kind, due.subject, due.occurrence)


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
    is_true = still_true(key_of(due), due.recipient, due.last_on, matters, on)
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
    subject, body = words_of(dues, matters, reached.language, link)
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
