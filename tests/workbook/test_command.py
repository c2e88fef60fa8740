"""``flask import-workbook`` as somebody at a terminal meets it, and as a power cut does."""

import os
import re
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from hometeach.commands.lists import import_workbook
from hometeach.kernel.audit import AuditEvent, verify
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Child, OrgUnit
from hometeach.visits.models import Visit
from hometeach.workbook.actions import apply_import, read_workbook
from hometeach.workbook.models import ImportedRow, ImportRun
from tests.conftest import make_app
from tests.forked import FORKED, Ended, ended
from tests.workbook.building import SAMPLE, changed_sample, rows_of, with_twenty_faults, write
from tests.workbook.hostile import HOSTILE

Terminal = Callable[..., Ended]


def import_and_die(file: str, url: str, var: Path, lists_written: int) -> None:
    """Import a workbook, and kill the own process, as a power cut would, when so many lists are written."""

    def told(done: int, _total: int) -> None:
        if done == lists_written:
            os.kill(os.getpid(), signal.SIGKILL)

    with make_app(url, var).app_context():
        statements = read_workbook(Path(file))
        with committed():
            apply_import(statements, by="import", bureau_name="X", told=told)


@pytest.fixture
def at_the_terminal(database_url: str, tmp_path: Path) -> Terminal:
    """``flask import-workbook`` with such arguments, in a process of its own, on the test's database."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "HOMETEACH_CONFIG": "testing",
        "HOMETEACH_VAR": str(tmp_path),
    }
    command = ["--app", "hometeach.app", "import-workbook"]
    return lambda *arguments: ended("flask", [*command, *arguments], environment, tmp_path)


def test_twenty_faults_are_twenty_lines_and_exit_status_1(
    app: Flask, at_the_terminal: Terminal, tmp_path: Path
) -> None:
    answer = at_the_terminal(str(changed_sample(tmp_path / "faulty.xlsx", with_twenty_faults)))
    lines = answer.stdout.splitlines()
    assert answer.returncode == 1
    assert len(lines) == 20
    assert all(re.fullmatch(r"“.+”表第 \d+ 行 [A-Z]+ 列“.+”：.+。应改为：.+。", line) for line in lines)
    assert "20 处" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert db.session.scalar(select(func.count()).select_from(OrgUnit)) == 0


def test_of_two_imports_at_once_one_takes_all_in_and_the_other_finds_it_there(
    app: Flask, at_the_terminal: Terminal
) -> None:
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(at_the_terminal, [str(SAMPLE)] * 2))
    assert [one.returncode for one in answers] == [0, 0], answers
    second, first = sorted(answers, key=lambda one: "送教记录：新增 1184，更新 0，不变 0" in one.stdout)
    assert "没有变化" not in first.stdout
    assert "送教记录：新增 0，更新 0，不变 1184" in second.stdout
    assert "没有变化" in second.stdout
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 1184


def test_a_trial_writes_nothing(app: Flask) -> None:
    told = app.test_cli_runner().invoke(import_workbook, [str(SAMPLE), "--dry-run"])
    assert told.exit_code == 0
    assert "将新增 1184" in told.output
    assert db.session.scalar(select(func.count()).select_from(OrgUnit)) == 0


@pytest.mark.parametrize("name", ["text", "bomb", "formula", "a million empty rows", "a byte changed"])
def test_a_hostile_file_is_refused_in_words(app: Flask, name: str, tmp_path: Path) -> None:
    file = tmp_path / "hostile.xlsx"
    file.write_bytes(HOSTILE[name][0]())
    told = app.test_cli_runner().invoke(import_workbook, [str(file)])
    assert told.exit_code == 1
    assert re.search("[\u4e00-\u9fff]+。", told.output)
    assert isinstance(told.exception, SystemExit)


@pytest.mark.parametrize("lists_written", [1, 10, 12, 13])
def test_killed_in_the_middle_nothing_is_taken_in(
    app: Flask, database_url: str, tmp_path: Path, lists_written: int
) -> None:
    dying = FORKED.Process(target=import_and_die, args=(str(SAMPLE), database_url, tmp_path, lists_written))
    dying.start()
    dying.join()
    assert dying.exitcode == -signal.SIGKILL
    for model in (OrgUnit, Child, Visit, ImportRun, ImportedRow, AuditEvent):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    db.session.rollback()
    told = app.test_cli_runner().invoke(import_workbook, [str(SAMPLE)])
    assert told.exit_code == 0
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 1184
    assert verify() is None


def test_notes_say_what_was_not_read(app: Flask, tmp_path: Path) -> None:
    sheets = rows_of()
    sheets["汇总"] = [["合计"], [48]]
    for number, row in enumerate(sheets["学生"]):
        row.append("家访" if number == 0 else "是")
    told = app.test_cli_runner().invoke(import_workbook, [str(write(tmp_path / "more.xlsx", sheets)), "--dry-run"])
    assert "“汇总”表：这张工作表不在清单之内，没有读取。" in told.output
    assert "“学生”表第 1 行 W 列“家访”：这一列不需要，没有读取。" in told.output
