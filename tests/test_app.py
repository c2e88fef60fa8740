"""A real deployment never runs on the demonstration's database, and the demonstration's keys are not its own."""

from pathlib import Path

import pytest
from flask import Flask

import config
from hometeach.app import create_app
from hometeach.kernel.extensions import db
from tests import factories


def production_on(url: str, var: Path, **changed: object) -> Flask:
    """A real deployment on this database, with keys that no test else knows."""
    keys = {name: f"{n:02x}" * 32 for n, name in enumerate(config.KEY_NAMES, start=101)}
    values = {"SQLALCHEMY_DATABASE_URI": url, "VAR_DIR": var, "KEYS": keys, "SEAL_EMBEDDED": True, **changed}
    return create_app(type("ProductionHere", (config.Production,), values))


def closed(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


def test_it_starts_on_a_database_that_is_still_empty(tmp_path: Path) -> None:
    closed(production_on(f"sqlite:///{tmp_path / 'new.db'}", tmp_path))


def test_it_starts_on_a_migrated_database_without_demonstration_accounts(database_url: str, tmp_path: Path) -> None:
    app = production_on(database_url, tmp_path)
    assert app.config["SESSION_COOKIE_SECURE"]
    closed(app)


def test_it_does_not_start_on_a_database_that_holds_a_demonstration_account(
    database_url: str, cast: factories.Cast, tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as stopped:
        production_on(database_url, tmp_path)
    assert "demonstration" in str(stopped.value)
    assert "flask db upgrade" in str(stopped.value), "it says what to do"


def test_it_does_not_start_without_keys_and_makes_none(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="HOMETEACH_FIELD_KEY"):
        production_on(database_url, tmp_path, KEYS=dict.fromkeys(config.KEY_NAMES))
    assert not list(tmp_path.glob("*.json"))


def test_the_demonstrations_commands_refuse_to_work_there(database_url: str, tmp_path: Path) -> None:
    app = production_on(database_url, tmp_path)
    with app.app_context():
        answer = app.test_cli_runner().invoke(args=["seed-demonstration"])
    assert answer.exit_code != 0
    assert "demonstration" in answer.output
    closed(app)


def test_the_components_page_stands_in_the_demonstration_only(database_url: str, tmp_path: Path) -> None:
    app = production_on(database_url, tmp_path, TRUSTED_HOSTS=None)
    assert app.test_client().get("/design").status_code == 404
    closed(app)
