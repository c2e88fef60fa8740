"""Files that may be read, and files that may not."""

import io
from datetime import date, datetime, time

import pytest
import xlsxwriter

from hometeach.kernel.errors import Refused
from hometeach.workbook.layout import SHEETS
from hometeach.workbook.opening import open_workbook
from hometeach.workbook.reading import read_sheets
from hometeach.workbook.stating import state_lists
from tests.workbook.building import SAMPLE, SECOND, repacked, rows_of, with_in_sheet
from tests.workbook.hostile import HOSTILE

WANTED = [layout.sheet for layout in SHEETS]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_what_to_do(name: str) -> None:
    build, code = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        open_workbook(build(), WANTED)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")


def test_both_sample_counties_are_read_whole() -> None:
    assert [len(rows) for rows in open_workbook(SAMPLE, WANTED).sheets.values()] == [
        *(7, 25, 49, 5, 5, 96, 4, 49, 1185, 129, 42)
    ]
    assert len(open_workbook(SECOND, WANTED).sheets["送教记录"]) == 4731


def test_a_formula_is_named_by_sheet_and_cell() -> None:
    content = with_in_sheet(3, b"</sheetData>", b'<row r="60"><c r="B60"><v>1</v></c><c r="C60"><f>A1</f></c></row>')
    with pytest.raises(Refused, match=r"学生.*C60"):
        open_workbook(content, WANTED)


def test_pictures_and_other_parts_are_never_unpacked() -> None:
    content = repacked(extra=[("xl/media/image1.png", b"\x89PNG"), ("docProps/custom.xml", b"<!DOCTYPE a>")])
    assert open_workbook(content, WANTED).sheets["学校"]


def test_sheets_that_are_not_asked_for_are_named_and_left_alone() -> None:
    opened = open_workbook(SAMPLE, ["学校"])
    assert list(opened.sheets) == ["学校"]
    assert "送教记录" in opened.other_sheets


def test_a_path_without_a_file_says_so() -> None:
    with pytest.raises(Refused) as refused:
        open_workbook(SAMPLE.with_name("absent.xlsx"), WANTED)
    assert refused.value.code == "workbook:not_found"


def test_rows_keep_the_numbers_that_the_spreadsheet_shows() -> None:
    content = with_in_sheet(1, b"</sheetData>", b'<row r="12"><c r="A12" t="inlineStr"><is><t>X77</t></is></c></row>')
    rows = open_workbook(content, WANTED).sheets["学校"]
    assert rows[12 - 1][0] == "X77"


def test_another_program_with_real_times_and_shared_texts_states_the_same() -> None:
    opened = open_workbook(_written_by_another_program(), WANTED)
    assert state_lists(read_sheets(opened.sheets)) == state_lists(read_sheets(open_workbook(SAMPLE, WANTED).sheets))


def _written_by_another_program() -> bytes:
    """The sample with shared texts, dates as 2026年9月1日, times as times, and what people add to a sheet."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed) as book:
        days = book.add_format({"num_format": 'yyyy"年"m"月"d"日";@'})
        hours = book.add_format({"num_format": "h:mm"})
        for name, rows in rows_of().items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(rows), len(rows[0]) - 1)
            sheet.data_validation(1, 2, 100, 2, {"validate": "list", "source": ["男", "女"]})
            sheet.conditional_format(0, 0, 9, 9, {"type": "formula", "criteria": "=$A$1>5", "format": days})
            for row, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    if isinstance(value, date | datetime):
                        sheet.write_datetime(row, column, value, days)
                    elif isinstance(value, str) and len(value) == 5 and value[2] == ":":
                        sheet.write_datetime(row, column, time.fromisoformat(value), hours)
                    elif value is not None:
                        sheet.write(row, column, value)
    return packed.getvalue()
