"""What is wrong in a workbook, and where: one slip of the pen is one message."""

import copy
import random
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from hometeach.programmes.dictionary import indicators
from hometeach.workbook.faults import Fault, FaultKind, NoteKind, in_reading_order
from hometeach.workbook.layout import SHEETS
from hometeach.workbook.reading import Reading, read_sheets
from hometeach.workbook.rules import check
from hometeach.workbook.stating import state_lists
from hometeach.workbook.wording import _REMEDY, _WRONG
from tests.workbook.building import SECOND, Sheets, rows_of, set_cell

SAMPLE_ROWS = rows_of()
Change = Callable[[Sheets], Any]


def as_cells(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The rows as the spreadsheet reader gives them: a rectangle, blank cells as empty text."""
    width = max(map(len, rows))
    return [["" if value is None else value for value in (*row, *[None] * (width - len(row)))] for row in rows]


def read(sheets: Sheets, others: Sequence[str] = ()) -> Reading:
    """The rows, read."""
    return read_sheets({name: as_cells(rows) for name, rows in sheets.items()}, others)


def faults_of(sheets: Sheets) -> list[Fault]:
    """Every fault of the rows, in reading order."""
    reading = read(sheets)
    return in_reading_order(reading.faults + check(reading, indicators()), [layout.sheet for layout in SHEETS])


def changed(change: Change) -> Sheets:
    """The sample with a change."""
    sheets = copy.deepcopy(SAMPLE_ROWS)
    change(sheets)
    return sheets


def cell(sheet: str, row: int, head: str, value: Any) -> Change:
    """A change of one cell."""
    return lambda sheets: set_cell(sheets, sheet, row, head, value)


def cells(*changes: Change) -> Change:
    """Several changes."""
    return lambda sheets: [change(sheets) for change in changes]


def added(sheet: str, *row: Any) -> Change:
    """A row added at the end."""
    return lambda sheets: sheets[sheet].append(list(row))


#: The change; the fault's kind, sheet, row and heading.
ONE_FAULT: dict[str, tuple[Change, FaultKind, str, int | None, str]] = {
    "a sheet is missing": (lambda s: s.pop("校历"), FaultKind.SHEET_MISSING, "校历", None, ""),
    "a sheet without rows": (lambda s: s.update(校历=s["校历"][:1]), FaultKind.SHEET_EMPTY, "校历", None, ""),
    "no headings": (lambda s: s["暂停"].insert(0, ["送教暂停名单"]), FaultKind.HEADS_MISSING, "暂停", 1, ""),
    "a heading is misspelt": (cell("协议", 1, "生效日期", "开始日"), FaultKind.COLUMN_MISSING, "协议", 1, "生效日期"),
    "a heading twice": (cell("学校", 1, "经度", "纬度"), FaultKind.COLUMN_TWICE, "学校", 1, "纬度"),
    "a child without a name": (cell("学生", 12, "姓名", None), FaultKind.BLANK, "学生", 12, "姓名"),
    "a child without a code": (cell("学生", 12, "编号", None), FaultKind.BLANK, "学生", 12, "编号"),
    "a school twice": (added("学校", "X02", "又一所", "普通学校"), FaultKind.KEY_TWICE, "学校", 8, "学校代码"),
    "a child's code twice": (cell("学生", 12, "编号", "S0003"), FaultKind.KEY_TWICE, "学生", 12, "编号"),
    "a whole row twice": (lambda s: s["学生"].append(s["学生"][1]), FaultKind.KEY_TWICE, "学生", 50, "编号"),
    "a visit's number twice": (
        cell("送教记录", 40, "记录号", "V000001"),
        FaultKind.KEY_TWICE,
        "送教记录",
        40,
        "记录号",
    ),
    "two absences on one day": (lambda s: s["缺课"].append(s["缺课"][5]), FaultKind.KEY_TWICE, "缺课", 130, "学生编号"),
    "an unknown school": (cell("教师", 3, "学校代码", "X99"), FaultKind.UNKNOWN_REFERENCE, "教师", 3, "学校代码"),
    "an unknown child": (cell("缺课", 9, "学生编号", "S0999"), FaultKind.UNKNOWN_REFERENCE, "缺课", 9, "学生编号"),
    "one unknown teacher of two": (
        cell("送教记录", 20, "教师工号", "T008、T999"),
        FaultKind.UNKNOWN_REFERENCE,
        "送教记录",
        20,
        "教师工号",
    ),
    "an agreement that ends first": (
        cell("协议", 4, "终止日期", "2026-01-01"),
        FaultKind.SPAN_REVERSED,
        "协议",
        4,
        "终止日期",
    ),
    "a lesson across midnight": (
        cells(cell("送教记录", 9, "到达时间", "23:30"), cell("送教记录", 9, "离开时间", "00:30")),
        FaultKind.TIMES_REVERSED,
        "送教记录",
        9,
        "离开时间",
    ),
    "a slot of no length": (
        cells(cell("日程", 9, "开始时间", "09:00"), cell("日程", 9, "结束时间", "09:00")),
        FaultKind.TIMES_REVERSED,
        "日程",
        9,
        "结束时间",
    ),
    "another birth date": (
        cell("学生", 7, "出生日期", date(2012, 1, 1)),
        FaultKind.ID_BIRTH_DATE,
        "学生",
        7,
        "公民身份号码",
    ),
    "another sex": (cell("学生", 2, "性别", "男"), FaultKind.ID_SEX, "学生", 2, "公民身份号码"),
    "one ID number for two": (
        cells(
            cell("学生", 3, "公民身份号码", "431381201204209962"),
            cell("学生", 3, "出生日期", "2012-04-20"),
        ),
        FaultKind.ID_TWICE,
        "学生",
        3,
        "公民身份号码",
    ),
    "a guardian without a relation": (
        cell("学生", 9, "监护人关系", None),
        FaultKind.GUARDIAN_INCOMPLETE,
        "学生",
        9,
        "监护人关系",
    ),
    "a guardian's phone without a name": (
        cell("学生", 9, "监护人姓名", None),
        FaultKind.GUARDIAN_INCOMPLETE,
        "学生",
        9,
        "监护人姓名",
    ),
    "rows of a rule that disagree": (
        cell("送教规则", 3, "每次最少分钟", 90),
        FaultKind.RULE_DISAGREES,
        "送教规则",
        3,
        "每次最少分钟",
    ),
    "two rules of one scope on one day": (
        lambda s: s["送教规则"].append(["新规则", *s["送教规则"][4][1:]]),
        FaultKind.RULE_SAME_DAY,
        "送教规则",
        6,
        "生效日期",
    ),
    "a quota twice": (
        lambda s: s["送教规则"].append(s["送教规则"][4]),
        FaultKind.QUOTA_TWICE,
        "送教规则",
        6,
        "最低数",
    ),
    "a rule for a school without its code": (
        lambda s: s["送教规则"].append(["X-1", *s["送教规则"][4][1:4], "学校", *s["送教规则"][4][5:]]),
        FaultKind.SCOPE_KEY_BLANK,
        "送教规则",
        6,
        "适用代码",
    ),
    "a rule for all with a code": (
        lambda s: s["送教规则"].append(["X-1", None, "2027-03-01", None, "全局", "X01", *s["送教规则"][4][6:]]),
        FaultKind.SCOPE_KEY_SPARE,
        "送教规则",
        6,
        "适用代码",
    ),
    "a rule for a school that is not listed": (
        lambda s: s["送教规则"].append(["X-1", None, "2027-03-01", None, "学校", "X77", *s["送教规则"][4][6:]]),
        FaultKind.UNKNOWN_REFERENCE,
        "送教规则",
        6,
        "适用代码",
    ),
    "a term without its school year": (
        cell("校历", 3, "名称", "2026年秋季学期"),
        FaultKind.TERM_NAME,
        "校历",
        3,
        "名称",
    ),
    "a school year of two years": (
        cell("校历", 3, "名称", "2026-2028学年第一学期"),
        FaultKind.TERM_NAME,
        "校历",
        3,
        "名称",
    ),
    "terms that overlap": (
        cell("校历", 3, "起始日期", "2026-07-01"),
        FaultKind.TERMS_OVERLAP,
        "校历",
        3,
        "起始日期",
    ),
    "a holiday that is shifted": (
        cells(
            added("校历", "2026-10-10", "2026-10-10", "放假", "校庆"),
            added("校历", "2026-10-10", "2026-10-10", "调休", "国庆调休"),
        ),
        FaultKind.OFF_AND_ON,
        "校历",
        7,
        "起始日期",
    ),
    "an unknown indicator": (
        added("指标", "A9-01", "全市", "年度", "2026-01-01", "2026-12-31", 1),
        FaultKind.INDICATOR_UNKNOWN,
        "指标",
        43,
        "指标代码",
    ),
    "a figure of home teaching": (
        added("指标", "A4-03", "全市", "年度", "2026-01-01", "2026-12-31", 48),
        FaultKind.INDICATOR_DERIVED,
        "指标",
        43,
        "指标代码",
    ),
    "a figure of no unit": (cell("指标", 2, "单位", "某处"), FaultKind.UNIT_UNKNOWN, "指标", 2, "单位"),
    "half a person": (cell("指标", 2, "数值", 4641.5), FaultKind.FIGURE_NOT_WHOLE, "指标", 2, "数值"),
    "below zero": (cell("指标", 2, "数值", -1), FaultKind.FIGURE_NEGATIVE, "指标", 2, "数值"),
    "a range upside down": (cell("指标", 37, "数值上限", 1), FaultKind.RANGE_REVERSED, "指标", 37, "数值上限"),
    "a day with two dates": (
        cell("指标", 6, "周期起", "2026-10-01"),
        FaultKind.NOT_ONE_DAY,
        "指标",
        6,
        "周期止",
    ),
    "a figure without a value": (cell("指标", 2, "数值", None), FaultKind.BLANK, "指标", 2, "数值"),
}


@pytest.mark.parametrize("name", ONE_FAULT)
def test_one_slip_is_one_fault_at_its_place(name: str) -> None:
    change, kind, sheet, row, head = ONE_FAULT[name]
    found = faults_of(changed(change))
    assert [(fault.kind, fault.place.sheet, fault.place.row, fault.place.head) for fault in found] == [
        (kind, sheet, row, head)
    ]


def test_both_sample_counties_are_found_right() -> None:
    assert faults_of(SAMPLE_ROWS) == []
    assert faults_of(rows_of(SECOND)) == []


def test_every_fault_says_what_is_wrong_and_what_would_be_right() -> None:
    assert set(_WRONG) == set(_REMEDY) == set(FaultKind)


def test_what_a_fault_says_can_always_be_filled_in() -> None:
    for change, *_ in ONE_FAULT.values():
        for fault in faults_of(changed(change)):
            assert str(_WRONG[fault.kind]) % fault.facts
            assert str(_REMEDY[fault.kind]) % fault.facts


def test_a_message_never_repeats_what_is_personal() -> None:
    wrong_ones = cells(
        cell("学生", 3, "公民身份号码", "431302201103219964"),
        cell("学生", 4, "监护人手机", "0738-8312345"),
        cell("学生", 5, "学籍号", "G 4313"),
        cell("学生", 6, "住址", "长" * 300),
    )
    found = faults_of(changed(wrong_ones))
    assert len(found) == 4
    told = "".join(value for fault in found for value in fault.facts.values())
    assert not any(part in told for part in ("4313", "8312345", "长长"))


def test_columns_may_stand_in_another_order() -> None:
    turned = changed(lambda s: s.update({name: [row[::-1] for row in rows] for name, rows in s.items()}))
    assert faults_of(turned) == []
    assert _stated(turned) == _stated(SAMPLE_ROWS)


def test_columns_and_sheets_beyond_the_layout_are_noted_and_not_read() -> None:
    sheets = changed(lambda s: [row.append("秘密" if n else "家访记录") for n, row in enumerate(s["学生"])])
    reading = read(sheets, ["汇总"])
    assert [(note.kind, note.place.sheet, note.place.head) for note in reading.notes] == [
        (NoteKind.SHEET_NOT_READ, "汇总", ""),
        (NoteKind.COLUMN_NOT_READ, "学生", "家访记录"),
    ]
    assert "秘密" not in str(reading.sheets["children"].records)


def test_lists_that_a_county_need_not_keep_may_be_missing() -> None:
    without = changed(lambda s: [s.pop(name) for name in ("暂停", "日程", "缺课", "指标")])
    reading = read(without)
    assert reading.faults == []
    assert {note.place.sheet for note in reading.notes} == {"暂停", "日程", "缺课", "指标"}


def test_a_county_may_begin_with_neither_an_agreement_nor_a_visit() -> None:
    begun = changed(lambda s: s.update({name: s[name][:1] for name in ("协议", "送教记录")}))
    assert faults_of(begun) == []


def test_blank_rows_in_between_are_passed_over() -> None:
    gaps = changed(lambda s: s["送教记录"].insert(5, [None] * 11))
    assert faults_of(gaps) == []
    assert read(gaps).sheets["visits"].records[4].row == 7


def test_blank_optional_cells_stay_blank() -> None:
    child = read(SAMPLE_ROWS).sheets["children"].records[0]
    assert child["roll_no"] is None
    rule = read(SAMPLE_ROWS).sheets["rules"].records[2]
    assert rule["effective_to"] is None
    assert rule["remote_cap"] is None


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_states_nothing(seed: int) -> None:
    shuffled = copy.deepcopy(SAMPLE_ROWS)
    for name, rows in shuffled.items():
        if name != "送教规则":  # the order of a rule's quotas is the document's
            body = rows[1:]
            random.Random(seed).shuffle(body)
            rows[1:] = body
    assert faults_of(shuffled) == []
    assert _stated(shuffled) == _stated(SAMPLE_ROWS)


def _stated(sheets: Sheets) -> dict[str, dict[Sequence[str], dict[str, Any]]]:
    return {name: {one.key: one.values for one in stated} for name, stated in state_lists(read(sheets)).items()}
