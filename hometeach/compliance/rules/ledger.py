"""How is the ledger of a child computed from its facts?

One pure function; never added to: when a fact changes, the rows of the child
are computed again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from hometeach.compliance.rules.frames import Frame, Framed, Frames
from hometeach.compliance.rules.rows import LedgerRow, Pending
from hometeach.kernel.clock import Span, in_any, united, without
from hometeach.schedule.rules import (
    Calendar,
    PeriodKind,
    RuleBook,
    Slot,
    make_up_window,
    required,
)
from hometeach.visits.absences.rules.windows import days_for_make_up
from hometeach.visits.rules import ExcuseEffect, Judgement, Session, Verdict, judge_sessions


@dataclass(frozen=True, slots=True)
class Excuse:
    """An approved reason why a lesson was missed. Units: ``minutes`` as planned."""

    day: date
    effect: ExcuseEffect
    minutes: int


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


class _Blank(NamedTuple):
    """The rows of one period kind while nothing was given or excused, as they stand in its frames."""

    framed: Framed
    rows: list[LedgerRow]


class Ledger:
    """Computes ledgers under one calendar.

    ``frames``: those of this calendar and of the rules in force, where they
    were made before. Children under the same rules, active on the same days
    and taught on the same weekdays have the same blank rows; those are made once.
    """

    def __init__(self, calendar: Calendar, frames: Frames | None = None):
        self.calendar = calendar
        self._frames = frames or Frames(calendar)
        self._blanks: dict[tuple[object, ...], tuple[_Blank, ...]] = {}

    def judge(self, facts: ChildFacts) -> list[Judgement]:
        """The verdict of each session of the child, earliest first."""
        return judge_sessions(
            facts.sessions,
            book=self._frames.book(facts.book),
            calendar=self.calendar,
            agreed=united(facts.agreed),
            suspended=facts.suspended,
            clashing=facts.clashing,
        )

    def rows(
        self, facts: ChildFacts, judged: Sequence[Judgement] | None = None, *, meeting: Span | None = None
    ) -> list[LedgerRow]:
        """Every row of the child: by period kind, then start, then the quota's place in the rule.

        ``meeting``: only those whose period shares a day with the span.

        Shape: one row for each quota of the rule in force on the period's first
        term day, also where nothing is asked.
        """
        judged = self.judge(facts) if judged is None else judged
        credits = [(item, *self.credit(item)) for item in judged]
        rows: list[LedgerRow] = []
        for blank in self._blanks_of(facts) if meeting is None else self._made_blanks(facts, meeting):
            told = list(blank.rows)
            for place, tally in _tallies(blank.framed, credits, facts.excuses).items():
                told[place] = self._filled(told[place], tally, facts)
            rows += told
        return rows

    def _blanks_of(self, facts: ChildFacts) -> tuple[_Blank, ...]:
        slots = tuple((slot.weekday, slot.span) for slot in facts.slots)
        key = (facts.book.signature, tuple(facts.active), slots)
        if key not in self._blanks:
            self._blanks[key] = tuple(self._made_blanks(facts))
        return self._blanks[key]

    def _made_blanks(self, facts: ChildFacts, meeting: Span | None = None) -> Iterator[_Blank]:
        for kind in PeriodKind:
            framed = self._frames.of(kind, facts.book)
            if meeting is not None:
                framed = framed.meeting(meeting)
            if framed.frames:
                yield _Blank(framed, [row for frame in framed.frames for row in self._blank_rows(frame, facts)])

    def _blank_rows(self, frame: Frame, facts: ChildFacts) -> Iterator[LedgerRow]:
        is_whole = _covers(facts.active, frame.period)
        active = frame.teaching if is_whole else self.calendar.teaching_days_in(frame.period, facts.active)
        fell_out = active > 0 and not (is_whole and _has_taught_slot(frame, facts)) and self._all_fell_out(frame, facts)
        for quota_no, quota in frame.quotas:
            owed = required(quota, frame.rule, teaching=frame.teaching, active=active)
            yield LedgerRow(
                quota, quota_no, frame.period, frame.rule, frame.teaching, active, owed, all_slots_fell_out=fell_out
            )

    def _all_fell_out(self, frame: Frame, facts: ChildFacts) -> bool:
        """Whether the child had slots in the period, and the calendar took every one of them."""
        has_slot = False
        for slot in facts.slots:
            for day in slot.days(frame.period):
                if in_any(day, facts.active):
                    if self.calendar.is_teaching_day(day):
                        return False
                    has_slot = True
        return has_slot

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

    def _filled(self, blank: LedgerRow, tally: "_Tally", facts: ChildFacts) -> LedgerRow:
        given = blank._replace(
            delivered=sum([_worth(item, blank) for item in tally.delivered]),
            made_up=sum([_worth(item, blank) for item in tally.made_up]),
            invalid=len(tally.invalid),
            invalid_amount=sum([max(1, _worth(item, blank)) for item in tally.invalid]),
        )
        return self._with_excuses(given, tally, facts) if tally.excuses else given

    def _with_excuses(self, row: LedgerRow, tally: "_Tally", facts: ChildFacts) -> LedgerRow:
        excused = sum(self._excused(excuse, row, facts) for excuse in tally.excuses)
        return row._replace(
            excused=min(row.required, excused),
            pending=tuple(self._pending(row, tally, facts)),
        )

    def _excused(self, excuse: Excuse, row: LedgerRow, facts: ChildFacts) -> int:
        """What an excuse takes off, by the rule of its own day, or the period's where there is none."""
        if excuse.effect is not ExcuseEffect.REDUCES:
            return 0
        return (self._frames.book(facts.book).on(excuse.day) or row.rule).amount(row.quota.metric, excuse.minutes)

    def _pending(self, row: LedgerRow, tally: "_Tally", facts: ChildFacts) -> Iterator[Pending]:
        """What approved absences still ask to be made up, with the last day for it."""
        for excuse in tally.excuses:
            if excuse.effect is not ExcuseEffect.MAKE_UP:
                continue
            rule = self._frames.book(facts.book).on(excuse.day) or row.rule
            repaid = sum(_worth(item, row) for item in tally.made_up if item.session.makes_up_for == excuse.day)
            amount = rule.amount(row.quota.metric, excuse.minutes) - repaid
            days = self.days_left(excuse.day, facts, excuse.day) if amount > 0 else []
            if days:
                yield Pending(days[-1], amount)

    def days_left(self, missed_on: date, facts: ChildFacts, as_of: date) -> list[date]:
        """The days from a day on, the child active, on which a make-up would be credited to the missed date."""
        book = self._frames.book(facts.book)
        days = days_for_make_up(missed_on, book=book, calendar=self.calendar, since=as_of)
        return [day for day in days if in_any(day, facts.active)]


class _Tally:
    """The child's facts that fall to one row."""

    __slots__ = ("delivered", "excuses", "invalid", "made_up")

    def __init__(self) -> None:
        self.delivered: list[Judgement] = []
        self.made_up: list[Judgement] = []
        self.invalid: list[Judgement] = []
        self.excuses: list[Excuse] = []


def _tallies(
    framed: Framed, credits: Sequence[tuple[Judgement, date, bool]], excuses: Sequence[Excuse]
) -> dict[int, _Tally]:
    """The facts that fall to each row, by the row's place; rows to which none falls are left out."""
    tallies: defaultdict[int, _Tally] = defaultdict(_Tally)
    for item, credited_on, is_make_up in credits:
        if item.is_counted:
            for place in framed.covering(credited_on):
                (tallies[place].made_up if is_make_up else tallies[place].delivered).append(item)
        elif item.verdict is not Verdict.VOID:
            for place in framed.covering(item.session.day):
                tallies[place].invalid.append(item)
    for excuse in sorted(excuses, key=lambda one: one.day):
        for place in framed.covering(excuse.day):
            tallies[place].excuses.append(excuse)
    return tallies


def _worth(item: Judgement, row: LedgerRow) -> int:
    """What a session comes to in the row's metric, by the rule of its own day, or the row's where there is none."""
    return (item.rule or row.rule).amount(row.quota.metric, item.session.minutes)


def _covers(spans: Iterable[Span], period: Span) -> bool:
    return any(span.first <= period.first and period.last <= span.last for span in spans)


def _has_taught_slot(frame: Frame, facts: ChildFacts) -> bool:
    """Whether a slot that stood all through the period falls on a weekday of which one was taught."""
    return any(slot.weekday in frame.weekdays and _covers((slot.span,), frame.period) for slot in facts.slots)
