"""What would a weekly hour bring: which days, which fall out, which clash, how short is it?

Pure. Asked before anything is saved, and by the page that shows it.

Source: the delivery rule in force for the child; the bureau's calendar.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from hometeach.kernel.clock import ONE_DAY, Span, in_any, monday_of
from hometeach.schedule.rules import Calendar, DeliveryRule, Slot

ONE_WEEK = timedelta(days=7)


class FallsOut(StrEnum):
    """Why no session is planned on a day on which the hour falls."""

    VACATION = "vacation"
    CLOSURE = "closure"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    INACTIVE = "inactive"


class Whose(StrEnum):
    """Whose time a planned session takes up."""

    CHILD = "child"
    TEACHER = "teacher"


@dataclass(frozen=True, slots=True)
class TakenTime:
    """A session that is planned already. Units: minutes after midnight. ``occurrence`` is its id."""

    day: date
    start_minute: int
    end_minute: int
    whose: Whose
    occurrence: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a weekly hour would bring. Units: ``minutes`` and ``short_by`` in minutes."""

    planned: tuple[date, ...]
    fall_out: tuple[tuple[date, FallsOut], ...]
    clashing: tuple[tuple[date, TakenTime], ...]
    minutes: int
    #: The rule's least minutes; None where no rule is in force on the first day.
    least_minutes: int | None

    @property
    def short_by(self) -> int:
        """So many minutes are missing to the rule's minimum."""
        return max(0, (self.least_minutes or 0) - self.minutes)

    @property
    def clashing_days(self) -> tuple[date, ...]:
        """The days on which somebody has another session at that time, each once."""
        return tuple(dict.fromkeys(day for day, _taken in self.clashing))


def preview_slot(
    slot: Slot,
    calendar: Calendar,
    *,
    active: Sequence[Span],
    taken: Iterable[TakenTime],
    rule: DeliveryRule | None,
    within: Span,
) -> Preview:
    """Say what a weekly hour would bring in a span of days, before it is saved.

    A day falls out by its first reason; only what is left can clash. ``rule``
    is the one in force for the child on the hour's first day.
    """
    planned, fall_out, clashing = [], [], []
    by_day: dict[date, list[TakenTime]] = {}
    for one in taken:
        by_day.setdefault(one.day, []).append(one)
    for day in slot.days(within):
        why = falls_out(day, calendar, active)
        if why is not None:
            fall_out.append((day, why))
            continue
        found = [one for one in by_day.get(day, ()) if shares_time(slot, one)]
        clashing += [(day, one) for one in found]
        if not found:
            planned.append(day)
    least = rule.min_minutes if rule else None
    return Preview(tuple(planned), tuple(fall_out), tuple(clashing), slot.minutes, least)


def falls_out(day: date, calendar: Calendar, active: Sequence[Span]) -> FallsOut | None:
    """Why no session is planned on a day; None where one can be."""
    if calendar.term_of(day) is None:
        return FallsOut.VACATION
    if in_any(day, calendar.closures):
        return FallsOut.CLOSURE
    if not calendar.is_teaching_day(day):
        return FallsOut.HOLIDAY if day in calendar.holidays else FallsOut.WEEKEND
    return None if in_any(day, active) else FallsOut.INACTIVE


def shares_time(slot: Slot, taken: TakenTime) -> bool:
    """Whether an hour shares time with a planned session of that day; touching ends do not."""
    return taken.start_minute < slot.end_minute and slot.start_minute < taken.end_minute


def new_part_begins(changed_from: date, old_weekday: int, new_weekday: int, today: date) -> date:
    """The first day of the new part of an hour that is changed "this and later".

    A series has one session a week. The new part takes over with the week of
    ``changed_from``, or on today where that week runs; where this week's lesson
    was held already, or would come to lie before today, with the next week.
    """
    monday = monday_of(changed_from)
    if monday >= today:
        return monday
    old_day, new_day = monday + old_weekday * ONE_DAY, monday + new_weekday * ONE_DAY
    return monday + ONE_WEEK if min(old_day, new_day) < today else today


@dataclass(frozen=True, slots=True)
class StandIns:
    """Who stands in for whom: by child and teacher, the days and the substitute. Ids."""

    spans: Mapping[tuple[int, int], Sequence[tuple[Span, int]]] = field(default_factory=dict)

    def teacher_of(self, child_id: int, teacher_id: int, day: date) -> int:
        """Who teaches the child that day in place of a teacher: the substitute, else the teacher."""
        found = (substitute for span, substitute in self.spans.get((child_id, teacher_id), ()) if day in span)
        return next(found, teacher_id)

    def teachers(self) -> set[int]:
        """Everybody who stands in for somebody."""
        return {substitute for spans in self.spans.values() for _span, substitute in spans}


def day_in_week(week_day: date, weekday: int) -> date:
    """The day of the week in which a day lies on which an hour falls; 0 is Monday."""
    return monday_of(week_day) + weekday * ONE_DAY


@dataclass(frozen=True, slots=True)
class PublishedHour:
    """A weekly hour as it is published: codes and ISO dates. Units: minutes after midnight; 0 is Monday."""

    series: str
    child: str
    teacher: str
    weekday: int
    start_minute: int
    end_minute: int
    mode: str
    first: str
    last: str

    def as_plain(self) -> dict[str, object]:
        """The same for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class HourChange:
    """One hour of a published schedule, before and after; None where it was not there, or is no longer."""

    before: PublishedHour | None
    after: PublishedHour | None


def changes_between(before: Sequence[PublishedHour], after: Sequence[PublishedHour]) -> list[HourChange]:
    """What one version changes against another: hour by hour, each part of an hour for itself."""
    old, new = ({(one.series, one.first): one for one in hours} for hours in (before, after))
    keys = dict.fromkeys((*new, *old))
    return [HourChange(old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]


def is_change_of_terms(minutes: tuple[int, int], modes: tuple[str, str]) -> bool:
    """Whether a change of an hour, from and to, is a change of what was agreed: its minutes or its place.

    Moving an hour to another day or time, or to another teacher, is none.
    Source: the agreement's annex names frequency, minutes and place.
    """
    return minutes[0] != minutes[1] or modes[0] != modes[1]
