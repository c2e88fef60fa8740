"""A workbook on its way through the pages: handed in, checked, looked at, taken in, once."""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from hometeach.commands.regular import WORKS
from hometeach.kernel import jobs
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.extensions import db
from hometeach.kernel.files import StoredFile
from hometeach.people.access import Role
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import CalendarEntry, QuotaRow, RuleRow
from hometeach.workbook.models import ImportRun
from tests.workbook.building import (
    changed_sample,
    of_few_children,
    rows_of,
    set_cell,
    with_twenty_faults,
    write,
)

SignedIn = Callable[[Role], FlaskClient]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample county with six of its children."""
    return write(tmp_path_factory.mktemp("few") / "few.xlsx", of_few_children(rows_of()))


@pytest.fixture(autouse=True)
def _rules_come_with_the_workbook(bare_app: Flask, cast: object) -> None:
    """The cast's own rule and term would stand where the workbook's belong."""
    with bare_app.app_context(), jobs.committed():
        for model in (QuotaRow, RuleRow, CalendarEntry):
            db.session.execute(sa.delete(model))


def hand_in(browser: FlaskClient, content: bytes) -> str:
    """Hand a workbook in; the address of its page."""
    answer = browser.post("/imports", data={"workbook": (io.BytesIO(content), "名单.xlsx")})
    assert answer.status_code == 302
    return answer.headers["Location"]


def work_off(app: Flask) -> None:
    """What the scheduler's process does."""
    with app.app_context():
        while jobs.work_next(WORKS):
            pass


def checked(app: Flask, browser: FlaskClient, content: bytes) -> str:
    address = hand_in(browser, content)
    work_off(app)
    return address


def taken_in(app: Flask, browser: FlaskClient, content: bytes) -> str:
    """A workbook taken in; the address of the page that says so."""
    address = browser.post(f"{checked(app, browser, content)}/apply").headers["Location"]
    work_off(app)
    return address


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def faulty(folder: Path) -> bytes:
    return changed_sample(folder / "faulty.xlsx", with_twenty_faults).read_bytes()


def test_the_page_asks_for_a_workbook_and_says_that_none_was_taken_in(bai: FlaskClient) -> None:
    page = bai.get("/imports").text
    assert "还没有导入过工作簿" in page
    assert 'type="file"' in page


def test_without_a_file_the_form_says_so_beside_the_field(bai: FlaskClient) -> None:
    answer = bai.post("/imports", data={})
    assert answer.status_code == 422
    assert 'id="workbook-error"' in answer.text


def test_an_empty_file_is_refused_beside_the_field(bai: FlaskClient, bare_app: Flask) -> None:
    answer = bai.post("/imports", data={"workbook": (io.BytesIO(b""), "x.xlsx")})
    assert answer.status_code == 422
    assert 'id="workbook-error"' in answer.text
    assert count(bare_app, StoredFile) == 0


def test_while_it_is_checked_the_page_asks_again_by_itself_and_can_be_left(
    bai: FlaskClient, bare_app: Flask, few: Path
) -> None:
    address = hand_in(bai, few.read_bytes())
    page = bai.get(address).text
    assert "data-every" in page
    assert "可以离开本页" in page
    assert "等待检查" in bai.get("/imports").text
    work_off(bare_app)
    assert "data-every" not in bai.get(address).text


def test_the_workbook_is_kept_sealed(bai: FlaskClient, bare_app: Flask, few: Path) -> None:
    hand_in(bai, few.read_bytes())
    with bare_app.app_context():
        file = db.session.scalars(sa.select(StoredFile)).one()
        assert b"PK\x03\x04" not in file.sealed
        assert file.content == few.read_bytes()


def test_the_preview_counts_what_would_change_and_nothing_is_taken_in(
    bai: FlaskClient, bare_app: Flask, few: Path
) -> None:
    children = count(bare_app, Child)
    page = bai.get(checked(bare_app, bai, few.read_bytes())).text
    assert "现在还没有导入" in page
    assert "全部导入</button>" in page
    assert "丢弃这份工作簿</button>" in page
    assert count(bare_app, Child) == children
    assert count(bare_app, ImportRun) == 0


def test_all_of_it_is_taken_in_and_the_page_says_what_came_of_it(bai: FlaskClient, bare_app: Flask, few: Path) -> None:
    children = count(bare_app, Child)
    page = bai.get(taken_in(bare_app, bai, few.read_bytes())).text
    assert "名单已导入" in page
    assert count(bare_app, Child) == children + 6
    overview = bai.get("/imports").text
    assert "最近一次导入" in overview
    assert "bai" in overview


def test_the_officer_who_pressed_stands_in_the_audit_log(bai: FlaskClient, bare_app: Flask, few: Path) -> None:
    taken_in(bare_app, bai, few.read_bytes())
    with bare_app.app_context():
        actor = db.session.scalar(sa.select(AuditEvent.actor).where(AuditEvent.action == "workbook:imported"))
        asked_by = db.session.scalars(sa.select(ImportRun.by)).one()
    assert actor == asked_by != "import"


def test_pressed_twice_it_is_taken_in_once(bai: FlaskClient, bare_app: Flask, few: Path) -> None:
    address = checked(bare_app, bai, few.read_bytes())
    first, second = bai.post(f"{address}/apply"), bai.post(f"{address}/apply")
    assert first.headers["Location"] == second.headers["Location"]
    assert "已申请导入" in bai.get(address).text
    work_off(bare_app)
    third = bai.post(f"{address}/apply")
    assert third.headers["Location"] == first.headers["Location"], "also when it has been taken in"
    assert count(bare_app, ImportRun) == 1


def test_pressed_by_two_officers_at_once_it_is_taken_in_once(
    bai: FlaskClient, signed_in: SignedIn, bare_app: Flask, few: Path
) -> None:
    address = checked(bare_app, bai, few.read_bytes())
    browsers = [bai, signed_in(Role.BUREAU_OFFICER)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        answers = list(pool.map(lambda browser: browser.post(f"{address}/apply"), browsers))
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with bare_app.app_context():
        assert len(jobs.newest("workbook-apply", most=9)) == 1


def test_a_workbook_that_changes_nothing_offers_nothing_to_take_in(
    bai: FlaskClient, bare_app: Flask, few: Path
) -> None:
    taken_in(bare_app, bai, few.read_bytes())
    address = checked(bare_app, bai, few.read_bytes())
    page = bai.get(address).text
    assert "工作簿没有带来变化" in page
    assert "全部导入</button>" not in page
    assert bai.post(f"{address}/apply").status_code == 409


def test_every_fault_is_named_with_its_place_and_its_remedy(bai: FlaskClient, bare_app: Flask, tmp_path: Path) -> None:
    address = checked(bare_app, bai, faulty(tmp_path))
    page = bai.get(address).text
    assert "有 20 处需要改正" in page
    assert "没有导入任何内容" in page
    assert len(re.findall(r'<tr><th scope="row">', page)) == 20
    assert bai.post(f"{address}/apply").status_code == 409


def test_the_faults_can_be_taken_along_as_a_workbook_in_which_nothing_is_calculated(
    bai: FlaskClient, bare_app: Flask, tmp_path: Path
) -> None:
    answer = bai.get(f"{checked(bare_app, bai, faulty(tmp_path))}/faults.xlsx")
    assert answer.headers["Content-Disposition"] == "attachment; filename=faults.xlsx"
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert len(rows) == 21
    assert rows[0] == ("工作表", "行", "列", "列标题", "问题", "应改为")
    assert all(cell is None or isinstance(cell, str) for row in rows for cell in row)


def test_what_the_app_has_changed_as_well_is_shown_with_both_values(
    bai: FlaskClient, bare_app: Flask, few: Path, tmp_path: Path
) -> None:
    taken_in(bare_app, bai, few.read_bytes())
    code = rows_of(few)["教师"][2][0]
    with bare_app.app_context(), jobs.committed():
        db.session.execute(sa.update(Teacher).where(Teacher.code == code).values(name="应用里改的"))
    content = changed_sample(tmp_path / "c.xlsx", lambda sheets: set_cell(sheets, "教师", 3, "姓名", "名单里改的"), few)
    address = checked(bare_app, bai, content.read_bytes())
    page = bai.get(address).text
    assert "有 1 个值在应用中也改过" in page
    assert "应用里改的" in page
    assert "名单里改的" in page


def test_what_is_missing_from_a_new_workbook_is_listed_and_kept(
    bai: FlaskClient, bare_app: Flask, few: Path, tmp_path: Path
) -> None:
    taken_in(bare_app, bai, few.read_bytes())
    gone = changed_sample(tmp_path / "gone.xlsx", lambda sheets: sheets["送教记录"].pop(5), few).read_bytes()
    page = bai.get(checked(bare_app, bai, gone)).text
    assert "有 1 项不在工作簿中了，已有内容保留" in page


def test_a_preview_that_is_no_longer_true_is_not_applied_and_can_be_made_anew(
    bai: FlaskClient, bare_app: Flask, few: Path, tmp_path: Path
) -> None:
    taken_in(bare_app, bai, few.read_bytes())
    renamed = changed_sample(tmp_path / "r.xlsx", lambda sheets: set_cell(sheets, "教师", 3, "姓名", "新名"), few)
    address = checked(bare_app, bai, renamed.read_bytes())
    code = rows_of(few)["教师"][2][0]
    with bare_app.app_context(), jobs.committed():
        db.session.execute(sa.update(Teacher).where(Teacher.code == code).values(name="另一个名"))
    apply = bai.post(f"{address}/apply").headers["Location"]
    work_off(bare_app)
    page = bai.get(apply).text
    assert "没有导入任何内容" in page
    assert "重新检查工作簿" in page
    again = bai.post(f"{apply}/again").headers["Location"]
    work_off(bare_app)
    assert "有 1 个值在应用中也改过" in bai.get(again).text


def test_a_discarded_workbook_is_gone_with_all_that_was_found_in_it(
    bai: FlaskClient, bare_app: Flask, few: Path
) -> None:
    address = checked(bare_app, bai, few.read_bytes())
    assert bai.post(f"{address}/discard").headers["Location"] == "/imports"
    assert count(bare_app, StoredFile) == 0
    with bare_app.app_context():
        assert jobs.newest("workbook-check")[0].outcome is None
        assert db.session.scalar(sa.select(AuditEvent).where(AuditEvent.action == "workbook:discarded"))
    assert "工作簿已丢弃" in bai.get(address).text
    assert bai.post(f"{address}/apply").status_code == 409
    assert bai.post(f"{address}/discard").status_code == 409


def test_what_is_being_taken_in_is_not_discarded(bai: FlaskClient, bare_app: Flask, few: Path) -> None:
    address = checked(bare_app, bai, few.read_bytes())
    bai.post(f"{address}/apply")
    assert bai.post(f"{address}/discard").status_code == 409
    work_off(bare_app)
    assert count(bare_app, ImportRun) == 1


def test_work_that_was_stopped_says_so_and_can_be_begun_again(bai: FlaskClient, bare_app: Flask, few: Path) -> None:
    address = hand_in(bai, few.read_bytes())
    bai.post(f"{address}/stop")
    assert "已停止" in bai.get(address).text
    again = bai.post(f"{address}/again").headers["Location"]
    work_off(bare_app)
    assert "全部导入</button>" in bai.get(again).text


@pytest.mark.parametrize("content", [b"not a workbook", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_a_file_that_is_no_workbook_is_told_so(bai: FlaskClient, bare_app: Flask, content: bytes) -> None:
    page = bai.get(checked(bare_app, bai, content)).text
    assert "没有导入任何内容" in page
    assert "上传另一份工作簿" in page
    assert "重新检查工作簿" not in page


def test_the_pages_are_the_bureaus_alone(signed_in: SignedIn, bai: FlaskClient, bare_app: Flask, few: Path) -> None:
    address = checked(bare_app, bai, few.read_bytes())
    assert signed_in(Role.BUREAU_OFFICER).get(address).status_code == 200
    for role in set(Role) - {Role.BUREAU_OFFICER}:
        browser = signed_in(role)
        assert browser.get("/imports").status_code == 404
        assert browser.get(address).status_code == 404
        assert browser.post(f"{address}/apply").status_code == 404


def test_other_work_has_no_page_here(bai: FlaskClient, bare_app: Flask) -> None:
    with bare_app.app_context(), jobs.committed():
        public_id = jobs.ask("verify-audit", {}, by="qin").public_id
    assert bai.get(f"/imports/{public_id}").status_code == 404
    assert bai.post(f"/imports/{public_id}/stop").status_code == 404
