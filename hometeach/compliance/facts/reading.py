"""The rows that the facts of children come from, whether of some or of all.

Each question is a statement made once, because making it costs more than
asking it, and asked by table for the same reason: who asks flushes first.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, literal, select, true, type_coerce, union_all

from hometeach.agreements.models import Agreement
from hometeach.cases.models import Suspension
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, OrgUnit, ServingSpan, Teacher
from hometeach.schedule.models import SlotRow
from hometeach.schedule.rules import Mode, Slot
from hometeach.visits.models import Absence, ExcuseReason, Visit, VisitTeacher
from hometeach.visits.rules import Confirmation, Session

#: Says of a column with ids which of them are meant.
Which = Callable[[Any], ColumnElement[bool]]
#: Makes a statement about some rows or about all.
Question = Callable[[Which], Any]
#: What is known of each child, by its id.
OfChild = defaultdict[int, list[Any]]

VISITS, PRESENT = Visit.__table__, VisitTeacher.__table__
CHILDREN, TEACHERS = Child.__table__, Teacher.__table__

#: Place of what tells by which school a child was served.
SERVED = 2

_MODES = {mode.value: mode for mode in Mode}
_CONFIRMATIONS = {said.value: said for said in Confirmation}


def these(column: Any) -> ColumnElement[bool]:
    """The condition that a column holds one of the ``ids`` that come with the question."""
    return column.in_(bindparam("ids", expanding=True))


def all_of_them(_column: Any) -> ColumnElement[bool]:
    """The condition that nothing is left out."""
    return true()


def ask(question: Question, ids: Collection[int] | None, **more: object) -> Iterator[Any]:
    """The rows that a question finds of these, or of all."""
    connection = db.session.connection()
    if ids is None:
        return iter(connection.execute(_made(question, all_of_them), more))
    return iter(connection.execute(_made(question, these), {"ids": list(ids), **more}))


@cache
def _made(question: Question, which: Which) -> Any:
    return question(which)


def children(which: Which) -> Any:
    """Children: id and code, by code."""
    return select(CHILDREN.c.id, CHILDREN.c.code).where(which(CHILDREN.c.id)).order_by(CHILDREN.c.code)


def spans_of(ids: Collection[int] | None) -> tuple[OfChild, OfChild, OfChild]:
    """Of each child the spans of its agreements, of its suspensions, and by which school it was served when."""
    agreed, suspended, served = found = (OfChild(list), OfChild(list), OfChild(list))
    for place, child_id, first, last, school in ask(_spans, ids):
        span = Span.of(first, last)
        found[place][child_id].append((span, school) if place == SERVED else span)
    return agreed, suspended, served


def slots_of(ids: Collection[int] | None) -> OfChild:
    """Of each child its weekly hours."""
    found = OfChild(list)
    for child_id, weekday, start, end, first, last in ask(_slots, ids):
        found[child_id].append(Slot(weekday, start, end, Span.of(first, last)))
    return found


def absences_of(ids: Collection[int] | None, ends: Mapping[str, date | None]) -> OfChild:
    """Of each child its approved absences that the reason excuses: the day, what the reason does, the planned minutes.

    The minutes are empty where none are written down. ``ends`` are the last days of reasons, by code, in place of
    those that stand.
    """
    found = OfChild(list)
    for child_id, missed_on, minutes, code, effect, first, last in ask(_absences, ids):
        if missed_on in Span.of(first or date.min, ends.get(code, last)):
            found[child_id].append((missed_on, effect, minutes))
    return found


def sessions_of(ids: Collection[int] | None) -> Iterator[tuple[int, int, Session]]:
    """The sessions of these children, or of all, each with its own id and its child's."""
    return _sessions(_of_children, _present_at_childrens, ids)


def sessions_among(visit_ids: Collection[int]) -> Iterator[tuple[int, int, Session]]:
    """These sessions, each with its id and its child's."""
    return _sessions(_by_id, _present_at, visit_ids)


def _sessions(held: Question, present_at: Question, ids: Collection[int] | None) -> Iterator[tuple[int, int, Session]]:
    present: dict[int, tuple[str, ...]] = {}
    for visit_id, code in ask(present_at, ids):
        present[visit_id] = (*present.get(visit_id, ()), code)
    for visit_id, child_id, child, number, day, arrived, left, mode, said, *rest in ask(held, ids):
        teachers = present.get(visit_id, ())
        yield (
            visit_id,
            child_id,
            Session(number, child, day, arrived, left, teachers, _MODES[mode], _CONFIRMATIONS[said], *rest),
        )


def _spans(which: Which) -> Any:
    """By place in what :func:`spans_of` gives; the school is told only of the last."""

    def dated(place: int, table: Any, school: Any) -> Any:
        columns = literal(place).label("place"), table.c.child_id, table.c.effective_from, table.c.effective_to
        return select(*columns, school.label("school")).where(which(table.c.child_id))

    units, serving = OrgUnit.__table__, ServingSpan.__table__
    agreed, suspended = (dated(place, one.__table__, literal("")) for place, one in enumerate((Agreement, Suspension)))
    served = dated(SERVED, serving, units.c.code).join_from(serving, units, units.c.id == serving.c.school_id)
    return union_all(agreed, suspended, served).order_by("place", "child_id", "effective_from")


def _slots(which: Which) -> Any:
    slots = SlotRow.__table__
    columns = ("child_id", "weekday", "start_minute", "end_minute", "effective_from", "effective_to")
    return select(*(slots.c[name] for name in columns)).where(which(slots.c.child_id)).order_by(slots.c.id)


def _absences(which: Which) -> Any:
    absences, reasons = Absence.__table__, ExcuseReason.__table__
    told = (reasons.c[name] for name in ("code", "effect", "effective_from", "effective_to"))
    return (
        select(*(absences.c[name] for name in ("child_id", "missed_on", "planned_minutes")), *told)
        .join_from(absences, reasons, reasons.c.code == absences.c.reason_code)
        .where(absences.c.is_approved, which(absences.c.child_id))
        .order_by(absences.c.missed_on)
    )


def _of_children(which: Which) -> Any:
    return _held().where(which(VISITS.c.child_id))


def _by_id(which: Which) -> Any:
    return _held().where(which(VISITS.c.id))


def _held() -> Any:
    """Codes come as text, because two look-ups are cheaper than two type decorators on every one of 12,000 rows."""
    coded = (type_coerce(VISITS.c[name], String) for name in ("mode", "confirmation"))
    plain = (VISITS.c[name] for name in ("number", "held_on", "arrived_second", "left_second"))
    rest = (VISITS.c[name] for name in ("is_void", "makes_up_for", "group_code"))
    return select(VISITS.c.id, VISITS.c.child_id, CHILDREN.c.code, *plain, *coded, *rest).join_from(
        VISITS, CHILDREN, CHILDREN.c.id == VISITS.c.child_id
    )


def _present_at_childrens(which: Which) -> Any:
    statement = _present()
    if which is these:
        statement = statement.join(VISITS, VISITS.c.id == PRESENT.c.visit_id).where(which(VISITS.c.child_id))
    return statement


def _present_at(which: Which) -> Any:
    return _present().where(which(PRESENT.c.visit_id))


def _present() -> Any:
    """The codes of the teachers at each visit, the one who keeps the record first."""
    return (
        select(PRESENT.c.visit_id, TEACHERS.c.code)
        .join_from(PRESENT, TEACHERS, TEACHERS.c.id == PRESENT.c.teacher_id)
        .order_by(PRESENT.c.visit_id, PRESENT.c.position)
    )
