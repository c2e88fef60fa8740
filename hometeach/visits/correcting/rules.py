"""Who may change a record, and when does it take a second person?"""

from collections.abc import Collection
from enum import StrEnum


class Change(StrEnum):
    """What became of a version of a record."""

    CORRECTED = "corrected"
    VOIDED = "voided"


class RequestState(StrEnum):
    """How a wish to change a checked record stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


def needs_second_person(*, is_verified: bool) -> bool:
    """Whether a change of the record has to be approved: once the school has checked it."""
    return is_verified


def may_decide(person: str, *, asked_by: str, written_by: Collection[str]) -> bool:
    """Whether this person may decide on a wished change: neither who asked nor who wrote the record."""
    return person != asked_by and person not in written_by
