"""A coordinator's Monday in a real browser: a clash settled, an hour set, absences decided, a make-up planned.

Writes pictures of each step where ``HOMETEACH_PICTURES`` names a folder, and
prints the taps and seconds.
"""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from hometeach.kernel.extensions import db
from hometeach.schedule.models import Occurrence, OccurrenceState
from tests.browser.conftest import AT_A_DESK, violations
from tests.browser.walking import Walk

pytestmark = pytest.mark.browser


@pytest.mark.once
@AT_A_DESK
def test_a_coordinators_monday(
    walk_as: Callable[[str, str, dict[str, int]], Walk],
    demonstration_app: Flask,
    size: dict[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    walk = walk_as("he", "coordinator", size)
    walk.look("home")
    settle_the_clash(walk)
    assert clashing(demonstration_app) == 0
    set_an_hour(walk)
    decide_on_absences(walk)
    plan_a_make_up(walk)
    assert make_ups_planned(demonstration_app) == 1
    with capsys.disabled():
        print(f"\ncoordinator's Monday at {size['width']} px: slots, clash, absences, make-up: {walk.told()}")


def settle_the_clash(walk: Walk) -> None:
    """The clash is said in words on every page on the way; a free place in the week ends it."""
    walk.rail("课表")
    walk.sees("次时间冲突，照现在的安排上不了")
    walk.look("week")
    walk.tap(".page-head .actions a")
    walk.sees("林娟—袁丽志，08:30–09:30")
    walk.look("clashes")
    walk.tap("tbody a")
    walk.sees("曾佳的一次送教安排", "与林娟—袁丽志，08:30–09:30 冲突")
    assert violations(walk.page) == []
    walk.look("clash")
    walk.tap("main a[href^='/hours/']")
    walk.look("hour")
    walk.tap("main a[href*='weekday=2&start=14%3A00']")
    walk.tap("main form .button")
    walk.sees("曾佳，周三 14:00–15:00：会排 8 次送教", "周一 08:30–09:30")
    walk.look("change")
    walk.tap("main form .button")
    walk.sees("固定时段已改")
    walk.rail("课表")
    assert "冲突" not in walk.words


def set_an_hour(walk: Walk) -> None:
    """A second hour for another child: shorter than the rule asks, so a reason is asked before it is set."""
    walk.tap("main a[href='/children']")
    walk.tap("tbody a:has-text('杨涵敏')")
    walk.look("child")
    walk.tap("main a[href^='/new-hour/']")
    walk.tap("main a[href*='weekday=0&start=10%3A00']")
    walk.type("[name=end]", "10:40")
    walk.tap("main form .button")
    walk.sees("40 分钟，少于规则的 60 分钟")
    walk.look("short")
    walk.type("[name=short_reason]", "孩子体力只够四十分钟。")
    walk.tap("main form .button")
    walk.sees("固定时段")
    walk.sees("周一 10:00–10:40")


def decide_on_absences(walk: Walk) -> None:
    """What approving would do stands beside each; two are approved at once, one is not, and the ledger follows."""
    walk.rail("今天")
    walk.tap("main a[href='/absences']")
    waiting = int(re.findall(r"有 (\d+) 次缺课待审批", walk.words)[0])
    walk.sees("第13周（11月23–29日）应送 1、免计 1；不再欠。", "不免计，需补送")
    assert violations(walk.page) == []
    walk.look("absences")
    for name in ("杨涵敏", "曾佳"):
        walk.tap(f"tr:has-text('{name}'):has-text('11月') input[type=checkbox]")
    walk.tap("button[form=several]")
    walk.sees(f"有 {waiting - 2} 次缺课待审批")
    walk.tap("tr:has-text('沈欣娟') th a")
    walk.type("[name=why]", "复查在上午，下午的课照常。")
    walk.look("not-approved")
    walk.tap("main form:has([name=why]) .button")
    walk.sees("沈欣娟 11月27日 周五 的缺课未批准", "缺课：4月9日 周四")
    walk.look("next")
    walk.rail("学生")
    walk.tap("tbody a:has-text('杨涵敏')")
    walk.tap("main table.strip td.now a, main table.strip a[aria-label*='第13周']")
    walk.sees("免计")
    walk.look("ledger")


def plan_a_make_up(walk: Walk) -> None:
    """The most pressing one: a time that fits both is one tap."""
    walk.rail("无人交代")
    walk.tap("main a[href='/make-ups']")
    walk.look("make-ups")
    walk.tap("tbody a[href^='/make-ups/']")
    walk.look("times")
    walk.tap("main form .times button")
    walk.sees("补送")
    walk.look("planned")


def clashing(app: Flask) -> int:
    """Sessions that still clash."""
    with app.app_context():
        return (
            db.session.scalar(select(func.count(Occurrence.id)).where(Occurrence.state == OccurrenceState.CLASHING))
            or 0
        )


def make_ups_planned(app: Flask) -> int:
    """Sessions that make up for a missed one."""
    with app.app_context():
        return db.session.scalar(select(func.count(Occurrence.id)).where(Occurrence.makes_up_for.is_not(None))) or 0
