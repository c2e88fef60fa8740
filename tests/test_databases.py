"""What one test did to its database, the next one does not find: all others rely on it."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from hometeach.kernel import audit
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from tests.conftest import lent_app
from tests.databases import database, digest
from tests.factories import make_unit


def run(statement: str) -> Callable[[], object]:
    """Does this to the database."""
    return lambda: db.session.execute(sa.text(statement))


@pytest.mark.parametrize(
    "mess",
    [
        pytest.param(lambda: audit.record("visit:correct", actor="bai", about="visit:1"), id="a row that stays"),
        pytest.param(run("UPDATE rating_step SET name_zh = 'x'"), id="rows changed"),
        pytest.param(run("DELETE FROM rating_step"), id="rows gone"),
        pytest.param(run("ALTER TABLE rating_step ADD COLUMN more text"), id="a column more"),
        pytest.param(run("DROP TABLE rating_step"), id="a table gone"),
    ],
)
def test_the_next_test_finds_nothing_of_the_last(template: str, tmp_path: Path, mess: Callable[[], object]) -> None:
    found = []
    for _ in range(2):
        with database(tmp_path, template) as url, lent_app(url, tmp_path) as app:
            rows = digest(app)
            with app.app_context(), committed():
                found.append((rows, make_unit("S1").id))
                mess()
    first, second = found
    assert first == second


def test_a_session_that_was_left_open_holds_nothing_up(template: str, tmp_path: Path) -> None:
    left = []
    for _ in range(2):
        with database(tmp_path, template) as url:
            session = sa.create_engine(url).connect()
            left.append(session)
            assert session.execute(sa.text("UPDATE rating_step SET name_zh = 'x' WHERE name_zh <> 'x'")).rowcount == 5
    for session in left:
        session.invalidate()
