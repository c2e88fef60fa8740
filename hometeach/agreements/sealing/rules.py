"""What level of proof has a seal, when is it tried again, and how are names shortened on a page open to all?

Source: ETSI EN 319 142-1 (PAdES baseline); the level is stated as it is: no
local clock is ever passed off as a timestamp.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

#: Digits and letters that are not mistaken for each other on paper.
CODE_MARKS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
#: A code has so many marks, five bits each, in groups of four.
CODE_LENGTH, CODE_GROUP = 16, 4
#: How far clocks may stand apart.
APART = timedelta(minutes=10)


class Level(StrEnum):
    """The PAdES baseline level."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"


class Step(StrEnum):
    """The steps of sealing, in their order; what an attempt came to is told by the step."""

    RENDER = "render"
    SIGN = "sign"
    TIMESTAMP = "timestamp"
    VERIFY = "verify"
    KEEP = "keep"


def back_off(tries: int, waits: Sequence[float]) -> timedelta:
    """How long after so many failed tries the next one is made. It never ends: the last wait is kept.

    Units: ``waits`` in seconds.
    """
    return timedelta(seconds=waits[min(max(tries, 1), len(waits)) - 1])


def new_code() -> str:
    """A code to look a seal up by: 80 random bits in four groups that can be typed from paper."""
    marks = "".join(secrets.choice(CODE_MARKS) for _ in range(CODE_LENGTH))
    return "-".join(marks[at : at + CODE_GROUP] for at in range(0, CODE_LENGTH, CODE_GROUP))


def code_typed(text: str) -> str:
    """What was typed as a code is spelt; empty if it cannot be one."""
    marks = "".join(mark for mark in text.upper() if mark.isalnum())
    if len(marks) != CODE_LENGTH or any(mark not in CODE_MARKS for mark in marks):
        return ""
    return "-".join(marks[at : at + CODE_GROUP] for at in range(0, CODE_LENGTH, CODE_GROUP))


def initials(name: str) -> str:
    """A name as a page open to all may show it: the family name's first character, the rest as 某."""
    words = name.split()
    if len(words) > 1 or name.isascii():
        return " ".join(f"{word[0]}." for word in words)
    return name[:1] + "某" * (len(name) - 1)
