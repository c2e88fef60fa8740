"""What was computed, as it is stored, and how what is stored comes to say it: only rows that differ are written."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from hometeach.compliance.facts.reading import Which, ask
from hometeach.compliance.models import LedgerEntry, SessionVerdict
from hometeach.compliance.reckoned import Reckoned
from hometeach.compliance.rules import LedgerRow, Pending
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.schedule.rules import PeriodKind

KIND_NO = {kind: place for place, kind in enumerate(PeriodKind)}
#: Rows deleted at a time; below the bound-parameter limits of both engines.
CHUNK = 400
#: The values of one row, by column.
Row = dict[str, Any]
#: Rows of a table, each by its key.
Rows = dict[tuple[Any, ...], Row]


@dataclass(frozen=True, eq=False)
class Shelf:
    """A table of computed rows, by what each is known, and what is asked of it and written to it."""

    table: Any
    key: tuple[str, ...]

    @cached_property
    def primary(self) -> Any:
        """The column by which a row is written."""
        return next(iter(self.table.primary_key))

    def of_children(self, which: Which) -> Any:
        """The rows of some children."""
        return select(self.table).where(which(self.table.c.child_id))

    @cached_property
    def key_of(self) -> Callable[[Any], tuple[Any, ...]]:
        """The key of a stored row."""
        places = [list(self.table.c).index(self.table.c[name]) for name in self.key]
        return lambda row: tuple([row[place] for place in places])

    @cached_property
    def values_of(self) -> Callable[[Row], tuple[Any, ...]]:
        """What a row ought to say, in the order of the table's columns; a number that the table gives is left out."""
        return itemgetter(*self._names)

    @cached_property
    def skipped(self) -> int:
        """How many columns a stored row has before those values."""
        return len(self.table.c) - len(self._names)

    @cached_property
    def _names(self) -> list[str]:
        return [column.name for column in self.table.c if column is not self.primary or column.name in self.key]

    @cached_property
    def insert(self) -> Any:
        """New rows."""
        return insert(self.table)

    @cached_property
    def update(self) -> Any:
        """All but the key of the row ``at``."""
        values: dict[str, Any] = {
            column.name: bindparam(column.name) for column in self.table.c if column is not self.primary
        }
        return update(self.table).where(self.primary == bindparam("at")).values(values)


VERDICTS = Shelf(SessionVerdict.__table__, ("visit_id",))
#: By which a ledger row is known.
ENTRY_KEY = ("child_id", "period_kind", "period_start", "period_end", "quota_no")
ENTRIES = Shelf(LedgerEntry.__table__, ENTRY_KEY)


@dataclass
class Changes:
    """How what is stored differs from what was computed."""

    new: list[Row] = field(default_factory=list)
    #: What is stored, and what it ought to say.
    other: list[tuple[Any, Row]] = field(default_factory=list)
    stale: list[Any] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many rows they are."""
        return len(self.new) + len(self.other) + len(self.stale)


def stored(shelf: Shelf, child_ids: Collection[int] | None) -> Sequence[Any]:
    """The rows of these children, or of all."""
    if child_ids is None or len(child_ids) <= CHUNK:
        return ask(shelf.of_children, child_ids)
    wanted = set(child_ids)
    return [row for row in ask(shelf.of_children, None) if row.child_id in wanted]


def verdicts_stored(visit_ids: Collection[int]) -> Sequence[Any]:
    """What is stored of these visits."""
    return ask(_verdicts_of_visits, visit_ids) if visit_ids else ()


def stored_meeting(child_id: int, span: Span) -> Sequence[Any]:
    """The ledger rows of a child whose period shares a day with a span."""
    return ask(_entries_meeting, [child_id], first=span.first, last=span.last)


def write_changes(shelf: Shelf, wanted: Rows, known: Iterable[Any]) -> Changes:
    """Make the table say what was computed instead of what was known; rows that already do stay untouched."""
    changes = _changes(shelf, wanted, known)
    connection = db.session.connection()
    stale = [getattr(row, shelf.primary.name) for row in changes.stale]
    for start in range(0, len(stale), CHUNK):
        connection.execute(delete(shelf.table).where(shelf.primary.in_(stale[start : start + CHUNK])))
    if changes.other:
        rows = [{"at": getattr(row, shelf.primary.name), **values} for row, values in changes.other]
        connection.execute(shelf.update, rows)
    if changes.new:
        connection.execute(shelf.insert, changes.new)
    return changes


def _verdicts_of_visits(which: Which) -> Any:
    return select(VERDICTS.table).where(which(VERDICTS.table.c.visit_id))


def _entries_meeting(which: Which) -> Any:
    entries = ENTRIES.table.c
    return ENTRIES.of_children(which).where(
        entries.period_start <= bindparam("last"), entries.period_end >= bindparam("first")
    )


def _changes(shelf: Shelf, wanted: Rows, known: Iterable[Any]) -> Changes:
    changes, new = Changes(), dict(wanted)
    for row in known:
        values = new.pop(shelf.key_of(row), None)
        if values is None:
            changes.stale.append(row)
        elif row[shelf.skipped :] != shelf.values_of(values):
            changes.other.append((row, values))
    changes.new = list(new.values())
    return changes


def verdicts_of(child_id: int, known: Reckoned, *, among: Collection[int] | None = None) -> Iterator[tuple[Any, Row]]:
    """The verdicts of a child, each with its key; only those of some visits, where they are given."""
    for visit_id in known.by_visit if among is None else known.by_visit.keys() & among:
        item = known.by_visit[visit_id]
        credited_on, is_make_up = known.ledger.credit(item)
        yield (
            (visit_id,),
            {
                "visit_id": visit_id,
                "child_id": child_id,
                "held_on": item.session.day,
                "verdict": item.verdict,
                "rule_code": item.rule.code if item.rule else "",
                "minutes": item.session.minutes,
                "class_hours": item.class_hours,
                "credited_on": credited_on,
                "is_make_up": is_make_up,
            },
        )


def entries_of(child_id: int, rows: Iterable[LedgerRow]) -> Iterator[tuple[Any, Row]]:
    """The ledger rows of a child, each with its key."""
    for row in rows:
        key = (child_id, row.quota.period, row.period.first, row.period.last, row.quota_no)
        yield key, {"child_id": child_id, **_entry(row)}


def pending_text(pending: Sequence[Pending]) -> str:
    """Lessons still to be made up, as they are stored."""
    return ",".join(f"{one.until.isoformat()}:{one.amount}" for one in pending)


def _entry(row: LedgerRow) -> dict[str, Any]:
    return {
        "period_kind": row.quota.period,
        "kind_no": KIND_NO[row.quota.period],
        "metric": row.quota.metric,
        "period_start": row.period.first,
        "period_end": row.period.last,
        "quota_no": row.quota_no,
        "minimum": row.quota.minimum,
        "rule_code": row.rule.code,
        "teaching_days": row.teaching,
        "active_days": row.active,
        "required": row.required,
        "delivered": row.delivered,
        "made_up": row.made_up,
        "excused": row.excused,
        "invalid": row.invalid,
        "unaccounted": row.unaccounted,
        "surplus": row.surplus,
        "invalid_amount": row.invalid_amount,
        "all_slots_fell_out": row.all_slots_fell_out,
        "pending": pending_text(row.pending),
    }
