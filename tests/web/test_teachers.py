"""One teacher: the children's weeks, what was recorded, and the yearly check."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Teacher
from tests import factories
from tests.web.reading import browser_of, lead_of, links_of, main_of, words_in

SignedIn = Callable[[Role], FlaskClient]


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER, Role.AUDITOR])
def test_the_page_begins_with_the_children_and_what_nobody_accounts_for(
    signed_in: SignedIn, cast: factories.Cast, role: Role
) -> None:
    page = signed_in(role).get(f"/teachers/{cast.own_teacher}")
    assert lead_of(page) == "负责 1 名学生。本学期有 9 周无人交代。"
    assert f"/children/{cast.own_child}/week/2026-09-07" in links_of(page)


def test_the_same_in_english(bare_app: Flask, cast: factories.Cast) -> None:
    page = browser_of(bare_app.test_client(), "bai", language="en").get(f"/teachers/{cast.own_teacher}")
    assert lead_of(page) == "Answers for 1 child. This term nobody accounts for 9 weeks."


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_COORDINATOR])
def test_another_schools_teacher_answers_as_absent(signed_in: SignedIn, cast: factories.Cast, role: Role) -> None:
    for public_id in (cast.foreign_teacher, "nobodyatall0"):
        assert signed_in(role).get(f"/teachers/{public_id}").status_code == 404


def test_sessions_are_counted_by_verdict(signed_in: SignedIn, cast: factories.Cast) -> None:
    text = words_in(main_of(signed_in(Role.AUDITOR).get(f"/teachers/{cast.own_teacher}")))
    assert "计入 1 次。" in text
    assert "时长不足 1" in text


@pytest.mark.parametrize(
    ("checked_on", "said"),
    [
        (None, "没有查询记录，请学校办理"),
        (date(2025, 11, 22), "2025年11月22日 周六，已过期，请学校重新查询"),
        (date(2025, 11, 23), "最近一次从业查询2025年11月23日 周日"),
    ],
)
def test_a_check_older_than_a_year_is_said(
    signed_in: SignedIn, bare_app: Flask, cast: factories.Cast, checked_on: date | None, said: str
) -> None:
    with bare_app.app_context(), committed():
        db.session.execute(sa.update(Teacher).where(Teacher.code == "T1").values(record_checked_on=checked_on))
    text = words_in(main_of(signed_in(Role.AUDITOR).get(f"/teachers/{cast.own_teacher}")))
    assert said in text
    assert ("已超过一年" in said) == ("已超过一年" in text)


def test_a_teacher_without_children_is_told_how_that_changes(
    signed_in: SignedIn, bare_app: Flask, cast: factories.Cast
) -> None:
    with bare_app.app_context(), committed():
        db.session.execute(sa.text("DELETE FROM responsible_span"))
    text = words_in(main_of(signed_in(Role.AUDITOR).get(f"/teachers/{cast.own_teacher}?term=nonsense")))
    assert "还没有分派学生" in text


def test_a_coordinator_sees_no_child_of_another_school_through_an_own_teacher(
    signed_in: SignedIn, bare_app: Flask, cast: factories.Cast
) -> None:
    with bare_app.app_context(), committed():
        db.session.execute(
            sa.text(
                "UPDATE responsible_span SET teacher_id = (SELECT id FROM teacher WHERE code = 'T1') "
                "WHERE child_id = (SELECT id FROM child WHERE code = 'C2')"
            )
        )
    page = signed_in(Role.SCHOOL_COORDINATOR).get(f"/teachers/{cast.own_teacher}")
    assert "博博" not in page.text
    assert lead_of(page).startswith("负责 1 名学生。")
