"""How is it told what a change would do to the ledger: all children together, then child by child?"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hometeach.compliance.trial import Balances, Trial
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.schedule.rules import PeriodKind
from hometeach.web import words

_OWED = {
    PeriodKind.WEEK: _l("owed by week"),
    PeriodKind.FORTNIGHT: _l("owed by fortnight"),
    PeriodKind.MONTH: _l("owed by month"),
    PeriodKind.TERM: _l("owed by term"),
    PeriodKind.SCHOOL_YEAR: _l("owed by school year"),
}
#: Of periods that are over.
_MISSING = {
    PeriodKind.WEEK: _l("nobody accounts for, by week"),
    PeriodKind.FORTNIGHT: _l("nobody accounts for, by fortnight"),
    PeriodKind.MONTH: _l("nobody accounts for, by month"),
    PeriodKind.TERM: _l("nobody accounts for, by term"),
    PeriodKind.SCHOOL_YEAR: _l("nobody accounts for, by school year"),
}


@dataclass(frozen=True)
class Change:
    """A row of a before-and-after table."""

    what: str
    field: str
    before: str
    after: str


def balance_changes(balances: Balances) -> Iterator[Change]:
    """What is owed and what nobody accounts for, period by period, where it comes out otherwise."""
    for (period, metric), both in balances.items():
        before, after = both.before, both.after
        for label, old, new in (
            (_OWED[period], before.required, after.required),
            (_MISSING[period], before.unaccounted, after.unaccounted),
        ):
            if old != new:
                amounts = words.amount_words(old, metric), words.amount_words(new, metric)
                yield Change(_("All children"), str(label), *amounts)


def children_told(trial: Trial) -> list[tuple[Child, list[Change]]]:
    """Every child of whom something comes out otherwise, with what; those of whom most is to be told first."""
    children = select(Child).where(Child.id.in_([one.child_id for one in trial.children]))
    by_id = {child.id: child for child in db.session.scalars(children)}
    return [(by_id[one.child_id], list(balance_changes(one.balances))) for one in trial.children]
