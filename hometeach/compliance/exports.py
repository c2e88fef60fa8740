"""The sessions and the ledger as rows for a file, in the order of the bureau's own lists."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from hometeach.compliance.models import LedgerEntry, SessionVerdict
from hometeach.compliance.rules import standing
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.visits.models import Visit

SESSION_HEAD = ("session", "child", "date", "minutes", "verdict")
LEDGER_HEAD = (
    *("child", "quota_period", "metric", "period_start", "period_end"),
    *("required", "delivered", "made_up", "excused", "invalid", "unaccounted", "surplus", "verdict"),
)


def session_rows() -> Iterator[tuple[object, ...]]:
    """(number, child, date, minutes, verdict): the list's own order first, then those made in the app."""
    statement = (
        select(Visit.number, Child.code, Visit.held_on, SessionVerdict.minutes, SessionVerdict.verdict)
        .join(Child, Child.id == Visit.child_id)
        .join(SessionVerdict, SessionVerdict.visit_id == Visit.id)
        .order_by(Visit.list_position.is_(None), Visit.list_position, Visit.number)
    )
    for number, child, held_on, minutes, verdict in db.session.execute(statement):
        yield number, child, held_on.isoformat(), minutes, verdict.value


def ledger_rows(as_of: date) -> Iterator[tuple[object, ...]]:
    """By child, period kind, start and quota, each with its verdict on the day asked."""
    numbers = (
        LedgerEntry.required,
        LedgerEntry.delivered,
        LedgerEntry.made_up,
        LedgerEntry.excused,
        LedgerEntry.invalid,
        LedgerEntry.unaccounted,
        LedgerEntry.surplus,
    )
    statement = (
        select(
            Child.code,
            LedgerEntry.period_kind,
            LedgerEntry.metric,
            LedgerEntry.period_start,
            LedgerEntry.period_end,
            *numbers,
        )
        .join(Child, Child.id == LedgerEntry.child_id)
        .order_by(
            Child.code, LedgerEntry.kind_no, LedgerEntry.period_start, LedgerEntry.period_end, LedgerEntry.quota_no
        )
    )
    for (
        child,
        kind,
        metric,
        start,
        end,
        required,
        delivered,
        made_up,
        excused,
        invalid,
        unaccounted,
        surplus,
    ) in db.session.execute(statement):
        verdict = standing(end, required=required, excused=excused, unaccounted=unaccounted, as_of=as_of)
        yield (
            *(child, kind.value, metric.value, start.isoformat(), end.isoformat()),
            *(required, delivered, made_up, excused, invalid, unaccounted, surplus, verdict.value),
        )
