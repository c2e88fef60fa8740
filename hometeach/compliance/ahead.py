"""What lies ahead of some children: what is planned, what can still be made up, how open periods will end."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlalchemy import select

from hometeach.compliance.facts import Gathered, gather
from hometeach.compliance.rules import LedgerRow
from hometeach.compliance.rules.debts import Debt, debts_of
from hometeach.compliance.rules.forecast import Outlook, PlannedSession, forecast
from hometeach.kernel.extensions import db
from hometeach.people.models import Teacher
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow
from hometeach.schedule.rules import Mode
from hometeach.visits.models import Visit
from hometeach.visits.rules import Judgement


@dataclass
class Ahead:
    """The children's facts and their plan from a day on, read once."""

    child_ids: Collection[int]
    as_of: date
    _debts: dict[int, list[Debt]] = field(default_factory=dict)
    _computed: dict[int, tuple[Sequence[Judgement], Sequence[LedgerRow]]] = field(default_factory=dict)

    @cached_property
    def gathered(self) -> Gathered:
        """The facts that the ledger is computed from."""
        return gather(self.child_ids)

    @cached_property
    def planned(self) -> dict[int, list[PlannedSession]]:
        """The sessions of each child that are planned from the day on and were not held, in order."""
        return planned_sessions(self.child_ids, self.as_of)

    def judged(self, child_id: int) -> Sequence[Judgement]:
        """What the rule says of one child's sessions."""
        return self._compute(child_id)[0]

    def rows(self, child_id: int) -> Sequence[LedgerRow]:
        """The ledger of one child."""
        return self._compute(child_id)[1]

    def debts(self, child_id: int) -> list[Debt]:
        """What can still be made up of one child's lessons."""
        if child_id not in self._debts:
            judged, rows = self._compute(child_id)
            facts = self.gathered.facts[child_id]
            self._debts[child_id] = debts_of(self.gathered.ledger, facts, self.as_of, judged=judged, rows=rows)
        return self._debts[child_id]

    def outlooks(self, child_id: int) -> list[Outlook]:
        """How the open periods of one child will end."""
        planned = self.planned.get(child_id, [])
        facts, rows = self.gathered.facts[child_id], self.rows(child_id)
        return forecast(self.gathered.ledger, facts, planned, self.as_of, rows=rows)

    def make_ups_planned(self, child_id: int, missed_on: date) -> list[PlannedSession]:
        """The sessions that are planned to repay a missed date."""
        return [one for one in self.planned.get(child_id, []) if one.makes_up_for == missed_on]

    def _compute(self, child_id: int) -> tuple[Sequence[Judgement], Sequence[LedgerRow]]:
        if child_id not in self._computed:
            ledger, facts = self.gathered.ledger, self.gathered.facts[child_id]
            judged = ledger.judge(facts)
            self._computed[child_id] = judged, ledger.rows(facts, judged)
        return self._computed[child_id]


def planned_sessions(child_ids: Collection[int], as_of: date) -> dict[int, list[PlannedSession]]:
    """The sessions of each child that are planned from a day on and were not held, in order."""
    held = select(Visit.occurrence_id).where(Visit.occurrence_id.is_not(None), Visit.is_void.is_(False))
    statement = (
        select(
            Occurrence.child_id,
            Occurrence.planned_on,
            Occurrence.start_minute,
            Occurrence.end_minute,
            Teacher.code,
            SlotRow.mode,
            Occurrence.makes_up_for,
        )
        .join(Teacher, Teacher.id == Occurrence.teacher_id)
        .outerjoin(SlotRow, SlotRow.id == Occurrence.slot_id)
        .where(
            Occurrence.child_id.in_(child_ids),
            Occurrence.planned_on >= as_of,
            Occurrence.state == OccurrenceState.PLANNED,
            Occurrence.id.not_in(held),
        )
        .order_by(Occurrence.planned_on, Occurrence.start_minute, Occurrence.id)
    )
    found: dict[int, list[PlannedSession]] = {}
    for child_id, day, start, end, teacher, mode, makes_up_for in db.session.execute(statement):
        planned = PlannedSession(day, start, end, teacher, mode or Mode.HOME, makes_up_for)
        found.setdefault(child_id, []).append(planned)
    return found
