"""Offer times for a lesson that can still be made up, and plan one of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from hometeach.compliance.ahead import Ahead
from hometeach.compliance.rules import LedgerRow
from hometeach.compliance.rules.debts import days_left
from hometeach.compliance.rules.forecast import PlannedSession
from hometeach.kernel import clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import setting
from hometeach.people.models import Child, ResponsibleSpan, Teacher, in_force
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow
from hometeach.schedule.planning.actions import plan_make_up
from hometeach.schedule.planning.overlap import NOBODY
from hometeach.schedule.rules import missed_slot_minutes
from hometeach.visits.absences.rules.fitting import Proposal, Taken, Wish, fitting_times, full_days
from hometeach.visits.models import Visit


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
    today = clock.today()
    ahead = Ahead({child.id}, today)
    facts, ledger = ahead.gathered.facts[child.id], ahead.gathered.ledger
    row = _row_of(ahead, child.id, missed_on)
    slot = _slot_of(child.id, missed_on)
    teacher = _teacher_of(child.id, slot, today, teacher_id)
    days = [day for day in days_left(missed_on, ledger, facts, today) if not _is_closed(ahead, day)] if row else []
    planned = ahead.make_ups_planned(child.id, missed_on)
    rule = facts.book.on(missed_on)
    excused = next((one.minutes for one in facts.excuses if one.day == missed_on), 0)
    minutes = max(rule.min_minutes if rule else 0, excused or missed_slot_minutes(facts.slots, missed_on))
    of_child = _taken(Occurrence.child_id == child.id, days) + _taught(child.id, days)
    full = full_days(of_child, lambda day: found.max_per_day if (found := facts.book.on(day)) else 1)
    return Offer(
        missed_on,
        row,
        days,
        full,
        planned,
        teacher,
        minutes,
        fitting_times(
            days if teacher else [],
            child=of_child,
            teacher=_taken(Occurrence.teacher_id == teacher.id, days) if teacher else [],
            is_taught=ledger.calendar.is_teaching_day,
            wish=Wish(
                minutes,
                *working_day(today),
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


def working_day(on: date) -> tuple[int, int]:
    """From when to when lessons are offered. Units: minutes after midnight."""
    opens, closes = (moment.split(":") for moment in setting("make_up_hours", on).split("-"))
    return int(opens[0]) * 60 + int(opens[1]), int(closes[0]) * 60 + int(closes[1])


def _row_of(ahead: Ahead, child_id: int, missed_on: date) -> LedgerRow | None:
    """The row of which something is missing, of the shortest period that holds the day and lacks something."""
    rows = ahead.gathered.ledger.rows(ahead.gathered.facts[child_id])
    short = [row for row in rows if missed_on in row.period and row.unaccounted]
    return min(short, key=lambda row: (row.period.last - row.period.first, -row.unaccounted), default=None)


def _slot_of(child_id: int, day: date) -> SlotRow | None:
    """The hour that fell on a day, else any hour that the child had then."""
    statement = select(SlotRow).where(SlotRow.child_id == child_id, in_force(SlotRow, day))
    order = (SlotRow.weekday != day.weekday(), SlotRow.weekday, SlotRow.start_minute, SlotRow.id)
    return db.session.scalars(statement.order_by(*order)).first()


def _teacher_of(child_id: int, slot: SlotRow | None, today: date, asking: int | None) -> Teacher | None:
    answers = select(ResponsibleSpan.teacher_id).where(
        ResponsibleSpan.child_id == child_id, in_force(ResponsibleSpan, today)
    )
    teacher_id = asking or db.session.scalar(answers) or (slot.teacher_id if slot else None)
    return db.session.get(Teacher, teacher_id) if teacher_id else None


def _is_closed(ahead: Ahead, day: date) -> bool:
    return any(day in span for span in ahead.gathered.ledger.calendar.closures)


def _taken(whose: ColumnElement[bool], days: Sequence[date]) -> list[Taken]:
    statement = select(Occurrence.planned_on, Occurrence.start_minute, Occurrence.end_minute).where(
        whose, Occurrence.state == OccurrenceState.PLANNED, Occurrence.planned_on.in_(days)
    )
    return [Taken(*row) for row in db.session.execute(statement)]


def _taught(child_id: int, days: Sequence[date]) -> list[Taken]:
    """What was written down and not planned: on these days it takes its time too."""
    statement = select(Visit.held_on, Visit.arrived_second, Visit.left_second).where(
        Visit.child_id == child_id,
        Visit.held_on.in_(days),
        Visit.is_void.is_(False),
        Visit.occurrence_id.is_(None),
    )
    return [Taken(day, arrived // 60, -(-left // 60)) for day, arrived, left in db.session.execute(statement)]
