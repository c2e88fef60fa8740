"""The schools side by side, one school's weeks, and the whole bureau on one page."""

import gzip
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.actions import rebuild_ledger
from hometeach.demonstration import PASSWORD as DEMONSTRATION_PASSWORD
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import OrgUnit, Teacher
from tests import factories
from tests.web.reading import browser_of, lead_of, links_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]


def test_every_school_stands_with_its_term(signed_in: SignedIn, cast: factories.Cast) -> None:
    page = signed_in(Role.BUREAU_OFFICER).get("/schools")
    assert lead_of(page) == "2 所学校承担送教上门。本学期有 18 周无人交代。"
    line = "达标 1，未送，原因已知 2，无人交代 9，未结束 9✕●◇✕✕◇✕✕✕✕✕✕．．．．．．．．． 1 12 8.3% 2 9"
    assert rows_of(page) == [f"月山镇中心小学 {line}", f"石柱乡中心小学 {line}"]
    assert f"/schools/{cast.own_school}" in links_of(page)


def test_the_line_of_a_school_says_of_how_many_children_nobody_knows(signed_in: SignedIn, bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        db.session.execute(sa.text("UPDATE serving_span SET school_id = (SELECT min(school_id) FROM serving_span)"))
    row = rows_of(signed_in(Role.BUREAU_OFFICER).get("/schools"))[0]
    assert "达标 2，未送，原因已知 4，无人交代 18，未结束 18" in row
    assert "2●◇22◇222222．．．．．．．．．" in row


def test_the_same_in_english(bare_app: Flask, cast: factories.Cast) -> None:
    page = browser_of(bare_app.test_client(), "qin", language="en").get("/schools")
    assert lead_of(page) == "2 schools serve children at home. This term nobody accounts for 18 weeks."


@pytest.mark.parametrize("role", [Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER, Role.AUDITOR])
def test_a_school_shows_its_childrens_weeks(signed_in: SignedIn, cast: factories.Cast, role: Role) -> None:
    page = signed_in(role).get(f"/schools/{cast.own_school}")
    assert lead_of(page) == "共 1 名学生。逐人统计，已结束且应送的 12 期中，8.3% 达标。本学期有 9 周无人交代。"
    assert f"/children/{cast.own_child}/week/2026-09-07" in links_of(page)
    assert "博博" not in page.text
    assert rows_of(page)[-1] == "林老师 1 9 周"


def test_another_school_answers_a_coordinator_as_absent(signed_in: SignedIn, cast: factories.Cast) -> None:
    for public_id in (cast.foreign_school, "noschoolhere"):
        assert signed_in(Role.SCHOOL_COORDINATOR).get(f"/schools/{public_id}").status_code == 404


def test_the_bureau_itself_is_no_school(signed_in: SignedIn, bare_app: Flask) -> None:
    with bare_app.app_context():
        bureau = db.session.scalars(sa.select(OrgUnit.public_id).where(OrgUnit.code == "J00")).one()
    assert signed_in(Role.BUREAU_OFFICER).get(f"/schools/{bureau}").status_code == 404


@pytest.mark.parametrize("role", [Role.TEACHER, Role.RELIEF_CLERK, Role.ADMINISTRATOR])
def test_who_has_no_business_there_finds_nothing(signed_in: SignedIn, cast: factories.Cast, role: Role) -> None:
    for address in ("/schools", "/schools/all", f"/schools/{cast.own_school}"):
        assert signed_in(role).get(address).status_code == 404


def test_a_school_that_serves_nobody_says_so(signed_in: SignedIn, bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        public_id = factories.make_unit("S9").public_id
    page = signed_in(Role.AUDITOR).get(f"/schools/{public_id}?term=soon")
    assert lead_of(page) == "这所学校目前没有送教学生。"


def test_a_child_whom_no_school_serves_is_not_lost(signed_in: SignedIn, bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        db.session.execute(
            sa.text("DELETE FROM serving_span WHERE child_id = (SELECT id FROM child WHERE code = 'C2')")
        )
    officer = signed_in(Role.BUREAU_OFFICER)
    row = rows_of(officer.get("/schools"))[-1]
    assert row.startswith("目前没有送教学校 达标 1，未送，原因已知 2，无人交代 9，")
    assert row.endswith(" 1 12 8.3% 2 9")
    assert "博博" in officer.get("/schools/all").text


def test_the_whole_bureau_stands_school_by_school(county_app: Flask) -> None:
    browser = browser_of(county_app.test_client(), "bai", password=DEMONSTRATION_PASSWORD)
    page = browser.get("/schools/all")
    html = main_of(page)
    assert html.count("<table") == 6
    cells = re.findall(r"<td class=u>", html)
    assert f"本学期有 {len(cells)} 周无人交代" in lead_of(page)
    assert len(rows_of(page)) == 48


def test_an_earlier_term_can_be_looked_at(county_app: Flask) -> None:
    browser = browser_of(county_app.test_client(), "bai", password=DEMONSTRATION_PASSWORD)
    page = browser.get("/schools/all?term=2026-03-02")
    assert "2025-2026学年第二学期" in main_of(page)
    assert "/week/2026-03-02" in page.text
    assert "/week/2026-11-16" not in page.text


def test_three_hundred_and_ten_children_weigh_little(signed_in: SignedIn, bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        school = db.session.scalars(sa.select(OrgUnit).where(OrgUnit.code == "S1")).one()
        teacher = db.session.scalars(sa.select(Teacher).where(Teacher.code == "T1")).one()
        for n in range(308):
            child = factories.make_child(f"N{n:03d}", school, teacher, name=f"孩子{n}")
            factories.make_agreement(child)
        rebuild_ledger()
    page = signed_in(Role.BUREAU_OFFICER).get("/schools/all")
    assert len(rows_of(page)) == 310
    assert len(gzip.compress(page.data)) < 60_000


def test_the_empty_pages_say_who_fills_them(bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        factories.make_account("qin", factories.make_unit("J00"), Role.AUDITOR)
    browser = browser_of(bare_app.test_client(), "qin")
    for address in ("/schools", "/schools/all"):
        assert "名单由教育局用工作簿导入" in words_in(main_of(browser.get(address)))
