"""A day's work in random order, through the pages: after each press the ledger equals one computed from nothing."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.actions import plan_ahead, rebuild_ledger
from hometeach.compliance.ahead import Ahead
from hometeach.compliance.builds import builds_of
from hometeach.compliance.facts import gather
from hometeach.compliance.models import is_leading
from hometeach.compliance.rules import ChildFacts
from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Child, Teacher
from hometeach.schedule.calendar.actions import calendar_state
from hometeach.schedule.models import CalendarEntry, Occurrence, OccurrenceState, RuleRow, SlotRow, Substitution
from hometeach.schedule.rulebook.actions import book_state
from hometeach.visits.confirming.models import Dispute
from hometeach.visits.correcting.models import CorrectionRequest
from hometeach.visits.models import Absence, Visit
from hometeach.web.standings.ledger import leading_rows, ledger_rows, meets
from tests import factories
from tests.conftest import IS_LONG, forget_what_was_made
from tests.test_house import come_in
from tests.web.reading import main_of, words_in
from tests.web.test_writing_rules import TWICE

TODAY = date(2026, 11, 23)
YEAR = Span(date(2026, 9, 1), date(2027, 7, 31))
#: 17:30 in Shanghai.
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
#: Presses in one history, and the seeds of the histories: 2,000 presses in the long run.
PRESSES = 60
SEEDS = range(34) if IS_LONG else range(1)
#: A history in which so few presses did anything would show nothing.
LEAST_DONE = 0.25


class Day:
    """Everybody at work at once, each in a browser of their own, on children who share a teacher."""

    def __init__(self, app: Flask, seed: int, browsers: dict[str, FlaskClient]):
        self.app, self.dice, self.by = app, random.Random(seed), browsers
        self.done: Counter[str] = Counter()
        with app.app_context():
            self.past, self.guardian = self._past(), db.session.scalars(sa.select(factories.Guardian)).first()

    def press(self) -> str:
        """Somebody does something; what it was, and what came of it."""
        verb: Callable[[], Any] = self.dice.choice(VERBS).__get__(self)
        with self.app.app_context():
            asked = verb()  # who, to which address, what; nothing where there is nothing to do
            db.session.rollback()
        if not asked:
            return f"{verb.__name__}: nothing to do"
        who, address, typed = asked
        answer = self.by[who].post(address, data=typed | {"once": f"press-{self.done.total()}-{self.dice.random()}"})
        assert answer.status_code < 500, (who, address, typed)
        self.done[verb.__name__] += answer.status_code == 302
        return f"{verb.__name__}: {who} {address} {typed} {answer.status_code}"

    def check(self, what: str) -> None:
        """What must hold after each press."""
        with self.app.app_context():
            self._nothing_kept_is_stale(what)
            assert rebuild_ledger() == 0, what
            db.session.rollback()
            assert self._past() == self.past, what
            self._nobody_is_in_two_places(what)
            db.session.rollback()

    def _nothing_kept_is_stale(self, what: str) -> None:
        """What is kept of the children under the builds of their ledgers is what their rows say now."""
        children = db.session.scalars(sa.select(Child.id).order_by(Child.code)).all()
        gathered, kept = gather(), Ahead(children, TODAY).of_child
        for child_id, facts in gathered.facts.items():
            known = kept[child_id]
            assert _told(known.facts) == _told(facts), what
            assert known.judged == gathered.ledger.judge(facts), what
            assert known.rows == gathered.ledger.rows(facts), what
        assert leading_rows(builds_of(), YEAR) == ledger_rows(meets(YEAR), is_leading()), what

    def _past(self) -> list[Any]:
        columns = Occurrence.__table__.c
        statement = sa.select(*columns).where(columns.planned_on < TODAY).order_by(columns.id)
        return [tuple(row) for row in db.session.execute(statement)]

    def _nobody_is_in_two_places(self, what: str) -> None:
        one, other = (sa.orm.aliased(Occurrence) for _ in range(2))
        overlap = sa.select(one.id).where(
            one.id < other.id,
            one.planned_on == other.planned_on,
            one.start_minute < other.end_minute,
            other.start_minute < one.end_minute,
            one.state == OccurrenceState.PLANNED,
            other.state == OccurrenceState.PLANNED,
            (one.child_id == other.child_id) | (one.teacher_id == other.teacher_id),
        )
        assert not db.session.scalars(overlap).all(), what

    def _key(self, model: Any, *conditions: Any) -> str:
        """The public id of some row, empty where there is none."""
        keys = db.session.scalars(sa.select(model.public_id).where(*conditions).order_by(model.id)).all()
        return self.dice.choice(keys) if keys else ""

    def _child(self) -> str:
        return self._key(Child, Child.code != "C2")

    def _here(self, model: Any, *conditions: Any) -> str:
        """The same of the children of the school."""
        here = sa.select(Child.id).where(Child.code != "C2")
        return self._key(model, model.child_id.in_(here), *conditions)

    def _day(self, first: int, last: int) -> str:
        return (TODAY + timedelta(days=self.dice.randint(first, last))).isoformat()

    def _hours(self, *names: str) -> dict[str, str]:
        start = self.dice.choice((480, 500, 540, 870, 900, 930))
        end = start + self.dice.choice((40, 60, 75))
        return {name: f"{at // 60:02d}:{at % 60:02d}" for name, at in zip(names, (start, end), strict=True)}

    def _planner(self) -> str:
        return self.dice.choice(("lin", "he"))

    def _hour(self) -> dict[str, Any]:
        return {
            "teacher": self._key(Teacher, Teacher.code != "T2"),
            "weekday": self.dice.randrange(6),
            "mode": self.dice.choice(("home", "community")),
            "first": self._day(-2, 20),
            "short_reason": self.dice.choice(("", "体力")),
            **self._hours("start", "end"),
        }

    def new_hour(self) -> Any:
        return self._planner(), f"/new-hour/{self._child()}", self._hour()

    def change_hour(self) -> Any:
        return (slot := self._here(SlotRow)) and (self._planner(), f"/hours/{slot}", self._hour())

    def end_hour(self) -> Any:
        return (
            (slot := self._here(SlotRow)) and (self._planner(), f"/hours/{slot}/end", {"last": self._day(0, 30)})
        ) or None

    def move_session(self) -> Any:
        typed = {"on": self._day(-1, 20), "reason": "家长有事", **self._hours("start", "end")}
        return (one := self._session()) and (self._planner(), f"/planned-sessions/{one[0]}", typed | one[1])

    def cancel_session(self) -> Any:
        typed = {"reason": "家长有事"}
        return (
            (one := self._session()) and (self._planner(), f"/planned-sessions/{one[0]}/cancel", typed | one[1])
        ) or None

    def _session(self) -> tuple[str, dict[str, Any]] | None:
        """Some planned session, and the version of it that was looked at."""
        key = self._here(Occurrence)
        version = db.session.scalar(sa.select(Occurrence.version).where(Occurrence.public_id == key))
        return (key, {"seen": version}) if key else None

    def stand_in(self) -> Any:
        teacher, instead = (self._key(Teacher, Teacher.code != "T2") for _ in range(2))
        first = self.dice.randint(0, 10)
        typed = {"teacher": teacher, "substitute": instead, "reason": "培训", "first": self._day(first, first)}
        return "he", f"/stand-ins/{self._child()}/new", typed | {"last": self._day(first, first + 9)}

    def end_standing_in(self) -> Any:
        return (row := self._here(Substitution)) and ("he", f"/stand-ins/{row}/end", {})

    def report_absence(self) -> Any:
        typed = {"session": "another", "day": self._day(-40, 14), "knows_unplanned": "y"}
        reason = self.dice.choice(("ill", "refused", "family_away", "weather", "teacher_leave"))
        return self.dice.choice(("lin", "he", "bai")), f"/report-absence/{self._child()}", typed | {"reason": reason}

    def decide_absence(self) -> Any:
        key, step = self._here(Absence), self.dice.choice(("approve", "approve", "reject", "withdraw"))
        return key and (self.dice.choice(("he", "he", "bai", "lin")), f"/absences/{key}/{step}", {"why": "x"})

    def make_up(self) -> Any:
        day, on = self._day(-20, 0), self._day(0, 10)
        return self._planner(), f"/make-ups/{self._child()}/{day}", {"time": f"{on} {self.dice.choice((540, 840))}"}

    def record(self) -> Any:
        typed = self._record()
        planned = self._here(Occurrence, Occurrence.planned_on <= TODAY) if self.dice.random() < 0.5 else ""
        return "lin", f"/visits/record/{planned or self._child() + '?day=' + self._day(-12, 0)}", typed

    def correct(self) -> Any:
        key = self._here(Visit)
        return self._planner(), f"/visits/{key}/correct", self._record() | {"why": "写错了"}

    def withdraw_record(self) -> Any:
        return self._planner(), f"/visits/{self._here(Visit)}/withdraw", {"why": "写错了"}

    def verify(self) -> Any:
        return "he", f"/verification/check?day={self._day(-10, 0)}", {}

    def decide_change(self) -> Any:
        key = self._key(CorrectionRequest)
        do = self.dice.choice(("approve", "refuse"))
        who = self.dice.choice(("he", "bai"))
        return key and (who, "/verification/decide", {"request": key, "do": do, "answer": "看过"})

    def answer(self) -> Any:
        step = self.dice.choice(("as-written", "shorter", "not-come"))
        return "wu", f"/family/visits/{self._here(Visit)}/{step}", {"minutes": "30"}

    def decide_dispute(self) -> Any:
        typed = {"outcome": self.dice.choice(("rejected", "upheld", "corrected")), "reason": "已核实"}
        key, left = self._key(Dispute, Dispute.decided_at.is_(None)), self._hours("left", "_")["left"]
        return key and ("bai", f"/disputes/{key}/decide", typed | {"left": left})

    def close_days(self) -> Any:
        first = self.dice.randint(-15, 20)
        kind = self.dice.choice(("closure", "workday"))
        typed = {
            "kind": kind,
            "name": "防汛停课",
            "first": self._day(first, first),
            "last": self._day(first, first + 3),
        }
        return "bai", "/calendar/new", typed | {"seen": calendar_state()}

    def open_days(self) -> Any:
        key = self._key(CalendarEntry, CalendarEntry.name == "防汛停课")
        return key and ("bai", f"/calendar/{key}/remove", {"seen": calendar_state()})

    def write_rule(self) -> Any:
        typed = {"code": f"R{self.dice.randrange(10_000)}", "first": self._day(-40, 10), "seen": book_state()}
        return "bai", "/rules/new", TWICE | typed | {"min_minutes": self.dice.choice(("40", "60", "70"))}

    def end_rule(self) -> Any:
        key = self._key(RuleRow, RuleRow.code != "R")
        return key and ("bai", f"/rules/{key}/end", {"last": self._day(-20, 10), "seen": book_state()})

    def move_case(self) -> Any:
        event, who = self.dice.choice(CASE_MOVES)
        child = self._child()
        guardian = db.session.scalars(
            sa.select(factories.Guardian.public_id).join(Child).where(Child.public_id == child)
        ).first()
        typed = {"code": "hospital", "done_on": self._day(-10, 1), "until_on": self._day(6, 40), "words": "病情"}
        typed |= {"guardian": guardian, "familys_wish": "y", "school": self._school(), "roll": "stays"}
        return who, f"/cases/{child}/do/{event}", typed | {"decision_no": "1"}

    def _school(self) -> str:
        return self._key(factories.OrgUnit, factories.OrgUnit.code == "S1")

    def _record(self) -> dict[str, str]:
        missed = self._day(-20, 0)
        return {
            **self._hours("arrived", "left"),
            "mode": self.dice.choice(("home", "community")),
            "carer": "nobody",
            "theme": self.dice.choice(("认识水果", "穿衣")),
            "performance": "能指认苹果。",
            "late_reason": "没有网络",
            "overlap_reason": self.dice.choice(("", "集体活动")),
            "makes_up_for": self.dice.choice(("", "", missed)),
            "second_teacher": self.dice.choice(("", "T3")),
        }


#: What is done to a case, and by whom.
CASE_MOVES = (
    *(("ask_suspension", "lin"), ("suspend", "he"), ("ask_return", "lin"), ("confirm_return", "he")),
    *(("withdraw", "he"), ("take_back", "he"), ("place_home", "bai")),
)
#: What is done often on a day stands here more than once.
VERBS = (
    *(Day.new_hour, Day.change_hour, Day.end_hour, Day.move_session, Day.cancel_session),
    *(Day.stand_in, Day.end_standing_in, Day.report_absence, Day.report_absence, Day.decide_absence),
    *(Day.decide_absence, Day.make_up, Day.record, Day.record, Day.record, Day.correct, Day.correct),
    *(Day.withdraw_record, Day.verify, Day.decide_change, Day.answer, Day.answer, Day.decide_dispute),
    *(Day.close_days, Day.open_days, Day.write_rule, Day.end_rule, Day.move_case, Day.move_case),
)


def _told(facts: ChildFacts) -> Any:
    """All that facts say, the rules and what overlaps apart: of those the rows and the judgements tell."""
    return facts.sessions, facts.agreed, facts.suspended, facts.excuses, facts.slots


@pytest.fixture
def browsers(
    bare_app: Flask,
    cast: factories.Cast,
    signed_in: Callable[[Role], FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, FlaskClient]:
    """Everybody's browser, at half past five, in a school with two teachers and two children."""
    monkeypatch.setattr(clock, "machine_now", lambda: NOW)
    with bare_app.app_context(), committed():
        school = db.session.scalars(sa.select(factories.OrgUnit).where(factories.OrgUnit.code == "S1")).one()
        lin = db.session.scalars(sa.select(Teacher).where(Teacher.code == "T1")).one()
        second, child = factories.make_teacher("T3", school, "田老师"), factories.make_child("C3", school, lin)
        factories.make_agreement(child)
        factories.make_slot(child, lin, weekday=2)
        factories.make_visit(child, lin, second, on=date(2026, 11, 18))
        plan_ahead(date(2026, 11, 9))
        rebuild_ledger()
    roles = (("lin", Role.TEACHER), ("he", Role.SCHOOL_COORDINATOR), ("bai", Role.BUREAU_OFFICER))
    return {name: signed_in(role) for name, role in roles} | {"wu": come_in(bare_app, "13812345678")}


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_pressed_in_whatever_order_the_ledger_says_what_a_new_one_would(
    bare_app: Flask, browsers: dict[str, FlaskClient], seed: int
) -> None:
    day = Day(bare_app, seed, browsers)
    for _ in range(PRESSES):
        day.check(day.press())
    assert day.done.total() >= LEAST_DONE * PRESSES, day.done


#: The pages that are made of what was kept of the children, and by whom they are looked at.
LOOKED_AT = (("lin", "/"), ("he", "/"), ("bai", "/"), ("bai", "/make-ups"), ("bai", "/make-ups/this-week"))


def test_whatever_is_pressed_the_pages_say_what_pages_made_of_nothing_kept_would(
    bare_app: Flask, browsers: dict[str, FlaskClient]
) -> None:
    day, said = Day(bare_app, 5, browsers), set()
    for _ in range(PRESSES // 3):
        pressed = day.press()
        _pages(browsers)  # what is told but once is told here
        kept = _pages(browsers)
        forget_what_was_made()
        assert kept == _pages(browsers), pressed
        said.add(tuple(kept))
    assert len(said) > 2, "the pages never changed"


def _pages(browsers: dict[str, FlaskClient]) -> list[str]:
    """What they say; never the page as it was kept, because each is asked under another address."""
    found = []
    for who, address in LOOKED_AT:
        answer = browsers[who].get(f"{address}?again={random.random()}")
        assert answer.status_code == 200, address
        found.append(words_in(main_of(answer)))
    return found


#: Names, phones, an address and an illness of the cast: whatever stands beside the files holds none of them.
CANARIES = ("安安", "博博", "吴奶奶", "林老师", "13812345678", "13900000000", "大塘村", "癫痫")
BESIDE_THE_FILES = ("audit_event", "receipt", "message", "job", "access_log")


def test_whatever_is_pressed_no_log_message_or_receipt_names_anybody(
    bare_app: Flask, browsers: dict[str, FlaskClient], caplog: pytest.LogCaptureFixture
) -> None:
    day = Day(bare_app, 11, browsers)
    with caplog.at_level("DEBUG"):
        for _ in range(PRESSES):
            day.press()
    told = {"log": [record.getMessage() for record in caplog.records]}
    with bare_app.app_context():
        for table in BESIDE_THE_FILES:
            rows = db.session.execute(sa.text(f"SELECT * FROM {table}"))
            told[table] = [str(tuple(row)) for row in rows]
    assert told["audit_event"]
    assert told["receipt"]
    assert [(place, one) for place, lines in told.items() for one in CANARIES if one in "".join(lines)] == []
