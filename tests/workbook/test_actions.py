"""A workbook is taken in whole, once, and beside what people did in the app."""

import copy
import csv
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import and_, func, select

from hometeach.cases.models import Case
from hometeach.cases.rules import CaseStatus
from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.exports import ledger_rows, session_rows
from hometeach.kernel.audit import AuditEvent, verify
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Child, Guardian, OrgUnit, ResponsibleSpan, ServingSpan, Teacher
from hometeach.people.rules import UnitKind
from hometeach.programmes.models import current_figures
from hometeach.schedule.models import CalendarEntry, Occurrence, QuotaRow, RuleRow, SlotRow
from hometeach.visits.models import Absence, Visit, VisitTeacher, held_sessions
from hometeach.workbook.actions import Changes, FaultyWorkbook, apply_import, preview_import, read_workbook
from hometeach.workbook.models import ImportedRow, ImportRun
from tests.workbook.building import (
    SAMPLE,
    SECOND,
    Sheets,
    changed_sample,
    of_few_children,
    rows_of,
    set_cell,
    with_twenty_faults,
    write,
)

AS_OF = date(2026, 11, 23)
Change = Callable[[Sheets], object]


def take_in(path: Path, **values: str) -> Changes:
    """Read and apply a workbook, as the command does."""
    statements = read_workbook(path)
    with committed():
        return apply_import(statements, by="import", bureau_name="X市教育局", **values)


def count(model: type) -> int:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def as_text(rows: object) -> list[list[str]]:
    """Rows as a CSV file holds them."""
    return [["" if value is None else str(value) for value in row] for row in rows]  # type: ignore[attr-defined]


def expected(path: Path, name: str) -> list[list[str]]:
    """What a sample county must give."""
    with (path.parent / "expected" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample county with six of its children."""
    return write(tmp_path_factory.mktemp("few") / "few.xlsx", of_few_children(rows_of()))


@pytest.fixture
def county(app: Flask, few: Path) -> Flask:
    """Six children of the sample county, taken in."""
    take_in(few)
    return app


@pytest.fixture
def altered(tmp_path: Path, few: Path) -> Callable[[Change], Path]:
    """The same with a change, as a file."""
    return lambda change: changed_sample(tmp_path / "altered.xlsx", change, few)


@pytest.mark.parametrize("path", [SAMPLE, SECOND], ids=["sample", "second"])
def test_a_sample_county_gives_what_it_must_in_every_cell(app: Flask, path: Path) -> None:
    take_in(path)
    assert as_text(session_rows()) == expected(path, "sessions.csv")
    assert as_text(ledger_rows(AS_OF)) == expected(path, "ledger.csv")
    assert verify() is None


def test_the_first_import_makes_everything(app: Flask) -> None:
    take_in(SAMPLE)
    made = (OrgUnit, Teacher, Child, Guardian, RuleRow, QuotaRow, CalendarEntry, SlotRow, Visit, Absence)
    assert [count(model) for model in made] == [7, 24, 48, 48, 2, 4, 4, 48, 1184, 128]
    assert len(current_figures(first=date(2000, 1, 1))) == 41
    child = db.session.scalars(select(Child).where(Child.code == "S0002")).one()
    assert (child.id_number, child.roll_no) == ("431302201103219963", "G431302201103219963")
    assert (child.guardians[0].phone, child.guardians[0].relation) == ("12490644740", "父亲")
    assert {unit.parent_id is None for unit in db.session.scalars(select(OrgUnit))} == {True, False}


def test_a_second_import_changes_nothing(app: Flask) -> None:
    take_in(SAMPLE)
    before = (count(ImportRun), count(AuditEvent), as_text(ledger_rows(AS_OF)))
    changes = take_in(SAMPLE)
    assert changes.is_empty
    assert changes.counts()["visits"] == {
        "created": 0,
        "updated": 0,
        "unchanged": 1184,
        "conflicts": 0,
        "missing": 0,
    }
    assert (count(ImportRun), count(AuditEvent), as_text(ledger_rows(AS_OF))) == before


def test_a_preview_writes_nothing(app: Flask) -> None:
    changes = preview_import(read_workbook(SAMPLE))
    assert changes.counts()["visits"]["created"] == 1184
    assert (count(Child), count(ImportRun)) == (0, 0)


def test_cases_with_an_agreement_in_force_are_adopted_as_active(app: Flask) -> None:
    take_in(SAMPLE)
    stand = dict(db.session.execute(select(Case.status, func.count()).group_by(Case.status)).all())
    assert stand == {CaseStatus.ACTIVE: 47, CaseStatus.AGREEMENT_PENDING: 1}


def test_twenty_faults_are_twenty_messages_and_nothing_is_taken_in(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(FaultyWorkbook) as faulty:
        read_workbook(changed_sample(tmp_path / "faulty.xlsx", with_twenty_faults))
    assert len(faulty.value.faults) == 20
    assert "20" in faulty.value.message
    assert count(OrgUnit) == 0


def test_what_the_workbook_changes_is_taken_over(county: Flask, altered: Callable[[Change], Path]) -> None:
    def change(sheets: Sheets) -> None:
        set_cell(sheets, "送教记录", 2, "离开时间", "18:20")
        set_cell(sheets, "送教记录", 3, "教师工号", "T020")
        set_cell(sheets, "学生", 3, "监护人手机", "12500000000")
        set_cell(sheets, "送教规则", 2, "最低数", 2)
        set_cell(sheets, "指标", 2, "数值", 4700)
        set_cell(sheets, "教师", 2, "专业", None)

    path = altered(change)
    changes = take_in(path)
    told = {name: counts["updated"] for name, counts in changes.counts().items() if counts["updated"]}
    assert told == {"teachers": 1, "guardians": 1, "rules": 1, "visits": 2, "figures": 1}
    visit = db.session.scalars(select(Visit).where(Visit.number == "V000001")).one()
    assert visit.left_second == (18 * 60 + 20) * 60
    assert (
        dict(zip(("number", "child", "day", "minutes", "verdict"), as_text(session_rows())[0], strict=True))["verdict"]
        == "too_short"
    )
    assert take_in(path).is_empty


def test_an_edit_made_in_the_app_stays_where_the_workbook_says_the_same_again(county: Flask, few: Path) -> None:
    with committed():
        db.session.scalars(select(Visit).where(Visit.number == "V000001")).one().content = "改过的内容"
    assert take_in(few).is_empty
    assert db.session.scalars(select(Visit).where(Visit.number == "V000001")).one().content == "改过的内容"


def test_where_both_have_changed_both_are_told_and_the_apps_value_stays(
    county: Flask, altered: Callable[[Change], Path]
) -> None:
    with committed():
        db.session.scalars(select(Visit).where(Visit.number == "V000001")).one().content = "系统里改的"
    changes = take_in(altered(lambda sheets: set_cell(sheets, "送教记录", 2, "内容", "表里改的")))
    (conflict,) = changes.lists["visits"].conflicts
    assert (conflict.stated.row, conflict.field) == (2, "content")
    assert (conflict.app, conflict.workbook) == ("系统里改的", "表里改的")
    assert db.session.scalars(select(Visit).where(Visit.number == "V000001")).one().content == "系统里改的"


def test_what_is_missing_is_listed_and_never_deleted(county: Flask, altered: Callable[[Change], Path]) -> None:
    before = (count(Visit), count(Absence))
    changes = take_in(altered(lambda sheets: [sheets["送教记录"].pop(1), sheets["缺课"].pop(1)]))
    assert changes.lists["visits"].missing == [("V000001",)]
    assert changes.lists["absences"].missing == [("S0001", "2026-03-03")]
    assert (count(Visit), count(Absence)) == before


def test_a_list_that_is_not_there_changes_nothing(county: Flask, altered: Callable[[Change], Path]) -> None:
    before = count(Absence)
    assert take_in(altered(lambda sheets: [sheets.pop("缺课"), sheets.pop("指标")])).is_empty
    assert count(Absence) == before > 0


def test_a_column_that_is_not_there_clears_nothing(county: Flask, altered: Callable[[Change], Path]) -> None:
    def without_phones(sheets: Sheets) -> None:
        place = sheets["学生"][0].index("监护人手机")
        for row in sheets["学生"]:
            row.pop(place)

    assert take_in(altered(without_phones)).is_empty
    assert db.session.scalars(select(Guardian).order_by(Guardian.id)).first().phone == "12515820314"


def test_a_new_serving_school_serves_from_today_on(county: Flask, altered: Callable[[Change], Path]) -> None:
    def move(sheets: Sheets) -> None:
        set_cell(sheets, "学生", 2, "送教学校代码", "X01")
        set_cell(sheets, "学生", 2, "责任教师工号", "T001")

    take_in(altered(move))
    child = db.session.scalars(select(Child).where(Child.code == "S0001")).one()
    for model in (ServingSpan, ResponsibleSpan):
        spans = db.session.scalars(select(model).where(model.child_id == child.id).order_by(model.effective_from)).all()
        assert [(span.effective_from, span.effective_to) for span in spans][1:] == [(AS_OF, None)]
        assert spans[0].effective_to == date(2026, 11, 22)


def test_planned_sessions_follow_the_lists(county: Flask, altered: Callable[[Change], Path]) -> None:
    def planned(code: str) -> list[tuple[date, int]]:
        statement = select(Occurrence.planned_on, Occurrence.start_minute).join(Child).where(Child.code == code)
        return [tuple(row) for row in db.session.execute(statement.order_by(Occurrence.planned_on))]

    first, last = planned("S0001")[0], planned("S0001")[-1]
    assert (first, last) == ((date(2026, 11, 24), 930), (date(2027, 1, 19), 930))

    def change(sheets: Sheets) -> None:
        set_cell(sheets, "日程", 2, "结束时间", "17:00")
        set_cell(sheets, "协议", 3, "终止日期", "2026-12-31")
        sheets["校历"].append(["2026-12-01", "2026-12-02", "停课", "大雪"])

    with committed():
        moved = db.session.scalars(select(Occurrence).join(Child).where(Child.code == "S0002")).first()
        moved.planned_on, moved.is_moved = date(2026, 11, 26), True
    take_in(altered(change))
    assert planned("S0001")[-1] == (date(2026, 12, 29), 930)
    assert (date(2026, 12, 1), 930) not in planned("S0001")
    ends = select(Occurrence.end_minute).join(Child).where(Child.code == "S0001").distinct()
    assert db.session.scalars(ends).all() == [17 * 60]
    assert date(2026, 11, 26) in {day for day, _start in planned("S0002")}


def test_visits_are_paired_with_what_was_planned_for_the_day(county: Flask, altered: Callable[[Change], Path]) -> None:
    def held(sheets: Sheets) -> None:
        sheets["送教记录"].append(
            ["V900001", "S0001", "2026-11-24", "15:30", "17:30", "T008", "入户", "已确认", None, None, None]
        )

    take_in(altered(held))
    visit = db.session.scalars(select(Visit).where(Visit.number == "V900001")).one()
    occurrence = db.session.get_one(Occurrence, visit.occurrence_id)
    assert (occurrence.planned_on, occurrence.child_id) == (date(2026, 11, 24), visit.child_id)


def test_changes_are_not_applied_when_they_are_no_longer_those_that_were_looked_at(
    county: Flask, altered: Callable[[Change], Path]
) -> None:
    statements = read_workbook(altered(lambda sheets: set_cell(sheets, "送教记录", 2, "内容", "表里改的")))
    token = preview_import(statements).token
    with committed():
        db.session.scalars(select(Visit).where(Visit.number == "V000001")).one().content = "系统里改的"
    with pytest.raises(Refused) as refused, committed():
        apply_import(statements, by="import", bureau_name="X市教育局", expected=token)
    assert refused.value.code == "workbook:changed_meanwhile"
    assert count(ImportRun) == 1


def test_something_made_in_the_app_under_the_same_key_is_kept_and_told(app: Flask, few: Path) -> None:
    with committed():
        db.session.add(OrgUnit(code="X01", name="另一所学校", kind=UnitKind.SCHOOL))
    changes = take_in(few)
    assert {conflict.field for conflict in changes.lists["schools"].conflicts} >= {"name"}
    assert db.session.scalars(select(OrgUnit.name).where(OrgUnit.code == "X01")).one() == "另一所学校"


def test_the_order_of_rows_changes_no_ledger(app: Flask, tmp_path: Path) -> None:
    sheets: Sheets = copy.deepcopy(rows_of(SECOND))
    for name, rows in sheets.items():
        if name != "送教规则":
            body = rows[1:]
            random.Random(7).shuffle(body)
            rows[1:] = body
    take_in(write(tmp_path / "shuffled.xlsx", sheets))
    assert as_text(ledger_rows(AS_OF)) == expected(SECOND, "ledger.csv")
    assert sorted(as_text(session_rows())) == sorted(expected(SECOND, "sessions.csv"))
    assert [row[0] for row in session_rows()] == [row[0] for row in sheets["送教记录"][1:]]
    assert take_in(SECOND).is_empty
    assert as_text(session_rows()) == expected(SECOND, "sessions.csv")


def test_what_a_second_import_touches_is_computed_as_if_all_were(
    county: Flask, altered: Callable[[Change], Path]
) -> None:
    def change(sheets: Sheets) -> None:
        set_cell(sheets, "送教记录", 20, "教师工号", "T001")
        set_cell(sheets, "送教记录", 60, "作废", "是")
        set_cell(sheets, "协议", 6, "终止日期", "2026-05-01")
        set_cell(sheets, "送教记录", 100, "学生编号", "S0001")

    take_in(altered(change))
    touched_only = as_text(ledger_rows(AS_OF)), as_text(session_rows())
    with committed():
        assert rebuild_ledger() == 0
    assert (as_text(ledger_rows(AS_OF)), as_text(session_rows())) == touched_only


def test_an_import_stands_in_the_audit_with_counts_and_no_names(county: Flask) -> None:
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "workbook:imported")).one()
    assert '"children":{"conflicts":0,"created":6' in event.detail
    assert "赵诚芳" not in event.detail
    assert event.about == f"import_run:{db.session.scalars(select(ImportRun.public_id)).one()}"


def test_what_the_last_import_wrote_is_kept_sealed(app: Flask) -> None:
    take_in(SAMPLE)
    sealed = db.session.scalars(select(ImportedRow.values_sealed)).all()
    assert len(sealed) == 6 + 24 + 48 + 48 + 2 + 4 + 95 + 3 + 48 + 1184 + 128 + 41
    assert not any(b"12515820314" in envelope for envelope in sealed)


def test_every_teacher_of_a_visit_is_kept_in_order(county: Flask) -> None:
    first = (
        select(Teacher.code)
        .join(VisitTeacher, VisitTeacher.teacher_id == Teacher.id)
        .join(Visit, Visit.id == VisitTeacher.visit_id)
        .where(Visit.number == "V000002")
        .order_by(VisitTeacher.position)
    )
    assert db.session.scalars(first).all() == ["T008", "T020"]


def test_a_visit_of_the_day_of_import_is_paired_though_its_plan_is_laid_after_it(county: Flask) -> None:
    of_today = (Visit.held_on == AS_OF, Visit.is_void.is_(False))
    planned = (Occurrence.child_id == Visit.child_id, Occurrence.planned_on == Visit.held_on)
    free = Occurrence.id.not_in(held_sessions())
    assert db.session.scalars(select(Visit.number).where(*of_today)).all()
    alone = select(Visit.number).join(Occurrence, and_(*planned)).where(*of_today, Visit.occurrence_id.is_(None), free)
    assert not db.session.scalars(alone).all()
