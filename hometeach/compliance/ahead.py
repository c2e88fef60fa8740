"""What lies ahead of some children: what is planned, what can still be made up, how open periods will end."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, select

from hometeach.compliance.builds import builds_of_these
from hometeach.compliance.facts.reading import Which, ask
from hometeach.compliance.reckoned import RECKONED, Reckoned, reckon
from hometeach.compliance.rules.debts import Debt
from hometeach.compliance.rules.forecast import Outlook, PlannedSession
from hometeach.kernel.extensions import db
from hometeach.people.models import Teacher
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow
from hometeach.schedule.rules import Mode
from hometeach.visits.models import Visit


@dataclass
class Ahead:
    """The children's facts and their plan from a day on; the facts of a child are read once for each build."""

    child_ids: Collection[int]
    as_of: date

    @cached_property
    def of_child(self) -> Mapping[int, Reckoned]:
        """The facts that the ledger of each child is computed from, and what comes of them."""
        return RECKONED.of(builds_of_these(self.child_ids), reckon)

    @cached_property
    def planned(self) -> dict[int, list[PlannedSession]]:
        """The sessions of each child that are planned from the day on and were not held, in order."""
        return planned_sessions(self.child_ids, self.as_of)

    def debts(self, child_id: int) -> list[Debt]:
        """What can still be made up of one child's lessons."""
        return self.of_child[child_id].debts(self.as_of)

    def outlooks(self, child_id: int) -> list[Outlook]:
        """How the open periods of one child will end."""
        return self.of_child[child_id].outlooks(self.as_of, self.planned.get(child_id, ()))

    def make_ups_planned(self, child_id: int, missed_on: date) -> list[PlannedSession]:
        """The sessions that are planned to repay a missed date."""
        return [one for one in self.planned.get(child_id, []) if one.makes_up_for == missed_on]


def planned_sessions(child_ids: Collection[int], as_of: date) -> dict[int, list[PlannedSession]]:
    """The sessions of each child that are planned from a day on and were not held, in order."""
    db.session.flush()  # what is asked by table does not see to it
    found: dict[int, list[PlannedSession]] = {}
    for child_id, day, start, end, teacher, mode, makes_up_for in ask(_planned, child_ids, since=as_of):
        planned = PlannedSession(day, start, end, teacher, mode or Mode.HOME, makes_up_for)
        found.setdefault(child_id, []).append(planned)
    return found


def _planned(which: Which) -> Any:
    plan, teachers, slots, visits = (one.__table__ for one in (Occurrence, Teacher, SlotRow, Visit))
    held = select(visits.c.occurrence_id).where(visits.c.occurrence_id.is_not(None), visits.c.is_void.is_(False))
    when = (plan.c[name] for name in ("child_id", "planned_on", "start_minute", "end_minute"))
    return (
        select(*when, teachers.c.code, slots.c.mode, plan.c.makes_up_for)
        .select_from(plan)
        .join(teachers, teachers.c.id == plan.c.teacher_id)
        .outerjoin(slots, slots.c.id == plan.c.slot_id)
        .where(
            which(plan.c.child_id),
            plan.c.planned_on >= bindparam("since"),
            plan.c.state == OccurrenceState.PLANNED,
            plan.c.id.not_in(held),
        )
        .order_by(plan.c.planned_on, plan.c.start_minute, plan.c.id)
    )
