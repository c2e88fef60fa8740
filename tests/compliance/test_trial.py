"""What would come out otherwise under another calendar is exactly what comes out otherwise."""

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.models import LedgerEntry
from hometeach.compliance.trial import BeforeAndAfter, Sums, Trial, try_calendar
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Child, Teacher
from hometeach.schedule.calendar import actions
from hometeach.schedule.calendar.rules import CalendarKind, Entry, with_entry
from hometeach.schedule.models import calendar_from, written_entries
from hometeach.schedule.rules import Metric, PeriodKind
from tests import factories

TODAY = date(2026, 11, 23)
WEEKLY = (PeriodKind.WEEK, Metric.SESSIONS)


@pytest.fixture(autouse=True)
def _cast(app: Flask) -> None:
    factories.make_cast()


def closed(first: date, last: date, name: str = "防汛停课") -> Entry:
    return Entry(CalendarKind.CLOSURE, name, Span(first, last))


def look(added: Entry | None = None, *, without: Entry | None = None) -> Trial:
    db.session.rollback()
    return try_calendar(calendar_from(with_entry(written_entries(), without=without, added=added)), TODAY)


def stored() -> Sums:
    rows = db.session.execute(
        sa.select(LedgerEntry.required, LedgerEntry.unaccounted, LedgerEntry.period_end).where(
            LedgerEntry.period_kind == PeriodKind.WEEK
        )
    ).all()
    return Sums(
        len(rows), sum(row.required for row in rows), sum(row.unaccounted for row in rows if row.period_end < TODAY)
    )


def test_the_calendar_as_it_stands_changes_nothing() -> None:
    trial = look()
    assert (trial.rows, trial.children) == (0, [])
    assert trial.balances[WEEKLY].before == trial.balances[WEEKLY].after == stored()


def test_a_closed_week_asks_nothing_of_anybody() -> None:
    trial = look(closed(date(2026, 11, 9), date(2026, 11, 13)))
    assert trial.rows == 2
    assert [child.rows for child in trial.children] == [1, 1]
    assert [child.telling for child in trial.children] == [1, 1]
    assert trial.children[0].balances == {WEEKLY: BeforeAndAfter(Sums(1, 1, 1), Sums(1, 0, 0))}


def test_a_closure_in_the_running_week_is_no_matter_of_who_accounts() -> None:
    trial = look(closed(date(2026, 11, 23), date(2026, 11, 27)))
    assert trial.rows == 2
    assert [child.telling for child in trial.children] == [0, 0]


def test_a_closure_outside_the_term_changes_nothing() -> None:
    assert look(closed(date(2026, 8, 3), date(2026, 8, 7))).rows == 0


def test_a_longer_term_adds_rows_that_stood_nowhere() -> None:
    term = next(entry for entry in written_entries() if entry.kind is CalendarKind.TERM)
    longer = Entry(CalendarKind.TERM, term.name, Span(term.span.first, date(2027, 2, 5)))
    trial = look(longer, without=term)
    assert trial.balances[WEEKLY].after.rows == trial.balances[WEEKLY].before.rows + 4


def test_without_its_term_nothing_is_owed() -> None:
    term = next(entry for entry in written_entries() if entry.kind is CalendarKind.TERM)
    trial = look(without=term)
    assert trial.balances[WEEKLY].after == Sums(0, 0, 0)
    assert trial.rows == trial.balances[WEEKLY].before.rows


def test_looking_writes_nothing() -> None:
    before = stored()
    look(closed(date(2026, 11, 9), date(2026, 11, 13)))
    db.session.rollback()
    assert stored() == before


def test_what_was_told_before_is_what_stands_afterwards() -> None:
    entry = closed(date(2026, 10, 26), date(2026, 11, 6))
    told = look(entry).balances[WEEKLY].after
    with committed():
        actions.add_entry(entry, by="bai")
        rebuild_ledger()
    assert stored() == told
    assert look().rows == 0


def test_the_child_of_whom_most_is_to_be_told_comes_first() -> None:
    with committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        lin = db.session.scalars(sa.select(Teacher).where(Teacher.code == "T1")).one()
        factories.make_visit(child, lin, on=date(2026, 11, 10))
        rebuild_ledger()
    trial = look(closed(date(2026, 11, 9), date(2026, 11, 13)))
    codes = [db.session.get_one(Child, one.child_id).code for one in trial.children]
    assert codes == ["C2", "C1"]
    assert [one.telling for one in trial.children] == [1, 0]
