"""Only a yes of every guardian who spoke, to a notice that still says the same, allows anything."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from hometeach.people.consents.rules import Answer, ConsentState, Said, fourteenth, may_be_asked, state_of

BORN, TODAY = date(2015, 6, 1), date(2026, 11, 23)
MOTHER, FATHER = 1, 2
GIVEN, REFUSED, WITHDRAWN = Answer.GIVEN, Answer.REFUSED, Answer.WITHDRAWN


def said(guardian: int, answer: Answer, day: int = 0, *, holds: bool = True, on: date = TODAY) -> Said:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return Said(guardian, answer, at, on, holds)


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ([], ConsentState.NOT_ASKED),
        ([said(MOTHER, GIVEN)], ConsentState.GIVEN),
        ([said(MOTHER, REFUSED)], ConsentState.REFUSED),
        ([said(MOTHER, GIVEN), said(MOTHER, WITHDRAWN, 1)], ConsentState.WITHDRAWN),
        ([said(MOTHER, REFUSED), said(MOTHER, GIVEN, 1)], ConsentState.GIVEN),
        ([said(MOTHER, WITHDRAWN), said(MOTHER, GIVEN, 1)], ConsentState.GIVEN),
        ([said(MOTHER, GIVEN), said(FATHER, GIVEN, 1)], ConsentState.GIVEN),
        ([said(MOTHER, GIVEN), said(FATHER, REFUSED, 1)], ConsentState.CONFLICT),
        ([said(MOTHER, REFUSED), said(FATHER, GIVEN, 1)], ConsentState.CONFLICT),
        ([said(MOTHER, GIVEN), said(FATHER, WITHDRAWN, 1)], ConsentState.CONFLICT),
        ([said(MOTHER, GIVEN), said(FATHER, REFUSED, 1), said(FATHER, GIVEN, 2)], ConsentState.GIVEN),
        ([said(MOTHER, GIVEN), said(FATHER, GIVEN, 1), said(MOTHER, WITHDRAWN, 2)], ConsentState.CONFLICT),
        ([said(MOTHER, REFUSED), said(FATHER, WITHDRAWN, 1)], ConsentState.WITHDRAWN),
        ([said(MOTHER, GIVEN, holds=False)], ConsentState.NOTICE_CHANGED),
        ([said(MOTHER, GIVEN, holds=False), said(MOTHER, GIVEN, 1)], ConsentState.GIVEN),
        ([said(MOTHER, GIVEN, holds=False), said(FATHER, GIVEN, 1)], ConsentState.GIVEN),
        ([said(MOTHER, REFUSED, holds=False)], ConsentState.REFUSED),
    ],
)
def test_a_purpose_stands_as_what_each_guardian_said_last(answers: list[Said], state: ConsentState) -> None:
    assert state_of(answers, born_on=BORN, on=TODAY) is state


def test_the_order_in_which_answers_are_read_changes_nothing() -> None:
    answers = [said(MOTHER, GIVEN), said(FATHER, REFUSED, 1), said(FATHER, GIVEN, 2), said(MOTHER, WITHDRAWN, 3)]
    assert {state_of(some, born_on=BORN, on=TODAY) for some in permutations(answers)} == {ConsentState.CONFLICT}


@pytest.mark.parametrize(
    ("said_on", "today", "state"),
    [
        (date(2029, 5, 31), date(2029, 5, 31), ConsentState.GIVEN),
        (date(2029, 5, 31), date(2029, 6, 1), ConsentState.TURNED_FOURTEEN),
        (date(2029, 6, 1), date(2029, 6, 1), ConsentState.GIVEN),
        (date(2029, 6, 1), date(2035, 1, 1), ConsentState.GIVEN),
    ],
)
def test_on_the_fourteenth_birthday_a_yes_falls_until_all_are_asked_anew(
    said_on: date, today: date, state: ConsentState
) -> None:
    assert state_of([said(MOTHER, GIVEN, on=said_on)], born_on=BORN, on=today) is state


@pytest.mark.parametrize(
    ("born_on", "birthday"),
    [
        (date(2015, 6, 1), date(2029, 6, 1)),
        (date(2012, 2, 29), date(2026, 3, 1)),
        (date(2014, 2, 28), date(2028, 2, 28)),
    ],
)
def test_who_is_born_on_a_leap_day_turns_fourteen_on_the_first_of_march(born_on: date, birthday: date) -> None:
    assert fourteenth(born_on) == birthday


@pytest.mark.parametrize(
    ("state", "refused_on", "asked"),
    [
        (ConsentState.NOT_ASKED, None, True),
        (ConsentState.GIVEN, None, False),
        (ConsentState.REFUSED, date(2026, 8, 31), True),
        (ConsentState.REFUSED, date(2026, 9, 1), False),
        (ConsentState.WITHDRAWN, TODAY, False),
        (ConsentState.CONFLICT, TODAY, False),
        (ConsentState.NOTICE_CHANGED, None, True),
        (ConsentState.TURNED_FOURTEEN, None, True),
        (ConsentState.TURNED_FOURTEEN, TODAY, False),
    ],
)
def test_nobody_is_asked_again_in_the_term_in_which_somebody_said_no(
    state: ConsentState, refused_on: date | None, asked: bool
) -> None:
    assert may_be_asked(state, refused_on, date(2026, 9, 1)) is asked


def test_between_terms_a_no_is_not_asked_about_again_either() -> None:
    assert not may_be_asked(ConsentState.REFUSED, date(2026, 7, 1), None)
