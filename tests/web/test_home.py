"""Every home begins with the sentence that matters to its reader, and the sentence is true."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.facts import gather
from hometeach.compliance.rules import Cause, LedgerRow, RowVerdict
from hometeach.demonstration import PASSWORD as DEMONSTRATION_PASSWORD
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import beat, committed
from hometeach.people.access import Role
from hometeach.people.models import Account, OrgUnit, ResponsibleSpan, RoleGrant, ServingSpan, Teacher
from hometeach.schedule.rules import Metric, PeriodKind, RuleScope
from tests import factories
from tests.web.reading import browser_of, lead_of, links_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]
TODAY = date(2026, 11, 23)
TERM_FROM = date(2026, 9, 1)


def rows_by_child(app: Flask) -> dict[int, list[LedgerRow]]:
    """The weekly rows of the term, computed anew from the facts."""
    with app.app_context():
        gathered = gather()
        return {
            child: [
                row
                for row in gathered.ledger.rows(facts)
                if row.quota.period is PeriodKind.WEEK and row.period.last >= TERM_FROM
            ]
            for child, facts in gathered.facts.items()
        }


def told(rows: dict[int, list[LedgerRow]]) -> dict[str, int]:
    """What the sentences are made of."""
    this_week = [row for some in rows.values() for row in some if TODAY in row.period]
    over = [(child, row) for child, some in rows.items() for row in some if row.period.last < TODAY]
    nothing = [child for child, row in over if row.causes(TODAY)[Cause.NOTHING]]
    judged = [row for _child, row in over if row.verdict(TODAY) in (RowVerdict.MET, RowVerdict.SHORT)]
    return {
        "owed": sum(row.required > 0 for row in this_week),
        "given": sum(row.required > 0 and not row.unaccounted and row.delivered + row.made_up > 0 for row in this_week),
        "excused": sum(row.required > 0 and row.excused == row.required for row in this_week),
        "waiting": sum(row.unaccounted > 0 for row in this_week),
        "nothing": len(nothing),
        "judged": len(judged),
    }


@pytest.fixture
def county_browser(county_app: Flask) -> Callable[..., FlaskClient]:
    """A browser of somebody of the demonstration, on the sample county."""

    def opened(name: str, language: str = "") -> FlaskClient:
        return browser_of(county_app.test_client(), name, password=DEMONSTRATION_PASSWORD, language=language)

    return opened


def of_teacher(app: Flask) -> set[int]:
    """The children for whom the demonstration's teacher answers."""
    with app.app_context():
        me = sa.select(Account.teacher_id).where(Account.sign_in_name == "lin").scalar_subquery()
        return set(db.session.scalars(sa.select(ResponsibleSpan.child_id).where(ResponsibleSpan.teacher_id == me)))


def of_coordinator(app: Flask) -> set[int]:
    """The children whom the demonstration's coordinator's school serves."""
    with app.app_context():
        held = sa.select(RoleGrant.unit_id).join(Account).where(Account.sign_in_name == "he").scalar_subquery()
        return set(db.session.scalars(sa.select(ServingSpan.child_id).where(ServingSpan.school_id == held)))


def test_a_teacher_reads_who_is_still_to_be_taught(
    county_app: Flask, county_browser: Callable[..., FlaskClient]
) -> None:
    mine = of_teacher(county_app)
    facts = told({child: rows for child, rows in rows_by_child(county_app).items() if child in mine})
    assert facts["owed"] > 0
    assert facts["waiting"] > 0
    lead = lead_of(county_browser("lin").get("/"))
    assert lead == (
        f"本周 {facts['owed']} 人应送：{facts['given']} 人已送，{facts['excused']} 人已请假，"
        f"{facts['waiting']} 人还应送。本学期到目前为止，有 {facts['nothing']} 周无人交代。"
    )


def test_a_coordinator_reads_the_same_of_the_school(
    county_app: Flask, county_browser: Callable[..., FlaskClient]
) -> None:
    mine = of_coordinator(county_app)
    facts = told({child: rows for child, rows in rows_by_child(county_app).items() if child in mine})
    home = county_browser("he", "en").get("/")
    assert lead_of(home) == (
        f"This week {facts['owed']} children are owed lessons: {facts['given']} taught, {facts['excused']} excused, "
        f"{facts['waiting']} still to be taught. Of this term so far, nobody accounts for {facts['nothing']} weeks."
    )
    assert sum(int(row.split()[-2]) for row in rows_of(home) if row.endswith(("weeks", "week"))) == facts["nothing"]


def test_an_officer_reads_what_nobody_accounts_for_and_in_how_many_schools(
    county_app: Flask, county_browser: Callable[..., FlaskClient]
) -> None:
    facts = told(rows_by_child(county_app))
    home = county_browser("bai").get("/")
    rows = rows_of(home)
    affected = sum(not row.endswith(" 0") for row in rows)
    assert f"{affected} 所学校共有 {facts['nothing']} 周无人交代" in lead_of(home)
    assert f"本周 {facts['owed']} 人应送：{facts['given']} 人已送" in lead_of(home)
    assert sum(int(row.split()[-1]) for row in rows) == facts["nothing"]
    assert sum(int(row.split()[-4].replace(",", "")) for row in rows) == facts["judged"]


def test_an_auditor_reads_the_share_and_the_causes(
    county_app: Flask, county_browser: Callable[..., FlaskClient]
) -> None:
    rows = rows_by_child(county_app)
    facts = told(rows)
    home = county_browser("qin").get("/")
    share = round(100 * facts["nothing"] / facts["judged"] + 1e-9, 1)
    assert lead_of(home) == (
        f"本学期逐人统计，已结束且应送的共 {facts['judged']} 周，其中{facts['nothing']} 周无人交代，占 {share}%。"
    )
    causes = Counter(
        cause
        for some in rows.values()
        for row in some
        if row.period.last < TODAY
        for cause, amount in row.causes(TODAY).items()
        if amount
    )
    names = {
        Cause.CALENDAR: "逢假未补",
        Cause.NOTHING: "无人交代",
        Cause.INVALID: "来过但不计入",
        Cause.MAKE_UP: "待补送",
    }
    assert rows_of(home) == [f"{names[cause]} {count}" for cause, count in causes.most_common()]


def test_a_clerk_reads_how_many_figures_are_missing(county_browser: Callable[..., FlaskClient]) -> None:
    home = county_browser("yu").get("/")
    rows = rows_of(home)
    assert len(rows) == 8
    missing = [int(row.split()[-1]) for row in rows]
    affected = sum(n > 0 for n in missing)
    assert lead_of(home) == f"2026年八个领域中有 {affected} 个领域、共 {sum(missing)} 项未报。"
    assert sum(missing) > 0


def test_a_clerks_home_and_the_totals_count_the_same_figures(county_browser: Callable[..., FlaskClient]) -> None:
    yu = county_browser("yu")
    home, totals = yu.get("/"), yu.get("/totals")
    reported = [row.split()[-2] for row in rows_of(home)]
    assert reported == re.findall(r"已报 ([0-9]+/[0-9]+)", words_in(main_of(totals)))
    missing = sum(int(row.split()[-1]) for row in rows_of(home))
    assert f"未报 {missing} 项" in lead_of(totals)


def test_an_officer_reads_of_all_that_is_disputed(county_browser: Callable[..., FlaskClient]) -> None:
    bai = county_browser("bai")
    page = bai.get("/disputes")
    listed = page.text.count("/disputes/of-visit/")
    assert listed > 0
    said = f"教育局名单里有 {listed} 条有异议的记录，还没有人受理。"
    assert said in lead_of(page)
    assert said in main_of(bai.get("/"))


def test_an_administrator_reads_whether_the_scheduler_runs(
    county_app: Flask, county_browser: Callable[..., FlaskClient]
) -> None:
    assert lead_of(county_browser("guan").get("/")).startswith("定时任务从未运行。")
    with county_app.app_context():
        beat("scheduler")
    home = county_browser("guan").get("/")
    assert lead_of(home) == "定时任务运行正常。6 人可以登录。"
    assert "审计链长度" in words_in(main_of(home))


def test_whoever_holds_two_roles_reads_both_sentences(bare_app: Flask, cast: factories.Cast) -> None:
    with bare_app.app_context(), committed():
        school = db.session.scalars(sa.select(OrgUnit).where(OrgUnit.code == "S1")).one()
        teacher = db.session.scalars(sa.select(Teacher).where(Teacher.code == "T1")).one()
        db.session.execute(sa.update(Account).values(teacher_id=None))
        factories.make_account("both", school, Role.TEACHER, Role.SCHOOL_COORDINATOR, teacher=teacher)
    home = words_in(main_of(browser_of(bare_app.test_client(), "both").get("/")))
    assert home.count("本周 1 人应送：0 人已送，0 人已请假，1 人还应送。") == 2
    assert "我的学生：本周" in home
    assert "由谁办理" in home


def test_children_judged_by_the_month_are_told_beside_those_judged_by_the_week(
    bare_app: Flask, signed_in: SignedIn, cast: factories.Cast
) -> None:
    with bare_app.app_context(), committed():
        factories.make_rule(
            "M",
            effective_from=TERM_FROM,
            quotas=[(PeriodKind.MONTH, Metric.SESSIONS, 4)],
            scope=RuleScope.SCHOOL,
            scope_key="S2",
        )
        rebuild_ledger()
    officer = signed_in(Role.BUREAU_OFFICER)
    assert lead_of(officer.get("/")) == (
        "本学期到目前为止，2 所学校共有 9 周、2 个月无人交代。"
        "本周 1 人应送：0 人已送，0 人已请假，1 人还应送。"
        "本月 1 人应送：0 人已送，0 人已请假，1 人还应送。"
    )
    assert "共 9 周、2 个月无人交代" in lead_of(officer.get("/children"))
    assert lead_of(officer.get("/unaccounted")).startswith("2026-2027学年第一学期：2 名学生共有 9 周、2 个月无人交代。")
    assert main_of(officer.get("/schools/all")).count("<table") == 2


def test_whose_role_has_ended_is_told_so_and_sees_nothing_else(bare_app: Flask, cast: factories.Cast) -> None:
    with bare_app.app_context(), committed():
        officer = sa.select(Account.id).where(Account.sign_in_name == "bai").scalar_subquery()
        db.session.execute(
            sa.update(RoleGrant)
            .where(RoleGrant.account_id == officer)
            .values(effective_to=TODAY - timedelta(days=1))
            .execution_options(synchronize_session=False)
        )
    browser = browser_of(bare_app.test_client(), "bai")
    page = browser.get("/")
    assert page.status_code == 200
    assert "目前没有角色" in words_in(main_of(page))
    assert "请联系教育局的系统管理员" in words_in(main_of(page))
    assert browser.get("/children").status_code == browser.get("/schools").status_code == 404


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role.TEACHER, "目前没有负责的学生。"),
        (Role.SCHOOL_COORDINATOR, "本校目前没有送教学生。"),
        (Role.BUREAU_OFFICER, "还没有学生名单。"),
        (Role.AUDITOR, "本学期还没有可判定的周期。"),
        (Role.RELIEF_CLERK, "2026年"),
        (Role.ADMINISTRATOR, "定时任务从未运行。"),
    ],
)
def test_before_the_first_workbook_every_home_says_how_to_begin(bare_app: Flask, role: Role, said: str) -> None:
    with bare_app.app_context(), committed():
        school = factories.make_unit("S1")
        teacher = factories.make_teacher("T1", school)
        factories.make_account("new", school, role, teacher=teacher if role is Role.TEACHER else None)
    assert lead_of(browser_of(bare_app.test_client(), "new").get("/")).startswith(said)


def test_in_the_holidays_nothing_is_owed(
    bare_app: Flask, cast: factories.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMETEACH_TODAY", "2027-02-10")
    assert lead_of(browser_of(bare_app.test_client(), "lin").get("/")).startswith("今天不在学期内，没有应送的课。")


def test_a_teachers_sessions_lead_to_the_children(signed_in: SignedIn, cast: factories.Cast) -> None:
    home = signed_in(Role.TEACHER).get("/")
    assert f"/children/{cast.own_child}" in links_of(home)
    assert f"/children/{cast.foreign_child}" not in links_of(home)
    assert "11月24日 周二 15:00–16:15" in words_in(main_of(home))


def test_a_child_for_whom_nothing_is_planned_is_told_apart(
    bare_app: Flask, signed_in: SignedIn, cast: factories.Cast
) -> None:
    with bare_app.app_context(), committed():
        db.session.execute(sa.text("DELETE FROM occurrence"))
    assert "其中 1 人到期前没有约好的课。" in lead_of(signed_in(Role.SCHOOL_COORDINATOR).get("/"))
    assert "没有约好的课" in rows_of(signed_in(Role.TEACHER).get("/"))[0]


def test_what_is_chased_from_home_is_what_home_counts(county_browser: Callable[..., FlaskClient]) -> None:
    browser = county_browser("qin")
    counted = lead_of(browser.get("/")).partition("其中")[2].partition(" 周")[0]
    address = next(link for link in links_of(browser.get("/")) if "cause=nothing" in link)
    assert f"共有 {counted} 周无人交代" in lead_of(browser.get(address))
