"""How a bureau writes a rule: look first at what would come out otherwise, then all of it or nothing."""

import re
from datetime import date
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.models import LedgerEntry
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.extensions import db
from hometeach.schedule.models import RuleRow
from hometeach.schedule.rules import Metric, PeriodKind

TWICE = {
    "code": "TWICE",
    "document_no": "X教发〔2026〕20号",
    "scope": "bureau",
    "first": "2026-10-12",
    "min_minutes": "60",
    "minutes_per_class_hour": "40",
    "min_teachers": "1",
    "modes": ["home", "community"],
    "max_per_day": "1",
    "make_up_days": "14",
    "partial_period": "prorate",
    **{f"quotas-{n}-{name}": "" for n in range(4) for name in ("minimum",)},
    **{f"quotas-{n}-metric": "sessions" for n in range(4)},
    **{f"quotas-{n}-period": "week" for n in range(4)},
    "quotas-0-minimum": "2",
}


def hidden_in(page: str) -> list[tuple[str, str]]:
    """What a preview's button sends."""
    main = page[page.index("<main") :]
    return [
        (name, unescape(value))
        for name, value in re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', main)
        if name != "csrf_token"
    ]


def sent(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    return {name: [value for one, value in fields if one == name] for name, _value in fields}


def required_of(app: Flask, monday: date) -> set[int]:
    with app.app_context():
        rows = sa.select(LedgerEntry.required).where(
            LedgerEntry.period_kind == PeriodKind.WEEK, LedgerEntry.period_start == monday
        )
        return set(db.session.scalars(rows))


def rule_named(app: Flask, code: str) -> RuleRow | None:
    with app.app_context():
        return db.session.scalar(
            sa.select(RuleRow).where(RuleRow.code == code).options(sa.orm.selectinload(RuleRow.quotas))
        )


def test_looking_says_what_would_be_owed_and_writes_nothing(bai: FlaskClient, bare_app: Flask) -> None:
    answer = bai.post("/rules/new", data=TWICE)
    assert answer.status_code == 200
    assert "应用全部变化" in answer.text
    assert "每周 2 次" in answer.text
    assert rule_named(bare_app, "TWICE") is None
    assert required_of(bare_app, date(2026, 10, 12)) == {1}


def test_deciding_writes_the_rule_and_judges_anew(bai: FlaskClient, bare_app: Flask) -> None:
    page = bai.post("/rules/new", data=TWICE).text
    answer = bai.post("/rules/new", data=sent(hidden_in(page)))
    assert answer.status_code == 302
    rule = rule_named(bare_app, "TWICE")
    assert rule is not None
    assert [(one.period, one.metric, one.minimum) for one in rule.quotas] == [(PeriodKind.WEEK, Metric.SESSIONS, 2)]
    assert rule.modes == "community,home"
    assert required_of(bare_app, date(2026, 10, 12)) == {2}
    assert required_of(bare_app, date(2026, 9, 21)) == {1}
    with bare_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(AuditEvent.action == "rule:write")) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"code": "R"}, "编号", id="a code that another rule has"),
        pytest.param({"quotas-0-minimum": ""}, "至少", id="nothing owed"),
        pytest.param({"modes": []}, "至少选择一种", id="nothing counts"),
        pytest.param({"scope": "child", "scope_key": "C99"}, "没有", id="for nobody"),
        pytest.param({"last": "2026-10-01"}, "对调", id="ends before it begins"),
        pytest.param({"min_minutes": "0"}, "整数", id="no minutes"),
        pytest.param({"first": "0001-01-01"}, "1900", id="a day that nobody means"),
    ],
)
def test_what_cannot_stand_is_refused_and_what_was_typed_stays(
    bai: FlaskClient, bare_app: Flask, changed: dict[str, object], said: str
) -> None:
    answer = bai.post("/rules/new", data={**TWICE, **changed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "X教发〔2026〕20号" in answer.text
    assert rule_named(bare_app, "TWICE") is None


def test_a_preview_of_a_book_that_was_changed_since_is_not_applied(bai: FlaskClient, bare_app: Flask) -> None:
    first, second = (bai.post("/rules/new", data={**TWICE, "code": code}).text for code in ("A", "B"))
    assert bai.post("/rules/new", data=sent(hidden_in(first))).status_code == 302
    later = {**sent(hidden_in(second)), "first": ["2026-12-01"]}
    answer = bai.post("/rules/new", data=later)
    assert answer.status_code == 422
    assert rule_named(bare_app, "B") is None


def test_a_rule_ends_on_a_day_and_keeps_its_numbers(bai: FlaskClient, bare_app: Flask) -> None:
    rule = rule_named(bare_app, "R")
    assert rule is not None
    address = f"/rules/{rule.public_id}/end"
    page = bai.post(address, data={"last": "2026-10-11"}).text
    assert required_of(bare_app, date(2026, 10, 12)) == {1}
    assert bai.post(address, data=sent(hidden_in(page))).status_code == 302
    assert required_of(bare_app, date(2026, 10, 12)) == set()
    ended = rule_named(bare_app, "R")
    assert ended is not None
    assert (ended.effective_to, ended.min_minutes) == (date(2026, 10, 11), 60)


def test_the_rule_that_takes_over_begins_with_what_the_other_sets(bai: FlaskClient, bare_app: Flask) -> None:
    rule = rule_named(bare_app, "R")
    assert rule is not None
    page = bai.get(f"/rules/new?like={rule.public_id}").text
    assert re.search(r'name="min_minutes"[^>]*value="60"', page)
    assert 'name="code" required type="text" value=""' in page
