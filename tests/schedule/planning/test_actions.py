"""Hours and sessions are planned, changed and handed over; the past stays, and nobody is in two places."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from icalendar import Calendar as Feed
from sqlalchemy import select, text, true
from sqlalchemy.exc import DBAPIError

from hometeach.compliance.actions import plan_ahead
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, OrgUnit, Teacher
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow, children_taught_by, the_calendar
from hometeach.schedule.planning import publishing
from hometeach.schedule.planning.actions import cancel_occurrence, move_occurrence, plan_make_up
from hometeach.schedule.planning.feeds import calendar_feed, issue_feed, revoke_feed, teacher_of
from hometeach.schedule.planning.hours import Hour, change_hour, end_hour, make_hour
from hometeach.schedule.planning.standing_in import end_standing_in, stand_in
from hometeach.visits.models import held_sessions
from tests import factories

TODAY = date(2026, 11, 23)
HELD = held_sessions()
pytestmark = pytest.mark.usefixtures("cast")


@pytest.fixture
def an(app: Flask) -> Child:
    return db.session.scalars(select(Child).where(Child.code == "C1")).one()


@pytest.fixture
def bo(app: Flask) -> Child:
    return db.session.scalars(select(Child).where(Child.code == "C2")).one()


@pytest.fixture
def lin(app: Flask) -> Teacher:
    return db.session.scalars(select(Teacher).where(Teacher.code == "T1")).one()


@pytest.fixture
def shi(app: Flask) -> Teacher:
    return db.session.scalars(select(Teacher).where(Teacher.code == "T2")).one()


def sessions(child: Child) -> list[Occurrence]:
    statement = select(Occurrence).where(Occurrence.child_id == child.id)
    return list(db.session.scalars(statement.order_by(Occurrence.original_on)))


def slot_of(child: Child) -> SlotRow:
    return db.session.scalars(select(SlotRow).where(SlotRow.child_id == child.id)).one()


def last_action() -> str:
    return db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.seq.desc())).first() or ""


def test_a_moved_session_keeps_its_series_and_its_original_date(an: Child) -> None:
    one = sessions(an)[0]
    known = one.series, one.original_on
    move_occurrence(one, date(2026, 11, 26), 600, 660, reason="路断", by="he")
    assert (one.series, one.original_on) == known
    assert (one.planned_on, one.start_minute, one.is_moved, one.version) == (date(2026, 11, 26), 600, True, 2)
    assert last_action() == "session:move"
    assert plan_ahead(TODAY, {an.id}) == 0


def test_a_session_is_not_moved_into_the_past_nor_out_of_it(an: Child) -> None:
    one = sessions(an)[0]
    with pytest.raises(Refused) as refused:
        move_occurrence(one, date(2026, 11, 22), 600, 660, reason="x", by="he")
    assert (refused.value.code, refused.value.field) == ("planning:past", "on")
    one.planned_on = date(2026, 11, 20)
    with pytest.raises(Refused, match=r"."):
        move_occurrence(one, date(2026, 11, 27), 600, 660, reason="x", by="he")


def test_of_two_who_move_a_session_at_once_the_second_is_told(an: Child) -> None:
    one = sessions(an)[0]
    move_occurrence(one, date(2026, 11, 26), 600, 660, reason="x", by="he", seen=1)
    with pytest.raises(Refused) as refused:
        cancel_occurrence(one, reason="x", by="lin", seen=1)
    assert refused.value.code == "planning:changed"
    assert one.state is OccurrenceState.PLANNED


def test_a_session_that_was_held_is_not_moved(an: Child, lin: Teacher) -> None:
    one = sessions(an)[0]
    factories.make_visit(an, lin, on=one.planned_on, occurrence_id=one.id)
    with pytest.raises(Refused) as refused:
        move_occurrence(one, date(2026, 11, 27), 600, 660, reason="x", by="he", held=HELD)
    assert refused.value.code == "planning:held"


@pytest.mark.parametrize("is_seen", [True, False], ids=["seen", "masked"])
def test_a_taken_time_names_what_is_in_the_way_to_those_who_see_it(
    an: Child, bo: Child, lin: Teacher, is_seen: bool
) -> None:
    day = sessions(an)[0].planned_on
    cancel_occurrence(sessions(bo)[0], reason="x", by="he")
    with pytest.raises(Refused) as refused:
        plan_make_up(bo.id, lin.id, day, 900, 960, makes_up_for=TODAY, by="he", **({"sees": true()} if is_seen else {}))
    assert refused.value.code == "planning:teacher_taken"
    assert refused.value.field == "start"
    assert ("安安" in refused.value.message) is is_seen
    assert "15:00–16:15" in refused.value.message


def test_a_make_up_is_planned_beside_the_hours_and_stays_when_they_are_planned_anew(an: Child, lin: Teacher) -> None:
    made = plan_make_up(an.id, lin.id, date(2026, 11, 27), 540, 600, makes_up_for=date(2026, 11, 17), by="he")
    assert (made.slot_id, made.original_on, made.makes_up_for) == (None, date(2026, 11, 27), date(2026, 11, 17))
    assert plan_ahead(TODAY, {an.id}) == 0


def test_a_cancelled_session_stays_cancelled_when_the_rest_is_planned(an: Child) -> None:
    one = sessions(an)[0]
    cancel_occurrence(one, reason="运动会", by="he")
    plan_ahead(TODAY, {an.id})
    assert one.state is OccurrenceState.CANCELLED
    assert last_action() == "session:cancel"


def test_an_hour_below_the_minimum_needs_a_reason(an: Child, lin: Teacher) -> None:
    short = Hour(lin.id, 3, 600, 640)
    with pytest.raises(Refused) as refused:
        make_hour(an.id, short, TODAY, None, least_minutes=60, by="he")
    assert (refused.value.code, refused.value.field) == ("planning:short", "short_reason")
    made = make_hour(
        an.id, Hour(lin.id, 3, 600, 640, short_reason="体力只够四十分钟"), TODAY, None, least_minutes=60, by="he"
    )
    assert made.short_reason == "体力只够四十分钟"
    assert plan_ahead(TODAY, {an.id}) > 5


def test_this_and_later_leaves_what_was_and_keeps_who_each_session_is(an: Child, lin: Teacher) -> None:
    slot = slot_of(an)
    before = {one.original_on: one.public_id for one in sessions(an)}
    new = change_hour(slot, Hour(lin.id, 3, 540, 615), date(2026, 12, 8), least_minutes=60, by="he", held=HELD)
    made = plan_ahead(TODAY, {an.id})
    assert (slot.effective_to, new.effective_from, new.series) == (date(2026, 12, 6), date(2026, 12, 7), slot.series)
    assert made == 0
    assert {one.original_on: one.public_id for one in sessions(an)} == before
    days = [(one.planned_on.weekday(), one.start_minute) for one in sessions(an)]
    assert days[:2] == [(1, 900), (1, 900)]
    assert set(days[2:]) == {(3, 540)}
    assert {one.state for one in sessions(an)} == {OccurrenceState.PLANNED}


def test_a_later_part_gives_way_to_a_change_before_it(an: Child, lin: Teacher) -> None:
    slot = slot_of(an)
    change_hour(slot, Hour(lin.id, 3, 540, 615), date(2026, 12, 15), least_minutes=60, by="he", held=HELD)
    change_hour(slot, Hour(lin.id, 4, 600, 660), date(2026, 12, 1), least_minutes=60, by="he", held=HELD)
    plan_ahead(TODAY, {an.id})
    parts = db.session.scalars(select(SlotRow).where(SlotRow.child_id == an.id).order_by(SlotRow.effective_from)).all()
    assert [(part.weekday, part.effective_from) for part in parts] == [
        (1, factories.TERM_FROM),
        (4, date(2026, 11, 30)),
    ]
    weekdays = {one.planned_on.weekday() for one in sessions(an) if one.planned_on > date(2026, 11, 30)}
    assert weekdays == {4}


def test_a_change_of_what_is_over_is_refused(an: Child, lin: Teacher) -> None:
    with pytest.raises(Refused) as refused:
        change_hour(slot_of(an), Hour(lin.id, 3, 540, 615), date(2026, 11, 20), least_minutes=60, by="he", held=HELD)
    assert refused.value.code == "planning:past"


def test_an_hour_that_ends_takes_what_comes_after_with_it(an: Child) -> None:
    end_hour(slot_of(an), date(2026, 12, 1), by="he", held=HELD)
    plan_ahead(TODAY, {an.id})
    assert [one.planned_on for one in sessions(an)] == [date(2026, 11, 24), date(2026, 12, 1)]


def test_a_substitute_sees_the_child_within_the_days_and_no_longer(an: Child, lin: Teacher, shi: Teacher) -> None:
    days = Span(date(2026, 11, 30), date(2026, 12, 6))
    row = stand_in(an.id, lin.id, shi.id, days, reason="产假", by="he", held=HELD)
    plan_ahead(TODAY, {an.id})
    taught = [an.id in db.session.scalars(children_taught_by(shi.id, day)).all() for day in (TODAY, *_ends(days))]
    assert taught == [False, True, True, False]
    assert [one.teacher_id for one in sessions(an)][:3] == [lin.id, shi.id, lin.id]
    states = {one.planned_on: one.state for one in sessions(an)}
    assert states[date(2026, 12, 1)] is OccurrenceState.CLASHING  # Shi teaches Bo at that time
    end_standing_in(row, TODAY, by="he", held=HELD)
    plan_ahead(TODAY, {an.id})
    assert {one.teacher_id for one in sessions(an)} == {lin.id}
    assert {one.state for one in sessions(an)} == {OccurrenceState.PLANNED}


def _ends(days: Span) -> tuple[date, date, date]:
    return days.first, days.last, date.fromordinal(days.last.toordinal() + 1)


def test_two_do_not_stand_in_on_one_day(an: Child, lin: Teacher, shi: Teacher) -> None:
    stand_in(an.id, lin.id, shi.id, Span(TODAY, date(2026, 12, 6)), reason="产假", by="he", held=HELD)
    with pytest.raises(Refused) as refused:
        stand_in(an.id, lin.id, shi.id, Span(date(2026, 12, 6), date(2026, 12, 9)), reason="x", by="he", held=HELD)
    assert refused.value.code == "substitution:covered"


def test_a_schedule_is_published_once_for_each_change_and_never_altered(an: Child, lin: Teacher) -> None:
    school = db.session.scalars(select(OrgUnit).where(OrgUnit.code == "S1")).one()
    term = the_calendar().terms[0]
    assert not publishing.is_published(an.id, TODAY)
    first = publishing.publish(school, term, by="he")
    assert publishing.is_published(an.id, TODAY)
    assert (first.number, "安安" in first.content) == (1, False)
    with pytest.raises(Refused) as refused:
        publishing.publish(school, term, by="he")
    assert refused.value.code == "schedule:unchanged"
    make_hour(an.id, Hour(lin.id, 4, 600, 660), TODAY, None, least_minutes=60, by="he")
    assert publishing.publish(school, term, by="he").number == 2
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("UPDATE schedule_version SET number = 9"))


def test_a_feed_says_where_and_when_and_never_who(an: Child, lin: Teacher) -> None:
    an.township = "月山镇"
    one = sessions(an)[0]
    move_occurrence(one, date(2026, 11, 26), 600, 660, reason="路断", by="he")
    raw = calendar_feed(lin.id, TODAY)
    events = Feed.from_ical(raw).walk("VEVENT")
    moved = next(event for event in events if str(event["UID"]).startswith(f"{one.series}-20261124"))
    assert (moved["SEQUENCE"], moved["DTSTART"].dt.isoformat()) == (1, "2026-11-26T10:00:00+08:00")
    assert "月山镇" in str(moved["SUMMARY"])
    assert an.name not in raw.decode()
    assert an.code not in raw.decode()


def test_a_feed_that_was_revoked_opens_nothing(lin: Teacher) -> None:
    old = issue_feed(lin, by="lin")
    new = issue_feed(lin, by="lin")
    assert (teacher_of(old, TODAY), teacher_of(new, TODAY)) == (None, lin.id)
    revoke_feed(lin, by="he")
    assert teacher_of(new, TODAY) is None


@pytest.mark.parametrize(
    ("checked_on", "code"),
    [
        (date(2025, 11, 22), "record_check:overdue"),
        (date(2025, 11, 23), None),
        (date(2026, 9, 1), None),
        (None, None),  # a finding, and no bar: a bureau's list may not hold it yet
    ],
)
def test_whose_yearly_check_has_run_out_is_sent_to_no_further_child(
    an: Child, lin: Teacher, shi: Teacher, checked_on: date | None, code: str | None
) -> None:
    shi.record_checked_on = checked_on
    db.session.flush()
    days = Span(TODAY, date(2026, 12, 4))
    sent = (
        lambda: make_hour(an.id, Hour(shi.id, 4, 600, 660), TODAY, None, least_minutes=60, by="he"),
        lambda: change_hour(
            slot_of_lin(an, lin), Hour(shi.id, 1, 900, 975), TODAY, least_minutes=60, by="he", held=HELD
        ),
        lambda: stand_in(an.id, lin.id, shi.id, days, reason="产假", by="he", held=HELD),
    )
    for send in sent:
        assert refusal_of(send) == code
        db.session.rollback()
        shi.record_checked_on = checked_on
        db.session.flush()


def test_whoever_teaches_a_child_already_may_have_the_hour_moved_though_the_check_has_run_out(
    an: Child, lin: Teacher
) -> None:
    lin.record_checked_on = date(2025, 1, 1)
    change_hour(slot_of(an), Hour(lin.id, 2, 900, 975), TODAY, least_minutes=60, by="he", held=HELD)
    assert last_action() == "slot:change"


def slot_of_lin(child: Child, lin: Teacher) -> SlotRow:
    return db.session.scalars(select(SlotRow).where(SlotRow.child_id == child.id, SlotRow.teacher_id == lin.id)).one()


def refusal_of(verb: Callable[[], object]) -> str | None:
    try:
        verb()
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    "ends",
    ["UPDATE account SET disabled_at = '2026-11-01'", "UPDATE role_grant SET effective_to = '2026-11-22'"],
    ids=["the account is locked", "the role has ended"],
)
def test_a_feed_opens_nothing_any_more_once_its_teacher_has_left(lin: Teacher, ends: str) -> None:
    word = issue_feed(lin, by="lin")
    assert teacher_of(word, TODAY) == lin.id
    db.session.execute(text(ends))
    assert teacher_of(word, TODAY) is None
