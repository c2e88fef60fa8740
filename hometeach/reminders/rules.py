"""What is to be told to whom on which day, for how long, and is it still true?

Pure. A *matter* is something that stands open: a visit that nobody recorded, a
week that still lacks a session. The features below give the matters of a day;
the ladder of its kind says who is told on which day, counted from the matter's
own. A matter that is done is no matter any more: its ladder ends, and what was
derived and not yet said is not said.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What somebody is reminded of."""

    VISIT_TOMORROW = "visit_tomorrow"
    RECORD_MISSING = "record_missing"
    CONFIRMATION_MISSING = "confirmation_missing"
    QUOTA_UNPLANNED = "quota_unplanned"
    QUOTA_NOT_MET = "quota_not_met"
    MAKE_UP_CLOSING = "make_up_closing"
    AGREEMENT_UNSIGNED = "agreement_unsigned"
    #: Somebody of the family was asked to sign an agreement, and has not answered.
    SIGNATURE_MISSING = "signature_missing"
    AGREEMENT_EXPIRING = "agreement_expiring"
    PLAN_REVIEW = "plan_review"
    TERM_REVIEW = "term_review"
    RETURN_FROM_SUSPENSION = "return_from_suspension"
    RECORD_CHECK = "record_check"
    WEEKLY_DIGEST = "weekly_digest"


class Side(StrEnum):
    """Who may be told."""

    GUARDIAN = "guardian"
    TEACHER = "teacher"
    SCHOOL = "school"
    BUREAU = "bureau"


class Rung(NamedTuple):
    """One step of a ladder. Units: days from the matter's own day, negative before it."""

    side: Side
    days: int


#: For how many days after its own day each rung is still worth telling; the next rung takes over.
WORTH_TELLING: dict[Kind, int] = {Kind.VISIT_TOMORROW: 0, Kind.QUOTA_UNPLANNED: 2, Kind.WEEKLY_DIGEST: 2}
USUALLY_WORTH_TELLING = 3
#: Days behind and ahead for which what ought to exist is derived again.
BEHIND, AHEAD = timedelta(days=7), timedelta(days=2)


@dataclass(frozen=True)
class Matter:
    """Something that stands open. ``day`` is its own day; ``told`` names who may be told, by side.

    ``until``: the last day on which anybody can do something about it; None where it stays.
    ``amount`` and ``least``: what is still owed, in the unit of the quota, and the least minutes.
    """

    kind: Kind
    subject: str
    day: date
    occurrence: str
    told: Mapping[Side, tuple[str, ...]] = field(default_factory=dict)
    until: date | None = None
    amount: int = 0
    least: int = 0
    start_minute: int | None = None

    @property
    def key(self) -> tuple[Kind, str, str]:
        """By which it is known on every day."""
        return (self.kind, self.subject, self.occurrence)


@dataclass(frozen=True, order=True)
class DueOn:
    """One person to be told one thing once, on a day or a little later."""

    kind: Kind
    subject: str
    occurrence: str
    recipient: str
    rung: int
    falls_on: date
    last_on: date


def ladder_of(text: str) -> tuple[Rung, ...]:
    """The ladder that a bureau wrote, such as ``teacher+1 teacher+2 school+3``.

    Raises: ValueError where it cannot be read.
    """
    rungs = []
    for word in text.split():
        side = word.rstrip("0123456789").rstrip("+-")
        rungs.append(Rung(Side(side), int(word[len(side) :])))
    return tuple(rungs)


def due_of(matter: Matter, ladder: Iterable[Rung], on: date) -> Iterator[DueOn]:
    """Whom a matter is to be told to from seven days before a day until two days after it."""
    for place, rung in enumerate(ladder):
        falls_on = matter.day + timedelta(days=rung.days)
        if not on - BEHIND <= falls_on <= on + AHEAD:
            continue
        last_on = falls_on + timedelta(days=WORTH_TELLING.get(matter.kind, USUALLY_WORTH_TELLING))
        if matter.until is not None:
            last_on = min(last_on, matter.until)
        if last_on < max(on, falls_on):
            continue
        for recipient in matter.told.get(rung.side, ()):
            yield DueOn(matter.kind, matter.subject, matter.occurrence, recipient, place, falls_on, last_on)


def still_true(
    key: tuple[Kind, str, str], recipient: str, last_on: date, matters: Mapping[tuple[Kind, str, str], Matter], on: date
) -> bool:
    """Whether what was derived earlier is still to be said: the matter stands open, this person is still the one
    who is told, and it is not too late."""
    matter = matters.get(key)
    return matter is not None and on <= last_on and any(recipient in people for people in matter.told.values())


def is_quiet(hour: int, quiet_from: int, quiet_until: int) -> bool:
    """Whether an hour of the day lies in the quiet hours, which may go past midnight; equal ends: there are none."""
    if quiet_from <= quiet_until:
        return quiet_from <= hour < quiet_until
    return hour >= quiet_from or hour < quiet_until
