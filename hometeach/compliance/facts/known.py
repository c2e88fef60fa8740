"""What is known of a child beside its sessions: its spans, its weekly hours, its absences; all asked at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, String, cast, literal, null, select, type_coerce, union_all

from hometeach.agreements.models import Agreement
from hometeach.cases.models import Suspension
from hometeach.compliance.facts.reading import CHILDREN, Which, ask
from hometeach.kernel.clock import Span
from hometeach.people.models import OrgUnit, ServingSpan
from hometeach.schedule.models import SlotRow
from hometeach.schedule.rules import Slot
from hometeach.visits.models import Absence, ExcuseReason
from hometeach.visits.rules import ExcuseEffect

_EFFECTS = {effect.value: effect for effect in ExcuseEffect}


class Missed(NamedTuple):
    """An approved absence that its reason excuses; the planned minutes are empty where none are written down."""

    day: date
    effect: ExcuseEffect
    minutes: int | None


@dataclass(slots=True)
class Known:
    """What is known of one child."""

    code: str
    agreed: list[Span] = field(default_factory=list)
    suspended: list[Span] = field(default_factory=list)
    #: In which spans it was served by which school, by the school's code.
    served: list[tuple[Span, str]] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)


class What(IntEnum):
    """What a row tells of a child, in the order in which it is told."""

    CHILD = 0
    AGREED = 1
    SUSPENDED = 2
    SERVED = 3
    SLOT = 4
    MISSED = 5


#: The columns in which all of it is told; what a row has nothing to say of stays empty.
COLUMNS = {
    "first": Date,
    "last": Date,
    "code": String,
    "day": Date,
    "effect": String,
    "number": Integer,
    "start": Integer,
    "end": Integer,
}


def known_of(ids: Collection[int] | None, reason_ends: Mapping[str, date | None]) -> dict[int, Known]:
    """Of these children, or of all, by the child's code.

    ``reason_ends`` are the last days of reasons of absences, by code, in place of those that stand.
    """
    found: dict[int, Known] = {}
    for child_id, what, first, last, code, day, effect, number, start, end in ask(_all_of_it, ids):
        if what == What.CHILD:
            found[child_id] = Known(code)
        elif what == What.AGREED:
            found[child_id].agreed.append(Span.of(first, last))
        elif what == What.SUSPENDED:
            found[child_id].suspended.append(Span.of(first, last))
        elif what == What.SERVED:
            found[child_id].served.append((Span.of(first, last), code))
        elif what == What.SLOT:
            found[child_id].slots.append(Slot(number, start, end, Span.of(first, last)))
        elif day in Span.of(first or date.min, reason_ends.get(code, last)):
            found[child_id].missed.append(Missed(day, _EFFECTS[effect], number))
    return dict(sorted(found.items(), key=lambda one: one[1].code))


def _all_of_it(which: Which) -> Any:
    units, serving, slots = OrgUnit.__table__, ServingSpan.__table__, SlotRow.__table__
    absences, reasons = Absence.__table__, ExcuseReason.__table__
    served = _part(What.SERVED, serving.c.child_id, **_dates(serving), code=units.c.code)
    missed = _part(
        What.MISSED,
        absences.c.child_id,
        **_dates(reasons),
        code=reasons.c.code,
        day=absences.c.missed_on,
        effect=type_coerce(reasons.c.effect, String),
        number=absences.c.planned_minutes,
    )
    hours = {"number": slots.c.weekday, "start": slots.c.start_minute, "end": slots.c.end_minute}
    parts = (
        _part(What.CHILD, CHILDREN.c.id, code=CHILDREN.c.code).where(which(CHILDREN.c.id)),
        *(
            _part(what, table.c.child_id, **_dates(table)).where(which(table.c.child_id))
            for what, table in ((What.AGREED, Agreement.__table__), (What.SUSPENDED, Suspension.__table__))
        ),
        served.join_from(serving, units, units.c.id == serving.c.school_id).where(which(serving.c.child_id)),
        _part(What.SLOT, slots.c.child_id, **_dates(slots), **hours).where(which(slots.c.child_id)),
        missed.join_from(absences, reasons, reasons.c.code == absences.c.reason_code).where(
            absences.c.is_approved, which(absences.c.child_id)
        ),
    )
    return union_all(*parts).order_by("what", "child_id", "day", "first", "number", "start")


def _part(what: What, child_id: Any, **told: Any) -> Any:
    columns = (told.get(name, cast(null(), kind)).label(name) for name, kind in COLUMNS.items())
    return select(child_id.label("child_id"), literal(int(what)).label("what"), *columns)


def _dates(table: Any) -> dict[str, Any]:
    return {"first": table.c.effective_from, "last": table.c.effective_to}
