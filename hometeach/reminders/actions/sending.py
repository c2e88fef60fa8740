"""Send what waits, and say just before a message leaves whether it is still true."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta

from flask import current_app
from sqlalchemy import update

from hometeach.kernel import delivering
from hometeach.kernel.clock import aware, local, machine_now
from hometeach.kernel.delivering import Terms
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel, Message, MessageState
from hometeach.kernel.settings import whole_number
from hometeach.reminders import gateways, reaching
from hometeach.reminders.actions.clock import CLOCK
from hometeach.reminders.actions.deriving import REMINDER, key_of, words_of
from hometeach.reminders.asking import link_for, link_to_sign
from hometeach.reminders.facts import matters_on
from hometeach.reminders.models import Due, DueState, dues_in
from hometeach.reminders.people import People
from hometeach.reminders.rules import is_quiet, still_true

#: How long one run of the sender goes on before it lets the metronome beat again.
ONE_RUN = timedelta(seconds=20)


def why_not(on: date) -> Callable[[Message], str]:
    """What says, just before a message leaves, why it is not to be sent; a part that is done is left out of it.

    The facts are read anew for each message; who holds which role once for all that were written before.
    """
    people, read_at = None, datetime.min.replace(tzinfo=UTC)

    def ask(message: Message) -> str:
        nonlocal people, read_at
        if message.kind != REMINDER:
            return ""
        if people is None or aware(message.made_at) >= read_at:
            read_at = machine_now()
            people = People(on)
        return _why_not(message, on, people)

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


def _why_not(message: Message, on: date, people: People) -> str:
    dues = dues_in(message.id)
    subjects = {due.subject for due in dues}
    matters = matters_on(on, kinds={due.kind for due in dues}, subjects=subjects, people=people)
    true = [due for due in dues if still_true(key_of(due), due.recipient, due.last_on, matters, on)]
    if not true:
        return "no_longer_true"
    reached = reaching.reached([message.recipient], on).get(message.recipient)
    if reached is None or reached.channel is not message.channel:
        _tell_another_way(true)
        return "another_way"
    #: What may have gone out keeps its words: whoever got it would hold a link that opens no more.
    signing = None if message.handed_over_at else link_to_sign(message.recipient, true, reached.channel)
    if signing is not None or len(true) < len(dues):
        link = signing or link_for(message.recipient, true, reached.channel)
        message.subject, message.body = words_of(true, matters, reached.language, link)
        if link is not None:
            link.issue(on)
    return ""


def _tell_another_way(dues: Iterable[Due]) -> None:
    """The person is told by another way now: what is still true is put into another message."""
    for due in dues:
        due.state, due.message_id = DueState.OPEN, None
