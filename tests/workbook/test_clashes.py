"""What stands already and leaves no room for a workbook is named, before anything is written."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed, only_reading
from hometeach.people.models import Child
from hometeach.schedule.calendar.actions import add_entry
from hometeach.schedule.calendar.rules import CalendarKind, Entry
from hometeach.schedule.models import CalendarEntry
from hometeach.workbook import wording
from hometeach.workbook.actions import FaultyWorkbook, apply_import, preview_import, read_workbook
from hometeach.workbook.faults import Fault, FaultKind
from tests import factories
from tests.workbook.building import Sheets, changed_sample, of_few_children, rows_of, set_cell, write

Altered = Callable[[Callable[[Sheets], object]], Path]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample county with six of its children."""
    return write(tmp_path_factory.mktemp("few") / "few.xlsx", of_few_children(rows_of()))


@pytest.fixture
def altered(tmp_path: Path, few: Path) -> Altered:
    """The same with a change."""
    return lambda change: changed_sample(tmp_path / "altered.xlsx", change, few)


def take_in(path: Path) -> None:
    statements = read_workbook(path)
    with committed():
        apply_import(statements, by="test", bureau_name="X市教育局")


def faults_of(path: Path) -> list[Fault]:
    """What stands in the way; looking and taking in say the same, and nothing is written."""
    statements = read_workbook(path)
    with pytest.raises(FaultyWorkbook) as looked, only_reading():
        preview_import(statements)
    with pytest.raises(FaultyWorkbook) as tried, committed():
        apply_import(statements, by="test", bureau_name="X市教育局")
    assert tried.value.faults == looked.value.faults
    return looked.value.faults


def test_a_child_that_comes_under_another_code_is_known_by_its_id_number(
    app: Flask, few: Path, altered: Altered
) -> None:
    take_in(few)

    def recode(sheets: Sheets) -> None:
        old = sheets["学生"][1][0]
        for rows in sheets.values():
            for row in rows[1:]:
                row[:] = ["S9999" if cell == old else cell for cell in row]

    fault = faults_of(altered(recode))[0]
    assert (fault.kind, fault.place.sheet, fault.place.row) == (FaultKind.ID_STANDS, "学生", 2)
    assert "S0001" in wording.wrong(fault)
    assert db.session.scalar(select(Child.id).where(Child.code == "S9999")) is None


def test_a_rule_of_the_app_that_begins_on_the_same_day_is_named(app: Flask, few: Path) -> None:
    with committed():
        factories.make_rule("R", effective_from=date(2026, 9, 1))
    faults = faults_of(few)
    assert [fault.kind for fault in faults] == [FaultKind.RULE_STANDS]
    assert "R" in wording.wrong(faults[0])


def test_a_term_of_the_app_that_shares_days_is_named(app: Flask, few: Path) -> None:
    with committed():
        factories.make_term(date(2026, 8, 28), date(2027, 1, 15))
    faults = faults_of(few)
    assert [fault.kind for fault in faults] == [FaultKind.TERM_STANDS]
    assert "2026-2027学年第一学期" in wording.wrong(faults[0])


def test_a_holiday_on_a_day_that_the_app_has_shifted_is_named(app: Flask, few: Path, altered: Altered) -> None:
    with committed():
        add_entry(Entry(CalendarKind.SHIFTED, "补课", Span(date(2026, 11, 14), date(2026, 11, 14))), by="bai")

    def add_holiday(sheets: Sheets) -> None:
        row = list(sheets["校历"][1])
        head = sheets["校历"][0]
        for name, value in (("类型", "放假"), ("名称", "校庆")):
            row[head.index(name)] = value
        days = [index for index, cell in enumerate(row) if index not in (head.index("类型"), head.index("名称"))]
        for index in days[:2]:
            row[index] = "2026-11-14"
        sheets["校历"].append(row)

    assert [fault.kind for fault in faults_of(altered(add_holiday))] == [FaultKind.OFF_AND_ON_STANDS]


def test_what_the_app_has_added_and_the_workbook_leaves_room_for_is_no_clash(
    app: Flask, few: Path, altered: Altered
) -> None:
    take_in(few)
    with committed():
        add_entry(Entry(CalendarKind.CLOSURE, "停电", Span(date(2026, 11, 11), date(2026, 11, 11))), by="bai")
        factories.make_rule("LATER", effective_from=date(2027, 3, 1))
    take_in(altered(lambda sheets: set_cell(sheets, "学生", 2, "姓名", "改名")))


def test_a_term_that_was_moved_in_the_app_does_not_clash_with_itself(app: Flask, few: Path, altered: Altered) -> None:
    take_in(few)
    with committed():
        db.session.execute(
            update(CalendarEntry)
            .where(CalendarEntry.kind == CalendarKind.TERM, CalendarEntry.effective_from == date(2026, 9, 1))
            .values(effective_from=date(2026, 8, 31))
        )
    take_in(altered(lambda sheets: set_cell(sheets, "学生", 2, "姓名", "改名")))
    assert db.session.scalar(select(CalendarEntry.id).where(CalendarEntry.effective_from == date(2026, 9, 1))) is None
