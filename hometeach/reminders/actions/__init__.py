"""Derive what falls due, put it into messages, send them, and take what people say of them."""

from hometeach.reminders.actions.choosing import choose_contact
from hometeach.reminders.actions.clock import trust_the_clock
from hometeach.reminders.actions.deciding import call_it_sent, mark_read, not_reached, send_again, told_by_phone
from hometeach.reminders.actions.deriving import compose, derive, derive_reminders, ladder
from hometeach.reminders.actions.sending import send_messages, why_not

__all__ = [
    "call_it_sent",
    "choose_contact",
    "compose",
    "derive",
    "derive_reminders",
    "ladder",
    "mark_read",
    "not_reached",
    "send_again",
    "send_messages",
    "told_by_phone",
    "trust_the_clock",
    "why_not",
]
