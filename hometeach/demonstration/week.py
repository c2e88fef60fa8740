"""The demonstration's week: a schedule that is published, an hour that is too short, and one that clashes."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from hometeach.compliance.actions import plan_ahead, rebuild_ledger
from hometeach.compliance.facts import gather
from hometeach.kernel.clock import monday_of
from hometeach.kernel.extensions import db
from hometeach.people.models import OrgUnit, account_by_sign_in_name, in_force
from hometeach.schedule.models import ScheduleVersion, SlotRow, the_calendar
from hometeach.schedule.planning.hours import Hour, make_hour
from hometeach.schedule.planning.publishing import publish
from hometeach.schedule.planning.rules import ONE_WEEK

BY = "demonstration"
#: Wednesday from ten: forty minutes.
SHORT = (2, 600, 640)
WHY_SHORT = "孩子体力只够四十分钟，医生建议分两次上"


def seed(on: date) -> None:
    """Publish the schedule of the demonstration's school, then add a short hour and a clashing one."""
    account = account_by_sign_in_name("lin")
    term = the_calendar().term_of(on)
    if account is None or account.teacher is None or term is None or _is_published():
        return
    teacher = account.teacher
    mine = select(SlotRow).where(SlotRow.teacher_id == teacher.id, in_force(SlotRow, on))
    slots = db.session.scalars(mine.order_by(SlotRow.weekday, SlotRow.start_minute, SlotRow.id)).all()
    publish(db.session.get_one(OrgUnit, teacher.school_id), term, by=BY)
    first = monday_of(on) + ONE_WEEK
    children = list(dict.fromkeys(slot.child_id for slot in slots))
    if len(children) > 1 and first in term.span:
        taken = slots[0]
        clashing = (taken.weekday, taken.start_minute, taken.end_minute)
        for child_id, times in ((children[0], SHORT), (children[-1], clashing)):
            _make(child_id, Hour(teacher.id, *times, short_reason=WHY_SHORT), first)
        plan_ahead(on, set(children))
        rebuild_ledger(set(children))


def _make(child_id: int, hour: Hour, first: date) -> None:
    rule = gather({child_id}).facts[child_id].book.on(first)
    least = rule.min_minutes if rule else 0
    told = hour if hour.minutes < least else replace(hour, short_reason="")
    make_hour(child_id, told, first, None, least_minutes=least, by=BY)


def _is_published() -> bool:
    return db.session.scalar(select(ScheduleVersion.id).limit(1)) is not None
