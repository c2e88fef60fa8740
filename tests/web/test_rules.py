"""The rules as people read them: in words, with their source; a child's own rule for who sees the child."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.schedule.models import RuleRow
from hometeach.schedule.rules import Metric, PartialPeriod, PeriodKind, RuleScope
from tests import factories
from tests.web.reading import words_in

SignedIn = Callable[[Role], FlaskClient]


@pytest.fixture(autouse=True)
def _rules(bare_app: Flask, cast: factories.Cast) -> None:
    """Beside the cast's rule R: an old one, one to come, one of a school, one for the child Bo of the other school."""
    with bare_app.app_context(), committed():
        factories.make_rule("OLD", effective_from=date(2025, 9, 1), effective_to=date(2026, 8, 31))
        factories.make_rule("NEXT", effective_from=date(2027, 2, 1), min_minutes=90)
        factories.make_rule(
            "SCHOOL",
            scope=RuleScope.SCHOOL,
            scope_key="S1",
            modes="home,remote",
            remote_cap=6,
            partial_period=PartialPeriod.FULL,
            quotas=[(PeriodKind.WEEK, Metric.SESSIONS, 2), (PeriodKind.SCHOOL_YEAR, Metric.CLASS_HOURS, 216)],
            source_text="每周送教不少于2次。",
        )
        factories.make_rule("BO", scope=RuleScope.CHILD, scope_key="C2")


def address(app: Flask, code: str) -> str:
    with app.app_context():
        return f"/rules/{db.session.scalars(sa.select(RuleRow.public_id).where(RuleRow.code == code)).one()}"


def test_the_page_tells_first_how_many_rules_are_in_force_today(signed_in: SignedIn) -> None:
    page = signed_in(Role.BUREAU_OFFICER).get("/rules").text
    assert "今天有 3 条规则施行" in page
    assert page.index("今天施行") < page.index("即将施行") < page.index("以往规则")


def test_a_quota_is_said_in_words(signed_in: SignedIn) -> None:
    page = signed_in(Role.BUREAU_OFFICER).get("/rules").text
    assert "每周 2 次、每学年 216 课时" in page
    assert "仅适用于月山镇中心小学" in page


def test_a_rule_is_told_whole_with_its_source(signed_in: SignedIn, bare_app: Flask) -> None:
    page = signed_in(Role.TEACHER).get(address(bare_app, "SCHOOL")).text
    for words in ("X教发〔2026〕11号", "每周送教不少于2次。", "60 分钟", "远程", "只要有一个在籍教学日", "之后 14 天"):
        assert words in page


def test_a_childs_own_rule_is_seen_only_by_who_sees_the_child(signed_in: SignedIn, bare_app: Flask) -> None:
    assert "仅适用于博博" in signed_in(Role.AUDITOR).get("/rules").text
    lin = signed_in(Role.TEACHER)
    assert "博博" not in lin.get("/rules").text
    assert "BO" not in words_in(lin.get("/rules").text)
    assert lin.get(address(bare_app, "BO")).status_code == 404


def test_the_time_line_begins_with_what_is_to_come(signed_in: SignedIn) -> None:
    page = signed_in(Role.AUDITOR).get("/rules").text
    line = page[page.index('class="timeline"') :]
    assert line.index("NEXT") < line.index("SCHOOL") < line.index("OLD")
    assert "即将施行" in line


def test_without_any_rule_the_page_says_what_that_means(signed_in: SignedIn, bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        for row in db.session.scalars(sa.select(RuleRow)):
            db.session.delete(row)
    page = signed_in(Role.BUREAU_OFFICER).get("/rules").text
    assert "没有应送要求" in page
    assert "还没有规则" in page
