"""The report of the sample county: its figures, its paper, its spreadsheet, its roster."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from subprocess import run

import openpyxl
import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Child, Guardian, Teacher
from hometeach.programmes.actions import write_area_text
from hometeach.programmes.models import Donor, PolicyDocument
from hometeach.reporting.facts import totals_of, year_facts
from hometeach.reporting.paper import report_html
from hometeach.reporting.report import report_of
from hometeach.reporting.rollups import balance, weekly_sessions
from hometeach.reporting.writing import report_bytes, roster_bytes, written
from hometeach.visits.models import Visit
from hometeach.workbook.actions import apply_import, read_workbook
from tests import factories
from tests.conftest import make_app
from tests.databases import database
from tests.workbook.building import SAMPLE, SECOND

AS_OF = date(2026, 11, 23)


@pytest.fixture
def county(county_app: Flask) -> Iterator[Flask]:
    """The sample county, with its context entered."""
    with county_app.app_context():
        yield county_app
        db.session.rollback()
        db.session.remove()


def pdf_text(content: bytes, tmp_path: Path, *options: str) -> str:
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    return run(["pdftotext", *options, path, "-"], capture_output=True, text=True, check=True).stdout


def without_spaces(text: str) -> str:
    return "".join(text.split())


# ── Totals ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", [SAMPLE, SECOND], ids=["sample", "second"])
def test_a_sample_county_comes_to_what_it_must(app: Flask, path: Path) -> None:
    with committed():
        apply_import(read_workbook(path), by="import", bureau_name="X市教育局")
    expected = json.loads((path.parent / "expected" / "totals.json").read_text(encoding="utf-8"))
    found = totals_of(2026, AS_OF)
    assert {code: found[code] for code in expected} == expected


def test_the_other_areas_figures_stand_beside_them_and_missing_ones_are_none(county: Flask) -> None:
    totals = totals_of(2026, AS_OF)
    assert (totals["A1-04"], totals["A1-05"], totals["A1-08"]) == (320.25, [5, 10], 0)
    assert totals["A2-04"] == 80  # worked out from A2-03 and A2-16, which were given
    assert totals["A1-07"] is totals["A4-07"] is None


def test_the_year_s_account_is_the_ledger_s(county: Flask) -> None:
    over = balance(weekly_sessions(year_facts(2026, AS_OF).ledger))
    assert over.required == over.delivered + over.made_up + over.excused + over.unaccounted - over.surplus
    assert (over.required, over.unaccounted) == (1404, 279)
    assert sum(over.causes) == over.unaccounted


def test_a_year_of_which_nothing_is_known_is_reported_as_missing(app: Flask) -> None:
    report = report_of(2031, date(2031, 6, 1))
    assert report.home.quota is None
    assert len(report.missing) == len([code for code, line in report.lines.items() if line.is_missing])
    assert "未报" in report_html(report)


# ── Paper ────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Printed:
    """The sample county's report, printed once for all tests that only read it, and what stood in the county then."""

    content: bytes
    names: frozenset[str]
    codes: frozenset[str]
    digest: str
    audit_head: str


@pytest.fixture(scope="module")
def printed(county_template: str, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """The report as it leaves the bureau."""
    folder = tmp_path_factory.mktemp("printed")
    with database(folder, county_template) as url, make_app(url, folder).app_context():
        report = report_of(2026, AS_OF)
        found = Printed(
            content=written(report, "pdf"),
            names=frozenset({*db.session.scalars(select(Child.name)), *db.session.scalars(select(Guardian.name))}),
            codes=frozenset(db.session.scalars(select(Child.code))),
            digest=report.digest,
            audit_head=report.audit_head,
        )
        db.session.remove()
        db.engine.dispose()
        return found


@pytest.fixture
def told(printed: Printed, tmp_path: Path) -> str:
    """The report's text as a reader copies it, without spaces."""
    return without_spaces(pdf_text(printed.content, tmp_path))


@pytest.mark.once
def test_the_report_has_eight_sections_its_annexes_and_its_pages_numbered(told: str) -> None:
    for heading in ("一、困难学生资助", "四、送教上门", "八、扶贫日募捐", "附件1", "附件2", "附件3"):
        assert heading in told
    assert "第1页，共" in told
    assert "截至2026年11月23日" in told


@pytest.mark.once
def test_figures_keep_their_qualifier_their_unit_and_their_period(told: str) -> None:
    for words in ("约52万元", "2242多人", "22535多人次", "5%—10%", "7247.2万元", "2021年1月—2026年10月", "1102人次"):
        assert words in told


@pytest.mark.once
def test_what_is_missing_is_said_to_be_missing_and_whom_to_ask(told: str) -> None:
    assert "资助覆盖率〔未报〕" in told
    annex = told[told.rindex("附件1") :]
    assert "A1-07资助覆盖率%学生资助中心" in annex


@pytest.mark.once
def test_the_report_that_leaves_the_building_names_no_child(printed: Printed, told: str) -> None:
    assert [name for name in printed.names if len(name) > 1 and name in told] == []
    assert [code for code in printed.codes if code in told] == []


@pytest.mark.once
def test_every_font_of_the_report_is_embedded(printed: Printed, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(printed.content)
    rows = run(["pdffonts", path], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert rows
    assert all(row.split()[-5] == "yes" for row in rows)


@pytest.mark.once
def test_the_report_shows_that_its_font_draws_rare_characters(told: str) -> None:
    assert "䶮堃喆翀赟祎玥𬱖㛃犇" in told


@pytest.mark.once
def test_the_head_of_the_audit_log_and_the_digest_of_the_rows_are_printed(printed: Printed, told: str) -> None:
    assert printed.digest in told
    assert printed.audit_head in told


@pytest.mark.once
def test_an_area_s_words_its_papers_and_its_donors_are_printed(county: Flask, tmp_path: Path) -> None:
    write_area_text(area=6, year=2026, position=1, title="山枣镇中心小学", body="周二、周四开放。\n每月一次。", by="x")
    db.session.add(PolicyDocument(area=5, title="《乡村教师支持计划实施办法》", document_no="X政办〔2026〕3号"))
    db.session.add(Donor(name="曙光助学", position=0))
    db.session.flush()
    text = without_spaces(pdf_text(report_bytes(2026, AS_OF, "pdf"), tmp_path))
    assert "周二、周四开放。每月一次。" in text
    assert "依据：《乡村教师支持办法》（X政办〔2024〕9号）；《乡村教师支持计划实施办法》（X政办〔2026〕3号）" in text
    assert "曙光助学、晨光助学金" in text


def test_a_school_with_too_few_children_does_not_say_how_many(app: Flask) -> None:
    school = factories.make_unit("S1", name="独苗小学")
    lin = factories.make_teacher("T1", school)
    child = factories.make_child("C1", school, lin)
    factories.make_rule()
    factories.make_term()
    factories.make_agreement(child)
    factories.make_visit(child, lin, on=date(2026, 9, 8))
    factories.rebuild_ledger()
    report = report_of(2026, AS_OF)
    assert [line.children for line in report.home.schools] == [None]
    assert set(report.home.disabilities.values()) <= {None, 0}
    assert "不足3" in report_html(report)


def test_the_report_can_be_read_in_english(county: Flask) -> None:
    with force_locale("en"):
        html = report_html(report_of(2026, AS_OF))
    for words in ("Aid for students in need", "about 52 wan yuan", "over 2242 people", "not reported"):
        assert words in html


def test_what_a_list_brought_in_is_escaped_on_paper(county: Flask) -> None:
    write_area_text(area=1, year=2026, position=1, body="<img src=x>", by="x")
    html = report_html(report_of(2026, AS_OF))
    assert "<img" not in html
    assert "&lt;img src=x&gt;" in html


# ── Spreadsheet ──────────────────────────────────────────────────────────


@pytest.fixture
def book(county: Flask):
    """The report as a spreadsheet."""
    return openpyxl.load_workbook(BytesIO(report_bytes(2026, AS_OF, "xlsx")))


def test_the_spreadsheet_has_a_sheet_for_everything(book) -> None:
    assert len(book.sheetnames) == 1 + 8 + 5
    for sheet in book:
        assert sheet.freeze_panes == "B5"
        assert "截至2026年11月23日" in sheet["A2"].value


def test_numbers_are_numbers_and_a_missing_one_is_an_empty_cell_with_a_word(book) -> None:
    rows = {row[1].value: row for row in book.worksheets[0].iter_rows(min_row=5)}
    assert (rows["A1-04"][3].value, rows["A1-04"][6].value) == (320.25, "万元")
    assert (rows["A1-05"][3].value, rows["A1-05"][4].value) == (5, 10)
    assert rows["A8-02"][5].value == "约"
    assert rows["A1-07"][3].value is None
    assert rows["A1-07"][9].value == "未报"


def test_the_schools_add_up_to_the_county(book) -> None:
    sheet = book["分校"]
    heads = [cell.value for cell in sheet[4]]
    owed = heads.index("应送")
    assert sum(row[owed].value for row in sheet.iter_rows(min_row=5)) == 1404


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\t=1", "＝1", "＋1", "－1", "＠x"])
def test_a_text_that_looks_like_a_formula_stays_a_text(county: Flask, start: str) -> None:
    school = db.session.scalars(select(factories.OrgUnit).where(factories.OrgUnit.code == "X01")).one()
    school.name = start
    db.session.flush()
    book = openpyxl.load_workbook(BytesIO(report_bytes(2026, AS_OF, "xlsx")))
    cells = [cell for row in book["分校"].iter_rows(min_row=5) for cell in row if cell.value == start]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


def test_another_kind_of_file_is_refused(app: Flask) -> None:
    with pytest.raises(Refused) as refused:
        report_bytes(2026, AS_OF, "docx")
    assert refused.value.code == "report:kind"


# ── Roster ───────────────────────────────────────────────────────────────


@pytest.mark.once
def test_the_roster_prints_every_name_of_the_county(county: Flask, tmp_path: Path) -> None:
    text = without_spaces(pdf_text(roster_bytes(2026, AS_OF), tmp_path))
    for model in (Child, Teacher, Guardian):
        assert [name for name in db.session.scalars(select(model.name)) if name not in text] == []


@pytest.mark.once
def test_each_page_of_the_roster_says_that_it_stays_in_the_house(county: Flask, tmp_path: Path) -> None:
    pages = pdf_text(roster_bytes(2026, AS_OF), tmp_path).split("\f")[:-1]
    assert len(pages) > 1
    assert all("内部" in page for page in pages)


def test_a_corrected_visit_shows_in_the_totals_at_once(county: Flask) -> None:
    before = totals_of(2026, AS_OF)["A4-10"]
    visit = db.session.scalars(select(Visit).where(Visit.number == "V000002")).one()
    visit.left_second = visit.arrived_second + 59 * 60
    db.session.flush()
    factories.rebuild_ledger([visit.child_id])
    assert totals_of(2026, AS_OF)["A4-10"] == before - 1
