"""The week as a table of days and hours: what is taken, and what is free to be chosen, by keyboard alone."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask_babel import gettext as _
from sqlalchemy import or_, select

from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Teacher, in_force
from hometeach.schedule.models import SlotRow
from hometeach.schedule.planning.overlap import clock_time
from hometeach.web.base import sees_child
from hometeach.web.schedule.said import weekday_words

#: Lessons are offered in these hours of the day; whatever is set outside them stands in the nearest one.
FIRST_HOUR, LAST_HOUR = 8, 18


@dataclass(frozen=True)
class GridCell:
    """One hour of one day: what stands in it, or the address that chooses it."""

    taken: tuple[str, ...]
    href: str
    label: str


@dataclass(frozen=True)
class Grid:
    """The week of a child and a teacher."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[GridCell, ...]], ...]


def week_grid(child: Child, teacher: Teacher | None, day: date, minutes: int, address: str) -> Grid:
    """The weekly hours in force on a day of the child and of the teacher, and the places that are free."""
    taken = _taken(child, teacher, day)

    def cell(weekday: int, hour: int) -> GridCell:
        begins = hour * 60
        chosen = {"weekday": weekday, "start": clock_time(begins), "end": clock_time(min(begins + minutes, 1439))}
        if teacher:
            chosen["teacher"] = teacher.public_id
        label = _("Choose %(day)s %(time)s", day=weekday_words(weekday), time=clock_time(begins))
        return GridCell(tuple(taken.get((weekday, hour), ())), f"{address}?{urlencode(chosen)}#form", label)

    rows = tuple(
        (clock_time(hour * 60), tuple(cell(weekday, hour) for weekday in range(7)))
        for hour in range(FIRST_HOUR, LAST_HOUR + 1)
    )
    return Grid(tuple(weekday_words(weekday) for weekday in range(7)), rows)


def _taken(child: Child, teacher: Teacher | None, day: date) -> dict[tuple[int, int], list[str]]:
    statement = (
        select(SlotRow, Child.name, sees_child().label("is_seen"))
        .join(Child, Child.id == SlotRow.child_id)
        .where(or_(SlotRow.child_id == child.id, SlotRow.teacher_id == (teacher.id if teacher else 0)))
        .where(in_force(SlotRow, day))
        .order_by(SlotRow.start_minute, SlotRow.id)
    )
    found: dict[tuple[int, int], list[str]] = {}
    for slot, name, is_seen in db.session.execute(statement):
        who = name if is_seen else _("another child")
        first = min(max(slot.start_minute // 60, FIRST_HOUR), LAST_HOUR)
        last = min(max((slot.end_minute - 1) // 60, FIRST_HOUR), LAST_HOUR)
        for hour in range(first, last + 1):
            told = f"{clock_time(slot.start_minute)}–{clock_time(slot.end_minute)} {who}"
            found.setdefault((slot.weekday, hour), []).append(told)
    return found
