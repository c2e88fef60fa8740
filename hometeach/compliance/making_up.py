"""Offer times for a lesson that can still be made up, and plan one of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from hometeach.compliance.ahead import Ahead
from hometeach.compliance.diaries import Diary
from hometeach.compliance.rules import LedgerRow
from hometeach.compliance.rules.forecast import PlannedSession
from hometeach.kernel import clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import Occurrence
from hometeach.schedule.planning.actions import plan_make_up
from hometeach.schedule.planning.overlap import NOBODY
from hometeach.schedule.rules import missed_slot_minutes
from hometeach.visits.absences.rules.fitting import Proposal, Wish, fitting_times, full_days


@dataclass(frozen=True)
class Offer:
    """What is missing for a missed date, what is planned for it already, and the times that fit.

    ``row`` is None where nothing is missing; ``teacher`` is None where nobody teaches the child.
    """

    missed_on: date
    row: LedgerRow | None
    days: Sequence[date]
    #: Of these, those on which the child has as many lessons as count on one day.
    full_days: Collection[date]
    planned: Sequence[PlannedSession]
    teacher: Teacher | None
    minutes: int
    proposals: Sequence[Proposal]

    @property
    def is_planned(self) -> bool:
        """Whether what is planned repays all that is missing."""
        if self.row is None:
            return True
        rule, metric = self.row.rule, self.row.quota.metric
        return sum(rule.amount(metric, one.end_minute - one.start_minute) for one in self.planned) >= (
            self.row.unaccounted
        )


def offer_for(child: Child, missed_on: date, *, teacher_id: int | None = None) -> Offer:
    """The times that fit child and teacher. ``teacher_id``: who asks, where they teach the child themselves."""
    wanted = (child.id, missed_on)
    return offers_for({wanted}, Ahead({child.id}, clock.today()), teacher_id=teacher_id)[wanted]


def offers_for(
    wanted: Collection[tuple[int, date]], ahead: Ahead, *, teacher_id: int | None = None
) -> dict[tuple[int, date], Offer]:
    """The same for missed dates of several children at once: what people have given already is read together."""
    rows = {key: _row_of(ahead, *key) for key in wanted}
    days = {key: _days_left(ahead, *key) if row else [] for key, row in rows.items()}
    diary = Diary({child for child, _missed in wanted}, ahead.as_of, [day for some in days.values() for day in some])
    teachers = {key: diary.teacher(*key, asking=teacher_id) for key in wanted}
    diary.read_teachers(teachers.values())
    return {key: _offer(ahead, diary, key, row, days=days[key], teacher_id=teachers[key]) for key, row in rows.items()}


def _offer(
    ahead: Ahead,
    diary: Diary,
    wanted: tuple[int, date],
    row: LedgerRow | None,
    *,
    days: Sequence[date],
    teacher_id: int | None,
) -> Offer:
    child_id, missed_on = wanted
    facts, ledger = ahead.of_child[child_id].facts, ahead.of_child[child_id].ledger
    slot, teacher = diary.slot(child_id, missed_on), diary.named.get(teacher_id or 0)
    rule = facts.book.on(missed_on)
    excused = next((one.minutes for one in facts.excuses if one.day == missed_on), 0)
    minutes = max(rule.min_minutes if rule else 0, excused or missed_slot_minutes(facts.slots, missed_on))
    of_child = diary.of_child(child_id)
    full = full_days(of_child, lambda day: found.max_per_day if (found := facts.book.on(day)) else 1)
    return Offer(
        missed_on,
        row,
        days,
        full & set(days),
        ahead.make_ups_planned(child_id, missed_on),
        teacher,
        minutes,
        fitting_times(
            days if teacher else [],
            child=of_child,
            teacher=diary.of_teacher(teacher.id) if teacher else [],
            is_taught=ledger.calendar.is_teaching_day,
            wish=Wish(
                minutes,
                *diary.working_day,
                weekday=slot.weekday if slot else None,
                start_minute=slot.start_minute if slot else None,
            ),
            full_days=full,
        ),
    )


def plan_repayment(
    child: Child,
    missed_on: date,
    on: date,
    start: int,
    *,
    by: str,
    teacher_id: int | None = None,
    sees: ColumnElement[bool] = NOBODY,
) -> Occurrence:
    """Plan the make-up of a missed date at a time that was offered.

    Units: ``start`` in minutes after midnight.
    Raises: Refused ``make_up:…`` where nothing is missing any more or the day is too late, and what
    ``plan_make_up`` refuses.
    """
    db.session.execute(select(Child.id).where(Child.id == child.id).with_for_update())
    offer = offer_for(child, missed_on, teacher_id=teacher_id)
    if offer.is_planned:
        raise Refused("make_up:not_needed", _("Nothing is missing for this day any more, or its make-up is planned."))
    if offer.teacher is None:
        raise Refused("make_up:no_teacher", _("No teacher answers for this child. Ask the school to name one."))
    if on not in offer.days:
        raise Refused("make_up:too_late", _("On that day a make-up would not count for the missed one."))
    if on in offer.full_days:
        raise Refused("make_up:full_day", _("The child has lessons enough that day: one more would not count."))
    return plan_make_up(child.id, offer.teacher.id, on, start, start + offer.minutes, missed_on, by, sees=sees)


def _row_of(ahead: Ahead, child_id: int, missed_on: date) -> LedgerRow | None:
    """The row of which something is missing, of the shortest period that holds the day and lacks something."""
    short = [row for row in ahead.of_child[child_id].rows if missed_on in row.period and row.unaccounted]
    return min(short, key=lambda row: (row.period.last - row.period.first, -row.unaccounted), default=None)


def _days_left(ahead: Ahead, child_id: int, missed_on: date) -> list[date]:
    ledger, facts = ahead.of_child[child_id].ledger, ahead.of_child[child_id].facts
    closures = ledger.calendar.closures
    days = ledger.days_left(missed_on, facts, ahead.as_of)
    return [day for day in days if not clock.in_any(day, closures)]
