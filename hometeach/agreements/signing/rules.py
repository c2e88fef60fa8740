"""How does an agreement stand? Computed from what happened, never typed.

Source: issue of the agreements, part 2; domain.md 5.3.
"""

from enum import StrEnum


class SigningEvent(StrEnum):
    """What can happen to an offer."""

    SENT = "sent"
    OPENED = "opened"
    SUMMARY_READ = "summary_read"
    #: A clause that limits rights was opened by itself.
    CLAUSE_OPENED = "clause_opened"
    TALK_ASKED = "talk_asked"
    SIGNED = "signed"
    REFUSED = "refused"
    #: The school's follow-up of a refusal came to an end.
    FOLLOWED_UP = "followed_up"
    COUNTERSIGNED = "countersigned"
    #: The offer is void before it was concluded: wrong terms, another one takes its place.
    RECALLED = "recalled"
    WITHDRAWN = "withdrawn"
    TAKEN_BACK = "taken_back"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"


class Method(StrEnum):
    """How a signature was made."""

    DRAWN = "drawn"
    TYPED = "typed"
    PAPER = "paper"
    FINGERPRINT = "fingerprint"
