"""From an installed tree to a running demonstration: what `make run` does once nothing is missing.

Migrates the database, fills it if it is empty, writes the report of the year
and keeps the web server and the scheduler running until Ctrl-C. What is there
already is left alone, so that the second start takes seconds.
"""

import http.client
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import config
from tools.processes import Processes, last_words
from tools.programs import Program, flask, gunicorn
from tools.steps import Stopped, say, step

TODAY = os.environ["HOMETEACH_TODAY"]
YEAR = TODAY[:4]
SECONDS_TO_ANSWER = 60
LARGEST_PORT = 65_535
WEB_WORKERS = 2


def main() -> None:
    """Run the demonstration until somebody stops it."""
    port = free_port()
    database = named_database()
    refuse_real_deployment(database)
    was_empty = prepare_database(database)
    sign_ins = step(
        "demonstration accounts",
        flask("seed-demonstration"),
        advice="The accounts stand only beside the sample county: name an empty database.",
    )
    reports = written_reports(anew=was_empty)
    serve(port, reports, sign_ins)


def free_port() -> int:
    """The port to listen on.

    Raises: Stopped with another that is free, where this one is taken or none at all.
    """
    text = os.environ.get("PORT", "").strip() or "8000"
    port = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_PORT)) else 0
    if not 0 < port <= LARGEST_PORT:
        raise Stopped(f"PORT={text} is no port. Choose one up to {LARGEST_PORT}: make run PORT=8000")
    if not is_free(port):
        other = next(number for number in range(8000, LARGEST_PORT) if is_free(number))
        raise Stopped(f"Port {port} is taken, perhaps by another `make run`. Choose another: make run PORT={other}")
    return port


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


# --- database and reports ---


def named_database() -> sqlalchemy.Engine:
    """The database that DATABASE_URL names, or the embedded one.

    Raises: Stopped where its folder cannot be made.
    """
    url = sqlalchemy.make_url(config.chosen().SQLALCHEMY_DATABASE_URI)
    if url.drivername == "sqlite" and url.database:
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Stopped(f"The folder of the database cannot be made: {error}") from None
    # Nothing stays open: what is begun by a fork must not inherit a database.
    return sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)


def refuse_real_deployment(database: sqlalchemy.Engine) -> None:
    """Leave a bureau's own database alone: no sample county, and no account whose password everybody knows.

    Raises: Stopped if the database holds accounts, and none of the demonstration.
    """
    with reached(database) as connection:
        if not sqlalchemy.inspect(connection).has_table("account"):
            return
        kinds = set(connection.scalars(sqlalchemy.text("SELECT DISTINCT is_demonstration FROM account")))
    if kinds and not any(kinds):
        raise Stopped(
            "DATABASE_URL names the database of a real deployment, which `make run` leaves alone.\n"
            "Give it an empty one, or see `A real deployment` in README.md."
        )


@contextmanager
def reached(database: sqlalchemy.Engine) -> Iterator[sqlalchemy.Connection]:
    """A connection to the database.

    Raises: Stopped with what to look at, if there is none.
    """
    try:
        connection = database.connect()
    except (sqlalchemy.exc.DatabaseError, TypeError) as error:  # TypeError: the driver's answer to SQL_ASCII
        raise Stopped(
            f"The database cannot be reached: {str(error).splitlines()[0]}\n"
            "Is its server there, are name and password right, and was it made in UTF-8?"
        ) from None
    with connection:
        yield connection


def prepare_database(database: sqlalchemy.Engine) -> bool:
    """Migrate, and import the sample county into an empty database; whether it was empty."""
    if not is_migrated(database):
        step(
            "database migrated",
            flask("db", "upgrade"),
            advice="May this user make tables in that database?",
        )
    if not is_empty(database):
        return False
    step(
        "sample county imported",
        flask("import-workbook", "examples/county.xlsx"),
        advice="Nothing was imported. The messages above name sheet, row and column.",
    )
    return True


def is_migrated(database: sqlalchemy.Engine) -> bool:
    """Whether the database stands at the newest revision; asked without the application, whose start takes seconds."""
    scripts = AlembicConfig()
    scripts.set_main_option("script_location", str(config.ROOT / "migrations"))
    with reached(database) as connection:
        stands_at = MigrationContext.configure(connection).get_current_heads()
    return set(stands_at) == set(ScriptDirectory.from_config(scripts).get_heads())


def is_empty(database: sqlalchemy.Engine) -> bool:
    """Whether the database knows no child yet."""
    with reached(database) as connection:
        return connection.execute(sqlalchemy.text("SELECT 1 FROM child LIMIT 1")).first() is None


def written_reports(*, anew: bool) -> list[Path]:
    """The report of the year as PDF and xlsx, written where it is missing."""
    reports = [config.chosen().VAR_DIR / f"report-{YEAR}.{kind}" for kind in ("pdf", "xlsx")]
    for report in reports:
        if anew or not report.exists():
            step(
                f"report of {YEAR} as {report.suffix[1:]}",
                flask("report", "--year", YEAR, "--as-of", TODAY, "--out", report),
                advice="The report was not written; the database is as it was.",
            )
    return reports


# --- web server and scheduler ---


def serve(port: int, reports: list[Path], sign_ins: str) -> None:
    """Start both, say where they are to be found, and keep them until somebody stops them."""
    processes = Processes()
    begun = time.monotonic()
    try:
        processes.start("web server", web_server(port), {})
        processes.start("scheduler", flask("scheduler"), {})
        await_answer(port, processes)
        say(f"{time.monotonic() - begun:5.0f} s  web server and scheduler")
        say(welcome(port, reports, sign_ins))
        processes.watch()
        say("\nStopping the web server and the scheduler.")
    finally:
        processes.stop()


def web_server(port: int) -> Program:
    """The web server. It writes no access log: addresses would stand in it."""
    workers = ("--workers", WEB_WORKERS, "--bind", f"127.0.0.1:{port}")
    return gunicorn("--no-control-socket", *workers, "hometeach.app:create_app()")


def await_answer(port: int, processes: Processes) -> None:
    """Wait until the web server answers.

    Raises: Stopped with the last words of the process that ended, or of the silent web server.
    """
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while not answers(port):
        name = processes.ended() or ("web server" if time.monotonic() > deadline else None)
        if name:
            raise Stopped(f"The {name} did not start. Its last words:\n{last_words(name)}")
        time.sleep(0.1)


def answers(port: int) -> bool:
    """Whether GET /healthz is answered with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def welcome(port: int, reports: list[Path], sign_ins: str) -> str:
    """What a person needs to begin."""
    return "\n".join(
        [
            "",
            "HomeTeach 送教上门 is running. It is a demonstration with invented people.",
            f"  Open      http://127.0.0.1:{port}    (today is held at {TODAY})",
            *(f"  Report    {report}" for report in reports),
            "",
            "  Sign in as one of these: role, name, password",
            *(f"    {line}" for line in sign_ins.splitlines() if line),
            "",
            "Ctrl-C stops it; nothing is lost. 按 Ctrl-C 停止，数据不会丢失。",
        ]
    )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise Stopped("Stopped. Run `make run` again to go on from here.") from None
