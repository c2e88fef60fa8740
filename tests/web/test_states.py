"""Which state does a period show? By table: the row's numbers, and the cell they make."""

from datetime import date

import pytest

from hometeach.compliance.rules import Cause, LedgerRow, RowVerdict
from hometeach.kernel.clock import Span, week_of
from hometeach.schedule.rules import DeliveryRule, Metric, PeriodKind, Quota
from hometeach.visits.rules import Verdict
from hometeach.web.states import MARKS, RowNumbers, State, cell_state, verdict_state

OPEN, EXEMPT, MET, SHORT = RowVerdict.OPEN, RowVerdict.EXEMPT, RowVerdict.MET, RowVerdict.SHORT
MAKE_UP, INVALID, CALENDAR, NOTHING = ((cause, 1) for cause in Cause)


@pytest.mark.parametrize(
    ("numbers", "state"),
    [
        pytest.param((MET, 1, 1, 0, 0, 0), State.MET, id="given"),
        pytest.param((MET, 1, 3, 0, 0, 0), State.MET, id="given more than once"),
        pytest.param((MET, 2, 1, 0, 1, 0), State.MET, id="half of it excused, the rest given"),
        pytest.param((MET, 1, 0, 1, 0, 0), State.MADE_UP, id="given later"),
        pytest.param((MET, 2, 1, 1, 0, 0), State.MADE_UP, id="a part of it given later"),
        pytest.param((MET, 1, 1, 1, 0, 0), State.MET, id="a make-up that was not needed"),
        pytest.param((EXEMPT, 1, 0, 0, 1, 0), State.EXCUSED, id="excused"),
        pytest.param((EXEMPT, 0, 0, 0, 0, 0), State.NOTHING_OWED, id="nothing owed"),
        pytest.param((EXEMPT, 0, 1, 0, 0, 0), State.GIVEN, id="nothing owed, and given all the same"),
        pytest.param((EXEMPT, 1, 1, 0, 1, 0), State.GIVEN, id="excused, and given all the same"),
        pytest.param((EXEMPT, 1, 0, 1, 1, 0), State.GIVEN, id="excused, and made up all the same"),
        pytest.param((SHORT, 1, 0, 0, 0, 1, (NOTHING,)), State.UNACCOUNTED, id="nothing at all"),
        pytest.param((SHORT, 1, 0, 0, 0, 1, (MAKE_UP,)), State.KNOWN_CAUSE, id="make-up still possible"),
        pytest.param((SHORT, 1, 0, 0, 0, 1, (INVALID,)), State.KNOWN_CAUSE, id="came, and it did not count"),
        pytest.param((SHORT, 1, 0, 0, 0, 1, (CALENDAR,)), State.KNOWN_CAUSE, id="fell on a holiday"),
        pytest.param((SHORT, 2, 0, 0, 0, 2, (INVALID, NOTHING)), State.UNACCOUNTED, id="a part unexplained"),
        pytest.param((SHORT, 1, 0, 0, 0, 1), State.UNACCOUNTED, id="causes not told"),
        pytest.param((OPEN, 1, 0, 0, 0, 1), State.OPEN, id="still to be given"),
        pytest.param((OPEN, 2, 1, 0, 0, 1), State.OPEN, id="one of two still to be given"),
        pytest.param((OPEN, 1, 1, 0, 0, 0), State.OPEN_GIVEN, id="given before its end"),
        pytest.param((OPEN, 0, 1, 0, 0, 0), State.OPEN_GIVEN, id="nothing owed, given before its end"),
        pytest.param((OPEN, 1, 0, 0, 1, 0), State.EXCUSED, id="excused before its end"),
        pytest.param((OPEN, 0, 0, 0, 0, 0), State.NOTHING_OWED, id="a vacation to come"),
    ],
)
def test_a_cell_shows_how_its_row_stands(numbers: tuple[object, ...], state: State) -> None:
    assert cell_state(RowNumbers(*numbers)) is state  # type: ignore[arg-type]


def test_without_a_row_there_is_no_cell() -> None:
    assert cell_state(None) is State.NO_ROW
    assert MARKS[State.NO_ROW] == ""


def test_an_open_row_is_never_short() -> None:
    quota = Quota(PeriodKind.WEEK, Metric.SESSIONS, 1)
    rule = DeliveryRule("R", Span(date(2026, 9, 1)), 60, (quota,))
    row = LedgerRow(quota, 0, week_of(date(2026, 11, 18)), rule, teaching=5, active=5, required=1)
    assert cell_state(RowNumbers.of(row, date(2026, 11, 22))) is State.OPEN
    assert cell_state(RowNumbers.of(row, date(2026, 11, 23))) is State.UNACCOUNTED


def test_every_state_has_a_mark_of_its_own_save_what_differs_by_its_frame() -> None:
    shown = [MARKS[state] for state in State if state not in (State.OPEN_GIVEN, State.NO_ROW)]
    assert len(set(shown)) == len(shown)


def test_a_session_that_was_held_and_does_not_count_is_no_red_mark() -> None:
    shown = {verdict: verdict_state(verdict) for verdict in Verdict}
    assert shown[Verdict.COUNTED] is State.MET
    assert shown[Verdict.VOID] is State.NOTHING_OWED
    assert State.UNACCOUNTED not in shown.values()
