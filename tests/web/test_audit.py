"""The audit page: found by what, whom and when; read by two roles, who see different names."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.agreements.models import Agreement
from hometeach.commands.regular import WORKS
from hometeach.kernel import audit, clock, jobs
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account, Child, OrgUnit, RoleGrant
from hometeach.visits.models import Visit
from hometeach.web.words.audit import ACTIONS, LOOKED_AT
from tests import factories
from tests.factories import Cast

SignedIn = Callable[[Role], FlaskClient]


def account_id(app: Flask, name: str) -> str:
    with app.app_context():
        return db.session.scalars(sa.select(Account.public_id).where(Account.sign_in_name == name)).one()


def record(app: Flask, action: str, *, actor: str = "import", about: str = "import_run:x", times: int = 1) -> None:
    with app.app_context(), jobs.committed():
        for n in range(times):
            audit.record(action, actor=actor, about=about, detail={"n": n})


def look(app: Flask, cast: Cast, what: str = "file", reason: str = "") -> None:
    with app.app_context(), jobs.committed():
        audit.note_access(actor=account_id(app, "lin"), about=f"child:{cast.own_child}", what=what, reason=reason)


def at(app: Flask, moment: datetime, monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    monkeypatch.setattr(audit, "machine_now", lambda: moment)
    record(app, action)
    monkeypatch.setattr(audit, "machine_now", clock.machine_now)


def rows_of(page: str) -> list[str]:
    """What each row says was done or looked at, in the order of the page."""
    return re.findall(r'<tr><th scope="row">(.*?)</th>', page)


def work_off(app: Flask) -> None:
    with app.app_context():
        while jobs.work_next(WORKS):
            pass


def test_the_newest_row_comes_first_and_is_told_in_words(qin: FlaskClient, bare_app: Flask) -> None:
    record(bare_app, "workbook:imported")
    page = qin.get("/audit").text
    assert rows_of(page)[:2] == ["导入名单", "登录"]
    assert "命令行导入" in page


def test_a_code_without_words_stands_as_it_is(qin: FlaskClient, bare_app: Flask) -> None:
    record(bare_app, "goal:reached")
    assert rows_of(qin.get("/audit").text)[0] == "goal:reached"


def test_rows_are_found_by_what_was_done_by_whom_and_about_what(qin: FlaskClient, bare_app: Flask) -> None:
    lin = account_id(bare_app, "lin")
    record(bare_app, "visit:record", actor=lin, about="visit:aaa")
    record(bare_app, "visit:record", actor="import", about="visit:bbb")
    record(bare_app, "visit:void", actor=lin, about="visit:aaa")
    assert len(rows_of(qin.get("/audit?code=visit:record").text)) == 2
    assert len(rows_of(qin.get(f"/audit?code=visit:record&actor={lin}").text)) == 1
    assert rows_of(qin.get("/audit?about=visit:aaa").text) == ["visit:void", "记录送教"]


def test_rows_are_found_by_what_an_auditor_calls_a_thing(qin: FlaskClient, bare_app: Flask, cast: Cast) -> None:
    with bare_app.app_context(), jobs.committed():
        child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
        visit = db.session.scalars(sa.select(Visit.number).where(Visit.child_id == child.id)).first()
        agreement = db.session.scalars(sa.select(Agreement.number).where(Agreement.child_id == child.id)).first()
        code = child.code
    look(bare_app, cast)
    record(bare_app, "case:place", about=f"child:{cast.own_child}")
    record(bare_app, "case:place", about=f"child:{cast.foreign_child}")
    for named in ("安安", code.lower(), visit, agreement, f"child:{cast.own_child}", f"child：{cast.own_child}"):
        sent = qin.post("/audit/find?code=case:place", data={"who": named})
        assert (sent.status_code, "安" in unquote(sent.location)) == (302, False), named
        assert rows_of(qin.get(sent.location).text) == ["case:place"], named
        opened = qin.post("/audit/access/find", data={"who": named})
        assert rows_of(qin.get(opened.location).text) == ["打开档案"]
    assert "安安" in qin.get(sent.location).text.partition("<table")[0], "the filter names whom it is about"


def test_what_nobody_is_called_is_said_beside_the_field(qin: FlaskClient, guan: FlaskClient) -> None:
    for browser, named in ((qin, "无此人"), (qin, ""), (guan, "安安")):
        for address in ("/audit/find", "/audit/access/find"):
            answer = browser.post(address, data={"who": named})
            assert answer.status_code == 422
            assert 'id="who-error"' in answer.text
            assert f'value="{named}"' in answer.text


def test_the_days_are_those_of_the_county_not_of_greenwich(
    qin: FlaskClient, bare_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(bare_app, datetime(2026, 3, 1, 15, 59, tzinfo=UTC), monkeypatch, "visit:late")  # 23:59 on 1 March in Shanghai
    at(bare_app, datetime(2026, 3, 1, 16, 0, tzinfo=UTC), monkeypatch, "visit:next")
    assert rows_of(qin.get("/audit?first=2026-03-01&last=2026-03-01").text) == ["visit:late"]
    assert rows_of(qin.get("/audit?first=2026-03-02&last=2026-03-02").text) == ["visit:next"]


@pytest.mark.parametrize(
    "asked", ["first=never", "last=2026-13-45", "before=x", f"before={2**63}", "code=nothing", "actor=nobody"]
)
def test_what_an_address_asks_for_and_nobody_understands_is_unasked(qin: FlaskClient, asked: str) -> None:
    answer = qin.get(f"/audit?{asked}")
    assert answer.status_code == 200
    assert rows_of(answer.text)
    assert qin.get(f"/audit/access?{asked}").status_code == 200


def test_a_log_that_holds_no_such_row_says_so(qin: FlaskClient) -> None:
    assert "没有符合条件的记录" in qin.get("/audit?about=visit:none").text
    assert "没有符合条件的记录" in qin.get("/audit/access?about=child:none").text


def test_older_rows_follow_without_gap_or_repetition_although_new_ones_come(qin: FlaskClient, bare_app: Flask) -> None:
    record(bare_app, "visit:record", times=70)
    first = qin.get("/audit?code=visit:record").text
    older = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")  # type: ignore[index]
    record(bare_app, "visit:record", times=5)
    second = qin.get(older).text
    assert (len(rows_of(first)), len(rows_of(second))) == (50, 20)
    assert 'rel="next"' not in second
    assert "返回最新记录" in second


def test_openings_and_reveals_are_told_with_their_reason(qin: FlaskClient, bare_app: Flask, cast: Cast) -> None:
    look(bare_app, cast)
    look(bare_app, cast, "phone", "contact")
    look(bare_app, cast, "visit_address", "other: 送慰问品")
    page = qin.get("/audit/access").text
    assert rows_of(page) == ["查看住址", "查看电话", "打开档案"]
    assert "与家长联系" in page
    assert "其他原因：送慰问品" in page
    assert rows_of(qin.get("/audit/access?code=phone").text) == ["查看电话"]


def test_the_auditor_reads_the_childs_name_and_the_administrator_does_not(
    qin: FlaskClient, guan: FlaskClient, bare_app: Flask, cast: Cast
) -> None:
    look(bare_app, cast)
    record(bare_app, "case:place", about=f"child:{cast.own_child}")
    for address in ("/audit", "/audit/access"):
        assert "安安" in qin.get(address).text
        administrators = guan.get(address).text
        assert "安安" not in administrators
        assert cast.own_child in administrators


def test_looking_at_the_log_writes_nothing(qin: FlaskClient, bare_app: Flask, cast: Cast) -> None:
    look(bare_app, cast)
    qin.get("/audit/access")
    with bare_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(audit.AccessLog)) == 1


def test_the_page_tells_how_long_the_chain_is_and_how_it_ends(qin: FlaskClient, bare_app: Flask) -> None:
    with bare_app.app_context():
        length, head = audit.head()
    page = qin.get("/audit").text
    assert head in page
    assert f"共 {length} 行记录，记录链尚未核验" in page


def test_the_chain_is_checked_as_a_job_whose_progress_and_answer_stand_on_the_page(
    qin: FlaskClient, bare_app: Flask
) -> None:
    qin.post("/audit/check")
    waiting = qin.get("/audit").text
    assert "data-every" in waiting
    assert "核验记录链</button>" not in waiting
    work_off(bare_app)
    answer = qin.get("/audit").text
    assert "data-every" not in answer
    assert "记录链完整" in answer


def test_two_clicks_ask_for_one_check(qin: FlaskClient, bare_app: Flask) -> None:
    qin.post("/audit/check")
    qin.post("/audit/check")
    with bare_app.app_context():
        assert len(jobs.newest("verify-audit", most=9)) == 1
    work_off(bare_app)
    qin.post("/audit/check")
    with bare_app.app_context():
        assert len(jobs.newest("verify-audit", most=9)) == 2


def test_a_broken_chain_is_named_with_its_first_bad_row(qin: FlaskClient, bare_app: Flask) -> None:
    record(bare_app, "visit:record", times=5)
    with bare_app.app_context(), jobs.committed():
        on = " ON audit_event" if db.engine.dialect.name == "postgresql" else ""
        db.session.execute(sa.text(f"DROP TRIGGER audit_event_no_update{on}"))
        db.session.execute(sa.text("UPDATE audit_event SET detail = '{}' WHERE seq = 3"))
    qin.post("/audit/check")
    work_off(bare_app)
    page = qin.get("/audit").text
    assert "记录链在第 3 行断开" in page
    assert "此行被改动" in page
    assert 'role="alert"' in page


def test_a_check_that_came_to_no_end_is_told(qin: FlaskClient, bare_app: Flask) -> None:
    qin.post("/audit/check")
    with bare_app.app_context(), jobs.committed():
        jobs.cancel(jobs.newest("verify-audit")[0])
    assert "上次核验没有完成" in qin.get("/audit").text


def test_everything_that_the_code_records_has_words(bare_app: Flask) -> None:
    """A new ``audit.record("…")`` needs its line in ``web/words/audit.py``."""
    import config

    sources = [path.read_text(encoding="utf-8") for path in (config.ROOT / "hometeach").rglob("*.py")]
    recorded = {code for text in sources for code in re.findall(r'audit\.record\(\s*"([a-z_]+:[a-z_]+)"', text)}
    assert recorded
    assert recorded <= set(ACTIONS)


def test_every_masked_field_has_words() -> None:
    from hometeach.web.children.reveal import FIELDS

    assert set(FIELDS) <= set(LOOKED_AT)


def test_who_administers_and_coordinates_reads_no_names_in_the_log(bare_app: Flask, cast: Cast) -> None:
    with bare_app.app_context(), jobs.committed():
        units = {unit.code: unit for unit in db.session.scalars(sa.select(OrgUnit))}
        account = factories.make_account("mei", units["S1"], Role.SCHOOL_COORDINATOR)
        grant = RoleGrant(role=Role.ADMINISTRATOR, unit_id=units["J00"].id, effective_from=date(2020, 1, 1))
        account.grants.append(grant)
        audit.record("case:place", actor="x", about=f"child:{cast.foreign_child}")
    mei = bare_app.test_client()
    mei.post("/sign-in", data={"name": "mei", "password": factories.PASSWORD})
    for address in ("/audit", f"/audit?about=child:{cast.foreign_child}"):
        told = mei.get(address)
        assert told.status_code == 200
        assert "博博" not in told.text
