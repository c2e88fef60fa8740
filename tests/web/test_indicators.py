"""A figure is given, asked about, replaced and reviewed on its page."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hometeach.people.access import Role
from tests.web.reading import lead_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]
FORM = {
    "low": "93",
    "qualifier": "exact",
    "period_kind": "year",
    "period_start": "2026-01-01",
    "period_end": "2026-12-31",
    "source_document": "奖学基金名册",
}


@pytest.fixture
def officer(signed_in: SignedIn) -> FlaskClient:
    """Officer Bai's browser."""
    return signed_in(Role.BUREAU_OFFICER)


@pytest.fixture
def clerk(signed_in: SignedIn) -> FlaskClient:
    """Relief clerk Yu's browser."""
    return signed_in(Role.RELIEF_CLERK)


def give(browser: FlaskClient, code: str = "A7-01", **values: str):
    """Send the form of a figure, of the bureau unless told otherwise."""
    page = browser.get("/indicators/2026/A7-01").text
    unit = page.partition('name="unit"')[2].partition('<option value="')[2].partition('"')[0]
    chosen = page.partition('name="unit"')[2].partition("selected")[0].rpartition('value="')[2].partition('"')[0]
    return browser.post(f"/indicators/2026/{code}", data={**FORM, "unit": chosen or unit, **values})


def test_a_figure_that_is_not_there_is_said_to_be_missing(officer: FlaskClient) -> None:
    assert lead_of(officer.get("/indicators/2026/A7-01")) == "2026 年还没有报。"


def test_a_figure_is_given_and_stands(officer: FlaskClient) -> None:
    assert give(officer).status_code == 302
    page = officer.get("/indicators/2026/A7-01")
    assert "数字已保存。" in main_of(page)
    assert "".join(lead_of(page).split()) == "现为93名（2026年），待复核。"
    assert "奖学基金名册" in rows_of(page)[0]


@pytest.mark.parametrize("typed", ["约九十", "1e999999", "1e30"])
def test_the_form_says_what_is_wrong_beside_the_field_and_keeps_what_was_typed(
    officer: FlaskClient, typed: str
) -> None:
    answer = give(officer, low=typed, source_document="")
    assert answer.status_code == 422
    assert "请填数字，最多四位小数" in answer.text
    assert "请写明报表或材料的名称" in answer.text
    assert f'value="{typed}"' in answer.text


@pytest.mark.parametrize(
    ("code", "values", "said"),
    [
        pytest.param("A7-01", {"low": ""}, "未报不等于零", id="nothing"),
        pytest.param("A7-01", {"low": "0.5"}, "不带小数", id="half a student"),
        pytest.param("A1-05", {"low": "10", "high": "5"}, "上限小于下限", id="upside down"),
        pytest.param("A7-01", {"period_end": "2025-12-31"}, "周期止早于周期起", id="ends before it begins"),
        pytest.param("A4-10", {}, "由送教台账算出，不能填写", id="home teaching"),
    ],
)
def test_what_cannot_stand_is_refused_on_the_page(officer: FlaskClient, code: str, values, said: str) -> None:
    answer = give(officer, code, **values)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_doubtful_figure_is_kept_and_asked_about(officer: FlaskClient) -> None:
    plan = {"period_kind": "range", "period_start": "2024-01-01", "period_end": "2026-12-31"}
    give(officer, "A7-05", low="65", **plan)
    give(officer, "A7-06", low="385", **plan)
    assert "按 A7-05 推算，A7-06 应在 32.5 左右，请核对。" in main_of(officer.get("/indicators/2026/A7-06"))


def test_a_newer_figure_takes_the_place_and_the_older_stays_visible(officer: FlaskClient) -> None:
    give(officer)
    give(officer, low="95", qualifier="more_than")
    page = officer.get("/indicators/2026/A7-01")
    assert "".join(lead_of(page).split()) == "现为95多名（2026年），待复核。"
    assert ["已被新数替换" in row for row in rows_of(page)] == [False, True]


def test_whoever_gave_a_figure_is_not_offered_to_review_it_but_a_colleague_is(
    officer: FlaskClient, clerk: FlaskClient
) -> None:
    give(officer)
    assert "我已核对来源" not in main_of(officer.get("/indicators/2026/A7-01"))
    page = clerk.get("/indicators/2026/A7-01").text
    action = page.partition('action="/indicators/values/')[2].partition('"')[0]
    assert officer.post(f"/indicators/values/{action}").status_code == 409
    assert clerk.post(f"/indicators/values/{action}").status_code == 302
    assert "已复核" in lead_of(clerk.get("/indicators/2026/A7-01"))


def test_the_form_begins_with_the_time_of_the_figure_that_stands(officer: FlaskClient) -> None:
    give(officer, "A8-02", period_kind="event", period_start="2026-10-17", period_end="2026-10-17", low="52")
    assert 'value="2026-10-17"' in officer.get("/indicators/2026/A8-02").text


def test_a_derived_figure_has_no_form(officer: FlaskClient) -> None:
    page = officer.get("/indicators/2026/A4-10")
    assert "不能填写" in lead_of(page)
    assert "<form" not in main_of(page)


def test_an_indicator_or_a_year_that_is_none_is_absent(officer: FlaskClient) -> None:
    assert officer.get("/indicators/2026/A9-99").status_code == 404
    assert officer.get("/indicators/3026/A1-01").status_code == 404


def test_a_paragraph_is_added_to_an_area(clerk: FlaskClient) -> None:
    words = {"title": "月山镇中心小学", "body": "每周三下午开放活动室。", "source_document": ""}
    assert clerk.post("/indicators/2026/words/6", data=words).status_code == 302
    assert clerk.post("/indicators/2026/words/6", data=words | {"title": "", "body": "每月一次。"}).status_code == 302
    told = words_in(main_of(clerk.get("/totals/2026/6")))
    assert told.index("每周三下午开放活动室。") < told.index("每月一次。")
    assert clerk.post("/indicators/2026/words/6", data=words | {"body": ""}).status_code == 422
    assert clerk.get("/indicators/2026/words/9").status_code == 404


def test_what_is_written_is_escaped(bare_app: Flask, clerk: FlaskClient) -> None:
    clerk.post("/indicators/2026/words/6", data={"body": "<script>alert(1)</script>"})
    assert "<script>alert" not in clerk.get("/totals/2026/6").text
