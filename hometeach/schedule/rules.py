"""What does the rule of delivery ask, on which days, in which periods?

Pure: dated rules, the school calendar and the periods that follow from them.
Nothing here knows the database, the clock or the web.

Source: the rule in force, whose ``document_no`` stands beside every verdict.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from hometeach.kernel.clock import Span, days_of, in_any, monday_of, month_of, week_of

#: A make-up may also be held this many days before the date it repays.
MAKE_UP_DAYS_BEFORE = 7


class PeriodKind(StrEnum):
    """The spans over which a quota may run, in the order in which they are listed."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    TERM = "term"
    SCHOOL_YEAR = "school_year"


class Metric(StrEnum):
    """What a quota counts."""

    SESSIONS = "sessions"
    CLASS_HOURS = "class_hours"
    MINUTES = "minutes"


class Mode(StrEnum):
    """Where and how a session is held."""

    HOME = "home"
    COMMUNITY = "community"
    INSTITUTION = "institution"
    REMOTE = "remote"


class PartialPeriod(StrEnum):
    """What a period asks when the child was not active on all of its teaching days."""

    PRORATE = "prorate"
    FULL = "full"
    WHOLE_ONLY = "whole_only"


class RuleScope(StrEnum):
    """Whom a rule is for, the narrowest first."""

    CHILD = "child"
    SCHOOL = "school"
    BUREAU = "bureau"


@dataclass(frozen=True, slots=True)
class Quota:
    """At least ``minimum`` of ``metric`` in each ``period``. Each is judged on its own."""

    period: PeriodKind
    metric: Metric
    minimum: int


@dataclass(frozen=True, slots=True)
class DeliveryRule:
    """A dated rule of minimum delivery, as the bureau's document sets it.

    Units: ``min_minutes`` and ``minutes_per_class_hour`` in whole minutes;
    ``remote_cap`` in sessions per child and term (None: no cap);
    ``make_up_days`` in days after the missed date.
    ``scope_key`` is the code of the school or child, empty for the bureau.
    """

    code: str
    span: Span
    min_minutes: int
    quotas: tuple[Quota, ...]
    scope: RuleScope = RuleScope.BUREAU
    scope_key: str = ""
    minutes_per_class_hour: int = 40
    min_teachers: int = 1
    modes: frozenset[Mode] = frozenset({Mode.HOME, Mode.COMMUNITY, Mode.INSTITUTION})
    remote_cap: int | None = None
    max_per_day: int = 1
    confirmation_required: bool = False
    make_up_days: int = 14
    partial_period: PartialPeriod = PartialPeriod.PRORATE
    title: str = ""
    document_no: str = ""
    issuer: str = ""
    source_text: str = ""

    def class_hours(self, minutes: int) -> int:
        """Whole class hours in so many minutes; the rest is dropped, never carried."""
        return minutes // self.minutes_per_class_hour

    def amount(self, metric: Metric, minutes: int) -> int:
        """What one session of so many minutes is worth in the metric."""
        if metric is Metric.SESSIONS:
            return 1
        return minutes if metric is Metric.MINUTES else self.class_hours(minutes)


class RuleBook:
    """The rules that can ever apply to one child, asked by day.

    ``schools`` are the spans in which the child is served by a school, by the
    school's key. The narrowest rule in force wins whole; among rules of one
    scope the one that took effect last.
    """

    def __init__(self, rules: Iterable[DeliveryRule], child: str, schools: Sequence[tuple[Span, str]]):
        of_school: dict[str, list[DeliveryRule]] = {}
        self._of_child: list[DeliveryRule] = []
        self._of_bureau: list[DeliveryRule] = []
        for rule in rules:
            if rule.scope is RuleScope.BUREAU:
                self._of_bureau.append(rule)
            elif rule.scope is RuleScope.SCHOOL:
                of_school.setdefault(rule.scope_key, []).append(rule)
            elif rule.scope_key == child:
                self._of_child.append(rule)
        self._of_school = [(span, of_school[key]) for span, key in schools if key in of_school]
        self._known: dict[date, DeliveryRule | None] = {}

    @cached_property
    def signature(self) -> tuple[object, ...]:
        """Equal for children to whom the same rules apply on the same days."""
        return (
            tuple(rule.code for rule in self._of_child),
            tuple((span, tuple(rule.code for rule in rules)) for span, rules in self._of_school),
        )

    @cached_property
    def longest_make_up_days(self) -> int:
        """The most days that any of the rules allows between a missed date and its make-up."""
        every = [*self._of_child, *(rule for _span, rules in self._of_school for rule in rules), *self._of_bureau]
        return max((rule.make_up_days for rule in every), default=0)

    def on(self, day: date) -> DeliveryRule | None:
        """The rule in force for the child that day, or None."""
        if day not in self._known:
            self._known[day] = self._find(day)
        return self._known[day]

    def _find(self, day: date) -> DeliveryRule | None:
        school_rules = [rule for span, rules in self._of_school if day in span for rule in rules]
        for rules in (self._of_child, school_rules, self._of_bureau):
            in_force = [rule for rule in rules if day in rule.span]
            if in_force:
                return max(in_force, key=lambda rule: (rule.span.first, rule.code))
        return None


@dataclass(frozen=True, slots=True)
class Term:
    """A school term; its name begins with the name of its school year."""

    name: str
    span: Span

    @property
    def school_year(self) -> str:
        """The name of the school year that the term belongs to."""
        head, mark, _ = self.name.partition("学年")
        return head + mark if mark else self.name


@dataclass(frozen=True)
class Calendar:
    """The school calendar: which days are taught.

    Teaching days are the days of a term, Monday to Friday, less public
    holidays and closures, plus the working days shifted to a weekend. A closure
    wins over a shifted day; ``holidays`` and ``shifted`` hold what is left after
    the bureau's own entries have won over the prefilled ones.
    """

    terms: tuple[Term, ...] = ()
    closures: tuple[Span, ...] = ()
    holidays: frozenset[date] = frozenset()
    shifted: frozenset[date] = frozenset()
    _taught: frozenset[date] = field(init=False, repr=False, compare=False, default=frozenset())
    _ordinals: list[int] = field(init=False, repr=False, compare=False, default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", tuple(sorted(self.terms, key=lambda term: term.span)))
        taught = list(self._teaching_days())
        object.__setattr__(self, "_taught", frozenset(taught))
        object.__setattr__(self, "_ordinals", [day.toordinal() for day in taught])

    def is_teaching_day(self, day: date) -> bool:
        """Whether lessons are held that day."""
        return day in self._taught

    def teaching_days(self, span: Span) -> int:
        """How many days of the span are taught."""
        ordinals = self._ordinals
        return bisect_right(ordinals, span.last.toordinal()) - bisect_left(ordinals, span.first.toordinal())

    def teaching_days_in(self, span: Span, active: Sequence[Span]) -> int:
        """How many days of the span are taught and lie in one of the sorted ``active`` spans."""
        first, last = span.first, span.last
        return sum(
            self.teaching_days(Span(max(first, some.first), min(last, some.last)))
            for some in active
            if some.first <= last and first <= some.last
        )

    def list_teaching_days(self, span: Span) -> list[date]:
        """The taught days of the span, in order."""
        ordinals = self._ordinals
        start = bisect_left(ordinals, span.first.toordinal())
        return [date.fromordinal(n) for n in ordinals[start : bisect_right(ordinals, span.last.toordinal())]]

    def term_of(self, day: date) -> Term | None:
        """The term in which the day lies, or None."""
        return next((term for term in self.terms if day in term.span), None)

    def first_term_day(self, span: Span) -> date | None:
        """The first day of the span that lies in a term, or None."""
        starts = [max(span.first, term.span.first) for term in self.terms if term.span.meets(span)]
        return min(starts, default=None)

    @cached_property
    def school_years(self) -> dict[str, Span]:
        """Each school year by name, from the first to the last day of its terms."""
        years: dict[str, Span] = {}
        for term in self.terms:
            known = years.get(term.school_year, term.span)
            years[term.school_year] = Span(min(known.first, term.span.first), max(known.last, term.span.last))
        return years

    @cached_property
    def periods(self) -> dict[PeriodKind, tuple[Span, ...]]:
        """Every period of each kind that has at least one day in a term, in order."""
        days = [day for term in self.terms for day in days_of(term.span)]
        return {
            PeriodKind.WEEK: _distinct(week_of(day) for day in days),
            PeriodKind.FORTNIGHT: _distinct(span for term in self.terms for span in _fortnights(term)),
            PeriodKind.MONTH: _distinct(month_of(day) for day in days),
            PeriodKind.TERM: _distinct(term.span for term in self.terms),
            PeriodKind.SCHOOL_YEAR: _distinct(self.school_years.values()),
        }

    def week_number(self, day: date) -> int | None:
        """Which school week of its term the day's week is, counted from 1; None outside terms."""
        start = self.first_term_day(week_of(day))
        term = self.term_of(start) if start else None
        return (monday_of(day) - monday_of(term.span.first)).days // 7 + 1 if term else None

    def _teaching_days(self) -> Iterable[date]:
        closed = {day for span in self.closures for day in days_of(span)}
        for term in self.terms:
            for day in days_of(term.span):
                workday = day in self.shifted or (day.weekday() < 5 and day not in self.holidays)
                if workday and day not in closed:
                    yield day


@dataclass(frozen=True, slots=True)
class Slot:
    """A child's weekly hour. ``weekday`` 0 is Monday; times in minutes after midnight."""

    weekday: int
    start_minute: int
    end_minute: int
    span: Span

    @property
    def minutes(self) -> int:
        """How long a lesson in this slot is planned to last."""
        return self.end_minute - self.start_minute

    def days(self, within: Span) -> Iterator[date]:
        """The days of ``within`` on which the slot falls, whatever the calendar says."""
        first, last = max(self.span.first, within.first), min(self.span.last, within.last)
        day = first + timedelta(days=(self.weekday - first.weekday()) % 7)
        while day <= last:
            yield day
            day += timedelta(days=7)


def planned_days(slot: Slot, calendar: Calendar, active: Sequence[Span], within: Span) -> list[date]:
    """The days on which the slot becomes a planned session: taught, and the child active."""
    return [day for day in slot.days(within) if calendar.is_teaching_day(day) and in_any(day, active)]


def missed_slot_minutes(slots: Iterable[Slot], day: date) -> int:
    """The planned minutes of the slot that fell on a day, 0 where none did."""
    falling = [slot for slot in slots if slot.weekday == day.weekday() and day in slot.span]
    return min(falling, key=lambda slot: slot.start_minute).minutes if falling else 0


def required(quota: Quota, rule: DeliveryRule, *, teaching: int, active: int) -> int:
    """What a quota asks of a child in one period.

    Units: ``teaching`` and ``active`` in days; the answer in the quota's metric.
    """
    if rule.partial_period is PartialPeriod.FULL:
        return quota.minimum if active else 0
    whole = {PeriodKind.WEEK: 5, PeriodKind.FORTNIGHT: 10}.get(quota.period)
    if rule.partial_period is PartialPeriod.WHOLE_ONLY:
        is_whole = active == teaching and teaching >= (whole or 1)
        return quota.minimum if is_whole else 0
    nominal = whole or teaching
    if not nominal:
        return 0
    return min(quota.minimum, (2 * quota.minimum * active + nominal) // (2 * nominal))


def make_up_window(missed_on: date, rule: DeliveryRule) -> Span:
    """The days on which a make-up of the missed date may be held, by the rule of its own day."""
    return Span(missed_on - timedelta(days=MAKE_UP_DAYS_BEFORE), missed_on + timedelta(days=rule.make_up_days))


def _fortnights(term: Term) -> Iterable[Span]:
    monday = monday_of(term.span.first)
    while monday <= term.span.last:
        yield Span(monday, monday + timedelta(days=13))
        monday += timedelta(days=14)


def _distinct(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(sorted(set(spans)))
