"""Who must be told of an incident, and who moves it on."""

import pytest

from hometeach.visits.incidents.rules import IncidentState, Party, can_move, may_move, still_to_tell


def test_where_harm_is_suspected_police_civil_affairs_and_education_are_told_and_not_the_guardian_first() -> None:
    assert still_to_tell({Party.SCHOOL, Party.BUREAU}, harm_suspected=True) == (Party.POLICE, Party.CIVIL_AFFAIRS)
    assert still_to_tell({Party.POLICE, Party.CIVIL_AFFAIRS, Party.BUREAU}, harm_suspected=True) == ()


def test_of_any_other_incident_the_guardian_and_the_school_are_told() -> None:
    assert still_to_tell({Party.SCHOOL}, harm_suspected=False) == (Party.GUARDIAN,)


@pytest.mark.parametrize(
    ("before", "after", "can"),
    [
        (IncidentState.OPEN, IncidentState.HANDLED, True),
        (IncidentState.OPEN, IncidentState.CLOSED, False),
        (IncidentState.HANDLED, IncidentState.CLOSED, True),
        (IncidentState.HANDLED, IncidentState.OPEN, True),
        (IncidentState.CLOSED, IncidentState.OPEN, False),
    ],
)
def test_the_way_of_an_incident(before: IncidentState, after: IncidentState, can: bool) -> None:
    assert can_move(before, after) is can


def test_only_the_bureau_closes() -> None:
    assert not may_move(IncidentState.CLOSED, is_head=True, is_officer=False)
    assert may_move(IncidentState.CLOSED, is_head=False, is_officer=True)
    assert may_move(IncidentState.HANDLED, is_head=True, is_officer=False)
    assert not may_move(IncidentState.HANDLED, is_head=False, is_officer=False)
