"""What can still be made up, for which missed date, and until when?

Two things ask for a make-up: an approved absence whose reason does not take
the lesson off, and a period that is over and short. Only periods of the
shortest kind by which the child is judged are asked: what repays a week also
counts for its month and term.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hometeach.compliance.rules.consequence import leading_rows
from hometeach.compliance.rules.ledger import ChildFacts, Excuse, Ledger
from hometeach.compliance.rules.rows import LedgerRow
from hometeach.kernel.clock import Span
from hometeach.schedule.rules import Metric
from hometeach.visits.rules import ExcuseEffect, Judgement, Verdict


@dataclass(frozen=True, slots=True)
class Debt:
    """A lesson that can still be made up.

    Units: ``amount`` in the row's metric. ``days`` are those that are left on
    which a make-up would be credited to ``missed_on``; there is at least one.
    """

    missed_on: date
    is_absence: bool
    row: LedgerRow
    amount: int
    days: Sequence[date]

    @property
    def until(self) -> date:
        """The last day for it."""
        return self.days[-1]


def debts_of(
    ledger: Ledger,
    facts: ChildFacts,
    as_of: date,
    *,
    judged: Sequence[Judgement] | None = None,
    rows: Sequence[LedgerRow] | None = None,
) -> list[Debt]:
    """What can still be made up of one child's lessons on a day, the most pressing first.

    ``judged`` and ``rows`` spare computing what the ledger has said of these facts already.
    """
    judged = ledger.judge(facts) if judged is None else judged
    rows = ledger.rows(facts, judged) if rows is None else rows
    oldest = as_of - timedelta(days=facts.book.longest_make_up_days)
    found = [
        debt
        for row in leading_rows(rows)
        if row.unaccounted and row.period.last >= oldest
        for debt in _of_row(row, ledger, facts, judged, as_of)
    ]
    return sorted(_one_a_date(found), key=lambda debt: (debt.until, debt.missed_on))


def _of_row(
    row: LedgerRow, ledger: Ledger, facts: ChildFacts, judged: Sequence[Judgement], as_of: date
) -> Iterator[Debt]:
    left = row.unaccounted
    for excuse in sorted(facts.excuses, key=lambda one: one.day):
        amount = min(left, _asked(excuse, row, facts, _repaid(excuse.day, row.quota.metric, ledger, judged)))
        days = ledger.days_left(excuse.day, facts, as_of)
        left -= max(0, amount)
        if amount > 0 and days:
            yield Debt(excuse.day, True, row, amount, days)
    if left and row.period.last < as_of:
        missed_on = missed_day(row.period, ledger, facts, judged)
        days = ledger.days_left(missed_on, facts, as_of)
        if days:
            yield Debt(missed_on, False, row, left, days)


def _asked(excuse: Excuse, row: LedgerRow, facts: ChildFacts, repaid: int) -> int:
    """What an absence in the row's period still asks to be made up."""
    if excuse.effect is not ExcuseEffect.MAKE_UP or excuse.day not in row.period:
        return 0
    rule = facts.book.on(excuse.day) or row.rule
    return rule.amount(row.quota.metric, excuse.minutes) - repaid


def _repaid(missed_on: date, metric: Metric, ledger: Ledger, judged: Sequence[Judgement]) -> int:
    return sum(
        item.rule.amount(metric, item.session.minutes)
        for item in judged
        if item.rule and item.is_counted and item.session.makes_up_for == missed_on and ledger.credit(item)[1]
    )


def missed_day(
    period: Span, ledger: Ledger, facts: ChildFacts, judged: Sequence[Judgement], *, planned: Iterable[date] = ()
) -> date:
    """The last day of a short period on which the child had an hour and no lesson, else its last day in a term.

    ``planned`` are days to come with a lesson in the plan.
    """
    explained = {*planned, *(excuse.day for excuse in facts.excuses)}
    explained |= {item.session.day for item in judged if item.verdict is Verdict.COUNTED}
    missed = {day for slot in facts.slots for day in slot.days(period)} - explained
    in_term = [day for day in missed if ledger.calendar.term_of(day)]
    if in_term:
        return max(in_term)
    lasts = [min(period.last, term.span.last) for term in ledger.calendar.terms if term.span.meets(period)]
    return max(lasts, default=period.last)


def _one_a_date(debts: Sequence[Debt]) -> list[Debt]:
    """Where several quotas ask for the same date, the one that asks for most."""
    by_date: dict[date, Debt] = {}
    for debt in debts:
        known = by_date.get(debt.missed_on)
        if known is None or debt.amount > known.amount:
            by_date[debt.missed_on] = debt
    return list(by_date.values())
