"""What does a command say where it cannot do what it was asked, and what does it leave behind?"""

import errno
import stat
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from click import ClickException
from click.testing import Result
from flask import Flask

from hometeach.commands.files import written
from hometeach.commands.people import make_administrator
from hometeach.kernel.extensions import db
from hometeach.people.models import Account
from tests.conftest import make_app
from tests.factories import Cast


def run(app: Flask, *words: str | Path) -> Result:
    """The command, as from a terminal; a traceback fails the test."""
    with app.app_context():
        result = app.test_cli_runner().invoke(args=[str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def accounts(app: Flask) -> list[str]:
    with app.app_context():
        found = list(db.session.scalars(sa.select(Account.sign_in_name)))
        db.session.rollback()
        return found


@pytest.mark.parametrize("name", ["", "   ", "x", "two words", "名" * 65, "İ" * 40, "\udcff"])
def test_a_name_with_which_nobody_can_sign_in_makes_no_administrator(bare_app: Flask, name: str) -> None:
    told = run(bare_app, "make-administrator", name)
    assert told.exit_code == 1
    assert "2 to 64 letters" in told.output
    assert run(bare_app, "make-administrator", " Guan ").output.startswith("guan ")
    assert accounts(bare_app) == ["guan"]


def test_where_the_password_cannot_be_read_there_is_no_account(
    bare_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Path("/dev/full").open("w")  # noqa: SIM115 - it can be closed by force only, below
    for stream in (full, None):
        with bare_app.app_context(), monkeypatch.context() as nowhere:
            nowhere.setattr(sys, "stdout", stream)
            with pytest.raises(ClickException, match=r"No space|nothing can be printed"):
                make_administrator.main(["guan"], standalone_mode=False)
    with suppress(OSError):  # it is still full
        full.close()
    assert accounts(bare_app) == []


def half_written(path: Path) -> None:
    with written(path) as file:
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_that_cannot_be_written_leaves_what_stood_there(tmp_path: Path) -> None:
    good = tmp_path / "good.pdf"
    good.write_bytes(b"good")
    with pytest.raises(ClickException, match="what stood there is unchanged"):
        half_written(good)
    assert good.read_bytes() == b"good"
    with written(good) as file:
        file.write(b"better")
    assert good.read_bytes() == b"better"
    assert list(tmp_path.iterdir()) == [good]


def test_a_file_keeps_its_mode_and_a_link_its_target(tmp_path: Path) -> None:
    inside, link, new = (tmp_path / name for name in ("inside.pdf", "link.pdf", "new.pdf"))
    inside.write_bytes(b"names")
    inside.chmod(0o600)
    link.symlink_to(inside)
    for path in (inside, link, new):
        with written(path) as file:
            file.write(path.name.encode())
    assert inside.read_bytes() == b"link.pdf"
    assert (link.is_symlink(), stat.S_IMODE(inside.stat().st_mode)) == (True, 0o600)
    (tmp_path / "as_ever").touch()
    assert new.stat().st_mode == (tmp_path / "as_ever").stat().st_mode


@pytest.mark.parametrize("command", ["ledger", "sessions"])
def test_a_list_is_written_over_an_older_one(bare_app: Flask, cast: Cast, tmp_path: Path, command: str) -> None:
    out = tmp_path / "deep" / "list.csv"
    for _ in range(2):
        assert run(bare_app, command, "--out", out).exit_code == 0
        heading, *rows = out.read_text(encoding="utf-8").splitlines()
        assert heading.count(",") >= 4
        assert len(rows) > 3
        out.write_text("older")


@pytest.mark.parametrize(
    "out", [".", "/dev/full", "/proc/none/x.csv", "x" * 300, "{file}/below.csv"], ids=lambda out: out[:12]
)
@pytest.mark.parametrize("command", ["ledger", "sessions"])
def test_a_place_where_nothing_can_be_written_is_named(bare_app: Flask, tmp_path: Path, command: str, out: str) -> None:
    (tmp_path / "file").touch()
    told = run(bare_app, command, "--out", tmp_path / out.format(file="file"))
    assert told.exit_code in (1, 2)
    assert "Error: " in told.output
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-13-45", "", "\udcff"])
@pytest.mark.parametrize("command", [["totals", "--year", "2026", "--as-of"], ["run-job", "derive-reminders", "--on"]])
def test_a_day_that_nobody_means_is_refused(bare_app: Flask, command: list[str], day: str) -> None:
    assert run(bare_app, *command, day).exit_code == 2


def test_a_database_without_tables_is_told_what_to_do(empty_database: str, tmp_path: Path) -> None:
    app = make_app(empty_database, tmp_path)
    for command in (["run-job", "rebuild-ledger"], ["ledger", "--out", tmp_path / "l.csv"], ["verify-audit"]):
        told = run(app, *command)
        assert told.exit_code == 1
        assert "flask db upgrade" in told.output
    assert not (tmp_path / "l.csv").exists()
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("number", ["none", "\udcff", "9" * 3000])
@pytest.mark.parametrize("command", ["agreement-pdf", "evidence-pack"])
def test_a_number_of_nothing_is_told(bare_app: Flask, tmp_path: Path, command: str, number: str) -> None:
    told = run(bare_app, command, number, "--out", tmp_path / "out")
    assert told.exit_code == 1
    assert "Error: " in told.output
    assert list(tmp_path.glob("out*")) == []


def test_a_head_that_is_none_is_told_apart_from_one_that_is_lacking(bare_app: Flask) -> None:
    assert run(bare_app, "verify-audit", "--head", "x").exit_code == 2
    assert "does not occur in the chain" in run(bare_app, "verify-audit", "--head", "0" * 64).output


def test_a_roster_is_a_pdf(bare_app: Flask, tmp_path: Path) -> None:
    assert run(bare_app, "roster", "--year", "2026", "--out", tmp_path / "r.txt").exit_code == 2
