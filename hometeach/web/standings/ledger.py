"""Which ledger rows stand behind a page?"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import NamedTuple

from sqlalchemy import ColumnElement, select, true

from hometeach.compliance.builds import Builds, UnderBuild
from hometeach.compliance.facts import MOST_BY_ID
from hometeach.compliance.models import LedgerEntry, is_leading, pending_of
from hometeach.compliance.rules import Cause, Pending, RowVerdict, standing, tell_causes
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.schedule.rules import Metric, PeriodKind, Quota
from hometeach.web.standings.names import counted_words
from hometeach.web.states import RowNumbers

KINDS = tuple(PeriodKind)


class Row(NamedTuple):
    """A stored ledger row as plain columns; see ``compliance.rules.LedgerRow`` for the units."""

    child_id: int
    kind: PeriodKind
    metric: Metric
    first: date
    last: date
    quota_no: int
    minimum: int
    rule_code: str
    teaching: int
    active: int
    required: int
    delivered: int
    made_up: int
    excused: int
    invalid: int
    unaccounted: int
    surplus: int
    invalid_amount: int
    all_slots_fell_out: bool
    pending_text: str

    @property
    def period(self) -> Span:
        """Its days."""
        return Span(self.first, self.last)

    @property
    def quota(self) -> Quota:
        """What it is judged by."""
        return Quota(self.kind, self.metric, self.minimum)

    @property
    def pending(self) -> tuple[Pending, ...]:
        """Lessons still to be made up."""
        return pending_of(self.pending_text)

    def verdict(self, as_of: date) -> RowVerdict:
        """How it stands on a day."""
        return standing(
            self.last, required=self.required, excused=self.excused, unaccounted=self.unaccounted, as_of=as_of
        )

    def causes(self, as_of: date) -> dict[Cause, int]:
        """Why something is missing, told only once the period is over; causes that explain nothing are left out."""
        if not self.unaccounted or self.last >= as_of:
            return {}
        return {cause: amount for cause, amount in tell_causes(self, as_of).items() if amount}

    def numbers(self, as_of: date) -> RowNumbers:
        """What a cell of the strip shows of it."""
        causes = tuple(self.causes(as_of).items())
        return RowNumbers(
            self.verdict(as_of), self.required, self.delivered, self.made_up, self.excused, self.unaccounted, causes
        )


COLUMNS = (
    LedgerEntry.child_id,
    LedgerEntry.period_kind,
    LedgerEntry.metric,
    LedgerEntry.period_start,
    LedgerEntry.period_end,
    LedgerEntry.quota_no,
    LedgerEntry.minimum,
    LedgerEntry.rule_code,
    LedgerEntry.teaching_days,
    LedgerEntry.active_days,
    LedgerEntry.required,
    LedgerEntry.delivered,
    LedgerEntry.made_up,
    LedgerEntry.excused,
    LedgerEntry.invalid,
    LedgerEntry.unaccounted,
    LedgerEntry.surplus,
    LedgerEntry.invalid_amount,
    LedgerEntry.all_slots_fell_out,
    LedgerEntry.pending,
)


def ledger_rows(*conditions: ColumnElement[bool]) -> list[Row]:
    """The rows of which the conditions hold (on ``LedgerEntry`` and ``Child``), by child, kind, start and quota."""
    statement = (
        select(*COLUMNS)
        .join(Child, Child.id == LedgerEntry.child_id)
        .where(*conditions)
        .order_by(
            Child.code, LedgerEntry.kind_no, LedgerEntry.period_start, LedgerEntry.period_end, LedgerEntry.quota_no
        )
    )
    return [Row._make(row) for row in db.session.execute(statement)]


#: Of a term or two of a large county.
LEADING: UnderBuild[Sequence[Row]] = UnderBuild(4096)


def leading_rows(builds: Builds, span: Span) -> list[Row]:
    """The leading rows of these children whose period shares a day with the span, in the order of the children.

    Each child's are read once for each build of its ledger.
    """

    def read(child_ids: Collection[int]) -> dict[int, Sequence[Row]]:
        some = LedgerEntry.child_id.in_(child_ids) if len(child_ids) <= MOST_BY_ID else true()
        found: dict[int, list[Row]] = {child_id: [] for child_id in child_ids}
        for row in ledger_rows(meets(span), is_leading(), some):
            found.setdefault(row.child_id, []).append(row)
        return {child_id: found[child_id] for child_id in child_ids}

    return list(chain.from_iterable(LEADING.of(builds, read, what=span).values()))


def meets(span: Span) -> ColumnElement[bool]:
    """The condition that a row's period shares a day with the span."""
    return (LedgerEntry.period_start <= span.last) & (LedgerEntry.period_end >= span.first)


def of_kind(kind: PeriodKind) -> ColumnElement[bool]:
    """The condition that a row is of this kind of period."""
    return LedgerEntry.period_kind == kind


def telling(rows: Iterable[Row], as_of: date) -> Row:
    """The row that speaks for a period with several quotas: the worst off, so that none hides behind another."""
    return min(rows, key=lambda row: _rank(row, as_of))


def by_child(rows: Iterable[Row], as_of: date) -> dict[int, dict[date, Row]]:
    """For each child the telling row of each period, by the period's first day."""
    found: dict[int, dict[date, list[Row]]] = {}
    for row in rows:
        found.setdefault(row.child_id, {}).setdefault(row.first, []).append(row)
    return {
        child: {first: some[0] if len(some) == 1 else telling(some, as_of) for first, some in periods.items()}
        for child, periods in found.items()
    }


@dataclass(frozen=True)
class Missing:
    """What is missing of periods that are over, each child-period counted once, by kind of period.

    ``nothing``: for a part of it nobody accounts, and of how many ``children``; ``known``: all of it has a cause.
    """

    nothing: Counter[PeriodKind]
    known: Counter[PeriodKind]
    children: int

    @property
    def nothing_words(self) -> str:
        """For how many periods nobody accounts, in words; empty where there is none."""
        return counted_words(self.nothing)

    @property
    def known_words(self) -> str:
        """How many periods are short for known causes alone."""
        return counted_words(self.known)


def missing_of(rows: Iterable[Row], as_of: date) -> Missing:
    """What is missing of these rows; those that run still are left out."""
    causes: dict[tuple[int, PeriodKind, date], set[Cause]] = {}
    for row in rows:
        told = row.causes(as_of)
        if told:
            causes.setdefault((row.child_id, row.kind, row.first), set()).update(told)
    nothing = [key for key, some in causes.items() if Cause.NOTHING in some]
    known = [key for key, some in causes.items() if Cause.NOTHING not in some]
    return Missing(
        nothing=Counter(kind for _child, kind, _first in nothing),
        known=Counter(kind for _child, kind, _first in known),
        children=len({child for child, _kind, _first in nothing}),
    )


_ORDER = (RowVerdict.SHORT, RowVerdict.OPEN, RowVerdict.MET, RowVerdict.EXEMPT)
_METRICS: Sequence[Metric] = tuple(Metric)


def _rank(row: Row, as_of: date) -> tuple[int, bool, bool, int, int]:
    verdict = row.verdict(as_of)
    return (
        _ORDER.index(verdict),
        Cause.NOTHING not in row.causes(as_of),
        not row.unaccounted,
        _METRICS.index(row.metric),
        row.quota_no,
    )
