"""Saving a visit, with verdict, ledger and audit row, against a bare transaction of three rows on the same engine.

Measured twice: the transaction alone, and the whole request of the form, with its guard, its checks and its receipt.
On PostgreSQL as well where ``TEST_DATABASE_URL`` names a server in which databases may be made.
"""

import os
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bench.county import county
from bench.measuring import Ratio, compare
from hometeach.compliance.actions import rebuild_ledger
from hometeach.demonstration import CAST, PASSWORD
from hometeach.kernel.clock import machine_now, today
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.receipts import Receipt
from hometeach.people.access import Role
from hometeach.people.models import Account, Child, ResponsibleSpan, Teacher
from hometeach.schedule.models import SlotRow
from hometeach.schedule.rules import Mode
from hometeach.visits.recording.actions import record_visit
from hometeach.visits.recording.rules import VisitFacts

PAIRS = 15
AGAINST = "a transaction of three rows"
WORDS = {"theme": "认识水果", "performance": "能指认苹果和香蕉。", "late_reason": "没有网络", "overlap_reason": "测量"}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def measure(app: Flask, engine: str = "SQLite") -> Iterator[Ratio]:
    """One visit of one child among 310, in turn with three rows that mean nothing."""
    browser, child_key = _teachers_browser(app)
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
        run = uuid4().hex

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
                    row = {"actor": "bench", "key": f"{run}-{next(keys)}", "location": "/", "at": machine_now()}
                    db.session.execute(sa.insert(Receipt).values(row))

        yield compare(
            f"a visit saved: record, verdict, ledger, audit ({engine})",
            save,
            AGAINST,
            three_rows,
            goal="<= 3",
            pairs=PAIRS,
        )
        places = count(1)

        def send() -> None:
            day, hour = _place(next(places))
            typed = {"arrived": f"{hour:02d}:00", "left": f"{hour + 1:02d}:00", "mode": "home", "carer": "nobody"}
            answer = browser.post(
                f"/visits/record/{child_key}?day={day}", data=WORDS | typed | {"once": f"{run}-{day}-{hour}"}
            )
            if answer.status_code != 302:
                raise SystemExit(f"the form was not taken: {answer.status_code}")

        yield compare(
            f"  its whole request: form, checks, receipt ({engine})", send, AGAINST, three_rows, goal="", pairs=PAIRS
        )


def measure_on_postgresql() -> Iterator[Ratio]:
    """The same on a database of its own, where a server is at hand."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        return
    name = f"bench_{uuid4().hex[:12]}"
    maintenance = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        try:
            with county(database=f"{server.rpartition('/')[0]}/{name}") as (app, _workbook, _folder):
                with app.app_context():  # as the server does by itself a minute later
                    db.session.execute(sa.text("ANALYZE"))
                    db.session.commit()
                yield from measure(app, "PostgreSQL")
        finally:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    maintenance.dispose()


def _teachers_browser(app: Flask) -> tuple[FlaskClient, str]:
    """The demonstration's teacher, signed in, and the public id of a child for whom the teacher answers."""
    name = next(card.sign_in_name for card in CAST if card.role is Role.TEACHER)
    browser = app.test_client()
    signs_in = {"name": name, "password": PASSWORD, "csrf_token": _token(browser, "/sign-in")}
    browser.post("/sign-in", data=signs_in)
    with app.app_context():
        child = db.session.scalar(
            sa.select(Child.public_id)
            .join(ResponsibleSpan, ResponsibleSpan.child_id == Child.id)
            .join(Account, Account.teacher_id == ResponsibleSpan.teacher_id)
            .where(Account.sign_in_name == name, ResponsibleSpan.effective_to.is_(None))
            .order_by(Child.id)
        )
        db.session.rollback()
    browser.environ_base["HTTP_X_CSRFTOKEN"] = _token(browser, f"/visits/record/{child}")
    return browser, child or ""


def _token(browser: FlaskClient, address: str) -> str:
    """The word of a page's forms by which this browser's are known."""
    found = TOKEN.search(browser.get(address, follow_redirects=True).get_data(as_text=True))
    return found.group(1) if found else ""


def _place(n: int) -> tuple[date, int]:
    """A day within the days for late entry, and an hour of the night."""
    return today() - timedelta(days=n % 6 + 1), n // 6
