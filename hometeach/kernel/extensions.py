"""The extensions, made once here and bound to the application in ``app.py``.

SQLite is opened the way that was seen to lose nothing: write-ahead log with
``synchronous=FULL``, foreign keys on, and a transaction that means to write
says so at its beginning (``BEGIN IMMEDIATE``), because a deferred one that
turns into a writer under contention is refused.
"""

from contextvars import ContextVar
from enum import StrEnum
from itertools import count
from sqlite3 import SQLITE_BUSY, OperationalError
from sqlite3 import Connection as SqliteConnection
from time import monotonic, sleep
from typing import Any

from flask_babel import Babel
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, Enum, MetaData, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import DeclarativeBase

from hometeach.kernel.errors import Gone

#: The ``INSERT`` of each engine that can leave a row alone which is there already, or write over it.
INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

#: How long a writer on SQLite waits for another.
SECONDS_TO_WAIT = 15

#: Set while a request only reads, so that it does not queue behind the writers.
reading: ContextVar[bool] = ContextVar("reading", default=False)


class Model(DeclarativeBase):
    """The base of every table; constraints are named so that they can be told apart."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def coded(codes: type[StrEnum], *, name: str = "") -> Enum:
    """A column that holds the stable codes of an enumeration, checked by the database.

    ``name`` tells the checks of two columns of one table apart.
    """
    return Enum(
        codes,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=32,
        name=name or codes.__name__.lower(),
    )


db = SQLAlchemy(model_class=Model, session_options={"expire_on_commit": False})
migrate = Migrate(directory="migrations", compare_type=True, render_as_batch=False)
csrf = CSRFProtect()
babel = Babel()


def hold(*rows: Model) -> None:
    """Read rows as they stand now, and all that was read before; nobody else changes them until the transaction ends.

    Of two who change one thing at once the second sees what the first did. Held before the audit log's
    turn is taken, and a record before what is said about it: so that of two none waits for the other.

    Raises: Gone where somebody removed one of them.
    """
    db.session.flush()
    db.session.expire_all()
    for row in rows:
        was_there = inspect(row).persistent
        try:
            db.session.refresh(row, with_for_update=True)
        except InvalidRequestError as gone:
            raise (Gone if was_there else gone) from gone


#: Tells the connections of this process apart for good: what one says of the database means nothing to another.
_connections = count(1)


def database_version() -> tuple[object, ...]:
    """Something that is different as soon as anything was committed to the database, by whomever.

    Equal before and after a page was read: the page is what the database still says. SQLite counts the
    commits of all other connections for each, and its own changes; on PostgreSQL the snapshot names every
    transaction that may still be running, so that an equal one sees the very same rows, through whichever
    connection.
    """
    connection = db.engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        if isinstance(driver, SqliteConnection):
            serial = connection.info.setdefault("serial", next(_connections))
            return serial, driver.execute("PRAGMA data_version").fetchone()[0], driver.total_changes
        return tuple(driver.execute("SELECT pg_current_snapshot()::text").fetchone())
    finally:
        connection.close()


@event.listens_for(Engine, "connect")
def _open_sqlite_durably(connection: Any, _record: Any) -> None:
    if not isinstance(connection, SqliteConnection):
        return
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    connection.execute(f"PRAGMA busy_timeout={SECONDS_TO_WAIT * 1000}")
    _write_ahead(connection)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: SqliteConnection) -> None:
    """Keep the journal as a write-ahead log. Of two who open a new file at once SQLite refuses one at once."""
    give_up_at = monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except OperationalError as error:
            if error.sqlite_errorcode != SQLITE_BUSY or monotonic() > give_up_at:
                raise
            sleep(0.01)


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if reading.get() else "BEGIN IMMEDIATE")
