"""Databases of the engine under test: a fresh one for every test, as a copy of what a whole run makes once.

``TEST_DATABASE_URL`` names a PostgreSQL server in which databases may be made; where it is empty the tests run on
SQLite. A copy is made of a file, or of a template database.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.kernel.extensions import db
from tests.lending import FREE, Copy

SERVER = os.environ.get("TEST_DATABASE_URL", "")
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
#: The run: what it makes on a server is named after it. The workers are told by who begins them.
RUN = os.environ.setdefault("HOMETEACH_TEST_RUN", uuid4().hex[:12])
#: Where this process has made databases.
PLACES: list[str] = []


@cache
def server() -> sa.Engine:
    """The PostgreSQL server, outside any transaction."""
    return sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")


@cache
def how_to_copy() -> str:
    """Copy a database file by file: since version 15 it goes through the log page by page, at twice the time."""
    with server().connect() as connection:
        version = connection.dialect.server_version_info or (0,)
    return " STRATEGY FILE_COPY" if version >= (15,) else ""


def on_server(statement: str) -> None:
    """Run one statement on the PostgreSQL server."""
    with server().connect() as connection:
        connection.execute(sa.text(statement))


def begun(place: str, copy_of: str = "") -> str:
    """Make a database, empty or as a copy, where there may be one: its address.

    ``place`` and ``copy_of`` are names of databases, or paths of files.
    """
    PLACES.append(place)
    if SERVER:
        on_server(f"CREATE DATABASE {place}" + (f" TEMPLATE {copy_of}{how_to_copy()}" if copy_of else ""))
        return SERVER.rpartition("/")[0] + f"/{place}"
    if copy_of:
        shutil.copy(copy_of, place)
    return f"sqlite:///{place}"


def leave_nothing_at(place: str) -> None:
    """Take a database away, where there is one."""
    if SERVER:
        on_server(f"DROP DATABASE IF EXISTS {place} WITH (FORCE)")
    else:
        Path(place).unlink(missing_ok=True)


def unused_name() -> str:
    """What a database of this run can be called."""
    return f"hometeach_{RUN}_{uuid4().hex[:12]}"


@contextmanager
def database(folder: Path, copy_of: str = "") -> Iterator[str]:
    """A database of its own for as long as the block runs: its address."""
    if SERVER and copy_of:
        with lent_copy(copy_of) as url:
            yield url
        return
    name = unused_name()
    url = begun(name if SERVER else str(folder / f"{name}.db"), copy_of)
    try:
        yield url
    finally:
        if SERVER:  # a file goes with its folder
            leave_nothing_at(name)


@contextmanager
def lent_copy(template: str) -> Iterator[str]:
    """A copy on the server: one that an earlier test had, with every row put back, or a new one."""
    if FREE[template]:
        copy = FREE[template].pop()
        PLACES.append(copy.name)
    else:
        name = unused_name()
        copy = Copy(name, begun(name, template))
    try:
        yield copy.url
    finally:
        if copy.is_as_it_began():
            FREE[template].append(copy)
        else:
            leave_nothing_at(copy.name)


def digest(app: Flask) -> dict[str, list[str]]:
    """Every row of every table as the database holds it, to see that nothing changed."""
    with app.app_context():
        connection = db.session.connection()
        found = {
            table.name: sorted(map(repr, connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').all()))
            for table in db.metadata.sorted_tables
        }
        db.session.rollback()
        return found


def made_once(factory: pytest.TempPathFactory, kind: str, make: Callable[[str, Path], None], copy_of: str = "") -> str:
    """What copies are made from; made by the first process of the run that asks, and waited for by the others.

    ``make`` is given the address of a database, which it fills and leaves, and a folder.
    """
    folder = factory.getbasetemp().parent if IS_WORKER else factory.getbasetemp()
    place = f"hometeach_{RUN}_{kind}" if SERVER else str(folder / f"{kind}.db")
    made = folder / f"{kind}.made"
    with (folder / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            leave_nothing_at(place)  # of a process that did not get to the end of it
            make(begun(place, copy_of), factory.mktemp(kind))
            made.touch()
    return place


def drop_what_was_made_once() -> None:
    """Leave nothing of the run on the server; files go with their folder."""
    if SERVER and not IS_WORKER:
        ours = sa.text("SELECT datname FROM pg_database WHERE datname LIKE :ours")
        with server().connect() as connection:
            names = connection.scalars(ours, {"ours": f"hometeach\\_{RUN}\\_%"}).all()
        for name in names:
            leave_nothing_at(name)
