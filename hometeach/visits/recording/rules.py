"""May a visit be written down like this, and what is kept of it?

Pure. Times of the day are in seconds after midnight, Asia/Shanghai, as everywhere
in ``visits``; what is typed and shown is whole minutes.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from hometeach.schedule.rules import Mode

#: Longer than this is a slip of the thumb.
LONGEST_SECONDS = 12 * 3600
#: Who leaves this early after arriving this late has crossed midnight, and not mixed up two times.
EVENING, MORNING = 18 * 3600, 6 * 3600


class TimeEntry(StrEnum):
    """How a time came into a record."""

    #: By a button pressed at that moment.
    LIVE = "live"
    #: Typed.
    BACK_ENTERED = "back_entered"


class TimeFault(StrEnum):
    """Why two times cannot stand."""

    CROSSES_MIDNIGHT = "crosses_midnight"
    END_BEFORE_START = "end_before_start"
    TOO_LONG = "too_long"
    IN_FUTURE = "in_future"


class Lateness(StrEnum):
    """How long after the visit it is written down."""

    IN_TIME = "in_time"
    #: Needs a reason, and stays marked.
    LATE = "late"
    #: Refused, unless the school permits it.
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class GoalScore:
    """How a goal of the plan went: its public id, 0 (not yet) to 4 (reached), and how much help it took."""

    goal: str
    score: int | None = None
    prompt: str = ""


@dataclass(frozen=True)
class VisitFacts:
    """What a record says. Units: ``arrived`` and ``left`` in seconds after midnight; teachers by staff number.

    ``carer`` is a guardian's public id, empty where somebody else or nobody was
    there. ``words`` are what was written, by the name of the question.
    """

    arrived: int
    left: int
    mode: Mode
    teachers: tuple[str, ...]
    makes_up_for: date | None = None
    carer: str = ""
    domain: str = ""
    goals: tuple[GoalScore, ...] = ()
    has_incident: bool = False
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """One spelling for one content."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)

    @classmethod
    def from_text(cls, text: str) -> "VisitFacts":
        """What :attr:`text` spelt."""
        told: dict[str, Any] = json.loads(text)
        missed = told["makes_up_for"]
        told["makes_up_for"] = date.fromisoformat(missed) if missed else None
        told["goals"] = tuple(GoalScore(**goal) for goal in told["goals"])
        return cls(**{**told, "mode": Mode(told["mode"]), "teachers": tuple(told["teachers"])})


def time_faults(arrived: int, left: int, *, day: date, today: date, now_second: int) -> Iterator[tuple[str, TimeFault]]:
    """What is wrong with two times of a day, by the field it is shown at."""
    if left <= arrived:
        crossed = arrived >= EVENING and left <= MORNING
        yield "left", TimeFault.CROSSES_MIDNIGHT if crossed else TimeFault.END_BEFORE_START
    elif left - arrived > LONGEST_SECONDS:
        yield "left", TimeFault.TOO_LONG
    for name, second in (("arrived", arrived), ("left", left)):
        if (day, second) > (today, now_second):
            yield name, TimeFault.IN_FUTURE


def lateness(day: date, today: date, *, late_entry_days: int, is_permitted: bool) -> Lateness:
    """How late a visit of ``day`` is written down ``today``.

    In time is the day of the visit itself.
    """
    if today <= day:
        return Lateness.IN_TIME
    within = (today - day).days <= late_entry_days
    return Lateness.LATE if within or is_permitted else Lateness.TOO_LATE
