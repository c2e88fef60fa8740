"""May somebody be sent into a child's home: is the yearly check of the record in date?

Source: Minors Protection Law art. 62; domain.md 5.2.
"""

from datetime import date, timedelta


def is_overdue(checked_on: date | None, on: date, *, every_days: int) -> bool:
    """Whether the check on file has run out by a day.

    Where none is on file that is a finding and no bar: a bureau's list may not hold it yet.
    """
    return checked_on is not None and checked_on + timedelta(days=every_days) < on
