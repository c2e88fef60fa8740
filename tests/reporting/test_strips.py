"""A printed strip is text, one full-width mark a week."""

from datetime import date, timedelta

import pytest

from hometeach.compliance.rules import RowVerdict
from hometeach.kernel.clock import Span
from hometeach.kernel.documents import missing_glyphs
from hometeach.reporting.rollups import WeekState
from hometeach.reporting.strips import child_strip, group_strip, month_heads
from tests.reporting.test_rollups import EXEMPT, MONDAY, OPEN, SHORT, row

WEEK = Span(MONDAY, MONDAY + timedelta(days=6))


@pytest.mark.parametrize(
    ("facts", "look", "mark"),
    [
        pytest.param({}, "", "●", id="met"),
        pytest.param({"delivered": 0, "made_up": 1}, "", "◐", id="met by a make-up"),
        pytest.param(EXEMPT, "", "○", id="excused"),
        pytest.param({"required": 0, "delivered": 0, "verdict": RowVerdict.EXEMPT}, "", "－", id="nothing owed"),
        pytest.param({"required": 0, "verdict": RowVerdict.EXEMPT}, "", "●", id="given all the same"),
        pytest.param(SHORT, "u", "×", id="nobody accounts for it"),
        pytest.param(SHORT | {"causes": (0, 0, 1, 0)}, "", "◇", id="the calendar took it"),
        pytest.param(OPEN, "", "．", id="not over yet"),
        pytest.param(OPEN | {"delivered": 1, "unaccounted": 0}, "", "●", id="given before its end"),
    ],
)
def test_a_child_s_week_has_its_mark(facts, look: str, mark: str) -> None:
    runs = child_strip({MONDAY: row(**facts)}, [WEEK])
    assert [(run.look, run.marks) for run in runs] == [(look, mark)]


def test_a_week_without_a_row_keeps_its_place() -> None:
    assert child_strip({}, [WEEK])[0].marks == "\u3000"


def week_state(**facts) -> WeekState:
    numbers = {"rows": 9, "met": 0, "short": 0, "exempt": 0, "exempt_excused": 0, "unaccounted": 0, "nothing": 0}
    return WeekState(**(numbers | {"is_open": False} | facts))


@pytest.mark.parametrize(
    ("state", "look", "mark"),
    [
        pytest.param(week_state(met=9), "", "●", id="all met"),
        pytest.param(week_state(short=1, unaccounted=1), "", "◇", id="short for a known cause"),
        pytest.param(week_state(short=3, unaccounted=3, nothing=3), "u counted", "３", id="three"),
        pytest.param(week_state(short=12, unaccounted=12, nothing=12), "uu counted", "12", id="two digits in one em"),
        pytest.param(week_state(short=120, unaccounted=120, nothing=120), "u counted", "×", id="too many to print"),
        pytest.param(week_state(exempt=9, exempt_excused=1), "", "○", id="all excused"),
        pytest.param(week_state(exempt=9), "", "－", id="nothing owed"),
        pytest.param(week_state(is_open=True), "", "．", id="open"),
        pytest.param(None, "", "\u3000", id="no row"),
    ],
)
def test_a_school_s_week_says_how_many_nobody_accounts_for(state, look: str, mark: str) -> None:
    assert [(run.look, run.marks) for run in group_strip([state])] == [(look, mark)]


def test_the_months_stand_over_their_weeks() -> None:
    weeks = [Span(date(2026, 3, 23) + timedelta(weeks=n), date(2026, 3, 29) + timedelta(weeks=n)) for n in range(3)]
    assert [(head.month, head.width) for head in month_heads(weeks)] == [(3, 2), (4, 1)]


def test_every_mark_has_a_glyph() -> None:
    assert missing_glyphs("●◐○◇×－．＋０１２３４５６７８９") == []
