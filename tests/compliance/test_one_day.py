"""After the sessions of one day changed, what is rebuilt of that day leaves nothing for a full rebuild to do.

``HOMETEACH_LONG=1`` tries it in three hundred random counties instead of a few; ``HOMETEACH_SEED=N`` only in that one.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.builds import builds_of_these
from hometeach.compliance.reckoned import RECKONED, Reckoned, reckon
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Child, Teacher
from hometeach.schedule.rules import Mode
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.rules import Confirmation
from hometeach.workbook.actions import apply_import, read_workbook
from tests import factories
from tests.conftest import IS_LONG
from tests.oracle.invented import invent
from tests.workbook.building import write

ONE = os.environ.get("HOMETEACH_SEED")
SEEDS = [int(ONE)] if ONE else range(300 if IS_LONG else 3)
EDITS = 30


class Changing:
    """Visits of a county, changed at random and near the edges of the rule."""

    def __init__(self, seed: int):
        self.dice = random.Random(seed)
        self.made = 0

    def once(self) -> Visit:
        """Change some visit or write a new one down."""
        visit = self._new() if self.dice.random() < 0.3 else self._some()
        change: Callable[[Visit], None] = self.dice.choice(CHANGES).__get__(self)
        change(visit)
        db.session.flush()
        return visit

    def _some(self) -> Visit:
        return self.dice.choice(db.session.scalars(sa.select(Visit).order_by(Visit.id)).all())

    def _new(self) -> Visit:
        like, self.made = self._some(), self.made + 1
        visit = Visit(
            number=f"new-{self.made}",
            child_id=self.dice.choice(db.session.scalars(sa.select(Child.id).order_by(Child.id)).all()),
            held_on=like.held_on + timedelta(days=self.dice.choice((0, 0, 0, 1, 7, 40))),
            arrived_second=like.arrived_second,
            left_second=like.left_second,
            mode=like.mode,
            confirmation=Confirmation.UNCONFIRMED,
            is_void=False,
            recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        db.session.add(visit)
        db.session.flush()
        self.teach(visit)
        return visit

    def withdraw(self, visit: Visit) -> None:
        """Withdraw it, or take that back."""
        visit.is_void, visit.void_reason = not visit.is_void, "x"

    def stretch(self, visit: Visit) -> None:
        """Let it last a little longer or shorter."""
        minutes = self.dice.choice((-30, -1, 1, 30))
        visit.left_second = min(86_400, max(visit.arrived_second + 60, visit.left_second + minutes * 60))

    def go_elsewhere(self, visit: Visit) -> None:
        """Hold it in another way."""
        visit.mode = self.dice.choice(list(Mode))

    def answer(self, visit: Visit) -> None:
        """Let the family say something else."""
        visit.confirmation = self.dice.choice(list(Confirmation))

    def make_up(self, visit: Visit) -> None:
        """Let it repay another date."""
        days = self.dice.choice((None, -8, -7, 0, 3, 14, 15))
        visit.makes_up_for = None if days is None else visit.held_on - timedelta(days=days)

    def group(self, visit: Visit) -> None:
        """Let it be one lesson with others."""
        visit.group_code = self.dice.choice(("", "G1"))

    def teach(self, visit: Visit) -> None:
        """Let others have been there."""
        db.session.execute(sa.delete(VisitTeacher).where(VisitTeacher.visit_id == visit.id))
        ids = db.session.scalars(sa.select(Teacher.id).order_by(Teacher.id)).all()
        for place, teacher_id in enumerate(self.dice.sample(ids, min(len(ids), self.dice.choice((1, 1, 2))))):
            db.session.add(VisitTeacher(visit_id=visit.id, teacher_id=teacher_id, position=place))


CHANGES = (
    *(Changing.withdraw, Changing.stretch, Changing.go_elsewhere, Changing.answer),
    *(Changing.make_up, Changing.group, Changing.teach),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_after_any_change_of_a_visit_its_day_is_all_that_has_to_be_rebuilt(
    app: Flask, tmp_path: Path, seed: int
) -> None:
    with committed():
        apply_import(read_workbook(write(tmp_path / "county.xlsx", invent(seed))), by="test", bureau_name="X市教育局")
    changing, written = Changing(seed), 0
    for number in range(EDITS):
        visit = changing.once()
        written += rebuild_ledger({visit.child_id}, on=visit.held_on)
        told = f"seed {seed}, change {number}"
        assert written_by_all() == 0, told
        kept = RECKONED.kept(builds_of_these([visit.child_id]))[visit.child_id]
        assert told_of(kept) == told_of(reckon([visit.child_id])[visit.child_id]), told
    assert written


def written_by_all() -> int:
    """How many rows a rebuild of everything would write. It is undone, so that the next change finds what is kept."""
    trial = db.session.begin_nested()
    written = rebuild_ledger()
    trial.rollback()
    return written


def told_of(known: Reckoned) -> object:
    """What is known of a child, and how its sessions are judged; which of them overlap counts only where it decides."""
    facts = known.facts
    beside = (facts.book.signature, facts.active, facts.excuses, facts.slots)
    return set(facts.sessions), beside, dict(known.visit_ids), known.judged


def test_what_is_kept_of_a_child_is_not_read_again_for_a_day(app: Flask, cast: factories.Cast) -> None:
    visit = db.session.scalars(sa.select(Visit).order_by(Visit.id)).first()
    assert visit is not None

    def tables_read() -> str:
        visit.left_second += 60
        asked: list[str] = []
        with listening(asked):
            rebuild_ledger({visit.child_id}, on=visit.held_on)
        return " ".join(asked)

    beside = {"serving_span", "calendar_entry", "delivery_rule"}
    for expected in (beside, set()):
        told = tables_read()
        assert {table for table in beside if f"FROM {table}" in told} == expected


@contextmanager
def listening(asked: list[str]) -> Iterator[None]:
    """Write down every statement that the engine is told."""

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def test_a_day_on_which_nothing_changed_writes_nothing(app: Flask, tmp_path: Path) -> None:
    with committed():
        apply_import(read_workbook(write(tmp_path / "county.xlsx", invent(0))), by="test", bureau_name="X市教育局")
    for child_id, day in db.session.execute(sa.select(Visit.child_id, Visit.held_on)).all():
        assert rebuild_ledger({child_id}, on=day) == 0
