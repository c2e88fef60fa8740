"""The schema is what the models say, comes and goes whole, and holds the last line."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import DBAPIError

import config
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import ServingSpan
from hometeach.schedule.models import Occurrence, OccurrenceState
from tests import factories
from tests.conftest import IS_LONG, make_app
from tests.forked import ended

MIGRATIONS = str(config.ROOT / "migrations")
#: Every so many statements an upgrade is broken off; every one in the long run.
EVERY = 1 if IS_LONG else 17


@pytest.fixture
def empty_app(empty_database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database with nothing in it."""
    app = make_app(empty_database, tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_models_and_migrations_agree(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_schema_goes_down_to_nothing_and_up_again(app: Flask) -> None:
    db.session.remove()
    before = tables()
    downgrade(directory=MIGRATIONS, revision="base")
    assert tables() == set()
    upgrade(directory=MIGRATIONS)
    assert tables() == before


def test_what_the_database_guards_is_what_is_written(app: Flask) -> None:
    engine = db.engine.dialect.name
    written = {
        tuple(line.split())
        for line in (config.ROOT / "migrations/guards.txt").read_text().splitlines()
        if line[0] != "#"
    }
    queries = {
        "sqlite": ["SELECT 'trigger', tbl_name, name FROM sqlite_master WHERE type = 'trigger'"],
        "postgresql": [
            "SELECT 'trigger', c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal",
            "SELECT 'constraint', c.relname, k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
            "WHERE k.contype = 'x'",
        ],
    }
    found = {(engine, *row) for query in queries[engine] for row in db.session.execute(sa.text(query))}
    assert found == {line for line in written if line[0] == engine}


def test_an_upgrade_that_breaks_off_leaves_the_old_schema(empty_app: Flask) -> None:
    """Broken off before a statement, the upgrade has done nothing; run again, it is complete."""
    counted = 0

    class BrokenOff(Exception):  # noqa: N818
        pass

    def break_off_at(place: int | None):  # type: ignore[no-untyped-def]
        def listen(_conn, _cursor, statement, *_rest):  # type: ignore[no-untyped-def]
            nonlocal counted
            if statement.lstrip().startswith(("CREATE", "INSERT", "ALTER", "\nCREATE")):
                counted += 1
                if counted == place:
                    raise BrokenOff(statement)

        return listen

    def upgrade_until(place: int | None) -> None:
        nonlocal counted
        counted, listener = 0, break_off_at(place)
        sa.event.listen(db.engine, "before_cursor_execute", listener)
        try:
            upgrade(directory=MIGRATIONS)
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", listener)

    upgrade_until(None)
    statements = counted
    assert statements > 40
    downgrade(directory=MIGRATIONS, revision="base")
    for place in range(2, statements + 1, EVERY):
        with pytest.raises(BrokenOff):
            upgrade_until(place)
        assert tables() == set()
    upgrade_until(None)
    assert "audit_event" in tables()


def test_of_two_upgrades_at_once_one_finds_it_done(empty_app: Flask, empty_database: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": empty_database, "HOMETEACH_CONFIG": "testing"}
    command = ["--app", "hometeach.app", "db", "upgrade"]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: ended("flask", command, environment, tmp_path), range(2)))
    assert [one.returncode for one in answers] == [0, 0], answers
    assert "audit_event" in tables()


@pytest.fixture
def child_id(app: Flask) -> int:
    """A child served by a school since 2020, with two slots."""
    with committed():
        school = factories.make_unit("S1")
        teacher = factories.make_teacher("T1", school)
        child = factories.make_child("C1", school, teacher)
        factories.make_slot(child, teacher)
        factories.make_slot(child, teacher, weekday=2)
    return child.id


def test_two_schools_never_serve_a_child_on_one_day(child_id: int) -> None:
    school = factories.make_unit("S2")
    db.session.add(ServingSpan(child_id=child_id, school_id=school.id, effective_from=date(2026, 9, 1)))
    with pytest.raises(DBAPIError, match="ex_serving_span_child_days"):
        db.session.flush()


@pytest.mark.parametrize(
    ("start", "state", "is_refused"),
    [
        (959, OccurrenceState.PLANNED, True),
        (960, OccurrenceState.PLANNED, False),
        (930, OccurrenceState.CLASHING, False),
    ],
    ids=["sharing a minute", "touching", "kept as clashing"],
)
def test_planned_sessions_never_share_time(child_id: int, start: int, state: OccurrenceState, is_refused: bool) -> None:
    def plan(slot_id: int, start_minute: int, planned: OccurrenceState) -> None:
        db.session.add(
            Occurrence(
                slot_id=slot_id,
                series=f"series {slot_id}",
                original_on=date(2026, 9, 8),
                planned_on=date(2026, 9, 8),
                child_id=child_id,
                teacher_id=1,
                start_minute=start_minute,
                end_minute=start_minute + 60,
                state=planned,
            )
        )
        db.session.flush()

    plan(1, 900, OccurrenceState.PLANNED)
    if is_refused:
        with pytest.raises(DBAPIError, match=r"ex_occurrence_(child|teacher)_time"):
            plan(2, start, state)
    else:
        plan(2, start, state)


def test_planned_sessions_keep_their_identity_and_their_visits_through_the_change_of_schema(child_id: int) -> None:
    day = date(2026, 9, 8)
    with committed():
        planned = Occurrence(
            slot_id=1,
            original_on=day,
            planned_on=day,
            child_id=child_id,
            teacher_id=1,
            start_minute=900,
            end_minute=975,
            state=OccurrenceState.PLANNED,
        )
        planned.series = db.session.get_one(factories.SlotRow, 1).public_id
        db.session.add(planned)
        db.session.flush()
        child = db.session.get_one(factories.Child, child_id)
        factories.make_visit(child, on=day, occurrence_id=planned.id)
        known = (planned.id, planned.series, day)
    db.session.remove()
    downgrade(directory=MIGRATIONS, revision="0009")
    upgrade(directory=MIGRATIONS)
    found = db.session.execute(sa.select(Occurrence.id, Occurrence.series, Occurrence.original_on)).all()
    paired = db.session.scalars(sa.text("SELECT occurrence_id FROM visit")).all()
    assert [tuple(row) for row in found] == [known]
    assert paired == [known[0]]
