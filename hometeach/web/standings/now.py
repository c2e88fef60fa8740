"""How does the running week stand, or whichever period the children are judged by?

An open period is never short: what is not given yet is still to be given. What
nobody accounts for is told of periods that are over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from hometeach.compliance.builds import builds_of
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.schedule.rules import PeriodKind
from hometeach.visits.models import is_held
from hometeach.web.standings.ledger import Missing, Row, leading_rows, missing_of

#: How far ahead the next planned session is looked for.
AHEAD = timedelta(days=13)
THIS_PERIOD = {
    PeriodKind.WEEK: _l("This week"),
    PeriodKind.FORTNIGHT: _l("This fortnight"),
    PeriodKind.MONTH: _l("This month"),
    PeriodKind.TERM: _l("This term"),
    PeriodKind.SCHOOL_YEAR: _l("This school year"),
}


@dataclass(frozen=True)
class Planned:
    """The next planned session of a child. Units: minutes after midnight."""

    day: date
    start_minute: int
    end_minute: int


@dataclass(frozen=True)
class ChildNow:
    """How one child stands in the running period: its rows, and the next session that is planned."""

    rows: Sequence[Row]
    planned: Planned | None = None

    @property
    def kind(self) -> PeriodKind:
        """The kind of the running period."""
        return self.rows[0].kind

    @property
    def owed(self) -> bool:
        """Whether anything is asked."""
        return any(row.required for row in self.rows)

    @property
    def waits(self) -> bool:
        """Whether something is still to be given."""
        return any(row.unaccounted for row in self.rows)

    @property
    def given(self) -> bool:
        """Whether all that is asked was given, at least in part by teaching."""
        return self.owed and not self.waits and any(row.delivered + row.made_up for row in self.rows)

    @property
    def excused(self) -> bool:
        """Whether all that is asked was taken off."""
        return self.owed and not self.waits and not self.given

    @property
    def until(self) -> date:
        """The last day of the period that ends first."""
        return min(row.last for row in self.rows)

    @property
    def telling(self) -> Row:
        """The row of which something is still to be given, else the first."""
        return next((row for row in self.rows if row.unaccounted), self.rows[0])

    @property
    def is_unplanned(self) -> bool:
        """Whether something is still to be given and no session is planned in time."""
        return self.waits and (self.planned is None or self.planned.day > self.until)


@dataclass(frozen=True)
class Running:
    """The running period of one kind. Units: children."""

    kind: PeriodKind
    children: Sequence[ChildNow]

    @property
    def this_period(self) -> str:
        """本周, or what the period is called."""
        return str(THIS_PERIOD[self.kind])

    @property
    def owed(self) -> int:
        """Children of whom something is asked."""
        return sum(one.owed for one in self.children)

    @property
    def given(self) -> int:
        """Children to whom all of it was given."""
        return sum(one.given for one in self.children)

    @property
    def excused(self) -> int:
        """Children of whom all of it was taken off."""
        return sum(one.excused for one in self.children)

    @property
    def waiting(self) -> int:
        """Children to whom something is still to be given."""
        return sum(one.waits for one in self.children)

    @property
    def unplanned(self) -> int:
        """Those of them for whom no session is planned in time."""
        return sum(one.is_unplanned for one in self.children)


@dataclass(frozen=True)
class Now:
    """How the children stand today, each in its own running period, and what is missing of the term so far."""

    of_child: Mapping[int, ChildNow]
    missing: Missing

    @property
    def running(self) -> list[Running]:
        """The running periods, the shortest kind first; none where no term runs or nobody is listed."""
        kinds = {one.kind for one in self.of_child.values()}
        return [
            Running(kind, [one for one in self.of_child.values() if one.kind is kind])
            for kind in PeriodKind
            if kind in kinds
        ]

    @property
    def this_period(self) -> str:
        """本周 where all are judged by the week, else what the one or other period is called."""
        called = {one.this_period for one in self.running}
        return called.pop() if len(called) == 1 else _("Now")


def now_of(as_of: date, term: Span, *conditions: ColumnElement[bool]) -> Now:
    """How the children of whom the conditions hold stand today, and what is missing of the term so far."""
    running, missing = standing(tuple(builds_of(*conditions).items()), term, as_of)
    planned = next_sessions(Span(as_of, as_of + AHEAD), *conditions) if running else {}
    return _now(running, missing, planned)


def now_from(rows: Iterable[Row], planned: Mapping[int, Planned], as_of: date) -> Now:
    """The same out of leading rows that run or fell short, and each child's next planned session."""
    return _now(*_apart(rows, as_of), planned)


@lru_cache(maxsize=32)
def standing(builds: tuple[tuple[int, str], ...], term: Span, as_of: date) -> tuple[Mapping[int, list[Row]], Missing]:
    """Which rows of each child run, and what is missing of the term: the same while no ledger was built anew."""
    running = leading_rows(dict(builds), Span(as_of, as_of))
    return _apart([*running, *(row for row in leading_rows(dict(builds), term) if row.last < as_of)], as_of)


def _apart(rows: Iterable[Row], as_of: date) -> tuple[Mapping[int, list[Row]], Missing]:
    running: dict[int, list[Row]] = {}
    over = []
    for row in rows:
        if row.last >= as_of:
            running.setdefault(row.child_id, []).append(row)
        else:
            over.append(row)
    return running, missing_of(over, as_of)


def _now(running: Mapping[int, Sequence[Row]], missing: Missing, planned: Mapping[int, Planned]) -> Now:
    return Now({child: ChildNow(some, planned.get(child)) for child, some in running.items()}, missing)


def next_sessions(within: Span, *conditions: ColumnElement[bool]) -> dict[int, Planned]:
    """The first session in the span that is planned and was not held, of each child of whom the conditions hold."""
    found: dict[int, Planned] = {}
    statement = (
        select(Occurrence.child_id, Occurrence.planned_on, Occurrence.start_minute, Occurrence.end_minute)
        .join(Child, Child.id == Occurrence.child_id)
        .where(
            Occurrence.planned_on.between(within.first, within.last),
            Occurrence.state == OccurrenceState.PLANNED,
            ~is_held(Occurrence.id),
            *conditions,
        )
        .order_by(Occurrence.planned_on, Occurrence.start_minute, Occurrence.id)
    )
    for child, day, start, end in db.session.execute(statement):
        found.setdefault(child, Planned(day, start, end))
    return found
