"""A paper is asked for, written as a job, taken away; a year is published and held against today."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hometeach.commands.regular import WORKS
from hometeach.compliance.actions import rebuild_ledger
from hometeach.demonstration import PASSWORD
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed, work_next
from hometeach.reporting.actions import publish_report
from hometeach.visits.models import Visit
from tests.reporting.test_actions import read_only
from tests.web.reading import browser_of, lead_of, links_of, main_of, rows_of

AS_OF = {"year": "2026", "as_of": "2026-11-23"}


@pytest.fixture
def browser(county_app: Flask) -> Callable[[str], FlaskClient]:
    """A browser in the sample county."""
    return lambda name: browser_of(county_app.test_client(), name, password=PASSWORD)


@pytest.fixture
def worked(county_app: Flask) -> Callable[[], None]:
    """Works off what was asked for, as the scheduler's process does."""

    def work_off() -> None:
        with county_app.app_context():
            while work_next(WORKS):
                pass

    return work_off


def asked(browser: FlaskClient, path: str = "/reports", **values: str) -> str:
    answer = browser.post(path, data={"kind": "pdf", **AS_OF, **values})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def test_a_paper_is_written_in_the_background_and_taken_away(browser, worked) -> None:
    officer = browser("bai")
    place = asked(officer)
    assert "正在生成材料" in main_of(officer.get(place))
    assert officer.get(f"{place}/file").status_code == 404
    worked()
    assert "report-2026-as-of-2026-11-23.pdf" in main_of(officer.get(place))
    paper = officer.get(f"{place}/file")
    assert paper.data.startswith(b"%PDF")
    assert paper.headers["Content-Disposition"] == 'attachment; filename="report-2026-as-of-2026-11-23.pdf"'
    assert place in links_of(officer.get("/reports"))


def test_a_spreadsheet_comes_as_one(browser, worked) -> None:
    clerk = browser("yu")
    place = asked(clerk, kind="xlsx")
    worked()
    assert len(openpyxl.load_workbook(BytesIO(clerk.get(f"{place}/file").data)).sheetnames) == 14


def test_the_roster_with_names_is_only_for_those_who_see_every_child(browser, worked) -> None:
    clerk, officer = browser("yu"), browser("bai")
    assert "roster" not in main_of(clerk.get("/reports"))
    assert clerk.post("/reports", data={"kind": "roster", **AS_OF}).status_code == 422
    place = asked(officer, kind="roster")
    worked()
    assert officer.get(f"{place}/file").data.startswith(b"%PDF")


def test_a_paper_is_only_for_whoever_asked_for_it(browser, worked) -> None:
    place = asked(browser("bai"), kind="xlsx")
    worked()
    clerk = browser("yu")
    assert clerk.get(place).status_code == 404
    assert clerk.get(f"{place}/file").status_code == 404


def test_a_year_is_published_and_says_that_nothing_changed(browser, worked) -> None:
    officer = browser("bai")
    place = asked(officer, "/reports/publish")
    worked()
    published = officer.get(place)
    assert published.status_code == 302
    page = officer.get(published.headers["Location"])
    assert lead_of(page) == "用今天的数据重算，每个数字都相同。"
    assert officer.get(f"{published.headers['Location']}/file").data.startswith(b"%PDF")
    assert "2026 年，第 1 版" in rows_of(browser("yu").get("/reports"))[0]


@pytest.fixture
def published(county_app: Flask) -> str:
    """Where the year stands that was published already, with a scrap of paper."""
    with county_app.app_context():
        with committed():
            found = f"/reports/{publish_report(read_only(), by='bai').public_id}"
        db.session.remove()
        return found


def test_publishing_the_same_again_is_refused_in_words(browser, published: str, worked) -> None:
    officer = browser("bai")
    place = asked(officer, "/reports/publish")
    worked()
    assert "第 1 版的内容与现在相同" in main_of(officer.get(place))


def test_a_later_correction_shows_beside_the_published_figure(county_app: Flask, browser, published: str) -> None:
    officer = browser("bai")
    with county_app.app_context(), committed():
        visit = db.session.scalars(select(Visit).where(Visit.number == "V000002")).one()
        visit.left_second = visit.arrived_second + 59 * 60
        db.session.flush()
        rebuild_ledger([visit.child_id])
    page = officer.get(published)
    assert "今天重算的不同" in lead_of(page)
    assert any(row.split() == ["计入的送教", "A4-10", "1102", "1101"] for row in rows_of(page))


def test_only_an_officer_publishes(browser) -> None:
    clerk = browser("yu")
    assert "发布这一年的汇报" not in main_of(clerk.get("/reports"))
    assert clerk.post("/reports/publish", data=AS_OF).status_code == 404


def test_a_day_that_is_none_is_asked_for_again(browser) -> None:
    answer = browser("bai").post("/reports", data={"kind": "pdf", "year": "2026", "as_of": "soon"})
    assert answer.status_code == 422


def test_the_form_begins_with_today(browser) -> None:
    assert f'value="{date(2026, 11, 23)}"' in browser("qin").get("/reports").text
