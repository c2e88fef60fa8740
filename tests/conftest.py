"""A fresh, migrated database of the engine under test for every test that asks for one.

``TEST_DATABASE_URL`` names a PostgreSQL server in which databases may be made;
where it is empty the tests run on SQLite. The schema is migrated once per
process and copied for each test: as a file, or as a template database.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event

import config
from hometeach.app import create_app
from hometeach.compliance.reckoned import RECKONED
from hometeach.demonstration.people import seed
from hometeach.kernel.clock import today
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.web.standings.ledger import LEADING
from hometeach.web.standings.now import standing
from hometeach.web.standings.pictures import picture
from hometeach.workbook.actions import apply_import, read_workbook
from tests import factories

SERVER = os.environ.get("TEST_DATABASE_URL", "")
IS_LONG = bool(os.environ.get("HOMETEACH_LONG"))

#: How many random examples of a property are tried by day, and by ``make nightly``.
hypothesis.settings.register_profile("day", max_examples=100, deadline=None)
hypothesis.settings.register_profile("night", max_examples=10_000, deadline=None)
hypothesis.settings.load_profile("night" if IS_LONG else "day")


def make_app(url: str, var: Path) -> Flask:
    """The application on one database, with keys of its own and files in ``var``."""
    settings = type(
        "TestingHere", (config.Testing,), {"SQLALCHEMY_DATABASE_URI": url, "VAR_DIR": var, "WTF_CSRF_ENABLED": False}
    )
    return create_app(settings)


class Lent(NamedTuple):
    """An application that is lent to one test after the other, and what it was when it was made."""

    app: Flask
    settings: dict[str, Any]
    extensions: dict[str, Any]
    hooks: object


#: Applications that no test has at the moment.
_free: list[Lent] = []


def _hooks(app: Flask) -> object:
    """What the application does for a request."""
    before, after = app.before_request_funcs, app.after_request_funcs
    return dict(app.view_functions), *({of: list(all_) for of, all_ in hooks.items()} for hooks in (before, after))


def forget_what_was_made() -> None:
    """Keep nothing that was made under the builds of ledgers.

    Copies of one database begin with builds of the same names, and facts that a test writes without their ledger
    keep the name: what was made of them would be told to the next test.
    """
    for forget in (RECKONED.forget, LEADING.forget, picture.cache_clear, standing.cache_clear):
        forget()


@contextmanager
def lent_app(url: str, var: Path) -> Iterator[Flask]:
    """The application on one database, for as long as the block runs, as if it had just been made.

    Lent to one test after the other, because most of what a test would wait for is an application that gets
    to know its routes, its templates and its statements. What a test sets in its configuration or in its
    extensions is gone with the test. What it hooks in it takes out again: else it is told so, and the application is
    not lent to anybody else.
    """
    if not _free:
        made = make_app(url, var)
        with made.app_context():
            event.listen(db.engine, "do_connect", partial(_connect_as_configured, made))
        _free.append(Lent(made, dict(made.config), dict(made.extensions), _hooks(made)))
    app, settings, extensions, hooks = kept = _free.pop()
    app.config.update(SQLALCHEMY_DATABASE_URI=url, VAR_DIR=var)
    forget_what_was_made()
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        for now, before in ((app.config, settings), (app.extensions, extensions)):
            now.clear()
            now.update(before)
        assert _hooks(app) == hooks, "the test left something hooked into the application"
        _free.append(kept)


def _connect_as_configured(
    app: Flask, _dialect: object, _record: object, arguments: list[str], options: dict[str, Any]
) -> None:
    """Have the engine open the database that the configuration names now."""
    named = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database
    if SERVER:
        options["dbname"] = named
    else:
        arguments[0] = str(named)


#: Every database that a test gets is made by one of these.
MAKES_A_DATABASE = {"template", "database_url"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what cannot tell one engine from another: it runs beside SQLite.

    That is what is given no database, and by day what says that it is to run ``once``: what it looks at (a page in a
    browser, a printed or sealed document) is made of rows that other tests compare on both engines.
    """
    if not SERVER:
        return
    asked = [item for item in items if MAKES_A_DATABASE & set(getattr(item, "fixturenames", ()))]
    wanted = [item for item in asked if IS_LONG or item.get_closest_marker("once") is None]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(wanted)])
    items[:] = wanted


def pytest_report_header() -> list[str]:
    """Say which engine this is, and what is left to the other."""
    if not SERVER:
        return ["engine: SQLite"]
    return ["engine: PostgreSQL; what cannot tell one engine from another runs beside SQLite, and is deselected here"]


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


def migrated(url: str, var: Path) -> None:
    """Bring the database at this address to the newest schema."""
    app = make_app(url, var)
    with app.app_context():
        upgrade(directory=str(config.ROOT / "migrations"))
        db.engine.dispose()


@contextmanager
def database(folder: Path, kind: str, copy_of: str = "") -> Iterator[tuple[str, str]]:
    """A database of its own for as long as the block runs: its address, and what a copy of it is made from."""
    name = f"{kind}_{uuid4().hex[:12]}"
    if SERVER:
        on_server(f"CREATE DATABASE {name}" + (f" TEMPLATE {copy_of}{how_to_copy()}" if copy_of else ""))
        try:
            yield SERVER.rpartition("/")[0] + f"/{name}", name
        finally:
            on_server(f"DROP DATABASE {name} WITH (FORCE)")
        return
    path = folder / f"{name}.db"
    if copy_of:
        shutil.copy(copy_of, path)
    yield f"sqlite:///{path}", str(path)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The migrated schema that each test gets a copy of: a file's path, or a database's name."""
    var = tmp_path_factory.mktemp("template")
    with database(var, "template") as (url, copied_from):
        migrated(url, var)
        yield copied_from


@pytest.fixture(scope="session")
def county_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample county, imported as a bureau would, with the demonstration's people."""
    var = tmp_path_factory.mktemp("county")
    with database(var, "county") as (url, copied_from):
        migrated(url, var)
        with pytest.MonkeyPatch.context() as patch, make_app(url, var).app_context():
            patch.setenv("HOMETEACH_TODAY", "2026-11-23")
            take_in_the_sample()
            db.session.remove()
            db.engine.dispose()
        yield copied_from


def take_in_the_sample() -> None:
    """Import the sample county and make the demonstration's people."""
    stated = read_workbook(config.ROOT / "examples" / "county.xlsx")
    with committed():
        apply_import(stated, by="test", bureau_name="X市教育局")
    with committed():
        seed(today(), "X市教育局")


@pytest.fixture(scope="session")
def cast_template(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, factories.Cast]]:
    """The small cast, made once per process: what a copy of it is made from, and what tests need to know of it."""
    var = tmp_path_factory.mktemp("cast")
    with database(var, "cast", template) as (url, copied_from):
        with pytest.MonkeyPatch.context() as patch, make_app(url, var).app_context():
            patch.setenv("HOMETEACH_TODAY", "2026-11-23")
            made = factories.make_cast()
            db.session.remove()
            db.engine.dispose()
        yield copied_from, made


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database with the newest schema: with the cast if the test asks for it, else empty."""
    with_cast = "cast" in request.fixturenames
    copied_from = request.getfixturevalue("cast_template")[0] if with_cast else request.getfixturevalue("template")
    with database(tmp_path, "test", copied_from) as (url, _):
        yield url


@pytest.fixture
def county_app(county_template: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a copy of the sample county, outside any context."""
    with database(tmp_path, "test", county_template) as (url, _), lent_app(url, tmp_path) as app:
        yield app


@pytest.fixture
def bare_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh database, outside any context."""
    with lent_app(database_url, tmp_path) as app:
        yield app


@pytest.fixture
def app(bare_app: Flask) -> Iterator[Flask]:
    """The application on a fresh database, with its context entered.

    Commit (``kernel.jobs.committed``) what a request is to see before making
    the request: the two have sessions of their own, and SQLite one writer.
    """
    with bare_app.app_context():
        yield bare_app
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def client(bare_app: Flask) -> FlaskClient:
    """Somebody with a browser who has not signed in."""
    return bare_app.test_client()


@pytest.fixture
def cast(bare_app: Flask, cast_template: tuple[str, factories.Cast]) -> factories.Cast:
    """The small cast, always the same, in the database under test: see ``factories.Cast``."""
    return deepcopy(cast_template[1])


@pytest.fixture
def signed_in(bare_app: Flask, cast: factories.Cast) -> Callable[[Role], FlaskClient]:
    """A browser in which the member of the cast who has this role has signed in."""

    def browser_of(role: Role) -> FlaskClient:
        browser = bare_app.test_client()
        answer = browser.post("/sign-in", data={"name": cast.sign_in_names[role], "password": factories.PASSWORD})
        assert answer.status_code == 302
        return browser

    return browser_of


@pytest.fixture(autouse=True)
def _frozen_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMETEACH_TODAY", "2026-11-23")
