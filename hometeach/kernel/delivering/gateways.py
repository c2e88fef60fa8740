"""What is a way out of the house given, and what does it answer?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from hometeach.kernel.outbox import Channel


class Answer(StrEnum):
    """What came of one attempt."""

    ACCEPTED = "accepted"
    #: Not taken this time; certainly not gone out.
    RETRY = "retry"
    #: Not taken, and it never will be.
    FINAL = "final"
    #: The words were handed over and no answer came.
    UNKNOWN = "unknown"
    #: The process that tried it is gone.
    DIED = "died"


@dataclass(frozen=True)
class Reply:
    """A gateway's answer. ``is_down``: nothing else will get through now either."""

    answer: Answer
    said: str = ""
    reference: str = ""
    is_down: bool = False


@dataclass(frozen=True)
class Parcel:
    """What a gateway is given of a message."""

    key: str
    address: str
    subject: str
    body: str = field(repr=False)


class Gateway(Protocol):
    """A way out of the house."""

    channel: Channel
    #: Whether the same key handed over twice is delivered once.
    honours_keys: bool
    #: The longest that one message can take.
    longest: timedelta

    def deliver(self, parcel: Parcel, hand_over: Callable[[], None]) -> Reply:
        """Deliver it. ``hand_over`` is called right before the words leave; where it raises, they do not."""

    def close(self) -> None:
        """End the connection, if there is one."""


class Overtaken(Exception):  # noqa: N818 - a state of the world
    """The lease ran out and another process took the message up."""
