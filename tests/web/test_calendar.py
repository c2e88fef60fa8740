"""The calendar as people read it, and how the bureau changes it: look first, then all of it or nothing."""

import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.models import LedgerEntry
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.schedule.calendar import actions
from hometeach.schedule.calendar.rules import CalendarKind, Entry
from hometeach.schedule.models import CalendarEntry, Occurrence, the_calendar
from hometeach.schedule.rules import PeriodKind
from hometeach.web.calendar.months import DayKind, kind_of, months_of
from tests import factories

SignedIn = Callable[[Role], FlaskClient]
FLOOD = {"kind": "closure", "name": "防汛停课", "first": "2026-12-07", "last": "2026-12-11"}


def look(browser: FlaskClient, address: str = "/calendar/new", **entry: str) -> str:
    answer = browser.get(address, query_string=entry or FLOOD)
    assert answer.status_code == 200
    return answer.text


def decide(browser: FlaskClient, page: str, address: str = "/calendar/new", **changed: str) -> int:
    """Press the button of a preview."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page[page.index("<main") :]))
    fields.pop("csrf_token", None)
    return browser.post(address, data=fields | changed).status_code


def entry_address(app: Flask, name: str) -> str:
    with app.app_context():
        named = sa.select(CalendarEntry.public_id).where(CalendarEntry.name == name)
        return f"/calendar/{db.session.scalars(named).one()}"


def required_in_the_flood(app: Flask) -> list[int]:
    with app.app_context():
        rows = sa.select(LedgerEntry.required).where(
            LedgerEntry.period_kind == PeriodKind.WEEK, LedgerEntry.period_start == sa.literal(day("2026-12-07"))
        )
        return list(db.session.scalars(rows))


def planned(app: Flask, first: str, last: str) -> int:
    with app.app_context():
        count = sa.select(sa.func.count()).select_from(Occurrence)
        return db.session.scalars(count.where(Occurrence.planned_on.between(day(first), day(last)))).one()


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_each_day_is_what_the_calendar_says(app: Flask) -> None:
    with committed():
        factories.make_term()
        actions.add_entry(Entry(CalendarKind.CLOSURE, "运动会", Span(day("2026-11-05"), day("2026-11-06"))), by="bai")
    calendar = the_calendar()
    kinds = {
        "2026-09-01": DayKind.TAUGHT,
        "2026-09-05": DayKind.FREE,
        "2026-09-20": DayKind.SHIFTED,
        "2026-09-25": DayKind.HOLIDAY,
        "2026-11-05": DayKind.CLOSED,
        "2026-08-31": DayKind.OUTSIDE,
        "2027-02-06": DayKind.HOLIDAY,
        "2027-01-25": DayKind.OUTSIDE,
    }
    assert {text: kind_of(calendar, day(text)) for text in kinds} == kinds


def test_a_month_counts_its_teaching_days_and_numbers_its_school_weeks(app: Flask) -> None:
    with committed():
        factories.make_term()
    months = months_of(the_calendar(), Span(day("2026-09-01"), day("2027-01-22")), {}, day("2026-11-23"))
    september, november = months[0], months[2]
    assert len(months) == 5
    assert september.teaching_days == 22
    assert [number for number, _days in september.weeks] == [1, 2, 3, 4, 5]
    assert [one.number for _n, week in november.weeks for one in week if one and one.is_today] == [23]


def test_the_page_shows_the_year_with_the_bureaus_entries_and_the_prefilled_holidays(bai: FlaskClient) -> None:
    page = bai.get("/calendar").text
    assert page.count('<table class="month">') == 5
    assert "中秋节" in page
    assert "2027年的调休安排尚未录入" in page
    assert "2026年的调休安排尚未录入" not in page
    assert "2026-2027学年第一学期" in page


def test_a_prefilled_holiday_that_the_bureau_has_overwritten_says_so(bai: FlaskClient, bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        entry = Entry(CalendarKind.SHIFTED, "中秋上课", Span(day("2026-09-25"), day("2026-09-25")))
        actions.add_entry(entry, by="bai")
    assert bai.get("/calendar").text.count("教育局另有安排") == 1


def test_only_the_bureau_is_offered_to_change_it(signed_in: SignedIn) -> None:
    teacher = signed_in(Role.TEACHER)
    assert "/calendar/new" not in teacher.get("/calendar").text
    assert teacher.get("/calendar/new").status_code == 404
    assert teacher.post("/calendar/new", data=FLOOD).status_code == 404


def test_without_a_term_the_page_says_how_to_begin(bai: FlaskClient, bare_app: Flask) -> None:
    with bare_app.app_context(), committed():
        db.session.execute(sa.delete(CalendarEntry))
    assert "校历中还没有学期" in bai.get("/calendar").text


def test_looking_tells_what_would_come_out_otherwise_and_writes_nothing(bai: FlaskClient, bare_app: Flask) -> None:
    page = look(bai)
    assert "台账有 2 行会变，涉及 2 名学生" in page
    assert "今天起有 2 次排课落在不上课的日期" in page
    assert "安安" in page
    assert required_in_the_flood(bare_app) == [1, 1]
    assert planned(bare_app, "2026-12-07", "2026-12-11") == 2


def test_deciding_changes_calendar_ledger_and_plan_at_once(bai: FlaskClient, bare_app: Flask) -> None:
    assert decide(bai, look(bai)) == 302
    assert "“防汛停课”已写入校历" in bai.get("/calendar").text
    assert required_in_the_flood(bare_app) == [0, 0]
    assert planned(bare_app, "2026-12-07", "2026-12-11") == 0


def test_taking_it_out_again_brings_everything_back(bai: FlaskClient, bare_app: Flask) -> None:
    decide(bai, look(bai))
    address = f"{entry_address(bare_app, '防汛停课')}/remove"
    page = look(bai, address)
    assert "台账有 2 行会变" in page
    assert decide(bai, page, address) == 302
    assert required_in_the_flood(bare_app) == [1, 1]
    assert planned(bare_app, "2026-12-07", "2026-12-11") == 2


def test_an_entry_is_moved_to_other_days(bai: FlaskClient, bare_app: Flask) -> None:
    decide(bai, look(bai))
    address = entry_address(bare_app, "防汛停课")
    assert 'value="2026-12-07"' in bai.get(address).text, "the form holds what stands"
    later = FLOOD | {"first": "2026-12-14", "last": "2026-12-18"}
    assert decide(bai, look(bai, address, **later), address) == 302
    assert required_in_the_flood(bare_app) == [1, 1]
    assert planned(bare_app, "2026-12-14", "2026-12-18") == 0


def test_days_on_which_nothing_rests_change_nothing(bai: FlaskClient) -> None:
    page = look(bai, **FLOOD | {"first": "2026-08-03", "last": "2026-08-04"})
    assert "不影响任何结果" in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"first": ""}, "first"),
        ({"last": "never"}, "last"),
        ({"last": "2026-12-01"}, "last"),
        ({"kind": "term"}, "name"),
        ({"kind": "term", "name": "2026-2027学年第二学期"}, "first"),
    ],
    ids=["no name", "no first day", "no date", "end first", "a term without year", "terms overlap"],
)
def test_what_cannot_stand_is_said_beside_its_field_before_anything_is_shown(
    bai: FlaskClient, changed: dict[str, str], field: str
) -> None:
    answer = bai.get("/calendar/new", query_string=FLOOD | changed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_a_preview_that_is_no_longer_true_is_not_applied(bai: FlaskClient, bare_app: Flask) -> None:
    page = look(bai)
    with bare_app.app_context(), committed():
        actions.add_entry(Entry(CalendarKind.CLOSURE, "停电", Span(day("2026-12-08"), day("2026-12-08"))), by="he")
    assert decide(bai, page) == 422
    assert required_in_the_flood(bare_app) == [1, 1]
    with bare_app.app_context():
        assert not db.session.scalar(sa.select(CalendarEntry).where(CalendarEntry.name == "防汛停课"))


def test_a_decision_without_a_preview_is_not_taken(bai: FlaskClient, bare_app: Flask) -> None:
    assert bai.post("/calendar/new", data=FLOOD).status_code == 422
    assert bai.post(f"{entry_address(bare_app, '2026-2027学年第一学期')}/remove").status_code == 409


def test_a_session_that_was_held_stays_planned_on_a_day_that_is_closed_afterwards(
    bai: FlaskClient, bare_app: Flask
) -> None:
    with bare_app.app_context(), committed():
        held = db.session.scalars(
            sa.select(Occurrence).where(Occurrence.planned_on == day("2026-11-24")).order_by(Occurrence.id)
        ).first()
        child = db.session.get_one(factories.Child, held.child_id)
        factories.make_visit(child, on=day("2026-11-24"), occurrence_id=held.id)
    today = FLOOD | {"first": "2026-11-24", "last": "2026-11-24"}
    assert decide(bai, look(bai, **today)) == 302
    assert planned(bare_app, "2026-11-24", "2026-11-24") == 1


def test_the_preview_says_of_every_child_what_changes(bai: FlaskClient) -> None:
    page = look(bai)
    for name in ("安安", "博博"):
        (line,) = re.findall(rf"<li><a [^>]*>{name}</a>(.*?)</li>", page, re.S)
        assert "取消已排的课：12月8日 周二" in line
        assert "1 次 → 0 次" in line


def test_a_day_that_changes_no_amount_is_told_as_such(bai: FlaskClient) -> None:
    page = look(bai, kind="closure", name="运动会", first="2026-12-10", last="2026-12-10")
    (line,) = re.findall(r"<li><a [^>]*>安安</a>(.*?)</li>", page, re.S)
    assert "教学日有变，应送不变" in line
