"""What would the ledger say if this absence were approved?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from hometeach.compliance.rules.ledger import ChildFacts, Excuse, Ledger
from hometeach.compliance.rules.rows import LedgerRow
from hometeach.kernel.clock import Span
from hometeach.schedule.rules import PeriodKind

KINDS = tuple(PeriodKind)


@dataclass(frozen=True, slots=True)
class Consequence:
    """The rows of the periods that hold the day, as they are and as they would be, the shortest period first."""

    before: Sequence[LedgerRow]
    after: Sequence[LedgerRow]

    @property
    def leading(self) -> list[tuple[LedgerRow, LedgerRow]]:
        """Those of the shortest kind of period, before beside after."""
        pairs = list(zip(self.before, self.after, strict=True))
        return [pair for pair in pairs if pair[0].quota.period is self.before[0].quota.period]

    @property
    def until(self) -> date | None:
        """The last day for what would have to be made up, None where nothing would."""
        lasts = [one.until for row in self.after if row.unaccounted for one in row.pending]
        return max(lasts, default=None)


def consequence(ledger: Ledger, facts: ChildFacts, excuse: Excuse) -> Consequence:
    """Ask the ledger itself, without the excuse and with it.

    An excuse of the same day that stands already is set aside: there is one a day.
    """
    others = [one for one in facts.excuses if one.day != excuse.day]
    judged = ledger.judge(facts)

    def rows(excuses: Sequence[Excuse]) -> list[LedgerRow]:
        return _of_day(ledger.rows(replace(facts, excuses=excuses), judged), excuse.day)

    return Consequence(rows(others), rows([*others, excuse]))


def leading_rows(rows: Sequence[LedgerRow]) -> list[LedgerRow]:
    """The rows that no shorter period of the child lies beneath."""
    periods: dict[PeriodKind, set[Span]] = {}
    for row in rows:
        periods.setdefault(row.quota.period, set()).add(row.period)
    shorter = {kind: [span for one in KINDS[: KINDS.index(kind)] for span in periods.get(one, ())] for kind in periods}
    return [row for row in rows if not any(span.meets(row.period) for span in shorter[row.quota.period])]


def _of_day(rows: Iterable[LedgerRow], day: date) -> list[LedgerRow]:
    return [row for row in rows if day in row.period]
