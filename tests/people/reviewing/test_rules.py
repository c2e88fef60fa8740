"""What raises a question in an account, who decides, and when a review is due."""

from datetime import date

import pytest

from hometeach.kernel.clock import Span
from hometeach.people.access import Grant, Role
from hometeach.people.reviewing.rules import (
    Bar,
    Concern,
    Outcome,
    Standing,
    bar_to_decide,
    both_sides,
    concerns_of,
    due_on,
    needs_reason,
)

TODAY = date(2026, 11, 23)
OPEN = Span.of(date(2026, 1, 1), None)
CLOSED = Span(date(2026, 1, 1), date(2026, 12, 31))
OVER = Span(date(2026, 1, 1), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("grants", "used_on", "found"),
    [
        pytest.param([], TODAY, (), id="no role, used today"),
        pytest.param([(Role.TEACHER, CLOSED)], TODAY, (), id="a role with an end"),
        pytest.param([(Role.TEACHER, OPEN)], TODAY, (Concern.OPEN_END,), id="a role without one"),
        pytest.param([], date(2026, 8, 25), (), id="ninety days unused: not yet"),
        pytest.param([], date(2026, 8, 24), (Concern.UNUSED,), id="one day more"),
        pytest.param(
            [(Role.TEACHER, CLOSED), (Role.SCHOOL_COORDINATOR, CLOSED)], TODAY, (Concern.BOTH_SIDES,), id="both sides"
        ),
        pytest.param([(Role.TEACHER, CLOSED), (Role.SCHOOL_COORDINATOR, OVER)], TODAY, (), id="one side is over"),
    ],
)
def test_what_is_to_be_looked_at(grants, used_on, found):
    held = [Grant(role, 1, span) for role, span in grants]
    assert concerns_of(Standing(held, used_on), TODAY, 90) == found


@pytest.mark.parametrize(
    ("roles", "pairs"),
    [
        ({Role.TEACHER}, []),
        ({Role.ADMINISTRATOR, Role.BUREAU_OFFICER}, []),
        ({Role.AUDITOR, Role.ADMINISTRATOR}, [(Role.ADMINISTRATOR, Role.AUDITOR)]),
        ({Role.BUREAU_OFFICER, Role.RELIEF_CLERK}, [(Role.BUREAU_OFFICER, Role.RELIEF_CLERK)]),
    ],
)
def test_pairs_of_which_one_approves_the_other(roles, pairs):
    assert both_sides(roles) == pairs


@pytest.mark.parametrize(
    ("is_own", "is_administrator", "about_administrator", "bar"),
    [
        pytest.param(True, True, True, Bar.OWN, id="one's own"),
        pytest.param(False, True, True, None, id="an administrator about another"),
        pytest.param(False, True, False, None, id="an administrator about a teacher"),
        pytest.param(False, False, True, None, id="an officer about an administrator"),
        pytest.param(False, False, False, Bar.NOT_AN_ADMINISTRATOR, id="an officer about a teacher"),
    ],
)
def test_who_decides(is_own, is_administrator, about_administrator, bar):
    decided = bar_to_decide(is_own=is_own, is_administrator=is_administrator, about_administrator=about_administrator)
    assert decided is bar


def test_the_next_review_is_due_a_year_after_the_last_or_after_the_first_account():
    assert due_on(date(2025, 11, 23), date(2020, 1, 1), 365) == TODAY
    assert due_on(None, date(2025, 11, 23), 365) == TODAY


def test_a_reason_is_needed_for_every_change_and_for_what_was_pointed_at():
    assert needs_reason(Outcome.LOCK, ())
    assert needs_reason(Outcome.KEEP, (Concern.UNUSED,))
    assert not needs_reason(Outcome.KEEP, (Concern.OPEN_END,))
