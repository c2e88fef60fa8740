"""How will the open periods end if all that is planned is held?

The planned sessions are put to the ledger itself as if they had been held, so
that minimum, caps, agreement and calendar are asked as they will be later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from hometeach.compliance.rules.ledger import ChildFacts, Ledger
from hometeach.compliance.rules.rows import LedgerRow
from hometeach.kernel.clock import Span
from hometeach.schedule.rules import Mode, Quota
from hometeach.visits.rules import Confirmation, Session


class PlannedSession(NamedTuple):
    """A session that stands in the plan and was not held yet. Units: minutes after midnight."""

    day: date
    start_minute: int
    end_minute: int
    teacher: str
    mode: Mode = Mode.HOME
    makes_up_for: date | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """How an open period stands, and how it will end. Units: the quota's metric.

    ``planned`` is what the sessions that are planned would still add to it;
    ``missing`` what would be lacking on its last day.
    """

    quota: Quota
    period: Span
    required: int
    excused: int
    given: int
    planned: int
    missing: int

    @property
    def due(self) -> int:
        """What is asked once the excused is taken off."""
        return self.required - self.excused

    @property
    def is_met(self) -> bool:
        """Whether all of it was given already."""
        return self.given >= self.due

    @property
    def will_be_met(self) -> bool:
        """Whether what is planned suffices."""
        return self.missing == 0


def forecast(
    ledger: Ledger,
    facts: ChildFacts,
    planned: Iterable[PlannedSession],
    as_of: date,
    *,
    rows: Sequence[LedgerRow] | None = None,
) -> list[Outlook]:
    """The outlook of every open period that asks for something, the shortest period first.

    ``planned`` sessions before the day asked are left out, and so are those on
    days without teaching unless they are make-ups. ``rows`` spares computing
    what the ledger has said of these facts already.
    """
    expected = [
        _as_held(number, one, facts)
        for number, one in enumerate(sorted(planned, key=lambda one: one[:3]))
        if one.day >= as_of and (one.makes_up_for or ledger.calendar.is_teaching_day(one.day))
    ]
    today = Span(as_of, as_of)
    now = ledger.rows(facts, meeting=today) if rows is None else [row for row in rows if as_of in row.period]
    then = ledger.rows(replace(facts, sessions=[*facts.sessions, *expected]), meeting=today) if expected else now
    return [_outlook(row, later) for row, later in zip(now, then, strict=True) if row.required]


def _as_held(number: int, one: PlannedSession, facts: ChildFacts) -> Session:
    """The session as it will be written down: confirmed, and with as many teachers as the rule asks."""
    rule = facts.book.on(one.day)
    return Session(
        number=f"planned {number:06d}",
        child="",
        day=one.day,
        arrived=one.start_minute * 60,
        left=one.end_minute * 60,
        teachers=(one.teacher,) * (rule.min_teachers if rule else 1),
        mode=one.mode,
        confirmation=Confirmation.CONFIRMED,
        makes_up_for=one.makes_up_for,
    )


def _outlook(row: LedgerRow, later: LedgerRow) -> Outlook:
    given = row.delivered + row.made_up
    return Outlook(
        quota=row.quota,
        period=row.period,
        required=row.required,
        excused=row.excused,
        given=given,
        planned=later.delivered + later.made_up - given,
        missing=later.unaccounted,
    )
