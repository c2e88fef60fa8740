"""What of a workbook cannot stand beside what stands already?

Pure. Within itself a workbook has been checked before; but nothing is ever
deleted, and the app may hold what no workbook has stated: a child under another
code, a rule, days of the calendar.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from hometeach.kernel.clock import Span
from hometeach.schedule.calendar.rules import CalendarKind, Entry, Misfit, misfit_of
from hometeach.workbook.comparing import Key, ListChanges, Plain
from hometeach.workbook.faults import Fault, FaultKind, Place
from hometeach.workbook.layout import CALENDAR, CHILDREN, RULES, SheetLayout

Values = Mapping[str, Plain]
Standing = Mapping[Key, Values]


@dataclass(frozen=True, slots=True)
class _Coming:
    """One thing that the workbook would write: its key, its row, its values as they would stand."""

    key: Key
    row: int
    values: Values


def clashes(lists: Mapping[str, ListChanges], standing: Mapping[str, Standing]) -> list[Fault]:
    """Each thing that the workbook would write, and that what stands does not leave room for."""
    return [
        fault
        for name, find in _FINDERS.items()
        if name in lists
        for fault in find(_coming(lists[name], standing[name]), _staying(lists[name], standing[name]))
    ]


def _coming(changes: ListChanges, standing: Standing) -> list[_Coming]:
    created = [_Coming(one.key, one.row, one.values) for one in changes.created]
    return created + [
        _Coming(
            one.stated.key,
            one.stated.row,
            {**standing[one.stated.key], **{change.field: change.after for change in one.changes}},
        )
        for one in changes.updated
    ]


def _staying(changes: ListChanges, standing: Standing) -> Standing:
    changed = {one.stated.key for one in changes.updated}
    return {key: values for key, values in standing.items() if key not in changed}


def _rules(coming: list[_Coming], staying: Standing) -> Iterator[Fault]:
    """Two rules of one scope that begin on one day."""
    taken = {_scope_and_day(values): key for key, values in staying.items()}
    for one in coming:
        other = taken.get(_scope_and_day(one.values))
        if other is not None:
            yield _fault(RULES, one, "effective_from", FaultKind.RULE_STANDS, other[0])


def _scope_and_day(values: Values) -> tuple[Plain, ...]:
    return values["scope"], values["scope_key"] or "", values["effective_from"]


def _children(coming: list[_Coming], staying: Standing) -> Iterator[Fault]:
    """Two children with one ID number."""
    taken = {str(number): key for key, values in staying.items() if (number := values["id_number"])}
    for one in coming:
        other = taken.get(str(one.values.get("id_number")))
        if other is not None:
            yield _fault(CHILDREN, one, "id_number", FaultKind.ID_STANDS, other[0])


def _calendar(coming: list[_Coming], staying: Standing) -> Iterator[Fault]:
    """Terms that share days; days that are a holiday and a shifted working day at once."""
    others = [_entry(values) for values in staying.values()]
    kinds = {Misfit.TERMS_OVERLAP: FaultKind.TERM_STANDS, Misfit.OFF_AND_ON: FaultKind.OFF_AND_ON_STANDS}
    for one in coming:
        misfit, other = misfit_of(_entry(one.values), others) or (None, None)
        if other is not None and misfit in kinds:
            yield _fault(CALENDAR, one, "effective_from", kinds[misfit], other.name)


def _entry(values: Values) -> Entry:
    first, last = (date.fromisoformat(str(values[name])) for name in ("effective_from", "effective_to"))
    return Entry(CalendarKind(str(values["kind"])), str(values["name"]), Span(first, last))


def _fault(layout: SheetLayout, one: _Coming, name: str, kind: FaultKind, other: str) -> Fault:
    return Fault(Place(layout.sheet, one.row, layout.column(name).head), kind, {"other": other})


_FINDERS: dict[str, Callable[[list[_Coming], Standing], Iterator[Fault]]] = {
    "children": _children,
    "rules": _rules,
    "calendar": _calendar,
}
