"""What people write into cells, and what is made of it."""

from datetime import date, datetime, time, timedelta

import pytest

from hometeach.people.rules import Sex
from hometeach.schedule.rules import Mode
from hometeach.workbook.cells import Cell, ColumnReader, read_cell
from hometeach.workbook.faults import FaultKind, Wrong
from hometeach.workbook.layout import Column, Kind, Value
from hometeach.workbook.words import MODES, REASONS, SEXES, WEEKDAYS, YES_NO

DAY = Column("日期", "day", Kind.DATE)
TIME = Column("到达时间", "arrived", Kind.TIME)
MINUTE = Column("开始时间", "start", Kind.MINUTE)
CODE = Column("编号", "code", Kind.CODE)
CODES = Column("教师工号", "teachers", Kind.CODES)
WHOLE = Column("计划分钟", "minutes", Kind.WHOLE, low=0, high=1440)
AMOUNT = Column("数值", "low", Kind.AMOUNT)
LATITUDE = Column("纬度", "latitude", Kind.DEGREES, low=3, high=54)
PHONE = Column("手机号", "phone", Kind.PHONE)
ID_NUMBER = Column("公民身份号码", "id_number", Kind.ID_NUMBER)
MODE = Column("方式", "mode", Kind.CHOICE, choices=MODES)
MODES_COLUMN = Column("计入方式", "modes", Kind.CHOICES, choices=MODES)
REASON = Column("原因", "reason", Kind.CHOICE, choices=REASONS)
WEEKDAY = Column("星期", "weekday", Kind.CHOICE, choices=WEEKDAYS)
VOID = Column("作废", "void", Kind.CHOICE, choices=YES_NO, default=False)
SEX = Column("性别", "sex", Kind.CHOICE, choices=SEXES, required=True)
NAME = Column("姓名", "name", longest=5)
MIDNIGHT = datetime.combine(date(2026, 9, 1), time.min)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        pytest.param(DAY, date(2026, 9, 1), date(2026, 9, 1), id="a real date"),
        pytest.param(DAY, MIDNIGHT, date(2026, 9, 1), id="a date with a midnight"),
        pytest.param(DAY, "2026-09-01", date(2026, 9, 1), id="dashes"),
        pytest.param(DAY, "2026/9/1", date(2026, 9, 1), id="strokes"),
        pytest.param(DAY, "2026.9.1", date(2026, 9, 1), id="points"),
        pytest.param(DAY, "2026年9月1日", date(2026, 9, 1), id="in Chinese"),
        pytest.param(DAY, "2026 年 9 月 1 日", date(2026, 9, 1), id="in Chinese with spaces"),
        pytest.param(DAY, "２０２６－０９－０１", date(2026, 9, 1), id="full width"),
        pytest.param(DAY, "2026-09-01 00:00:00", date(2026, 9, 1), id="text with a midnight"),
        pytest.param(DAY, "20260901", date(2026, 9, 1), id="eight digits"),
        pytest.param(DAY, 46266.0, date(2026, 9, 1), id="the number behind a date"),
        pytest.param(DAY, "", None, id="blank"),
        pytest.param(DAY, " \u3000\u200b", None, id="only what cannot be seen"),
        pytest.param(DAY, date(2028, 2, 29), date(2028, 2, 29), id="leap day"),
        pytest.param(TIME, "15:30", 55_800, id="a time as text"),
        pytest.param(TIME, "15：30", 55_800, id="a full-width colon"),
        pytest.param(TIME, "15:30:30", 55_830, id="with seconds"),
        pytest.param(TIME, "15点30分", 55_800, id="a time in Chinese"),
        pytest.param(TIME, time(15, 30), 55_800, id="a real time"),
        pytest.param(TIME, time(15, 29, 59, 999_999), 55_800, id="a fraction of a second off"),
        pytest.param(TIME, 15.5 / 24, 55_800, id="a fraction of a day"),
        pytest.param(TIME, timedelta(hours=15, minutes=30), 55_800, id="a duration"),
        pytest.param(
            TIME, datetime.combine(date(1899, 12, 30), time(15, 30)), 55_800, id="a moment on the calendar's day 0"
        ),
        pytest.param(TIME, "00:00", 0, id="midnight"),
        pytest.param(MINUTE, "15:30", 930, id="a minute of the day"),
        pytest.param(CODE, " S0001 ", "S0001", id="a code with spaces around it"),
        pytest.param(CODE, "Ｓ０００１", "S0001", id="a full-width code"),
        pytest.param(CODE, 7.0, "7", id="a code that became a number"),
        pytest.param(CODES, "T001、T002", ("T001", "T002"), id="two teachers"),
        pytest.param(CODES, "T001, T002；T003", ("T001", "T002", "T003"), id="other marks between"),
        pytest.param(CODES, 101.0, ("101",), id="one teacher as a number"),
        pytest.param(WHOLE, 60.0, 60, id="a whole float"),
        pytest.param(WHOLE, "６０", 60, id="full-width digits"),
        pytest.param(WHOLE, "60.0", 60, id="text with a point"),
        pytest.param(AMOUNT, 7247.200000000001, 72_472_000, id="a float's noise"),
        pytest.param(AMOUNT, "1,234.5", 12_345_000, id="commas between thousands"),
        pytest.param(AMOUNT, 0.0, 0, id="zero is a value"),
        pytest.param(LATITUDE, 27.74, 27.74, id="degrees"),
        pytest.param(PHONE, "125 1582-0314", "12515820314", id="a phone in groups"),
        pytest.param(PHONE, 12515820314.0, "12515820314", id="a phone as a number"),
        pytest.param(PHONE, "+8612515820314", "12515820314", id="a phone with the country's code"),
        pytest.param(ID_NUMBER, "43130220110321996X", Wrong(FaultKind.ID_CHECK_DIGIT), id="a wrong last place"),
        pytest.param(ID_NUMBER, "431302201103219963", "431302201103219963", id="an ID number"),
        pytest.param(MODE, "入 户", Mode.HOME, id="a word with a space in it"),
        pytest.param(MODES_COLUMN, "远程、入户", ("home", "remote"), id="words in another order"),
        pytest.param(REASON, "恶劣天气、道路中断", "weather", id="a word with a comma of its own"),
        pytest.param(WEEKDAY, "星期三", 2, id="a weekday in full"),
        pytest.param(VOID, "", False, id="blank takes the default"),
        pytest.param(VOID, True, True, id="a ticked box"),
        pytest.param(NAME, "林䶮军", "林䶮军", id="a rare character"),
        pytest.param(NAME, "a  b", "a b", id="spaces in between"),
    ],
)
def test_a_cell_is_read_as_it_was_meant(column: Column, cell: Cell, value: Value) -> None:
    assert read_cell(cell, column) == value


@pytest.mark.parametrize(
    ("column", "cell", "kind"),
    [
        pytest.param(DAY, "2026-02-30", FaultKind.NOT_A_DATE, id="a day that does not exist"),
        pytest.param(DAY, "2027-02-29", FaultKind.NOT_A_DATE, id="no leap year"),
        pytest.param(DAY, "下周", FaultKind.NOT_A_DATE, id="words"),
        pytest.param(DAY, "9/1/2026", FaultKind.NOT_A_DATE, id="day and month that could be either"),
        pytest.param(DAY, datetime.combine(date(2026, 9, 1), time(8)), FaultKind.NOT_A_DATE, id="a date with an hour"),
        pytest.param(DAY, 60.0, FaultKind.NOT_A_DATE, id="a small number"),
        pytest.param(DAY, "2206-09-01", FaultKind.FAR_DATE, id="a slip in the year"),
        pytest.param(DAY, date(1926, 9, 1), FaultKind.FAR_DATE, id="a century ago"),
        pytest.param(TIME, "25:00", FaultKind.NOT_A_TIME, id="hour 25"),
        pytest.param(TIME, "24:00", FaultKind.NOT_A_TIME, id="midnight at the end"),
        pytest.param(TIME, "12:60", FaultKind.NOT_A_TIME, id="minute 60"),
        pytest.param(TIME, 1.5, FaultKind.NOT_A_TIME, id="more than a day"),
        pytest.param(TIME, date(2026, 9, 1), FaultKind.NOT_A_TIME, id="a date"),
        pytest.param(MINUTE, "15:30:30", FaultKind.NOT_A_TIME, id="seconds where minutes are kept"),
        pytest.param(CODE, "S 1", FaultKind.BAD_CODE, id="a space in a code"),
        pytest.param(CODE, "=1+1", FaultKind.BAD_CODE, id="a formula as text"),
        pytest.param(CODE, date(2026, 3, 5), FaultKind.BAD_CODE, id="a code that became a date"),
        pytest.param(CODE, 4.31302201103219e17, FaultKind.DIGITS_LOST, id="a number too long"),
        pytest.param(CODE, "S" * 41, FaultKind.TOO_LONG, id="a long code"),
        pytest.param(CODES, "T001、T001", FaultKind.CODE_TWICE, id="one teacher twice"),
        pytest.param(WHOLE, 60.5, FaultKind.NOT_WHOLE, id="half a minute"),
        pytest.param(WHOLE, "60分钟", FaultKind.NOT_WHOLE, id="a unit"),
        pytest.param(WHOLE, -1.0, FaultKind.OUT_OF_BOUNDS, id="below"),
        pytest.param(WHOLE, 1441.0, FaultKind.OUT_OF_BOUNDS, id="above"),
        pytest.param(AMOUNT, "很多", FaultKind.NOT_A_NUMBER, id="many"),
        pytest.param(AMOUNT, "230.5万元", FaultKind.NOT_A_NUMBER, id="an amount with its unit"),
        pytest.param(AMOUNT, "NaN", FaultKind.NOT_A_NUMBER, id="not a number"),
        pytest.param(AMOUNT, 1.23456, FaultKind.TOO_PRECISE, id="five decimals"),
        pytest.param(AMOUNT, 1e30, FaultKind.NOT_A_NUMBER, id="thirty digits"),
        pytest.param(AMOUNT, 1e14, FaultKind.NOT_A_NUMBER, id="more than a database holds"),
        pytest.param(LATITUDE, 112.02, FaultKind.OUT_OF_BOUNDS, id="longitude for latitude"),
        pytest.param(PHONE, "0738-8312345", FaultKind.BAD_PHONE, id="a landline"),
        pytest.param(PHONE, "2251582031", FaultKind.BAD_PHONE, id="ten digits"),
        pytest.param(ID_NUMBER, 431302201103219963.0, FaultKind.DIGITS_LOST, id="an ID number as a number"),
        pytest.param(ID_NUMBER, "431302110321996", FaultKind.ID_LENGTH, id="the old fifteen digits"),
        pytest.param(ID_NUMBER, "431302201302309961", FaultKind.ID_PARTS, id="born on 30 February"),
        pytest.param(MODE, "飞行", FaultKind.UNKNOWN_CHOICE, id="an unknown word"),
        pytest.param(MODES_COLUMN, "入户、飞行", FaultKind.UNKNOWN_CHOICE, id="one unknown word of two"),
        pytest.param(SEX, "", FaultKind.BLANK, id="blank where it is needed"),
        pytest.param(NAME, "一二三四五六", FaultKind.TOO_LONG, id="a long name"),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(column: Column, cell: Cell, kind: FaultKind) -> None:
    found = read_cell(cell, column)
    assert isinstance(found, Wrong)
    assert found.kind is kind


def test_a_message_repeats_no_more_than_a_line_of_a_cell() -> None:
    found = read_cell("长" * 5000, MODE)
    assert isinstance(found, Wrong)
    assert len(found.facts["shown"]) <= 41


def test_a_code_that_would_break_the_database_is_made_harmless() -> None:
    assert read_cell("a\x00b\u200b", Column("内容", "content", Kind.LONG_TEXT)) == "ab"


def test_each_distinct_cell_of_a_column_is_read_once() -> None:
    reader = ColumnReader(SEX)
    assert [reader[cell] for cell in ("男", "女", "男")] == [Sex.MALE, Sex.FEMALE, Sex.MALE]
    assert len(reader) == 2
    assert reader.wrongs == 0
