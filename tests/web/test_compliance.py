"""A week's, a month's and a term's compliance: what stands on the page and in the file, for whom, and what adds up."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.rules import percentage
from hometeach.kernel.audit import AccessLog
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import the_bureau
from hometeach.workbook.actions import apply_import, read_workbook
from tests import factories
from tests.web.reading import browser_of, lead_of, links_of, main_of, rows_of, words_in
from tests.workbook.building import SAMPLE, SECOND

SignedIn = Callable[[Role], FlaskClient]


def together(browser: FlaskClient, address: str, sheet: int = 0) -> dict[str, Any]:
    """The last line of a sheet of the file, by its heads."""
    book = openpyxl.load_workbook(io.BytesIO(browser.get(address).data))
    heads, *_lines, last = list(book.worksheets[sheet].iter_rows(min_row=4, values_only=True))
    return dict(zip(heads, last, strict=True))


@pytest.mark.parametrize("path", [SAMPLE, SECOND], ids=["sample", "second"])
def test_the_months_of_a_year_come_to_the_totals_of_the_bureau(bare_app: Flask, path: Path) -> None:
    with bare_app.app_context(), committed():
        apply_import(read_workbook(path), by="import", bureau_name="X市教育局")
        bureau = the_bureau()
        assert bureau is not None
        factories.make_account("qin", bureau, Role.AUDITOR)
    totals = json.loads((path.parent / "expected" / "totals.json").read_text(encoding="utf-8"))
    qin = browser_of(bare_app.test_client(), "qin")
    months = [together(qin, f"/compliance/download?kind=month&from=2026-{n:02}-15") for n in range(1, 13)]

    def year(head: str) -> int:
        return sum(month[head] or 0 for month in months)

    assert percentage(year("达标周数"), year("应考核周数")) == totals["A4-05"]
    assert percentage(year("已送"), year("应送次数")) == totals["A4-13"]
    assert year("计入次数") == totals["A4-10"]


def test_a_week_says_who_was_owed_what_and_leads_to_the_rows(signed_in: SignedIn, cast: factories.Cast) -> None:
    page = signed_in(Role.BUREAU_OFFICER).get("/compliance?kind=week&from=2026-09-15")
    assert lead_of(page).startswith("共 2 名学生。已结束且应送的 2 人周中，0 人周达标：0.0%。")
    rows = rows_of(page)
    assert rows[0].startswith("月山镇中心小学")
    assert rows[0].endswith("1 1 0 0 0 1 0 0 0 0 0.0% 0/1 0.0% 0/1")
    links = links_of(page)
    behind = next(link for link in links if link.startswith("/child-weeks?") and cast.own_school in link)
    assert len(rows_of(signed_in(Role.BUREAU_OFFICER).get(behind))) == 1
    assert f"/children/{cast.own_child}/week/2026-09-14" in links


def test_a_rate_of_nothing_is_not_shown_as_zero(signed_in: SignedIn) -> None:
    page = signed_in(Role.AUDITOR).get("/compliance?kind=week&from=2026-11-23")
    assert "0.0%" not in words_in(main_of(page))
    assert "没有可考核的" in words_in(main_of(page))
    assert together(signed_in(Role.AUDITOR), "/compliance/download?kind=week&from=2026-11-23")["应送次数"] is None


@pytest.mark.parametrize(
    ("kind", "day", "earlier", "later"),
    [
        ("week", "2026-09-16", "2026-09-13", "2026-09-21"),
        ("month", "2026-09-16", "2026-08-31", "2026-10-01"),
    ],
)
def test_one_turns_from_span_to_span(signed_in: SignedIn, kind: str, day: str, earlier: str, later: str) -> None:
    links = links_of(signed_in(Role.BUREAU_OFFICER).get(f"/compliance?kind={kind}&from={day}"))
    for beside in (earlier, later):
        assert any(f"from={beside}" in link and link.startswith("/compliance?") for link in links)


@pytest.mark.parametrize("text", ["", "soon", "0001-01-01", "9999-12-31", "2026-13-01"])
@pytest.mark.parametrize("kind", ["week", "month", "term", "century"])
def test_whatever_stands_in_the_address_a_span_is_shown(signed_in: SignedIn, kind: str, text: str) -> None:
    assert signed_in(Role.AUDITOR).get(f"/compliance?kind={kind}&from={text}").status_code == 200


@pytest.mark.parametrize(
    ("role", "sees_other"), [(Role.SCHOOL_COORDINATOR, False), (Role.TEACHER, False), (Role.AUDITOR, True)]
)
def test_each_sees_the_own_children(signed_in: SignedIn, cast: factories.Cast, role: Role, sees_other: bool) -> None:
    browser = signed_in(role)
    page = browser.get("/compliance?kind=term").text
    book = browser.get("/compliance/download?kind=term").data
    named = {cell for row in openpyxl.load_workbook(io.BytesIO(book)).worksheets[2].values for cell in row}
    assert cast.own_child in page
    assert "安安" in named
    assert (cast.foreign_child in page) is sees_other
    assert ("博博" in named) is sees_other


def test_that_a_list_was_taken_away_is_logged(signed_in: SignedIn, bare_app: Flask) -> None:
    signed_in(Role.TEACHER).get("/compliance/download?from=2026-09-01")
    with bare_app.app_context():
        assert [(row.about, row.what) for row in db.session.query(AccessLog)] == [
            ("compliance:month-2026-09-01", "export")
        ]
