"""The full ledger of a county against reading the same rows by plain SQL in the same process."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from bench.measuring import Ratio, compare
from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.facts import gather
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.visits.models import Visit

#: All that the ledger of a child is computed from.
TABLES = (
    *("child", "serving_span", "agreement", "suspension", "slot", "absence", "excuse_reason"),
    *("visit", "visit_teacher", "teacher", "delivery_rule", "quota", "calendar_entry"),
)


def compute() -> int:
    """Every row of every child, from the database's rows."""
    gathered = gather()
    count = sum(len(gathered.ledger.rows(facts)) for facts in gathered.facts.values())
    db.session.rollback()
    return count


def measure(app: Flask, folder: Path) -> Iterator[Ratio]:
    """The ledger in full, and after one corrected visit."""
    connection = sqlite3.connect(folder / "bench.db")

    def read() -> int:
        return sum(len(connection.execute(f"SELECT * FROM {table}").fetchall()) for table in TABLES)

    with app.app_context():
        rows = compute()
        yield compare(
            f"ledger of 310 children, {rows} rows, computed",
            compute,
            "reading its rows by plain SQL",
            read,
            goal="<= 10",
        )
        visit = db.session.get(Visit, 1)
        child_id = visit.child_id if visit else 0
        db.session.rollback()

        def one_child() -> None:
            with committed():
                rebuild_ledger([child_id])

        yield compare(
            "after one corrected visit: one child rebuilt", one_child, "the full ledger", compute, goal="small"
        )
    connection.close()
