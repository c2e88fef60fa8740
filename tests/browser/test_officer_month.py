"""An officer's month in a real browser: a child placed, a finding decided, a flood that closes the schools for a week.

Writes pictures of each step where ``HOMETEACH_PICTURES`` names a folder, and
prints the taps and seconds.
"""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from hometeach.cases.models import Case
from hometeach.cases.rules import CaseStatus
from hometeach.compliance.models import LedgerEntry
from hometeach.demonstration import checking
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.schedule.rules import PeriodKind
from tests.browser.conftest import AT_A_DESK, violations
from tests.browser.walking import Walk

pytestmark = pytest.mark.browser
#: The child of the demonstration that waits for the bureau's decision.
WAITING = "向阳"
#: The fourteenth week of the term, Monday to Friday.
FLOOD = date(2026, 11, 30), date(2026, 12, 4)


@pytest.mark.once
@AT_A_DESK
def test_an_officers_month(
    walk_as: Callable[[str, str, dict[str, int]], Walk],
    demonstration_app: Flask,
    size: dict[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    walk = walk_as("bai", "officer", size)
    place(walk)
    assert status_of(demonstration_app, WAITING) is CaseStatus.PLACED_HOME
    decide(walk)
    owed, planned = owed_in_flood(demonstration_app), planned_in_flood(demonstration_app)
    assert owed > 0
    assert planned > 0
    close_for_the_flood(walk, owed, planned)
    assert owed_in_flood(demonstration_app) == 0
    assert planned_in_flood(demonstration_app) == 0
    see_what_became_of_every_child(walk)
    with capsys.disabled():
        print(f"\nofficer's month at {size['width']} px: placed, decided, closed for a flood: {walk.told()}")


def place(walk: Walk) -> None:
    """From the first page to the child that waits; the decision, and the state that follows."""
    walk.look("home")
    walk.tap("main a[href^='/cases?']")
    walk.look("waiting")
    walk.tap(f"tbody a:has-text('{WAITING}')")
    walk.sees("待安置", "等教育局作出安置决定")
    walk.look("case")
    walk.tap(".page-head .actions a")
    walk.type("[name=decision_no]", "X教安〔2026〕28号")
    walk.choose("[name=school]", "石柱乡中心小学")
    walk.choose("[name=roll]", "新建学籍")
    walk.type("[name=until_on]", "2027-05-23")
    walk.type("[name=words]", "不能独立行走，不能到校。")
    walk.look("placing")
    walk.tap("main form .button")
    walk.sees("已安置为送教上门", "等学校向家长提出协议", "X教安〔2026〕28号")
    walk.look("placed")


def decide(walk: Walk) -> None:
    """The explanation that waits is read and accepted; the finding is explained from then on."""
    walk.rail("今天")
    walk.tap("main a[href='/findings']")
    walk.choose("#filter-state", "说明待认定")
    walk.tap("form.filters button")
    walk.look("explained")
    walk.tap("tbody a")
    walk.sees(checking.WHY)
    walk.tap("label:has-text('成立：')")
    walk.type("[name=reason]", "已电话核实，与记录一致。")
    walk.look("deciding")
    walk.tap("main form .button")
    walk.sees("已说明", "成立：已电话核实，与记录一致。")
    walk.look("decided")


def close_for_the_flood(walk: Walk, owed: int, planned: int) -> None:
    """What the closure would do to every child is said before it is made; then it is made."""
    walk.rail("规则与校历")
    walk.tap("main a[href='/calendar']")
    walk.tap("main a[href^='/calendar/new']")
    walk.type("[name=name]", "洪水停课")
    walk.type("[name=first]", FLOOD[0].isoformat())
    walk.type("[name=last]", FLOOD[1].isoformat())
    walk.look("closing")
    walk.tap("main form .button")
    walk.sees("洪水停课，11月30日–12月4日", "97 天", "92 天", f"今天起有 {planned} 次排课落在不上课的日期")
    before, after = (int(figure) for figure in walk.figures("应送（按周）"))
    assert before - after == owed
    assert walk.page.locator("main li:has-text('1 次 → 0 次')").count() == owed
    assert violations(walk.page) == []
    walk.look("preview")
    walk.tap("main form .button")
    walk.sees("洪水停课")
    walk.look("closed")


def see_what_became_of_every_child(walk: Walk) -> None:
    """In the fourteenth week nothing is owed for anybody, and a child's own page says why."""
    walk.rail("今天")
    walk.tap("main a:has-text('查看每名学生逐周情况')")
    walk.look("every-child")
    weeks = "table.stack td a[aria-label*='第14周']"
    told = walk.page.eval_on_selector_all(weeks, "all => all.map(one => one.getAttribute('aria-label'))")
    assert told
    assert [one for one in told if "不应送" not in one] == []


def status_of(app: Flask, name: str) -> CaseStatus:
    """Where the case of a child stands."""
    with app.app_context():
        return db.session.scalars(
            select(Case.status).join(Child, Child.id == Case.child_id).where(Child.name == name)
        ).one()


def owed_in_flood(app: Flask) -> int:
    """What is owed in the week of the flood, of all children. Units: sessions."""
    with app.app_context():
        week = LedgerEntry.period_kind == PeriodKind.WEEK, LedgerEntry.period_start == FLOOD[0]
        return db.session.scalar(select(func.sum(LedgerEntry.required)).where(*week)) or 0


def planned_in_flood(app: Flask) -> int:
    """Sessions that are still to take place on the days of the flood."""
    with app.app_context():
        here = Occurrence.planned_on.between(*FLOOD), Occurrence.state == OccurrenceState.PLANNED
        return db.session.scalar(select(func.count(Occurrence.id)).where(*here)) or 0
