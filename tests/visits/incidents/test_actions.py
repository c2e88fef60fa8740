"""An incident tells head and bureau at once without naming anybody, is added to, and is never deleted."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Message
from hometeach.people.models import Child, account_by_sign_in_name
from hometeach.visits.incidents.actions import Happened, follow_up, move_incident, note_told, report_incident
from hometeach.visits.incidents.models import Incident, IncidentEntry
from hometeach.visits.incidents.rules import IncidentState, Party
from tests import factories

TODAY = date(2026, 11, 23)
WORDS = {"place": "家中", "persons": "安安", "facts": "孩子独自被锁在屋里。", "measures": "联系村委会"}


@pytest.fixture
def incident(app: Flask, cast: factories.Cast) -> Incident:
    """Teacher Lin reports that a child may have been harmed."""
    child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
    return report_incident(child, Happened(TODAY, 560, True, WORDS), by=who("lin"))


def who(name: str) -> str:
    account = account_by_sign_in_name(name)
    assert account is not None
    return account.public_id


def test_head_and_officer_are_told_at_once_and_nobody_is_named(incident: Incident) -> None:
    messages = db.session.scalars(sa.select(Message).where(Message.kind == "incident:report")).all()
    assert {one.recipient for one in messages} == {f"account:{who('he')}", f"account:{who('bai')}"}
    for one in messages:
        assert one.about == f"incident:{incident.public_id}"
        assert "安安" not in one.body + one.about
    assert incident.told == {Party.SCHOOL, Party.BUREAU}
    assert incident.still_to_tell == (Party.POLICE, Party.CIVIL_AFFAIRS)


def test_the_log_names_the_incident_and_no_child(incident: Incident, cast: factories.Cast) -> None:
    logged = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action.startswith("incident:"))).all()
    assert [one.about for one in logged] == [f"incident:{incident.public_id}"]
    assert cast.own_child not in logged[0].detail


def test_the_words_are_sealed(incident: Incident) -> None:
    assert "锁".encode() not in incident.written_sealed
    assert incident.words["facts"] == "孩子独自被锁在屋里。"


@pytest.mark.parametrize(
    ("happened", "code"),
    [
        (Happened(TODAY + timedelta(days=1), None, False, WORDS), "incident:to_come"),
        (Happened(TODAY, None, False, {"facts": " "}), "incident:no_facts"),
    ],
)
def test_what_cannot_be_reported(app: Flask, cast: factories.Cast, happened: Happened, code: str) -> None:
    child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
    with pytest.raises(Refused) as refused:
        report_incident(child, happened, by="lin")
    assert refused.value.code == code


def test_nobody_was_told_tomorrow(incident: Incident) -> None:
    with pytest.raises(Refused) as refused:
        note_told(incident, Party.POLICE, machine_now() + timedelta(hours=1), by="he")
    assert refused.value.code == "incident:told_later"


def test_it_is_handled_by_the_head_and_closed_by_the_bureau_once_everybody_was_told(incident: Incident) -> None:
    follow_up(incident, "村委会已到场。", by=who("he"))
    move_incident(incident, IncidentState.HANDLED, "孩子已由姑姑照看", by=who("he"), is_head=True, is_officer=False)
    closing = {"by": who("bai"), "is_head": False, "is_officer": True}
    with pytest.raises(Refused) as untold:
        move_incident(incident, IncidentState.CLOSED, "已办结", **closing)  # type: ignore[arg-type]
    assert untold.value.code == "incident:not_told"
    for party in (Party.POLICE, Party.CIVIL_AFFAIRS):
        note_told(incident, party, machine_now(), by=who("bai"))
    move_incident(incident, IncidentState.CLOSED, "已办结", **closing)  # type: ignore[arg-type]
    assert incident.state is IncidentState.CLOSED
    assert [one.words for one in incident.entries if one.words] == ["村委会已到场。", "孩子已由姑姑照看", "已办结"]


@pytest.mark.parametrize(
    ("after", "reason", "roles", "code"),
    [
        (IncidentState.HANDLED, " ", {"is_head": True, "is_officer": False}, "incident:no_reason"),
        (IncidentState.HANDLED, "好了", {"is_head": False, "is_officer": False}, "incident:not_theirs"),
        (IncidentState.CLOSED, "好了", {"is_head": False, "is_officer": True}, "incident:moved"),
    ],
)
def test_what_moves_nothing(
    incident: Incident, after: IncidentState, reason: str, roles: dict[str, bool], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        move_incident(incident, after, reason, by="x", **roles)
    assert refused.value.code == code


def test_the_database_deletes_no_incident_and_changes_nothing_that_was_added(incident: Incident) -> None:
    for statement in (
        sa.delete(Incident),
        sa.update(IncidentEntry).values(by="somebody"),
        sa.delete(IncidentEntry),
    ):
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(statement)
