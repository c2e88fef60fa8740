"""What does a ledger row say: owed, given, excused, unaccounted, and why?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from hometeach.kernel.clock import Span
from hometeach.schedule.rules import DeliveryRule, Quota


class RowVerdict(StrEnum):
    """How a ledger row stands on the day asked."""

    OPEN = "open"
    EXEMPT = "exempt"
    MET = "met"
    SHORT = "short"


class Cause(StrEnum):
    """Why something is unaccounted for, in the order in which the causes are asked."""

    MAKE_UP = "make_up"
    INVALID = "invalid"
    CALENDAR = "calendar"
    NOTHING = "nothing"


class Pending(NamedTuple):
    """A lesson still to be made up: so much, until that day."""

    until: date
    amount: int


class LedgerRow(NamedTuple):
    """Time owed and time given: one child, one quota, one period.

    Units: the quota's metric, except ``invalid``, which counts sessions, and
    the two day counts. ``pending``, ``invalid_amount`` and ``all_slots_fell_out``
    only serve to tell what is unaccounted apart by its cause.
    """

    quota: Quota
    quota_no: int
    period: Span
    rule: DeliveryRule
    teaching: int
    active: int
    required: int
    delivered: int = 0
    made_up: int = 0
    excused: int = 0
    invalid: int = 0
    invalid_amount: int = 0
    all_slots_fell_out: bool = False
    pending: tuple[Pending, ...] = ()

    @property
    def unaccounted(self) -> int:
        """Owed, and neither given nor excused."""
        return max(0, self.required - self.delivered - self.made_up - self.excused)

    @property
    def surplus(self) -> int:
        """Given or excused beyond what was owed; it never moves to another period."""
        return max(0, self.delivered + self.made_up + self.excused - self.required)

    def verdict(self, as_of: date) -> RowVerdict:
        """How the row stands on a day; a period that ends that day is still open."""
        return row_verdict(self, as_of)

    def causes(self, as_of: date) -> dict[Cause, int]:
        """What is unaccounted, told apart by cause; the parts add up to it."""
        return tell_causes(self, as_of)


def standing(period_end: date, *, required: int, excused: int, unaccounted: int, as_of: date) -> RowVerdict:
    """How a row with these numbers stands on a day; a period that ends that day is still open."""
    if period_end >= as_of:
        return RowVerdict.OPEN
    if required == excused:
        return RowVerdict.EXEMPT
    return RowVerdict.SHORT if unaccounted else RowVerdict.MET


def row_verdict(row: LedgerRow, as_of: date) -> RowVerdict:
    """How a row stands on a day."""
    return standing(
        row.period.last, required=row.required, excused=row.excused, unaccounted=row.unaccounted, as_of=as_of
    )


class Shortfall(Protocol):
    """What a row says about the part that is unaccounted for, computed or stored."""

    @property
    def unaccounted(self) -> int: ...
    @property
    def invalid_amount(self) -> int: ...
    @property
    def all_slots_fell_out(self) -> bool: ...
    @property
    def pending(self) -> tuple[Pending, ...]: ...


def tell_causes(row: Shortfall, as_of: date) -> dict[Cause, int]:
    """What is unaccounted, told apart by what the records say; the parts add up to it."""
    left = row.unaccounted
    still_possible = sum(pending.amount for pending in row.pending if pending.until >= as_of)
    parts = {}
    for cause, amount in (
        (Cause.MAKE_UP, still_possible),
        (Cause.INVALID, row.invalid_amount),
        (Cause.CALENDAR, left if row.all_slots_fell_out else 0),
        (Cause.NOTHING, left),
    ):
        parts[cause] = min(left, amount)
        left -= parts[cause]
    return parts


@dataclass(frozen=True, slots=True)
class Rate:
    """Given of what was owed and not excused, over rows that are neither open nor exempt."""

    given: int
    owed: int

    @property
    def percent(self) -> float | None:
        """To one decimal; None where nothing was owed, which is missing, not 0 and not 100."""
        return percentage(self.given, self.owed)


def rate(rows: Iterable[LedgerRow], as_of: date) -> Rate:
    """The rate over many rows of one metric."""
    given = owed = 0
    for row in rows:
        if row_verdict(row, as_of) in (RowVerdict.MET, RowVerdict.SHORT):
            due = row.required - row.excused
            given += min(due, row.delivered + row.made_up)
            owed += due
    return Rate(given, owed)


def percentage(part: int, whole: int) -> float | None:
    """``part`` of ``whole`` in per cent, half up to one decimal; None of nothing."""
    if whole == 0:
        return None
    return ((2000 * part + whole) // (2 * whole)) / 10
