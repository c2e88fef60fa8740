"""Of what a child is owed in a period, what was given, what was excused, and what can nobody account for?

The ledger is one pure function over the child's facts. It is never added to:
when a fact changes, the rows of the child are computed again.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from hometeach.kernel.clock import Span, united, without
from hometeach.schedule.rules import (
    Calendar,
    DeliveryRule,
    Metric,
    PeriodKind,
    Quota,
    RuleBook,
    Slot,
    make_up_window,
    required,
)
from hometeach.visits.rules import ExcuseEffect, Judgement, Session, Verdict, judge_sessions


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


@dataclass(frozen=True, slots=True)
class Excuse:
    """An approved reason why a lesson was missed. Units: ``minutes`` as planned."""

    day: date
    effect: ExcuseEffect
    minutes: int


@dataclass(frozen=True, slots=True)
class Pending:
    """A lesson still to be made up: so much, until that day."""

    until: date
    amount: int


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """Time owed and time given: one child, one quota, one period.

    Units: the quota's metric, except ``invalid``, which counts sessions, and
    the two day counts. ``pending`` and ``invalid_amount`` only serve to tell
    what is unaccounted apart by its cause.
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


@dataclass(frozen=True)
class ChildFacts:
    """All that the ledger of one child is computed from."""

    book: RuleBook
    sessions: Sequence[Session] = ()
    agreed: Sequence[Span] = ()
    suspended: Sequence[Span] = ()
    excuses: Sequence[Excuse] = ()
    slots: Sequence[Slot] = ()
    clashing: set[str] = field(default_factory=set)

    @cached_property
    def active(self) -> list[Span]:
        """The days on which an agreement is in force and the case is not suspended."""
        return without(self.agreed, self.suspended)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a row is before the child's own facts: the same for all children under the same rules."""

    quota: Quota
    quota_no: int
    period: Span
    rule: DeliveryRule
    teaching: int


class Ledger:
    """Computes ledgers under one calendar, sharing what children under the same rules have in common."""

    def __init__(self, calendar: Calendar):
        self.calendar = calendar
        self._frames: dict[tuple[object, ...], dict[PeriodKind, list[_Frame]]] = {}

    def judge(self, facts: ChildFacts) -> list[Judgement]:
        """The verdict of each session of the child, earliest first."""
        return judge_sessions(
            facts.sessions,
            book=facts.book,
            calendar=self.calendar,
            agreed=united(facts.agreed),
            suspended=facts.suspended,
            clashing=facts.clashing,
        )

    def rows(self, facts: ChildFacts, judged: Sequence[Judgement] | None = None) -> list[LedgerRow]:
        """Every row of the child: by period kind, then start, then the quota's place in the rule.

        Shape: one row for each quota of the rule in force on the period's first
        term day, also where nothing is asked.
        """
        judged = self.judge(facts) if judged is None else judged
        credits = [self.credit(item) for item in judged]
        rows: list[LedgerRow] = []
        for frames in self._frames_for(facts.book).values():
            index = _Index(frames)
            tallies = [_Tally() for _ in frames]
            for item, (credited_on, is_make_up) in zip(judged, credits, strict=True):
                _tally_session(index, tallies, item, credited_on, is_make_up)
            for excuse in facts.excuses:
                for place in index.covering(excuse.day):
                    tallies[place].excuses.append(excuse)
            rows += [self._row(frame, tally, facts) for frame, tally in zip(frames, tallies, strict=True)]
        return rows

    def _frames_for(self, book: RuleBook) -> dict[PeriodKind, list[_Frame]]:
        key = book.signature
        if key not in self._frames:
            self._frames[key] = {kind: list(self._frames_of(kind, book)) for kind in PeriodKind}
        return self._frames[key]

    def _frames_of(self, kind: PeriodKind, book: RuleBook) -> Iterator[_Frame]:
        for period in self.calendar.periods[kind]:
            first = self.calendar.first_term_day(period)
            rule = book.on(first) if first else None
            if rule is None:
                continue
            teaching = self.calendar.teaching_days(period)
            for quota_no, quota in enumerate(rule.quotas):
                if quota.period is kind:
                    yield _Frame(quota, quota_no, period, rule, teaching)

    def credit(self, item: Judgement) -> tuple[date, bool]:
        """The date to which a session is credited, and whether as a make-up."""
        missed_on = item.session.makes_up_for
        if missed_on is None or item.rule is None:
            return item.session.day, False
        term = self.calendar.term_of(item.session.day)
        in_window = item.session.day in make_up_window(missed_on, item.rule)
        if in_window and term is not None and missed_on in term.span:
            return missed_on, True
        return item.session.day, False

    def _row(self, frame: _Frame, tally: "_Tally", facts: ChildFacts) -> LedgerRow:
        active = self.calendar.teaching_days_in(frame.period, facts.active)
        owed = required(frame.quota, frame.rule, teaching=frame.teaching, active=active)
        metric = frame.quota.metric
        excused = sum(
            (facts.book.on(excuse.day) or frame.rule).amount(metric, excuse.minutes)
            for excuse in tally.excuses
            if excuse.effect is ExcuseEffect.REDUCES
        )
        given = sum(_worth(item, metric) for item in tally.delivered)
        repaid = sum(_worth(item, metric) for item in tally.made_up)
        row = LedgerRow(
            quota=frame.quota,
            quota_no=frame.quota_no,
            period=frame.period,
            rule=frame.rule,
            teaching=frame.teaching,
            active=active,
            required=owed,
            delivered=given,
            made_up=repaid,
            excused=min(owed, excused),
            invalid=len(tally.invalid),
        )
        return row if not row.unaccounted else self._with_cause_facts(row, tally, facts)

    def _with_cause_facts(self, row: LedgerRow, tally: "_Tally", facts: ChildFacts) -> LedgerRow:
        metric = row.quota.metric
        fallen = [day for slot in facts.slots for day in slot.days(row.period) if _in_any(day, facts.active)]
        return LedgerRow(
            **{name: getattr(row, name) for name in _NUMBERS},
            invalid_amount=sum(max(1, _worth(item, metric)) for item in tally.invalid),
            all_slots_fell_out=bool(fallen) and not any(map(self.calendar.is_teaching_day, fallen)),
            pending=tuple(self._pending(row, tally, facts)),
        )

    def _pending(self, row: LedgerRow, tally: "_Tally", facts: ChildFacts) -> Iterator[Pending]:
        """What approved absences still ask to be made up, with the last day for it."""
        for excuse in tally.excuses:
            if excuse.effect is not ExcuseEffect.MAKE_UP:
                continue
            rule = facts.book.on(excuse.day) or row.rule
            repaid = sum(
                _worth(item, row.quota.metric) for item in tally.made_up if item.session.makes_up_for == excuse.day
            )
            amount = rule.amount(row.quota.metric, excuse.minutes) - repaid
            term = self.calendar.term_of(excuse.day)
            if amount > 0 and term is not None:
                yield Pending(min(make_up_window(excuse.day, rule).last, term.span.last), amount)


class _Tally:
    """The child's facts that fall to one row."""

    __slots__ = ("delivered", "excuses", "invalid", "made_up")

    def __init__(self) -> None:
        self.delivered: list[Judgement] = []
        self.made_up: list[Judgement] = []
        self.invalid: list[Judgement] = []
        self.excuses: list[Excuse] = []


class _Index:
    """Finds the rows whose period holds a day, among rows sorted by start."""

    def __init__(self, frames: Sequence[_Frame]):
        self._frames = frames
        self._starts = [frame.period.first for frame in frames]
        #: Rows of different terms may share days (the fortnights of adjoining terms), never for longer than this.
        self._longest = max(((frame.period.last - frame.period.first).days for frame in frames), default=0)

    def covering(self, day: date) -> Iterator[int]:
        place = bisect_right(self._starts, day) - 1
        while place >= 0 and (day - self._starts[place]).days <= self._longest:
            if day <= self._frames[place].period.last:
                yield place
            place -= 1


def _tally_session(
    index: _Index, tallies: Sequence[_Tally], item: Judgement, credited_on: date, is_make_up: bool
) -> None:
    if item.is_counted:
        for place in index.covering(credited_on):
            (tallies[place].made_up if is_make_up else tallies[place].delivered).append(item)
    elif item.verdict is not Verdict.VOID:
        for place in index.covering(item.session.day):
            tallies[place].invalid.append(item)


def _worth(item: Judgement, metric: Metric) -> int:
    return item.rule.amount(metric, item.session.minutes) if item.rule else 1 if metric is Metric.SESSIONS else 0


def _in_any(day: date, spans: Iterable[Span]) -> bool:
    return any(day in span for span in spans)


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


_NUMBERS = (
    "quota",
    "quota_no",
    "period",
    "rule",
    "teaching",
    "active",
    "required",
    "delivered",
    "made_up",
    "excused",
    "invalid",
)
