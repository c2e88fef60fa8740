"""Compute the ledger of the children that a change touches, and keep what came out."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select

from hometeach.compliance.facts import Gathered, children_whose_verdicts_may_change, gather
from hometeach.compliance.models import LedgerEntry, SessionVerdict
from hometeach.compliance.rules import ChildFacts, LedgerRow, Pending
from hometeach.compliance.settling import settle_case
from hometeach.kernel.extensions import Model, db
from hometeach.schedule.actions import plan_sessions
from hometeach.schedule.rules import PeriodKind
from hometeach.visits.rules import Judgement

__all__ = ["ENTRY_KEY", "KIND_NO", "computed", "pending_text", "plan_ahead", "rebuild_ledger", "settle_case"]

KIND_NO = {kind: place for place, kind in enumerate(PeriodKind)}
#: Rows deleted or read by id at a time; below the bound-parameter limits of both engines.
CHUNK = 400
#: By which a ledger row is known.
ENTRY_KEY = ("child_id", "period_kind", "period_start", "period_end", "quota_no")
#: Rows of a table: the values of each by its key.
Rows = dict[tuple[Any, ...], dict[str, Any]]


def rebuild_ledger(child_ids: Collection[int] | None = None, *, on: date | None = None) -> int:
    """Compute verdicts and ledger of these children (or of all) again, and of those they may clash with.

    ``on`` says that only sessions of that day changed, so that fewer others have to be looked at.
    Only rows that come out otherwise are written. Returns how many rows were.
    """
    touched = None if child_ids is None else children_whose_verdicts_may_change(child_ids, on=on)
    verdicts, entries = computed(gather(touched))
    return _replace(SessionVerdict, ("visit_id",), verdicts, touched) + _replace(
        LedgerEntry, ENTRY_KEY, entries, touched
    )


def computed(gathered: Gathered) -> tuple[Rows, Rows]:
    """The verdicts and the ledger rows that come of the facts, by the keys under which they are stored."""
    verdicts: Rows = {}
    entries: Rows = {}
    for child_id, facts in gathered.facts.items():
        judged = gathered.ledger.judge(facts)
        verdicts.update(_verdicts_of(child_id, judged, gathered))
        entries.update(_entries_of(child_id, facts, judged, gathered))
    return verdicts, entries


def plan_ahead(on: date, child_ids: Collection[int] | None = None) -> int:
    """Make the planned sessions that are missing from a day on, for the days on which each child is active.

    Only those of some children, where ``child_ids`` names them: an edit costs one child.
    """
    active = {child_id: facts.active for child_id, facts in gather(child_ids).facts.items()}
    return plan_sessions(on, active=active, child_ids=child_ids)


def pending_text(pending: Sequence[Pending]) -> str:
    """Lessons still to be made up, as they are stored."""
    return ",".join(f"{one.until.isoformat()}:{one.amount}" for one in pending)


def _verdicts_of(
    child_id: int, judged: Sequence[Judgement], gathered: Gathered
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    for item in judged:
        credited_on, is_make_up = gathered.ledger.credit(item)
        visit_id = gathered.visit_ids[item.session.number]
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


def _entries_of(
    child_id: int, facts: ChildFacts, judged: Sequence[Judgement], gathered: Gathered
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    for row in gathered.ledger.rows(facts, judged):
        key = (child_id, row.quota.period, row.period.first, row.period.last, row.quota_no)
        yield key, {"child_id": child_id, **_entry(row)}


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


def _replace(
    model: type[Model],
    key: tuple[str, ...],
    wanted: dict[tuple[Any, ...], dict[str, Any]],
    child_ids: Collection[int] | None,
) -> int:
    """Make the table say, of these children, what was computed; rows that already do stay untouched."""
    table: Any = model.__table__
    primary = next(iter(table.primary_key))
    new, stale = dict(wanted), []
    for stored in _stored(table, child_ids):
        known = tuple(getattr(stored, name) for name in key)
        values = new.get(known)
        if values is not None and all(getattr(stored, name) == value for name, value in values.items()):
            del new[known]
        else:
            stale.append(getattr(stored, primary.name))
    for start in range(0, len(stale), CHUNK):
        db.session.execute(delete(table).where(primary.in_(stale[start : start + CHUNK])))
    if new:
        db.session.execute(insert(table), list(new.values()))
    return len(new) + len(stale)


def _stored(table: Any, child_ids: Collection[int] | None) -> Iterator[Any]:
    if child_ids is None:
        yield from db.session.execute(select(table))
        return
    ids = sorted(child_ids)
    for start in range(0, len(ids), CHUNK):
        yield from db.session.execute(select(table).where(table.c.child_id.in_(ids[start : start + CHUNK])))
