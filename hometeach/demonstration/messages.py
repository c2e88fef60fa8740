"""What falls due on the demonstration's day is told at once: to staff on their own page, to families by the list of
calls, because nobody's phone rings here."""

from datetime import date

from hometeach.reminders.actions import compose, derive
from hometeach.reminders.facts import matters_on

#: The day is over for everybody, so that nothing waits for somebody's hour.
LAST_HOUR = 23


def seed(on: date) -> None:
    """Derive and tell what is due; run again, it tells nothing twice."""
    matters = matters_on(on)
    derive(on, matters)
    compose(on, matters, hour=LAST_HOUR)
