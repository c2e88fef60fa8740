"""May a visit be written down like this? By table, edges first."""

from datetime import date

import pytest

from hometeach.schedule.rules import Mode
from hometeach.visits.recording.rules import GoalScore, Lateness, TimeFault, VisitFacts, lateness, time_faults

TODAY = date(2026, 11, 23)
HOUR = 3600


@pytest.mark.parametrize(
    ("arrived", "left", "faults"),
    [
        (15 * HOUR, 16 * HOUR, []),
        (15 * HOUR, 15 * HOUR, [("left", TimeFault.END_BEFORE_START)]),
        (18 * HOUR, 6 * HOUR, [("left", TimeFault.CROSSES_MIDNIGHT), ("arrived", TimeFault.IN_FUTURE)]),
        (17 * HOUR, 6 * HOUR, [("left", TimeFault.END_BEFORE_START)]),
        (4 * HOUR, 16 * HOUR, []),
        (4 * HOUR, 16 * HOUR + 60, [("left", TimeFault.TOO_LONG)]),
        (16 * HOUR, 17 * HOUR, []),
        (16 * HOUR, 17 * HOUR + 60, [("left", TimeFault.IN_FUTURE)]),
    ],
    ids=["fine", "no time", "midnight", "exchanged", "twelve hours", "one minute more", "now", "a minute ahead"],
)
def test_times_that_cannot_be_are_named(arrived: int, left: int, faults: list[tuple[str, TimeFault]]) -> None:
    assert list(time_faults(arrived, left, day=TODAY, today=TODAY, now_second=17 * HOUR)) == faults


@pytest.mark.parametrize(
    ("day", "is_permitted", "expected"),
    [
        (date(2026, 11, 23), False, Lateness.IN_TIME),
        (date(2026, 11, 22), False, Lateness.LATE),
        (date(2026, 11, 16), False, Lateness.LATE),
        (date(2026, 11, 15), False, Lateness.TOO_LATE),
        (date(2026, 11, 15), True, Lateness.LATE),
    ],
    ids=["the same day", "the day after", "the last day", "one day more", "permitted"],
)
def test_how_late_a_visit_is_written_down(day: date, is_permitted: bool, expected: Lateness) -> None:
    assert lateness(day, TODAY, late_entry_days=7, is_permitted=is_permitted) is expected


def test_a_record_is_spelt_in_one_way_and_read_back() -> None:
    facts = VisitFacts(
        15 * HOUR, 16 * HOUR, Mode.HOME, ("T1", "T9"), date(2026, 11, 17), "g", "cognition",
        (GoalScore("a", 3, "verbal"), GoalScore("b")), True, {"theme": "认识水果"},
    )  # fmt: skip
    assert VisitFacts.from_text(facts.text) == facts
