"""The child-weeks behind the year's figures."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hometeach.demonstration import PASSWORD as DEMONSTRATION_PASSWORD
from hometeach.people.access import Role
from hometeach.reporting.facts import totals_of
from tests import factories
from tests.web.reading import browser_of, lead_of, links_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]


def test_the_head_gives_the_share_of_weeks_met_and_the_rate(bai: FlaskClient) -> None:
    assert lead_of(bai.get("/child-weeks")) == (
        "已结束且应送的学生周共 24 个，其中 2 个达标，占 8.3%。应送且未免计的次数，完成 8.3%。"
    )


def test_each_row_leads_to_its_arithmetic(bai: FlaskClient, cast: factories.Cast) -> None:
    page = bai.get("/child-weeks?standing=met")
    assert len(rows_of(page)) == 2
    assert f"/children/{cast.own_child}/week/2026-09-07" in links_of(page)


@pytest.mark.parametrize(
    ("address", "rows"),
    [
        ("?standing=short", 22),
        ("?standing=open", 18),
        ("?standing=exempt", 0),
        ("?standing=short&cause=nothing", 18),
        ("?standing=short&cause=calendar", 2),
        ("?cause=invalid&school={school}", 1),
        ("?year=2026&standing=open&teacher={teacher}", 6),
        ("?year=2027", 6),
        ("?metric=minutes", 0),
        ("?year=&standing=king&cause=no&metric=x&page=abc", 42),
    ],
)
def test_the_list_is_narrowed_by_its_address(bai: FlaskClient, cast: factories.Cast, address: str, rows: int) -> None:
    asked = address.format(school=cast.own_school, teacher=cast.own_teacher)
    assert len(rows_of(bai.get(f"/child-weeks{asked}"))) == rows


def test_a_teacher_sees_the_own_childs_weeks_alone(signed_in: SignedIn) -> None:
    assert len(rows_of(signed_in(Role.TEACHER).get("/child-weeks"))) == 21


def test_a_list_without_rows_says_what_is_needed(bare_app: Flask) -> None:
    from hometeach.kernel.jobs import committed

    with bare_app.app_context(), committed():
        factories.make_account("qin", factories.make_unit("J00"), Role.AUDITOR)
    page = browser_of(bare_app.test_client(), "qin").get("/child-weeks")
    assert "还没有可判定的学生周" in words_in(main_of(page))


def test_the_head_says_what_the_year_says(county_app: Flask) -> None:
    browser = browser_of(county_app.test_client(), "qin", password=DEMONSTRATION_PASSWORD)
    with county_app.app_context():
        totals = totals_of(2026, date(2026, 11, 23))
    lead = lead_of(browser.get("/child-weeks?year=2026"))
    assert f"占 {totals['A4-05']}%" in lead
    assert f"完成 {totals['A4-13']}%" in lead
