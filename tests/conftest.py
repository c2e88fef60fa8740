"""A fresh, migrated database of the engine under test for every test that asks for one, and an application on it."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

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
from tests.databases import PLACES, SERVER, database, drop_what_was_made_once, made_once
from tests.lending import STAYS

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


@dataclass
class Lent:
    """An application that is lent to one test after the other, and what it was when it was made."""

    app: Flask
    settings: dict[str, Any]
    extensions: dict[str, Any]
    hooks: object
    #: The database to which it has connections.
    url: str


#: Applications that no test has at the moment: who waits longest comes first.
_free: list[Lent] = []
#: A file is new for each test; a database on a server is lent again, and what is connected to it goes with it.
FREE_AT_MOST = 4 if SERVER else 1


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
    kept = _taken(url, var)
    app = kept.app
    app.config.update(SQLALCHEMY_DATABASE_URI=url, VAR_DIR=var)
    forget_what_was_made()
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
        for now, before in ((app.config, kept.settings), (app.extensions, kept.extensions)):
            now.clear()
            now.update(before)
        assert _hooks(app) == kept.hooks, "the test left something hooked into the application"
        _free.append(kept)


def _taken(url: str, var: Path) -> Lent:
    """The application that was at this database before; else another that is free, or a new one."""
    for one in _free:
        if one.url == url:
            _free.remove(one)
            return one
    if len(_free) < FREE_AT_MOST:
        made = make_app(url, var)
        with made.app_context():
            event.listen(db.engine, "do_connect", partial(_connect_as_configured, made))
        return Lent(made, dict(made.config), dict(made.extensions), _hooks(made), url)
    one = _free.pop(0)
    with one.app.app_context():
        db.engine.dispose()
    one.url = url
    return one


def _connect_as_configured(
    app: Flask, _dialect: object, _record: object, arguments: list[str], options: dict[str, Any]
) -> None:
    """Have the engine open the database that the configuration names now."""
    named = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database
    if SERVER:
        options.update(dbname=named, application_name=STAYS)
    else:
        arguments[0] = str(named)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Spare the collector what stays until the end: it would walk over the house and 4,000 tests again and again."""
    gc.disable()
    collected = yield
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
    return collected


def pytest_sessionfinish() -> None:
    """Take away what the whole run had."""
    drop_what_was_made_once()


#: Every database that a test gets is made by one of these, or is a copy of what one of these made.
MAKES_A_DATABASE = {"template", "database_url", "empty_database"}


def asks_for_a_database(item: pytest.Item) -> bool:
    """Whether the test is given one, and so runs on both engines."""
    return bool(MAKES_A_DATABASE & set(getattr(item, "fixturenames", ())))


#: How many databases this process had made when a test began.
BEFORE = pytest.StashKey[int]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Count before any fixture makes one."""
    item.stash[BEFORE] = len(PLACES)


@pytest.fixture(autouse=True)
def _says_that_it_has_a_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test makes one behind the back of what chooses the tests for PostgreSQL."""
    yield
    made = len(PLACES) - request.node.stash[BEFORE]
    assert not made or asks_for_a_database(request.node), "it would not run on PostgreSQL"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what cannot tell one engine from another: it runs beside SQLite.

    That is what is given no database, and by day what says that it is to run ``once``: what it looks at (a page in a
    browser, a printed or sealed document) is made of rows that other tests compare on both engines.
    """
    if not SERVER:
        return
    asked = filter(asks_for_a_database, items)
    wanted = [item for item in asked if IS_LONG or item.get_closest_marker("once") is None]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(wanted)])
    items[:] = wanted


def pytest_report_header() -> list[str]:
    """Say which engine this is, and what is left to the other."""
    if not SERVER:
        return ["engine: SQLite"]
    return ["engine: PostgreSQL; what cannot tell one engine from another runs beside SQLite, and is deselected here"]


def migrated(url: str, var: Path) -> None:
    """Bring the database at this address to the newest schema."""
    app = make_app(url, var)
    with app.app_context():
        upgrade(directory=str(config.ROOT / "migrations"))
        db.engine.dispose()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The migrated schema that each test gets a copy of."""
    return made_once(tmp_path_factory, "template", migrated)


@pytest.fixture(scope="session")
def county_template(template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample county, imported as a bureau would, with the demonstration's people."""
    return made_once(tmp_path_factory, "county", partial(filled, take_in_the_sample), template)


def filled(fill: Callable[[], None], url: str, var: Path) -> None:
    """Fill a database on the sample's day, and leave it."""
    app = make_app(url, var)
    app.config["DEMONSTRATION"] = True
    with pytest.MonkeyPatch.context() as patch, app.app_context():
        patch.setenv("HOMETEACH_TODAY", "2026-11-23")
        fill()
        db.session.remove()
        db.engine.dispose()


def take_in_the_sample() -> None:
    """Import the sample county and make the demonstration's people."""
    stated = read_workbook(config.ROOT / "examples" / "county.xlsx")
    with committed():
        apply_import(stated, by="test", bureau_name="X市教育局")
    with committed():
        seed(today(), "X市教育局")


@pytest.fixture(scope="session")
def cast_template(template: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, factories.Cast]:
    """The small cast, made once per process: what a copy of it is made from, and what tests need to know of it."""
    made: list[factories.Cast] = []
    kind = f"cast_{os.getpid()}"
    copied_from = made_once(
        tmp_path_factory, kind, partial(filled, lambda: made.append(factories.make_cast())), template
    )
    return copied_from, made[0]


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it."""
    with database(tmp_path) as url:
        yield url


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database with the newest schema: with the cast if the test asks for it, else empty."""
    with_cast = "cast" in request.fixturenames
    copied_from = request.getfixturevalue("cast_template")[0] if with_cast else request.getfixturevalue("template")
    with database(tmp_path, copied_from) as url:
        yield url


@pytest.fixture
def county_app(county_template: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a copy of the sample county, outside any context."""
    with database(tmp_path, county_template) as url, lent_app(url, tmp_path) as app:
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
