"""One recorded session with its arithmetic, and the list of them behind the year's figures."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.actions import rebuild_ledger
from hometeach.demonstration import PASSWORD as DEMONSTRATION_PASSWORD
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Child, Teacher
from hometeach.reporting.facts import totals_of
from hometeach.visits.models import Visit
from tests import factories
from tests.web.reading import browser_of, lead_of, links_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]


def add_visit(app: Flask, child: str, *teachers: str, **values: object) -> str:
    """Record a session, compute the ledger anew, and give its public id."""
    with app.app_context(), committed():
        taught = db.session.scalars(sa.select(Child).where(Child.code == child)).one()
        present = [db.session.scalars(sa.select(Teacher).where(Teacher.code == code)).one() for code in teachers]
        visit = factories.make_visit(taught, *present, **values)  # type: ignore[arg-type]
        rebuild_ledger()
        return visit.public_id


def test_a_session_that_counts_says_why(lin: FlaskClient, cast: factories.Cast) -> None:
    page = lin.get(f"/visits/{cast.own_visit}")
    text = words_in(main_of(page))
    assert "75 分钟，不少于 R 的 60 分钟，计入 1 次、1 课时" in text
    assert "当天适用的规则R，X教发〔2026〕11号" in text.replace("规则 ", "规则").replace("的规则R", "的规则R")
    assert f"/children/{cast.own_child}/week/2026-09-07" in links_of(page)


def test_a_session_too_short_says_by_how_much(lin: FlaskClient, bare_app: Flask) -> None:
    with bare_app.app_context():
        short = db.session.scalars(
            sa.select(Visit.public_id).join(Child).where(Child.code == "C1", Visit.held_on == date(2026, 9, 15))
        ).one()
    text = words_in(main_of(lin.get(f"/visits/{short}")))
    assert "58 分钟，比 R 的 60 分钟少 2 分钟，不计入" in text
    assert "计入哪一天不计入" in text


def test_the_same_in_english(bare_app: Flask, cast: factories.Cast) -> None:
    browser = browser_of(bare_app.test_client(), "lin", language="en")
    assert "75 minutes, not less than the 60 minutes of R: counts as 1 session, 1 class hour" in words_in(
        main_of(browser.get(f"/visits/{cast.own_visit}"))
    )


def test_a_foreign_and_an_absent_session_are_alike(lin: FlaskClient, cast: factories.Cast) -> None:
    for public_id in (cast.foreign_visit, "nothingatall"):
        assert lin.get(f"/visits/{public_id}").status_code == 404


def test_a_make_up_names_the_date_that_it_repays(lin: FlaskClient, bare_app: Flask, cast: factories.Cast) -> None:
    made = add_visit(bare_app, "C1", "T1", on=date(2026, 11, 19), makes_up_for=date(2026, 11, 10))
    page = lin.get(f"/visits/{made}")
    text = words_in(main_of(page))
    assert "补哪一天11月10日 周二" in text
    assert "计入哪一天11月10日 周二" in text
    assert f"/children/{cast.own_child}/week/2026-11-09" in links_of(page)


def test_a_withdrawn_session_says_why(lin: FlaskClient, bare_app: Flask) -> None:
    gone = add_visit(bare_app, "C1", "T1", on=date(2026, 11, 3), is_void=True, void_reason="录重了")
    text = words_in(main_of(lin.get(f"/visits/{gone}")))
    assert "已作废，不计入" in text
    assert "录重了" in text


def test_records_that_share_time_name_each_other_where_they_are_seen(
    lin: FlaskClient, bai: FlaskClient, bare_app: Flask
) -> None:
    first = add_visit(bare_app, "C1", "T1", on=date(2026, 11, 5), number="X1")
    second = add_visit(bare_app, "C2", "T1", on=date(2026, 11, 5), start=930, number="X2")
    assert f"/visits/{second}" in links_of(bai.get(f"/visits/{first}"))
    teachers = lin.get(f"/visits/{first}")
    assert f"/visits/{second}" not in links_of(teachers)
    assert "另有 1 条属于无权查看的学生" in words_in(main_of(teachers))
    assert "博博" not in teachers.text


def test_a_session_outside_every_term_has_no_week(lin: FlaskClient, bare_app: Flask) -> None:
    early = add_visit(bare_app, "C1", "T1", on=date(2026, 8, 12))
    page = lin.get(f"/visits/{early}")
    assert "8月12日没有生效的送教规定，不计入" in words_in(main_of(page))
    assert not [link for link in links_of(page) if "/week/" in link]


def test_the_list_says_how_many_count(bai: FlaskClient) -> None:
    page = bai.get("/visits")
    assert lead_of(page) == "共记录 4 次，其中 2 次计入。"
    assert len(rows_of(page)) == 4


def test_a_teacher_sees_the_own_childs_sessions_alone(lin: FlaskClient) -> None:
    assert len(rows_of(lin.get("/visits"))) == 2


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("?verdict=counted", 2),
        ("?verdict=too_short", 2),
        ("?verdict=void", 0),
        ("?year=2026", 4),
        ("?month=9", 4),
        ("?month=10", 0),
        ("?repays=1", 0),
        ("?school={school}", 2),
        ("?teacher={teacher}&verdict=counted", 1),
        ("?verdict=king&year=1&month=13&school=x&teacher=y&repays=2&page=-1", 4),
    ],
)
def test_the_list_is_narrowed_by_its_address(bai: FlaskClient, cast: factories.Cast, address: str, count: int) -> None:
    asked = address.format(school=cast.own_school, teacher=cast.own_teacher)
    assert len(rows_of(bai.get(f"/visits{asked}"))) == count


def test_the_list_is_narrowed_to_a_teacher_who_answers_for_nobody(
    bai: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    add_visit(bare_app, "C1", "T1", "T2", on=date(2026, 11, 5))
    with bare_app.app_context(), committed():
        db.session.execute(sa.text("DELETE FROM responsible_span"))
    assert len(rows_of(bai.get(f"/visits?teacher={cast.foreign_teacher}&school={cast.own_school}"))) == 1


def test_an_empty_list_says_who_fills_it(bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        factories.make_account("qin", factories.make_unit("J00"), Role.AUDITOR)
    assert "还没有送教记录" in words_in(main_of(browser_of(bare_app.test_client(), "qin").get("/visits")))


@pytest.mark.parametrize(
    ("asked", "code"),
    [("verdict=counted", "A4-10"), ("verdict=counted&repays=1", "A4-12")],
    ids=["counted", "make-ups"],
)
def test_the_list_behind_a_figure_is_as_long_as_the_figure(county_app: Flask, asked: str, code: str) -> None:
    browser = browser_of(county_app.test_client(), "qin", password=DEMONSTRATION_PASSWORD)
    with county_app.app_context():
        figure = totals_of(2026, date(2026, 11, 23))[code]
    page = browser.get(f"/visits?year=2026&{asked}")
    assert f"{figure:,} 条记录" in words_in(main_of(page))
    assert len(rows_of(page)) == min(50, int(figure))  # type: ignore[call-overload]
