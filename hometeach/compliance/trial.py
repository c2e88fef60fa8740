"""What would the ledger say under another calendar or other rules, and of whom?

Nothing is written: the rows are computed from the same facts and compared with
those that are stored.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from hometeach.compliance.actions import computed
from hometeach.compliance.facts import Gathered, gather
from hometeach.compliance.models import LedgerEntry
from hometeach.compliance.rules import Ledger
from hometeach.compliance.storing import ENTRY_KEY, KIND_NO
from hometeach.kernel.extensions import db
from hometeach.schedule.rules import Calendar, DeliveryRule, Metric, PeriodKind

#: A ledger row, stored or computed, by column.
Row = Mapping[str, Any]
#: The numbers of a row by which a change can be told.
NUMBERS = ("teaching_days", "required", "delivered", "made_up", "excused", "unaccounted", "surplus")


@dataclass
class Sums:
    """Added up over ledger rows. Units: the quota's metric; ``unaccounted`` of periods that are over."""

    rows: int = 0
    required: int = 0
    unaccounted: int = 0

    def add(self, row: Row, as_of: date) -> None:
        """Count one more row."""
        self.rows += 1
        self.required += row["required"]
        if row["period_end"] < as_of:
            self.unaccounted += row["unaccounted"]


@dataclass
class BeforeAndAfter:
    """The sums as they are stored, and as they would be."""

    before: Sums = field(default_factory=Sums)
    after: Sums = field(default_factory=Sums)


#: Sums by period and metric: hours and sessions are never added up.
Balances = dict[tuple[PeriodKind, Metric], BeforeAndAfter]


@dataclass
class ChildTrial:
    """What would come out otherwise for one child: over its rows that change."""

    child_id: int
    rows: int = 0
    #: Rows of periods that are over and of which something else would be unaccounted for.
    telling: int = 0
    balances: Balances = field(default_factory=lambda: defaultdict(BeforeAndAfter))


@dataclass
class Trial:
    """What would come out otherwise."""

    rows: int = 0
    #: Over all rows, also those that stay, in the order of the periods.
    balances: Balances = field(default_factory=lambda: defaultdict(BeforeAndAfter))
    #: With a row that changes; those of whom most would be told first.
    children: list[ChildTrial] = field(default_factory=list)


def try_calendar(calendar: Calendar, as_of: date) -> Trial:
    """Compute every child's ledger under a calendar and compare it with what is stored."""
    return _compared(replace(gather(), ledger=Ledger(calendar)), as_of)


def try_rules(rules: Sequence[DeliveryRule], as_of: date) -> Trial:
    """Compute every child's ledger under these rules and compare it with what is stored."""
    return _compared(gather(rules=rules), as_of)


def try_reason_end(code: str, last: date | None, as_of: date) -> Trial:
    """Compute every child's ledger as if a reason of absences held until a day, and compare it with what is stored."""
    return _compared(gather(reason_ends={code: last}), as_of)


def _compared(gathered: Gathered, as_of: date) -> Trial:
    _verdicts, after = computed(gathered)
    before = _stored()
    trial = Trial()
    children: dict[int, ChildTrial] = {}
    for key in before.keys() | after.keys():
        pair = before.get(key), after.get(key)
        _add(trial.balances, pair, as_of)
        if _differs(*pair):
            trial.rows += 1
            child = children.setdefault(key[0], ChildTrial(key[0]))
            child.rows += 1
            child.telling += _tells(*pair, as_of)
            _add(child.balances, pair, as_of)
    trial.balances = _in_order(trial.balances)
    trial.children = sorted(children.values(), key=lambda child: (-child.telling, -child.rows, child.child_id))
    for child in trial.children:
        child.balances = _in_order(child.balances)
    return trial


def _stored() -> dict[tuple[Any, ...], Row]:
    columns = [*ENTRY_KEY, "metric", *NUMBERS]
    statement = select(*(getattr(LedgerEntry, name) for name in columns))
    rows = (row._asdict() for row in db.session.execute(statement))
    return {tuple(row[name] for name in ENTRY_KEY): row for row in rows}


def _add(balances: Balances, pair: tuple[Row | None, Row | None], as_of: date) -> None:
    for row, side in zip(pair, ("before", "after"), strict=True):
        if row is not None:
            getattr(balances[row["period_kind"], row["metric"]], side).add(row, as_of)


def _differs(old: Row | None, new: Row | None) -> bool:
    return old is None or new is None or any(old[name] != new[name] for name in NUMBERS)


def _tells(old: Row | None, new: Row | None, as_of: date) -> bool:
    """Whether something else would be unaccounted for in a period that is over."""
    missing = [row["unaccounted"] if row is not None and row["period_end"] < as_of else 0 for row in (old, new)]
    return missing[0] != missing[1]


def _in_order(balances: Balances) -> Balances:
    return dict(sorted(balances.items(), key=lambda item: (KIND_NO[item[0][0]], item[0][1])))
