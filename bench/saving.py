"""Saving a visit, with verdict, ledger and audit row, against a bare transaction of three rows on the same engine."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

import sqlalchemy as sa
from flask import Flask

from bench.measuring import Ratio, compare
from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel.clock import machine_now, today
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.receipts import Receipt
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import SlotRow
from hometeach.schedule.rules import Mode
from hometeach.visits.recording.actions import record_visit
from hometeach.visits.recording.rules import VisitFacts

PAIRS = 15
WORDS = {"theme": "认识水果", "performance": "能指认苹果和香蕉。", "late_reason": "没有网络", "overlap_reason": "测量"}


def measure(app: Flask) -> Iterator[Ratio]:
    """One visit of one child among 310, in turn with three rows that mean nothing."""
    with app.app_context():
        child, teacher = db.session.execute(
            sa.select(Child, Teacher)
            .join(SlotRow, SlotRow.child_id == Child.id)
            .join(Teacher, Teacher.id == SlotRow.teacher_id)
            .order_by(Child.id)
            .limit(1)
        ).one()
        db.session.rollback()
        hours, keys = count(1), count(1)

        def save() -> None:
            # Each visit at an hour of its own, so that none shares time with another.
            day, hour = _place(next(hours))
            facts = VisitFacts(hour * 3600, hour * 3600 + 3600, Mode.HOME, (teacher.code,), words=WORDS)
            with committed():
                record_visit(facts, child=child, day=day, occurrence=None, draft=None, by="bench")
                rebuild_ledger({child.id}, on=day)

        def three_rows() -> None:
            with committed():
                for _ in range(3):
                    row = {"actor": "bench", "key": str(next(keys)), "location": "/", "at": machine_now()}
                    db.session.execute(sa.insert(Receipt).values(row))

        yield compare(
            "a visit saved: record, verdict, ledger, audit (SQLite)",
            save,
            "a transaction of three rows",
            three_rows,
            goal="<= 3",
            pairs=PAIRS,
        )


def _place(n: int) -> tuple[date, int]:
    """A day within the days for late entry, and an hour of the night."""
    return today() - timedelta(days=n % 6 + 1), n // 6
