"""A workbook that comes by a page: checked as a job, looked at, then taken in as another."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.files import StoredFile
from hometeach.kernel.jobs import Job, JobState, committed, work_next
from hometeach.visits.models import Visit
from hometeach.workbook import wording
from hometeach.workbook.telling import fault_from_json, note_from_json
from hometeach.workbook.uploads import WORKS, ask_to_apply, keep_upload
from tests.workbook.building import (
    SAMPLE,
    Sheets,
    changed_sample,
    of_few_children,
    rows_of,
    set_cell,
    with_twenty_faults,
    write,
)


def handed_in(content: bytes) -> Job:
    """A workbook handed in by the officer, and the job that has checked it."""
    with committed():
        job = keep_upload(content, by="bai")
    return worked_off(job)


def applied(check: Job) -> Job:
    """The job that has taken in what a check found."""
    with committed():
        job = ask_to_apply(check, by="bai")
    return worked_off(job)


def worked_off(job: Job) -> Job:
    """The job, once the scheduler's process has done it."""
    assert work_next(WORKS)
    db.session.expire_all()
    return db.session.get_one(Job, job.id)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample county with six of its children."""
    return write(tmp_path_factory.mktemp("few") / "few.xlsx", of_few_children(rows_of()))


@pytest.fixture
def altered(tmp_path: Path, few: Path) -> Callable[[Callable[[Sheets], object]], bytes]:
    """The same with a change, as bytes."""
    return lambda change: changed_sample(tmp_path / "altered.xlsx", change, few).read_bytes()


def test_a_check_shows_what_would_change_and_writes_nothing(app: Flask) -> None:
    check = handed_in(SAMPLE.read_bytes())
    told = {one["name"]: one for one in check.outcome["lists"]}
    assert check.state is JobState.DONE
    assert told["visits"]["counts"]["created"] == 1184
    assert told["visits"]["created"][0] == {"key": "V000001", "row": 2}
    assert told["guardians"]["created"][0]["key"] == "S0001 赵佳"
    assert told["slots"]["created"][0]["key"] == "S0001 二 15:30 2026-03-02"
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 0
    assert (check.done, check.total) == (11, 11)


def test_what_was_looked_at_is_taken_in(app: Flask) -> None:
    apply = applied(handed_in(SAMPLE.read_bytes()))
    assert apply.state is JobState.DONE
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 1184


def test_faults_are_the_outcome_of_a_check_in_the_readers_language(app: Flask, tmp_path: Path) -> None:
    check = handed_in(changed_sample(tmp_path / "faulty.xlsx", with_twenty_faults).read_bytes())
    lines = [wording.line(fault_from_json(kept)) for kept in check.outcome["faults"]]
    assert len(lines) == 20
    assert lines[0].startswith("“学校”表第 4 行 C 列“类型”：")
    with pytest.raises(Refused) as refused:
        ask_to_apply(check, by="bai")
    assert refused.value.code == "workbook:not_checked"


def test_a_hostile_file_ends_as_refused_with_the_reason(app: Flask) -> None:
    check = handed_in(b"PK\x03\x04")
    assert check.state is JobState.REFUSED
    assert check.outcome["code"] == "workbook:damaged"


def test_what_was_changed_since_the_check_is_not_overrun(
    app: Flask, few: Path, altered: Callable[[Callable[[Sheets], object]], bytes]
) -> None:
    applied(handed_in(few.read_bytes()))
    check = handed_in(altered(lambda sheets: set_cell(sheets, "送教记录", 2, "内容", "表里改的")))
    with committed():
        db.session.scalars(select(Visit).where(Visit.number == "V000001")).one().content = "系统里改的"
    apply = applied(check)
    assert apply.state is JobState.REFUSED
    assert apply.outcome["code"] == "workbook:changed_meanwhile"


def test_both_values_of_a_conflict_are_shown(
    app: Flask, few: Path, altered: Callable[[Callable[[Sheets], object]], bytes]
) -> None:
    applied(handed_in(few.read_bytes()))
    with committed():
        db.session.scalars(select(Visit).where(Visit.number == "V000001")).one().left_second = 19 * 3600
    check = handed_in(altered(lambda sheets: set_cell(sheets, "送教记录", 2, "离开时间", "20:10")))
    (conflict,) = next(one for one in check.outcome["lists"] if one["name"] == "visits")["conflicts"]
    assert conflict == {"key": "V000001", "row": 2, "head": "离开时间", "app": "19:00", "workbook": "20:10"}


def test_numbers_of_persons_and_phones_are_shown_masked(
    app: Flask, few: Path, altered: Callable[[Callable[[Sheets], object]], bytes]
) -> None:
    applied(handed_in(few.read_bytes()))
    check = handed_in(altered(lambda sheets: set_cell(sheets, "学生", 2, "监护人手机", "12500001111")))
    (update,) = next(one for one in check.outcome["lists"] if one["name"] == "guardians")["updated"]
    assert update["fields"] == [{"head": "监护人手机", "before": "125****0314", "after": "125****1111"}]


def test_the_file_is_kept_sealed(app: Flask) -> None:
    handed_in(SAMPLE.read_bytes())
    file = db.session.scalars(select(StoredFile)).one()
    assert file.content == SAMPLE.read_bytes()
    assert b"xl/worksheets" not in file.sealed


def test_nothing_chosen_is_told_beside_the_field(app: Flask) -> None:
    with pytest.raises(Refused) as refused:
        keep_upload(b"", by="bai")
    assert (refused.value.code, refused.value.field) == ("workbook:empty", "workbook")


def test_notes_survive_being_kept(app: Flask, altered: Callable[[Callable[[Sheets], object]], bytes]) -> None:
    check = handed_in(altered(lambda sheets: sheets.pop("暂停")))
    (note,) = check.outcome["notes"]
    assert wording.note_line(note_from_json(note)).startswith("“暂停”表")
