"""The bureau writes into the calendar; each change is told in the audit log."""

import json
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.schedule.calendar import actions
from hometeach.schedule.calendar.rules import CalendarKind, Entry
from hometeach.schedule.models import the_calendar, written_entries
from tests import factories

SPORTS_DAY = Entry(CalendarKind.CLOSURE, "运动会", Span(date(2026, 11, 5), date(2026, 11, 6)))


@pytest.fixture
def term(app: Flask) -> None:
    """The autumn term of 2026."""
    with committed():
        factories.make_term()


def refused(verb: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as told, committed():
        verb()
    return told.value


def last_event() -> AuditEvent:
    return db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.seq.desc())).first()  # type: ignore[return-value]


def test_a_closure_takes_its_days_from_the_teaching_days(term: None) -> None:
    before = the_calendar().teaching_days(Span(date(2026, 11, 2), date(2026, 11, 8)))
    with committed():
        actions.add_entry(SPORTS_DAY, by="bai")
    assert before == 5
    assert the_calendar().teaching_days(Span(date(2026, 11, 2), date(2026, 11, 8))) == 3
    event = last_event()
    assert (event.action, event.actor) == ("calendar:add", "bai")
    assert json.loads(event.detail) == {
        "kind": "closure",
        "name": "运动会",
        "from": "2026-11-05",
        "to": "2026-11-06",
    }


def test_what_the_bureau_writes_wins_over_the_public_holiday(term: None) -> None:
    calendar = the_calendar()
    assert not calendar.is_teaching_day(date(2026, 9, 25)), "mid-autumn"
    with committed():
        actions.add_entry(Entry(CalendarKind.SHIFTED, "中秋上课", Span(date(2026, 9, 25), date(2026, 9, 25))), by="bai")
    assert the_calendar().is_teaching_day(date(2026, 9, 25))


def test_a_changed_entry_is_told_with_what_it_said_before(term: None) -> None:
    with committed():
        row = actions.add_entry(SPORTS_DAY, by="bai")
    longer = Entry(CalendarKind.CLOSURE, "运动会", Span(date(2026, 11, 4), date(2026, 11, 6)))
    with committed():
        actions.change_entry(row, longer, by="bai")
    assert row.as_entry() == longer
    told = json.loads(last_event().detail)
    assert (told["before"]["from"], told["after"]["from"]) == ("2026-11-05", "2026-11-04")


def test_an_entry_may_be_written_as_it_stands(term: None) -> None:
    with committed():
        row = actions.add_entry(SPORTS_DAY, by="bai")
    with committed():
        actions.change_entry(row, SPORTS_DAY, by="bai")
    assert SPORTS_DAY in written_entries()


def test_a_removed_entry_stays_in_the_log(term: None) -> None:
    with committed():
        row = actions.add_entry(SPORTS_DAY, by="bai")
    with committed():
        actions.remove_entry(row, by="bai")
    assert SPORTS_DAY not in written_entries()
    assert last_event().action == "calendar:remove"
    assert "运动会" in last_event().detail


def test_a_refusal_names_the_entry_in_the_way_and_the_field(term: None) -> None:
    second = Entry(CalendarKind.TERM, "2026-2027学年第二学期", Span(date(2027, 1, 20), date(2027, 6, 30)))
    why = refused(lambda: actions.add_entry(second, by="bai"))
    assert (why.code, why.field) == ("calendar:terms_overlap", "first")
    assert "2026-2027学年第一学期" in why.message
    assert len(written_entries()) == 1


def test_whoever_looked_at_an_older_calendar_is_asked_to_look_again(term: None) -> None:
    seen = actions.calendar_state()
    actions.refuse_moved(seen)
    with committed():
        actions.add_entry(SPORTS_DAY, by="bai")
    assert refused(lambda: actions.refuse_moved(seen)).code == "calendar:moved"
