"""The codes in which signing speaks: what happens, how it stands, how somebody signed and who they were.

Source: issue of the agreements, parts 2 and 3; domain.md 5.3.
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


class Identity(StrEnum):
    """By what it is known who signed."""

    #: A code that went to the signer's own phone.
    CODE = "code"
    #: An identity document that somebody of the school looked at.
    DOCUMENT = "document"
    #: The signer is known to who took the signature: strokes taken without network.
    KNOWN = "known"


class Outcome(StrEnum):
    """What came of the school's talk with somebody who refused."""

    WILL_SIGN = "will_sign"
    #: The refusal stands, and nothing more is asked of this person.
    STANDS = "stands"
    #: Does not sign, and leaves it to the other guardian.
    LEAVES_IT = "leaves_it"


class Contact(StrEnum):
    """Whether a signing link can be sent to somebody."""

    READY = "ready"
    #: There is a phone, but nobody of the school has seen that it is in this person's hand.
    UNCHECKED = "unchecked"
    NONE = "none"


class AgreementState(StrEnum):
    """How an agreement stands."""

    NOT_SENT = "not_sent"
    PHONE_NOT_CHECKED = "phone_not_checked"
    NO_WAY_TO_REACH = "no_way_to_reach"
    SENT = "sent"
    OPENED = "opened"
    SIGNED_BY_SOME = "signed_by_some"
    #: One signed and one refused, or those who signed chose differently.
    CONFLICT = "conflict"
    REFUSED = "refused"
    SIGNED_BY_ALL = "signed_by_all"
    #: Concluded, its first day still to come.
    NOT_YET_BEGUN = "not_yet_begun"
    #: Concluded and in force; the evidence is not sealed yet.
    COUNTERSIGNED = "countersigned"
    #: In force, and the evidence is complete.
    SEALED = "sealed"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"
    RECALLED = "recalled"
