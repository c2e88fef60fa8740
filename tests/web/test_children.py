"""The list of children, one child's file, one period of it, and what is masked."""

import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.models import LedgerEntry
from hometeach.kernel import audit, outbox
from hometeach.kernel.audit import AccessLog
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel
from hometeach.people.access import Role
from hometeach.people.models import Child, OrgUnit, Teacher
from hometeach.schedule.rules import Metric, PeriodKind, RuleScope
from hometeach.visits.models import Absence
from tests import factories
from tests.web.reading import browser_of, lead_of, links_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]
READERS = (Role.TEACHER, Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER, Role.AUDITOR)


def more_children(app: Flask, count: int) -> None:
    """So many more children of school S1, without an agreement: nothing is asked of them."""
    with app.app_context(), committed():
        school = db.session.scalars(sa.select(OrgUnit).where(OrgUnit.code == "S1")).one()
        for n in range(count):
            factories.make_child(f"D{n:03d}", school, name=f"丁{n}")
        rebuild_ledger()


class TestList:
    """``/children``"""

    def test_a_teacher_sees_the_own_child_alone(self, lin: FlaskClient) -> None:
        rows = rows_of(lin.get("/children"))
        assert len(rows) == 1
        assert rows[0].startswith("安安")
        assert rows[0].endswith("9 周")

    def test_the_head_counts_children_and_what_nobody_accounts_for(self, bai: FlaskClient) -> None:
        assert lead_of(bai.get("/children")) == "共 2 名学生。本学期有 2 名学生、共 18 周无人交代。"

    def test_the_strip_is_told_to_the_ear_as_well(self, lin: FlaskClient) -> None:
        row = rows_of(lin.get("/children"))[0]
        assert "达标 1，未送，原因已知 2，无人交代 9" in row

    @pytest.mark.parametrize(
        ("address", "names"),
        [
            ("?school={school}", ["安安"]),
            ("?teacher={teacher}", ["安安"]),
            ("?state=unaccounted", ["安安", "博博"]),
            ("?state=met", []),
            ("?state=nothing", [f"丁{n}" for n in range(12)]),
            ("?sort=-code&state=unaccounted", ["博博", "安安"]),
            ("?sort=-name&state=unaccounted", ["安安", "博博"]),
            ("?found={child}", ["安安"]),
        ],
    )
    def test_filters_and_order_stand_in_the_address(
        self, bai: FlaskClient, bare_app: Flask, cast: factories.Cast, address: str, names: list[str]
    ) -> None:
        more_children(bare_app, 12)
        asked = address.format(school=cast.own_school, teacher=cast.own_teacher, child=cast.own_child)
        if "school" in asked:
            asked += "&state=unaccounted"
        assert [row.split()[0] for row in rows_of(bai.get(f"/children{asked}"))] == names

    @pytest.mark.parametrize(
        "address",
        [
            "?page=0",
            "?page=99999999",
            "?page=x",
            "?sort=drop",
            "?state=king",
            "?school=1",
            "?term=2026-13-99",
            "?found=.",
        ],
    )
    def test_an_address_that_asks_for_nothing_sensible_is_as_good_as_none(self, lin: FlaskClient, address: str) -> None:
        assert len(rows_of(lin.get(f"/children{address}"))) == 1

    def test_a_long_list_has_pages(self, bai: FlaskClient, bare_app: Flask) -> None:
        more_children(bare_app, 60)
        first, second = bai.get("/children"), bai.get("/children?page=2")
        assert len(rows_of(first)) == 50
        assert len(rows_of(second)) == 12
        assert "/children?page=2" in links_of(first)
        assert "62 名学生" in words_in(main_of(first))

    def test_the_empty_list_says_who_fills_it(self, bare_app: Flask) -> None:
        with bare_app.app_context(), committed():
            factories.make_account("qin", factories.make_unit("J00"), Role.AUDITOR)
        assert "名单由教育局用工作簿导入" in words_in(
            main_of(browser_of(bare_app.test_client(), "qin").get("/children"))
        )


class TestFinding:
    """A name is looked for by POST and never stands in an address."""

    def test_one_child_found_is_opened(self, bai: FlaskClient, cast: factories.Cast) -> None:
        answer = bai.post("/children/find", data={"who": "安安"})
        assert answer.headers["Location"] == f"/children/{cast.own_child}"

    def test_several_found_are_listed_by_their_random_ids(self, bai: FlaskClient, cast: factories.Cast) -> None:
        answer = bai.post("/children/find", data={"who": "c"})
        assert answer.headers["Location"] == f"/children?found={cast.own_child}.{cast.foreign_child}"
        assert len(rows_of(bai.get(answer.headers["Location"]))) == 2

    def test_nobody_finds_a_child_of_others(self, lin: FlaskClient) -> None:
        answer = lin.post("/children/find", data={"who": "博博"})
        assert answer.status_code == 422
        assert "没有这个姓名或编号" in words_in(answer.text)
        assert 'value="博博"' in answer.text

    @pytest.mark.parametrize("who", ["", "%", "_", "x" * 41])
    def test_what_cannot_be_looked_for_is_said_beside_the_field(self, bai: FlaskClient, who: str) -> None:
        answer = bai.post("/children/find", data={"who": who})
        assert answer.status_code == 422
        assert 'id="who-error"' in answer.text

    def test_too_many_are_asked_for_more_closely(self, bai: FlaskClient, bare_app: Flask) -> None:
        more_children(bare_app, 31)
        answer = bai.post("/children/find", data={"who": "丁"})
        assert answer.status_code == 422
        assert "超过 30 名" in words_in(answer.text)


class TestFile:
    """``/children/<public_id>``"""

    @pytest.mark.parametrize("role", READERS)
    def test_the_file_begins_with_where_the_child_stands(
        self, signed_in: SignedIn, cast: factories.Cast, role: Role
    ) -> None:
        page = signed_in(role).get(f"/children/{cast.own_child}")
        assert lead_of(page) == "送教中，下次送教 11月24日 周二 15:00。本学期有 9 周无人交代。"

    def test_a_foreign_and_an_absent_child_are_alike(self, lin: FlaskClient, cast: factories.Cast) -> None:
        for public_id in (cast.foreign_child, "nobodyatall0"):
            assert lin.get(f"/children/{public_id}").status_code == 404

    def test_every_cell_of_the_strip_leads_to_its_week(self, lin: FlaskClient, cast: factories.Cast) -> None:
        weeks = [link for link in links_of(lin.get(f"/children/{cast.own_child}")) if "/week/" in link]
        assert len(set(weeks)) == 21
        assert f"/children/{cast.own_child}/week/2026-09-07" in weeks

    def test_the_strip_says_what_the_ledger_says(self, lin: FlaskClient, bare_app: Flask, cast: factories.Cast) -> None:
        html = main_of(lin.get(f"/children/{cast.own_child}"))
        labels = re.findall(r'<td class="(\w)"><a href="[^"]*/week/([\d-]+)" aria-label="([^"]*)"', html)
        with bare_app.app_context():
            stored = db.session.execute(
                sa.select(LedgerEntry.period_start, LedgerEntry.required, LedgerEntry.delivered)
                .join(Child, Child.id == LedgerEntry.child_id)
                .where(Child.public_id == cast.own_child, LedgerEntry.period_kind == PeriodKind.WEEK)
                .order_by(LedgerEntry.period_start)
            ).all()
        assert [day for _state, day, _label in labels] == [row.period_start.isoformat() for row in stored]
        for (_state, _day, label), row in zip(labels, stored, strict=True):
            assert f"应送 {row.required}，已送 {row.delivered}" in label

    def test_each_shortfall_says_its_cause_and_what_to_do(self, lin: FlaskClient, cast: factories.Cast) -> None:
        text = words_in(main_of(lin.get(f"/children/{cast.own_child}")))
        assert "逢假未补：1 次" in text
        assert "来过但不计入：1 次" in text
        assert "第12周（11月16–22日） 无人交代：1 次 送过的补记录，没送的12月1日 周二前补送" in text

    def test_longer_periods_are_rows_with_their_own_sums(
        self, lin: FlaskClient, bare_app: Flask, cast: factories.Cast
    ) -> None:
        with bare_app.app_context(), committed():
            quotas = [
                (PeriodKind.WEEK, Metric.SESSIONS, 1),
                (PeriodKind.MONTH, Metric.CLASS_HOURS, 6),
                (PeriodKind.TERM, Metric.MINUTES, 900),
            ]
            factories.make_rule(
                "R2", effective_from=date(2026, 9, 1), quotas=quotas, scope=RuleScope.SCHOOL, scope_key="S1"
            )
            rebuild_ledger()
        page = lin.get(f"/children/{cast.own_child}")
        rows = rows_of(page)
        assert any(row.startswith("2026年9月 ✕无人交代 每月 6 课时 6 1 0 0 5") for row in rows), rows
        assert f"/children/{cast.own_child}/term/2026-09-01?quota_no=2" in links_of(page)

    def test_a_child_without_anything_says_what_is_missing(self, bai: FlaskClient, bare_app: Flask) -> None:
        with bare_app.app_context(), committed():
            school = factories.make_unit("S9")
            child = factories.make_child("E1", school, name="二二")
            for table in ("guardian", "quota", "delivery_rule"):
                db.session.execute(sa.text(f"DELETE FROM {table}"))
            rebuild_ledger()
            public_id = child.public_id
        text = words_in(main_of(bai.get(f"/children/{public_id}")))
        for said in ("没有登记监护人", "没有登记协议", "没有排定每周时间", "这个学期没有送教记录", "没有可判定的周期"):
            assert said in text

    def test_what_is_masked_is_not_on_the_page(self, lin: FlaskClient, cast: factories.Cast) -> None:
        page = lin.get(f"/children/{cast.own_child}").text
        assert "138****5678" in page
        for secret in ("13812345678", "大塘村", "癫痫"):
            assert secret not in page

    def test_opening_the_file_is_logged_and_a_list_is_not(
        self, lin: FlaskClient, bare_app: Flask, cast: factories.Cast
    ) -> None:
        lin.get("/children")
        lin.get(f"/children/{cast.own_child}")
        with bare_app.app_context():
            looked = db.session.execute(sa.select(AccessLog.about, AccessLog.what)).all()
        assert looked == [(f"child:{cast.own_child}", "file")]

    def test_what_was_done_stands_in_the_time_line(
        self, lin: FlaskClient, bare_app: Flask, cast: factories.Cast
    ) -> None:
        with bare_app.app_context(), committed():
            audit.record("calendar:add", actor="import", about=f"child:{cast.own_child}")
        text = words_in(main_of(lin.get(f"/children/{cast.own_child}")))
        assert "新增校历事项" in text
        assert "安置为送教上门" in text

    @pytest.mark.parametrize("term", ["", "?term=2026-09-01", "?term=1999-01-01", "?term=x"])
    def test_a_term_that_is_none_is_the_running_one(self, lin: FlaskClient, cast: factories.Cast, term: str) -> None:
        assert "2026-2027学年第一学期" in main_of(lin.get(f"/children/{cast.own_child}{term}"))


class TestPeriod:
    """``/children/<public_id>/<period_kind>/<start>``"""

    def cell(self, browser: FlaskClient, cast: factories.Cast, start: str) -> str:
        return words_in(main_of(browser.get(f"/children/{cast.own_child}/week/{start}")))

    def test_a_week_that_was_given_tells_its_sum_and_its_session(self, lin: FlaskClient, cast: factories.Cast) -> None:
        text = self.cell(lin, cast, "2026-09-07")
        assert "第2周（9月7–13日）" in text
        assert "应送 1 − 已送 1 − 补送 0 − 免计 0 = 不缺" in text
        assert "75 分钟，不少于 R 的 60 分钟，计入 1 次、1 课时" in text
        assert "规则 R（X教发〔2026〕11号）：每次满 60 分钟才计入" in text

    def test_a_session_too_short_is_told_with_its_arithmetic(self, lin: FlaskClient, cast: factories.Cast) -> None:
        text = self.cell(lin, cast, "2026-09-14")
        assert "58 分钟，比 R 的 60 分钟少 2 分钟，不计入" in text
        assert "来过但不计入：1 次" in text
        assert "补送期限已过" in text

    def test_the_same_in_english(self, bare_app: Flask, cast: factories.Cast) -> None:
        browser = browser_of(bare_app.test_client(), "lin", language="en")
        text = self.cell(browser, cast, "2026-09-14")
        assert "Week 3 (14–20 September)" in text
        assert "58 minutes, 2 minutes less than the 60 minutes of R, so it does not count" in text
        assert "owed 1 − given 0 − made up 0 − excused 0 = 1 session missing" in text
        assert "See why it does not count; the time for a make-up is over" in text

    def test_a_week_of_a_holiday_says_why_so_much_is_owed(self, lin: FlaskClient, cast: factories.Cast) -> None:
        text = self.cell(lin, cast, "2026-10-05")
        assert "3 个教学日中在册 3 天，整期按 5 天折算，1 × 3 ÷ 5 = 0.6，四舍五入为 1" in text
        assert "逢假未补：1 次" in text

    def test_a_week_that_runs_says_what_is_still_to_be_given(self, lin: FlaskClient, cast: factories.Cast) -> None:
        text = self.cell(lin, cast, "2026-11-23")
        assert "还应送 1 次，11月29日 周日前送完" in text
        assert "11月24日 周二 15:00–16:15" in text

    def test_absences_and_make_ups_stand_behind_their_week(
        self, lin: FlaskClient, bare_app: Flask, cast: factories.Cast
    ) -> None:
        with bare_app.app_context(), committed():
            child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
            teacher = db.session.scalars(sa.select(Teacher).where(Teacher.code == "T1")).one()
            missed_on = date(2026, 11, 10)
            db.session.add(
                Absence(child_id=child.id, missed_on=missed_on, reason_code="teacher_leave", is_approved=True)
            )
            factories.make_visit(child, teacher, on=date(2026, 11, 19), makes_up_for=missed_on)
            rebuild_ledger()
        missed, held = self.cell(lin, cast, "2026-11-09"), self.cell(lin, cast, "2026-11-16")
        assert "补到这一期的送教" in missed
        assert "教师请假 需补送 · 学校已批准" in missed
        assert "这一期送的，补到别的一期" in held
        assert "补11月10日 周二的课" in held

    def test_a_teacher_is_led_to_what_can_be_done_about_it(self, lin: FlaskClient, cast: factories.Cast) -> None:
        page = lin.get(f"/children/{cast.own_child}/week/2026-11-16")
        record = f"/visits/record/{cast.own_child}?day=2026-11-17"
        assert re.findall(r'class="button" href="([^"]*)"', main_of(page)) == [record]
        links = links_of(page)
        finding = next(link for link in links if link.startswith("/findings/"))
        assert f"/report-absence/{cast.own_child}?day=2026-11-17" in links
        assert f"/make-ups/{cast.own_child}/2026-11-17" in links
        for address in (record, finding, *links):
            assert lin.get(address).status_code == 200, address
        assert 'name="words"' in lin.get(finding).text

    def test_what_is_too_late_to_record_is_explained(
        self, lin: FlaskClient, he: FlaskClient, cast: factories.Cast
    ) -> None:
        address = f"/children/{cast.own_child}/week/2026-10-12"
        page = lin.get(address)
        assert "10月13日 周二的送教已过补录期限" in words_in(main_of(page))
        assert re.findall(r'class="button" href="(/findings/)', main_of(page)) == ["/findings/"]
        assert "/verification/late" in links_of(he.get(address))
        asked = lin.get(f"/report-absence/{cast.own_child}?day=2026-10-13")
        assert 'value="2026-10-13"' in asked.text

    def test_who_only_reads_is_led_to_the_finding_alone(self, signed_in: SignedIn, cast: factories.Cast) -> None:
        page = signed_in(Role.AUDITOR).get(f"/children/{cast.own_child}/week/2026-11-16")
        assert 'class="button"' not in main_of(page)
        assert [link.split("/")[1] for link in links_of(page)].count("findings") == 1
        assert not [link for link in links_of(page) if "report-absence" in link or "record" in link]

    def test_of_a_week_that_is_given_nothing_is_left_to_do(self, lin: FlaskClient, cast: factories.Cast) -> None:
        page = lin.get(f"/children/{cast.own_child}/week/2026-09-07")
        assert 'class="button"' not in main_of(page)

    def test_one_quota_can_be_asked_for(self, lin: FlaskClient, cast: factories.Cast) -> None:
        base = f"/children/{cast.own_child}/week/2026-09-07"
        assert lin.get(f"{base}?quota_no=0").status_code == 200
        assert lin.get(f"{base}?quota_no=7").status_code == 404
        assert lin.get(f"{base}?quota_no=x").status_code == 404

    @pytest.mark.parametrize(
        "address",
        ["week/2026-09-08", "week/2026-02-30", "week/soon", "day/2026-09-07", "week/1999-01-04", "month/2026-09-01"],
    )
    def test_a_period_that_is_none_answers_as_absent(
        self, lin: FlaskClient, cast: factories.Cast, address: str
    ) -> None:
        assert lin.get(f"/children/{cast.own_child}/{address}").status_code == 404

    def test_a_foreign_childs_period_answers_as_absent(self, lin: FlaskClient, cast: factories.Cast) -> None:
        assert lin.get(f"/children/{cast.foreign_child}/week/2026-09-07").status_code == 404


class TestReveal:
    """``/children/<public_id>/reveal/<what>``"""

    def access(self, app: Flask) -> list[tuple[str, str]]:
        with app.app_context():
            statement = sa.select(AccessLog.what, AccessLog.reason).where(AccessLog.what != "file")
            return [(what, reason) for what, reason in db.session.execute(statement)]

    def test_a_reason_is_asked_before_anything_is_shown(self, lin: FlaskClient, cast: factories.Cast) -> None:
        page = lin.get(f"/children/{cast.own_child}/reveal/phone")
        assert "为什么要看？" in page.text
        assert "13812345678" not in page.text

    @pytest.mark.parametrize(
        ("what", "shown"),
        [("phone", "13812345678"), ("visit_address", "月山镇大塘村17组"), ("cannot_attend_reason", "癫痫频发")],
    )
    def test_what_is_masked_is_shown_once_and_logged(
        self, lin: FlaskClient, bare_app: Flask, cast: factories.Cast, what: str, shown: str
    ) -> None:
        answer = lin.post(f"/children/{cast.own_child}/reveal/{what}", data={"reason": "contact"})
        assert answer.status_code == 200
        assert shown in answer.text
        assert self.access(bare_app) == [(what, "contact")]

    def test_what_is_not_on_file_says_so(self, lin: FlaskClient, cast: factories.Cast) -> None:
        answer = lin.post(f"/children/{cast.own_child}/reveal/id_number", data={"reason": "check"})
        assert "没有登记" in words_in(main_of(answer))

    def test_another_reason_has_to_be_written(self, lin: FlaskClient, bare_app: Flask, cast: factories.Cast) -> None:
        address = f"/children/{cast.own_child}/reveal/phone"
        refused = lin.post(address, data={"reason": "other", "note": " "})
        assert refused.status_code == 422
        assert "13812345678" not in refused.text
        assert self.access(bare_app) == []
        assert lin.post(address, data={"reason": "other", "note": "核对名册"}).status_code == 200
        assert self.access(bare_app) == [("phone", "other: 核对名册")]

    @pytest.mark.parametrize("data", [{}, {"reason": "curious"}, {"reason": "other", "note": "字" * 101}])
    def test_without_a_reason_nothing_is_shown(
        self, lin: FlaskClient, bare_app: Flask, cast: factories.Cast, data: dict[str, str]
    ) -> None:
        answer = lin.post(f"/children/{cast.own_child}/reveal/phone", data=data)
        assert answer.status_code == 422
        assert "13812345678" not in answer.text
        assert self.access(bare_app) == []

    def test_an_auditor_reveals_nothing(self, signed_in: SignedIn, cast: factories.Cast) -> None:
        auditor = signed_in(Role.AUDITOR)
        assert "/reveal/" not in main_of(auditor.get(f"/children/{cast.own_child}"))
        assert auditor.get(f"/children/{cast.own_child}/reveal/phone").status_code == 404
        assert auditor.post(f"/children/{cast.own_child}/reveal/phone", data={"reason": "check"}).status_code == 404

    def test_nothing_of_a_foreign_child_and_no_unknown_field(self, lin: FlaskClient, cast: factories.Cast) -> None:
        data = {"reason": "contact"}
        assert lin.post(f"/children/{cast.foreign_child}/reveal/phone", data=data).status_code == 404
        assert lin.post(f"/children/{cast.own_child}/reveal/password_hash", data=data).status_code == 404


def test_what_was_told_about_a_child_stands_on_its_time_line_by_role_and_without_words(
    bare_app: Flask, cast: factories.Cast, he: FlaskClient
) -> None:
    with bare_app.app_context(), committed():
        outbox.post(
            "k1",
            kind="ask_visit",
            to=f"guardian:{cast.own_guardian}",
            channel=Channel.SMS,
            body="Geheim",
            about=f"visit:{cast.own_visit}",
        )
        outbox.post(
            "k2",
            kind="guardian_code",
            to=f"guardian:{cast.own_guardian}",
            channel=Channel.SMS,
            body="Geheim",
            is_secret=True,
        )
    page = he.get(f"/children/{cast.own_child}")
    assert "请家长核对送教记录，发给家长：待发" in words_in(main_of(page))
    assert "Geheim" not in page.text
