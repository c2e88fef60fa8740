"""Whatever is edited in whatever order: nobody is in two places, the past stands, each session stays itself."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from hometeach.compliance.actions import plan_ahead, rebuild_ledger
from hometeach.kernel.clock import Span, monday_of
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow, Substitution
from hometeach.schedule.planning.actions import cancel_occurrence, move_occurrence, plan_make_up
from hometeach.schedule.planning.hours import Hour, change_hour, end_hour, make_hour
from hometeach.schedule.planning.standing_in import end_standing_in, stand_in
from hometeach.web.schedule.follow import HELD, follow_up
from tests import factories
from tests.conftest import IS_LONG

TODAY = date(2026, 11, 23)
#: Edits in one history, and histories: 2,000 edits in the long run.
STEPS = 20
HISTORIES = 100 if IS_LONG else 4

days = st.integers(-3, 60).map(lambda n: TODAY + timedelta(days=n))
picks = st.integers(0, 10_000)
starts = st.sampled_from([480, 510, 540, 570, 900, 930])
lengths = st.sampled_from([40, 60, 90])
weekdays = st.integers(0, 5)


def picked(model: Any, n: int) -> Any:
    """One row of a table, by a number that may be larger than it."""
    ids = db.session.scalars(select(model.id).order_by(model.id)).all()
    return db.session.get_one(model, ids[n % len(ids)]) if ids else None


class Edits(RuleBasedStateMachine):
    """Edits of the week in one transaction that is undone at the end."""

    @initialize()
    def begin(self) -> None:
        plan_ahead(date(2026, 11, 9))
        self.known: dict[str, tuple[str, date]] = {}
        self.past = self._past()
        assert self.past

    @rule(child=picks, teacher=picks, weekday=weekdays, start=starts, length=lengths, first=days, reason=st.booleans())
    def set_hour(
        self, child: int, teacher: int, weekday: int, start: int, length: int, first: date, reason: bool
    ) -> None:
        hour = Hour(picked(Teacher, teacher).id, weekday, start, start + length, short_reason="体力" * reason)
        self._edit(picked(Child, child).id, lambda one: make_hour(one, hour, first, None, least_minutes=60, by="x"))

    @rule(slot=picks, teacher=picks, weekday=weekdays, start=starts, length=lengths, first=days)
    def change_this_and_later(
        self, slot: int, teacher: int, weekday: int, start: int, length: int, first: date
    ) -> None:
        row = picked(SlotRow, slot)
        hour = Hour(picked(Teacher, teacher).id, weekday, start, start + length)
        self._edit(row.child_id, lambda _: change_hour(row, hour, first, least_minutes=40, by="x", held=HELD))

    @rule(slot=picks, last=days)
    def end(self, slot: int, last: date) -> None:
        row = picked(SlotRow, slot)
        self._edit(row.child_id, lambda _: end_hour(row, last, by="x", held=HELD))

    @rule(one=picks, on=days, start=starts, length=lengths)
    def move_this_one(self, one: int, on: date, start: int, length: int) -> None:
        row = picked(Occurrence, one)
        self._edit(
            row.child_id, lambda _: move_occurrence(row, on, start, start + length, reason="x", by="x", held=HELD)
        )

    @rule(one=picks)
    def cancel_this_one(self, one: int) -> None:
        row = picked(Occurrence, one)
        self._edit(row.child_id, lambda _: cancel_occurrence(row, reason="x", by="x", held=HELD))

    @rule(child=picks, teacher=picks, on=days, start=starts)
    def make_up(self, child: int, teacher: int, on: date, start: int) -> None:
        who = picked(Teacher, teacher).id
        self._edit(picked(Child, child).id, lambda one: plan_make_up(one, who, on, start, start + 60, TODAY, "x"))

    @rule(child=picks, teacher=picks, substitute=picks, first=days, length=st.integers(0, 20))
    def hand_over(self, child: int, teacher: int, substitute: int, first: date, length: int) -> None:
        who, instead = picked(Teacher, teacher).id, picked(Teacher, substitute).id
        span = Span(first, first + timedelta(days=length))
        self._edit(
            picked(Child, child).id, lambda one: stand_in(one, who, instead, span, reason="x", by="x", held=HELD)
        )

    @rule(row=picks, last=days)
    def take_back(self, row: int, last: date) -> None:
        found = picked(Substitution, row)
        if found is not None:
            self._edit(found.child_id, lambda _: end_standing_in(found, last, by="x", held=HELD))

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        taken: dict[tuple[str, int, date], list[tuple[int, int]]] = {}
        for one in self._sessions(Occurrence.state == OccurrenceState.PLANNED):
            for key in (("child", one.child_id, one.planned_on), ("teacher", one.teacher_id, one.planned_on)):
                hours = taken.setdefault(key, [])
                assert all(one.end_minute <= start or end <= one.start_minute for start, end in hours)
                hours.append((one.start_minute, one.end_minute))

    @invariant()
    def the_past_stands(self) -> None:
        if hasattr(self, "past"):
            assert self._past() == self.past

    @invariant()
    def each_session_stays_itself_and_a_series_has_one_a_week(self) -> None:
        sessions = self._sessions()
        for one in sessions:
            known = getattr(self, "known", {}).setdefault(one.public_id, (one.series, one.original_on))
            assert known == (one.series, one.original_on)
        weeks = Counter((one.series, monday_of(one.original_on)) for one in sessions)
        assert max(weeks.values(), default=0) <= 1

    @invariant()
    def the_ledger_equals_one_computed_from_nothing(self) -> None:
        assert rebuild_ledger() == 0

    def teardown(self) -> None:
        db.session.rollback()
        db.session.remove()

    def _edit(self, child_id: int, verb: Any) -> None:
        """Do it, or be refused and leave everything as it was."""
        try:
            with db.session.begin_nested():
                verb(child_id)
                db.session.flush()
        except Refused:
            return
        follow_up(child_id)

    def _sessions(self, *conditions: Any) -> list[Any]:
        columns = Occurrence.__table__.c
        return list(db.session.execute(select(*columns).where(*conditions).order_by(columns.id)))

    def _past(self) -> list[tuple[Any, ...]]:
        hours = select(SlotRow.child_id, SlotRow.weekday, SlotRow.start_minute, func.min(SlotRow.effective_from))
        begun = hours.where(SlotRow.effective_from < TODAY).group_by(*list(hours.selected_columns)[:3])
        return [
            *map(tuple, self._sessions(Occurrence.planned_on < TODAY)),
            *sorted(map(tuple, db.session.execute(begun))),
        ]


def test_random_edits_of_the_week_keep_what_must_be_kept(app: Flask, cast: factories.Cast) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Edits,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
