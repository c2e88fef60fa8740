"""What do a child's periods and sessions of a span come to, and those of many children?

The two rates are those of the bureau's report: A4-05, the share of judged
child-weeks that are met, and A4-13, given of what the weekly quota of sessions
owed and was not excused. Both stand as numerator and denominator, so that they
can be added up; a rate of nothing is missing, not zero.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, func, select

from hometeach.compliance.models import SessionVerdict
from hometeach.compliance.rules import RowVerdict, percentage
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.schedule.rules import Metric, PeriodKind
from hometeach.visits.rules import Verdict
from hometeach.web.standings.ledger import Row
from hometeach.web.standings.pictures import TermPicture
from hometeach.web.states import State

JUDGED = (RowVerdict.MET, RowVerdict.SHORT)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole."""

    part: int = 0
    whole: int = 0

    @property
    def percent(self) -> float | None:
        """To one decimal; None of nothing."""
        return percentage(self.part, self.whole)

    def __add__(self, other: "Share") -> "Share":
        return Share(self.part + other.part, self.whole + other.whole)


@dataclass(frozen=True, slots=True)
class Figures:
    """Units: children; child-periods; counted sessions and their minutes."""

    children: int = 0
    #: Child-periods of which anything was asked.
    owed: int = 0
    states: Counter[State] = field(default_factory=Counter)
    #: A4-05: child-weeks met of those judged.
    met: Share = Share()
    #: A4-13: sessions given of those owed and not excused, in judged weeks.
    given: Share = Share()
    sessions: int = 0
    minutes: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.children + other.children,
            self.owed + other.owed,
            self.states + other.states,
            self.met + other.met,
            self.given + other.given,
            self.sessions + other.sessions,
            self.minutes + other.minutes,
        )


def figures_of(
    picture: TermPicture, rows: Sequence[Row], held: dict[int, tuple[int, int]], children: Iterable[int], as_of: date
) -> dict[int, Figures]:
    """The figures of each child. ``held``: its counted sessions and their minutes."""
    shares = _sessions_given(rows, as_of)
    telling: dict[int, list[Row]] = {}
    for grid in picture.grids.values():
        for child, periods in grid.rows.items():
            telling.setdefault(child, []).extend(periods.values())
    return {
        child: Figures(
            children=1,
            owed=sum(row.required > 0 for row in told),
            states=picture.line(child).counts,
            met=_weeks_met(told, as_of),
            given=shares.get(child, Share()),
            sessions=held.get(child, (0, 0))[0],
            minutes=held.get(child, (0, 0))[1],
        )
        for child in children
        for told in [telling.get(child, [])]
    }


def sessions_counted(within: Span, *conditions: ColumnElement[bool]) -> dict[int, tuple[int, int]]:
    """The counted sessions that each child had in these days, and their minutes."""
    statement = (
        select(SessionVerdict.child_id, func.count(), func.sum(SessionVerdict.minutes))
        .join(Child, Child.id == SessionVerdict.child_id)
        .where(
            SessionVerdict.verdict == Verdict.COUNTED,
            SessionVerdict.held_on.between(within.first, within.last),
            *conditions,
        )
        .group_by(SessionVerdict.child_id)
    )
    return {child: (count, int(minutes)) for child, count, minutes in db.session.execute(statement)}


def summed(figures: Iterable[Figures]) -> Figures:
    """All of them together."""
    return sum(figures, Figures())


def _weeks_met(told: Sequence[Row], as_of: date) -> Share:
    """The telling row is the worst off of a week: it is met only where none of them is short."""
    verdicts = [row.verdict(as_of) for row in told if row.kind is PeriodKind.WEEK]
    judged = [verdict for verdict in verdicts if verdict in JUDGED]
    return Share(judged.count(RowVerdict.MET), len(judged))


def _sessions_given(rows: Sequence[Row], as_of: date) -> dict[int, Share]:
    found: dict[int, Share] = {}
    for row in rows:
        is_weekly = row.kind is PeriodKind.WEEK and row.metric is Metric.SESSIONS
        if is_weekly and row.verdict(as_of) in JUDGED:
            due = row.required - row.excused
            share = Share(min(due, row.delivered + row.made_up), due)
            found[row.child_id] = found.get(row.child_id, Share()) + share
    return found
