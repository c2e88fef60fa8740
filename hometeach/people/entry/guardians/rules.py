"""By what way is a guardian reached, and what does a link open?

Source: settled.md "People": a link opens nothing but "enter the code"; who may
be reached how is the family's own rule.
"""

from enum import StrEnum

from hometeach.people.rules import ContactRule, is_phone

#: Digits of a one-time code.
CODE_DIGITS = 6


class LinkPurpose(StrEnum):
    """What a link leads to, once the code has been entered."""

    HOME = "home"
    CONFIRM_VISIT = "confirm_visit"
    #: Opens once, for the phone that it was sent to.
    SIGN = "sign"


class Reach(StrEnum):
    """By what way somebody of the family is told something."""

    MESSAGE = "message"
    #: Nothing electronic: the school rings up.
    CALL = "call"
    NOT_AT_ALL = "not_at_all"


_BY_RULE = {
    ContactRule.ANY: Reach.MESSAGE,
    ContactRule.PHONE_ONLY: Reach.CALL,
    ContactRule.THROUGH_SCHOOL: Reach.CALL,
    ContactRule.NEVER: Reach.NOT_AT_ALL,
}


def reach_of(rule: ContactRule, phone: str | None, *, messages_go: bool = True) -> Reach:
    """By what way somebody with this contact rule and phone is told something of our own accord.

    ``messages_go``: whether the deployment can send any.
    """
    reach = _BY_RULE[rule]
    can_be_sent = messages_go and is_phone(phone or "")
    return reach if reach is not Reach.MESSAGE or can_be_sent else Reach.CALL


def may_come_in(rule: ContactRule) -> bool:
    """Whether somebody may come in with a code that they asked for themselves: all but those never to be contacted."""
    return rule is not ContactRule.NEVER


def plain_phone(text: str) -> str:
    """A number as it is kept: people write it with spaces, hyphens or the country in front."""
    digits = "".join(sign for sign in text if sign.isascii() and sign.isdigit())
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
