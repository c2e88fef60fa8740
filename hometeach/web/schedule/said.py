"""How is a weekly hour said?"""

from datetime import date, timedelta
from typing import Protocol

from hometeach.web import words

#: The first day of all was a Monday.
FIRST_MONDAY = date(1, 1, 1)


class Weekly(Protocol):
    """Whatever has a day of the week and times. Units: minutes after midnight."""

    @property
    def weekday(self) -> int:
        """0 is Monday."""

    @property
    def start_minute(self) -> int:
        """When it begins."""

    @property
    def end_minute(self) -> int:
        """When it ends."""


def weekday_words(weekday: int) -> str:
    """The day of the week in words; 0 is Monday."""
    return words.weekday_name(FIRST_MONDAY + timedelta(days=weekday))


def hour_words(hour: Weekly) -> str:
    """An hour as it is said: 周二 15:00–16:15."""
    return f"{weekday_words(hour.weekday)} {words.hours_words(hour.start_minute * 60, hour.end_minute * 60)}"
