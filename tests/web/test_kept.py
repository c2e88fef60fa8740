"""A page is answered from memory only where the database is what it was; what anybody wrote, the next look shows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

import pytest
import sqlalchemy as sa
from flask import Flask, Response
from flask.testing import FlaskClient

from hometeach.kernel import audit, clock
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Account
from hometeach.web import kept

NAMED_ANEW = sa.update(Account).values(name="林老师改名")


@pytest.fixture
def statements(app: Flask) -> Callable[[], "contextmanager[list[str]]"]:
    """Counts what is asked of the database, beside the question whether it changed."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

    return counting


def look(browser: FlaskClient) -> str:
    """The first page, once what is written into the cookie stands there."""
    browser.get("/")
    return browser.get("/").get_data(as_text=True)


def is_answered_from_memory(lin: FlaskClient, statements) -> bool:
    """Whether the first page that was seen before is not read again.

    PostgreSQL counts what is written in its other databases too: while tests beside this one write, it looks again.
    """
    page = look(lin)
    give_up_at = monotonic() + 10
    while True:
        with statements() as seen:
            assert lin.get("/").get_data(as_text=True) == page
        if not seen or monotonic() > give_up_at:
            return not seen


def test_the_same_page_is_not_read_twice_from_an_unchanged_database(lin: FlaskClient, statements) -> None:
    assert is_answered_from_memory(lin, statements)


def test_nor_on_postgresql_where_several_ask_the_database(app: Flask, lin: FlaskClient, statements) -> None:
    """On SQLite each connection counts for itself: asked through another, the page is read anew and says the same."""
    page = look(lin)
    with app.app_context():
        at_once = [db.engine.connect() for _ in range(2)]
        for connection in at_once:
            connection.close()
        is_postgresql = db.engine.dialect.name == "postgresql"
    assert look(lin) == page
    assert not is_postgresql or is_answered_from_memory(lin, statements)


def test_what_another_process_wrote_is_seen_at_once(app: Flask, lin: FlaskClient) -> None:
    look(lin)
    with app.app_context():
        elsewhere = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with elsewhere.begin() as connection:
        connection.execute(NAMED_ANEW)
    elsewhere.dispose()
    assert "林老师改名" in lin.get("/").get_data(as_text=True)


def test_what_this_process_wrote_is_seen_at_once(app: Flask, lin: FlaskClient) -> None:
    look(lin)
    with app.app_context(), committed():
        db.session.execute(NAMED_ANEW)
    assert "林老师改名" in lin.get("/").get_data(as_text=True)


def test_who_was_locked_out_sees_nothing_any_more(app: Flask, lin: FlaskClient) -> None:
    look(lin)
    with app.app_context(), committed():
        db.session.execute(sa.update(Account).values(disabled_at=clock.machine_now()))
    assert lin.get("/").location.startswith("/sign-in")


def test_each_sees_the_own_page(lin: FlaskClient, he: FlaskClient) -> None:
    first, second = look(lin), look(he)
    assert first != second
    assert (look(lin), look(he)) == (first, second)


def test_the_other_language_is_another_page(lin: FlaskClient) -> None:
    assert 'lang="zh' in look(lin)
    with lin.session_transaction() as session:
        session["language"] = "en"
    assert 'lang="en"' in lin.get("/").get_data(as_text=True)


def test_a_page_is_read_anew_after_a_while_because_of_what_the_clock_alone_changes(
    lin: FlaskClient, statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(lin)
    later = clock.machine_now() + kept.AT_MOST + timedelta(seconds=1)
    monkeypatch.setattr(clock, "machine_now", lambda: later)
    with statements() as seen:
        lin.get("/")
    assert seen != []


def test_a_page_that_writes_into_the_access_log_is_never_kept(app: Flask, lin: FlaskClient) -> None:
    shown = 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.view_functions, "home.show", _opening_a_file(app.view_functions["home.show"]))
        for _ in range(shown):
            lin.get("/")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(audit.AccessLog)) == shown


def _opening_a_file(view: Callable[[], str]) -> Callable[[], str]:
    from flask import g

    def opening() -> str:
        g.opened.append(("child:x", "file", ""))
        return view()

    vars(opening).update(vars(view))
    return opening


def test_the_page_of_a_role_that_ended_is_gone(app: Flask, signed_in: Callable[[Role], FlaskClient]) -> None:
    browser = signed_in(Role.AUDITOR)
    before = look(browser)
    with app.app_context(), committed():
        db.session.execute(sa.text("UPDATE role_grant SET effective_to = effective_from"))
    assert look(browser) != before


def test_a_page_that_is_made_while_the_day_ends_is_not_the_page_of_the_next_day(
    app: Flask, signed_in: Callable[[Role], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, today = signed_in(Role.AUDITOR), clock.today()
    with app.app_context(), committed():
        db.session.execute(sa.text("UPDATE role_grant SET effective_to = :day"), {"day": today})
    look(browser)

    def end_the_day(response: Response) -> Response:
        monkeypatch.setenv("HOMETEACH_TODAY", (today + clock.ONE_DAY).isoformat())
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.after_request_funcs, None, [*app.after_request_funcs[None], end_the_day])
        before = browser.get("/?once+more").text
    assert browser.get("/?once+more").text != before
