"""The eight areas side by side; from a figure of home teaching to its rows; what is missing said to be missing."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hometeach.demonstration import PASSWORD
from hometeach.people.access import Role
from hometeach.reporting.facts import totals_of
from tests.web.reading import browser_of, lead_of, links_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]
OFFICER, CLERK, AUDITOR = "bai", "yu", "qin"


@pytest.fixture
def browser(county_app: Flask) -> Callable[..., FlaskClient]:
    """A browser in the sample county."""

    def signed_in(name: str, language: str = "") -> FlaskClient:
        return browser_of(county_app.test_client(), name, password=PASSWORD, language=language)

    return signed_in


@pytest.fixture
def totals(county_app: Flask) -> dict[str, object]:
    """What the figures are."""
    with county_app.app_context():
        return totals_of(2026, date(2026, 11, 23))


def test_the_page_begins_with_how_many_figures_are_missing(browser, totals) -> None:
    missing = sum(value is None for value in totals.values())
    lead = lead_of(browser(OFFICER).get("/totals"))
    assert lead == f"全年 69 项数字，已报 {69 - missing} 项，未报 {missing} 项。"


def test_every_area_and_every_figure_stands_there_with_its_unit(browser) -> None:
    page = browser(CLERK).get("/totals?year=2026")
    rows = rows_of(page)
    assert len(rows) == 69
    told = ["".join(row.split()) for row in rows]
    for row in ("补助脱贫家庭（原建档立卡）学生4,641人次", "募集善款约52万元", "参加走访的教师2,242多人"):
        assert row in told
    assert any(row.startswith("资助覆盖率") and row.endswith("未报") for row in rows)


def test_a_year_of_which_nothing_is_known_is_all_missing(signed_in: SignedIn) -> None:
    page = signed_in(Role.BUREAU_OFFICER).get("/totals?year=1999")
    assert "2026年" in main_of(page)  # an unknown year is as good as unasked


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("A4-10", "/visits?year=2026&verdict=counted"),
        ("A4-12", "/visits?year=2026&verdict=counted&repays=1"),
        ("A4-05", "/child-weeks?year=2026"),
        ("A4-13", "/child-weeks?year=2026&metric=sessions"),
        ("A4-04", "/totals/agreements?state=active"),
        ("A4-08", "/totals/agreements"),
        ("A4-09", "/totals/agreements?state=scheduled"),
        ("A4-01", "/rules"),
    ],
)
def test_a_figure_of_home_teaching_leads_to_its_rows(browser, code: str, path: str) -> None:
    officer = browser(OFFICER)
    assert path in links_of(officer.get("/totals"))
    assert officer.get(path).status_code == 200
    assert path in links_of(officer.get(f"/indicators/2026/{code}"))


def test_the_rows_are_as_many_as_the_figure_says(browser, totals) -> None:
    officer = browser(OFFICER)
    for path, code in (
        ("/visits?year=2026&verdict=counted", "A4-10"),
        ("/visits?year=2026&verdict=counted&repays=1", "A4-12"),
        ("/totals/agreements", "A4-08"),
        ("/totals/agreements?state=scheduled", "A4-09"),
    ):
        foot = main_of(officer.get(path)).partition('<div class="foot"><span>')[2]
        assert foot.startswith(f"{totals[code]:,} "), path
    assert f"{totals['A4-05']}%" in main_of(officer.get("/child-weeks?year=2026"))


def test_who_reads_no_files_sees_figures_and_no_way_to_the_rows(browser) -> None:
    clerk = browser(CLERK)
    links = links_of(clerk.get("/totals"))
    assert not [link for link in links if link.startswith(("/visits", "/child-weeks", "/totals/agreements"))]
    assert clerk.get("/totals/agreements").status_code == 404


def test_an_area_says_whom_to_ask_and_what_its_figures_mean(browser) -> None:
    page = browser(AUDITOR).get("/totals/2026/1")
    assert lead_of(page) == "共 9 项，已报 7 项；还有 2 项，请学生资助中心提供。"
    assert "从来没有" not in main_of(page)
    assert "各校比例的最低值和最高值，不取平均。" in words_in(main_of(page))


def test_an_area_tells_its_words_and_the_papers_it_rests_on(browser) -> None:
    clerk = browser(CLERK)
    assert "树洞小屋" in main_of(clerk.get("/totals/2026/6"))
    assert "X政办〔2024〕9号" in main_of(clerk.get("/totals/2026/5"))


def test_there_are_eight_areas_and_no_ninth(browser) -> None:
    assert browser(CLERK).get("/totals/2026/9").status_code == 404


@pytest.mark.parametrize("year", ["0", "1999", "10000", "9" * 25])
def test_a_year_that_is_none_has_no_areas(browser, year: str) -> None:
    assert browser(CLERK).get(f"/totals/{year}/1").status_code == 404


def test_an_auditor_reads_and_writes_nothing(browser) -> None:
    auditor = browser(AUDITOR)
    assert "写一段文字说明" not in main_of(auditor.get("/totals/2026/6"))
    assert "保存这个数" not in main_of(auditor.get("/indicators/2026/A7-01"))
    assert auditor.post("/indicators/2026/A7-01", data={"low": "1"}).status_code == 404


def test_the_page_reads_in_english(browser) -> None:
    page = browser(OFFICER, language="en").get("/totals")
    assert "Of the 69 figures of the year" in lead_of(page)
    assert any(row.startswith("Money raised about 52") for row in rows_of(page))
