"""All that is missing: first what can still be given in time, then by who must act."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.facts import gather
from hometeach.compliance.rules import Cause, RowVerdict
from hometeach.demonstration import PASSWORD as DEMONSTRATION_PASSWORD
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Child
from hometeach.schedule.rules import Metric, PeriodKind, RuleScope
from hometeach.visits.models import Absence
from tests import factories
from tests.web.reading import browser_of, lead_of, links_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]
TODAY = date(2026, 11, 23)


def over(page: object) -> list[str]:
    """The rows that are over and short, the ones still in time left aside."""
    return [row for row in rows_of(page) if "第" in row]  # type: ignore[arg-type]


def test_what_can_still_be_given_stands_first(lin: FlaskClient) -> None:
    rows = rows_of(lin.get("/unaccounted"))
    assert rows[0] == "安安 1 次 11月29日 周日 11月24日 周二 15:00 月山镇中心小学 林老师"


def test_the_head_tells_nobody_from_known_causes(bai: FlaskClient) -> None:
    assert (
        lead_of(bai.get("/unaccounted"))
        == "2026-2027学年第一学期：2 名学生共有 18 周无人交代。另有 4 周欠送，原因已知。"
    )


def test_each_row_says_cause_amount_and_the_last_day(lin: FlaskClient, cast: factories.Cast) -> None:
    page = lin.get("/unaccounted")
    assert "安安 第12周（11月16–22日） 无人交代：1 次 送过的补记录，没送的12月1日 周二前补送" in over(page)
    assert "安安 第6周（10月5–11日） 逢假未补：1 次 另找一天的期限已过，把原因留档" in over(page)
    assert f"/children/{cast.own_child}/week/2026-11-16" in links_of(page)


def test_the_same_in_english(bare_app: Flask, cast: factories.Cast) -> None:
    page = browser_of(bare_app.test_client(), "lin", language="en").get("/unaccounted")
    assert lead_of(page) == (
        "2026-2027学年第一学期: Nobody accounts for 9 weeks of 1 child. 2 weeks more are short for a known cause."
    )


def test_a_week_within_the_window_names_the_last_day_of_the_make_up(lin: FlaskClient) -> None:
    row = next(row for row in over(lin.get("/unaccounted")) if "11月9–15日" in row)
    assert "11月24日 周二前补送" in row


def test_a_pending_absence_names_its_own_last_day(lin: FlaskClient, bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        db.session.add(
            Absence(child_id=child.id, missed_on=date(2026, 11, 18), reason_code="weather", is_approved=True)
        )
        rebuild_ledger()
    row = next(row for row in over(lin.get("/unaccounted")) if "11月16–22日" in row)
    assert "待补送：1 次 12月2日 周三前补送" in row


def test_rows_stand_by_who_must_act(bai: FlaskClient) -> None:
    text = words_in(main_of(bai.get("/unaccounted")))
    assert text.index("月山镇中心小学 · 林老师") < text.index("石柱乡中心小学 · 石老师")


def test_nobody_sees_what_others_owe(lin: FlaskClient) -> None:
    assert "博博" not in lin.get("/unaccounted").text


@pytest.mark.parametrize(
    ("address", "rows"),
    [
        ("?cause=nothing", 18),
        ("?cause=calendar", 2),
        ("?cause=make_up", 0),
        ("?school={school}", 11),
        ("?teacher={teacher}&cause=invalid", 1),
        ("?term=2026-09-01", 22),
        ("?kind=month", 0),
        ("?kind=day&term=x&cause=y&school=z&teacher=w&page=q", 22),
    ],
)
def test_the_list_is_narrowed_by_its_address(bai: FlaskClient, cast: factories.Cast, address: str, rows: int) -> None:
    asked = address.format(school=cast.own_school, teacher=cast.own_teacher)
    assert len(over(bai.get(f"/unaccounted{asked}"))) == rows


def test_months_can_be_asked_for_and_stand_alone_where_nothing_is_asked_by_the_week(
    bai: FlaskClient, bare_app: Flask
) -> None:
    with bare_app.app_context(), committed():
        for school in ("S1", "S2"):
            factories.make_rule(
                f"M{school}",
                effective_from=date(2026, 9, 1),
                quotas=[(PeriodKind.MONTH, Metric.SESSIONS, 4)],
                scope=RuleScope.SCHOOL,
                scope_key=school,
            )
        rebuild_ledger()
    page = bai.get("/unaccounted")
    assert "共有 4 个月无人交代" in lead_of(page)
    assert any(row.startswith("安安 2026年9月") for row in rows_of(page))
    assert "本月 2 人应送" in lead_of(bai.get("/"))


def test_nothing_short_is_said_plainly(bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        factories.make_account("qin", factories.make_unit("J00"), Role.AUDITOR)
    page = browser_of(bare_app.test_client(), "qin").get("/unaccounted")
    assert lead_of(page).endswith("这里没有无人交代的。")
    assert "没有欠送" in words_in(main_of(page))


def test_every_shortfall_of_the_county_is_listed_once(county_app: Flask) -> None:
    with county_app.app_context():
        gathered = gather()
        short = [
            row.causes(TODAY)[Cause.NOTHING] > 0
            for facts in gathered.facts.values()
            for row in gathered.ledger.rows(facts)
            if row.quota.period is PeriodKind.WEEK and row.verdict(TODAY) is RowVerdict.SHORT
        ]
    browser = browser_of(county_app.test_client(), "qin", password=DEMONSTRATION_PASSWORD)
    first = browser.get("/unaccounted?term=all")
    assert f"共有 {sum(short)} 周无人交代。另有 {len(short) - sum(short)} 周欠送" in lead_of(first)
    listed: list[str] = []
    for number in range(1, -(-len(short) // 50) + 1):
        listed += over(browser.get(f"/unaccounted?term=all&page={number}"))
    assert len(listed) == len(short)
    assert len(set(listed)) == len(short)


def test_a_page_is_of_the_running_term_where_no_other_is_asked_for(lin: FlaskClient, bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        factories.make_term(date(2026, 2, 24), date(2026, 7, 3), name="2025-2026学年第二学期")
        factories.make_rule("SPRING", effective_from=date(2026, 2, 24), effective_to=date(2026, 8, 31))
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        factories.make_agreement(child, date(2026, 2, 24), date(2026, 7, 3))
        rebuild_ledger()
    running, every = lin.get("/unaccounted"), lin.get("/unaccounted?term=all")
    assert lead_of(running).startswith("2026-2027学年第一学期：1 名学生共有 9 周无人交代。")
    assert lead_of(every).startswith("全部学期：1 名学生共有 2")
    assert len(over(running)) < len(over(every))
    assert lead_of(lin.get("/unaccounted?term=2026-02-24")).startswith("2025-2026学年第二学期：")


def test_what_nobody_accounts_for_stands_before_what_has_a_known_cause(bai: FlaskClient) -> None:
    rows = over(bai.get("/unaccounted"))
    assert ["无人交代：" in row for row in rows] == [True] * 18 + [False] * 4
