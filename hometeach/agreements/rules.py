"""How was an agreement signed, and when is it in force?"""

from enum import StrEnum


class SigningRoute(StrEnum):
    """By what route the guardian signed."""

    PAPER = "paper"
    PHONE = "phone"
    IN_PERSON = "in_person"
    OFFICE = "office"
