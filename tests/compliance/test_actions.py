"""The stored ledger follows the facts: rebuilt where they changed, untouched elsewhere."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from hometeach.compliance.actions import plan_ahead, rebuild_ledger
from hometeach.compliance.models import LedgerEntry, SessionVerdict
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.visits.models import Visit
from hometeach.visits.rules import Verdict
from tests import factories

TUESDAY = date(2026, 9, 8)


@pytest.fixture
def lin(app: Flask) -> Teacher:
    """A teacher in a school with a rule and a term."""
    school = factories.make_unit("S1")
    factories.make_rule()
    factories.make_term()
    return factories.make_teacher("T1", school)


@pytest.fixture
def child(lin: Teacher) -> Child:
    """A child with an agreement, taught on Tuesdays."""
    child = factories.make_child("C1", lin.school, lin)
    factories.make_agreement(child)
    factories.make_slot(child, lin)
    return child


def verdict_of(visit: Visit) -> Verdict | None:
    return db.session.scalar(select(SessionVerdict.verdict).where(SessionVerdict.visit_id == visit.id))


def week(child: Child, monday: date = date(2026, 9, 7)) -> LedgerEntry:
    statement = select(LedgerEntry).where(LedgerEntry.child_id == child.id, LedgerEntry.period_start == monday)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def test_a_recorded_visit_is_judged_and_entered(lin: Teacher, child: Child) -> None:
    visit = factories.make_visit(child, lin, on=TUESDAY)
    assert rebuild_ledger() > 0
    assert verdict_of(visit) is Verdict.COUNTED
    assert (week(child).required, week(child).delivered, week(child).unaccounted) == (1, 1, 0)


def test_rebuilding_what_is_right_writes_nothing(lin: Teacher, child: Child) -> None:
    factories.make_visit(child, lin, on=TUESDAY)
    rebuild_ledger()
    assert rebuild_ledger() == 0
    assert rebuild_ledger([child.id]) == 0


def test_a_corrected_visit_changes_its_own_rows_only(lin: Teacher, child: Child) -> None:
    visit = factories.make_visit(child, lin, on=TUESDAY)
    rebuild_ledger()
    untouched = week(child, date(2026, 9, 14)).id
    visit.left_second = visit.arrived_second + 59 * 60
    db.session.flush()
    rebuild_ledger([child.id])
    assert verdict_of(visit) is Verdict.TOO_SHORT
    assert (week(child).delivered, week(child).invalid, week(child).unaccounted) == (0, 1, 1)
    assert week(child, date(2026, 9, 14)).id == untouched


def test_a_clash_reaches_the_other_child_and_leaves_it_again(lin: Teacher, child: Child) -> None:
    other = factories.make_child("C2", lin.school, lin)
    factories.make_agreement(other)
    theirs = factories.make_visit(other, lin, on=TUESDAY)
    rebuild_ledger()
    mine = factories.make_visit(child, lin, on=TUESDAY, start=930)
    rebuild_ledger([child.id])
    assert (verdict_of(mine), verdict_of(theirs)) == (Verdict.OVERLAP, Verdict.OVERLAP)
    mine.is_void, mine.void_reason = True, "记错日期"
    db.session.flush()
    rebuild_ledger([child.id])
    assert (verdict_of(mine), verdict_of(theirs)) == (Verdict.VOID, Verdict.COUNTED)
    assert week(other).delivered == 1


def test_planned_sessions_skip_holidays_and_are_made_once(lin: Teacher, child: Child) -> None:
    made = plan_ahead(date(2026, 9, 1))
    days = set(db.session.scalars(select(Occurrence.planned_on)))
    assert made == len(days)
    assert date(2026, 9, 29) in days
    assert date(2026, 10, 6) not in days
    assert plan_ahead(date(2026, 9, 1)) == 0


def test_a_second_slot_at_the_same_hour_is_kept_as_clashing(lin: Teacher, child: Child) -> None:
    other = factories.make_child("C2", lin.school, lin)
    factories.make_agreement(other)
    factories.make_slot(other, lin, start=930, end=990)
    plan_ahead(date(2026, 9, 1))
    states = db.session.scalars(select(Occurrence.state).where(Occurrence.child_id == other.id))
    assert set(states) == {OccurrenceState.CLASHING}
