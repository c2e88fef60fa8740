"""How is an incident told, and who may read it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from hometeach.kernel.clock import local
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account
from hometeach.visits.incidents.actions import BY_REPORT
from hometeach.visits.incidents.models import Incident, count_unfinished, readable_by
from hometeach.visits.incidents.rules import EntryKind, IncidentState, Party
from hometeach.web import words
from hometeach.web.base import person
from hometeach.web.states import State

#: Who reports, and who may read at all: never the auditor's list, never the relief office.
STAFF = (Role.TEACHER, Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER)
PARTIES: Mapping[Party, Any] = {
    Party.GUARDIAN: _l("the guardian"),
    Party.SCHOOL: _l("the head of the school"),
    Party.BUREAU: _l("the education bureau"),
    Party.POLICE: _l("the police (110)"),
    Party.AMBULANCE: _l("the ambulance (120)"),
    Party.CIVIL_AFFAIRS: _l("civil affairs"),
}
STATES: Mapping[IncidentState, Any] = {
    IncidentState.OPEN: _l("open"),
    IncidentState.HANDLED: _l("handled"),
    IncidentState.CLOSED: _l("closed"),
}
#: By which mark each stands.
MARKED = {
    IncidentState.OPEN: State.KNOWN_CAUSE,
    IncidentState.HANDLED: State.OPEN,
    IncidentState.CLOSED: State.NOTHING_OWED,
}
NAMES: Mapping[str, Any] = {
    "place": _l("Where did it happen?"),
    "persons": _l("Who was there, or was hurt?"),
    "facts": _l("What happened?"),
    "measures": _l("What was done at once?"),
}


@dataclass(frozen=True)
class Line:
    """One thing that was added, as the time line shows it."""

    what: str
    when: str
    who: str
    href: str = ""


def sees_incident() -> ColumnElement[bool]:
    """The condition on ``Incident`` that the person may read it."""
    return readable_by(person().actor, headed=headed(), is_officer=is_officer())


def headed() -> frozenset[int]:
    """Ids of the schools that the person heads."""
    grants = person().grants
    return frozenset(one.unit_id for one in grants if one.role is Role.SCHOOL_COORDINATOR and one.is_head)


def is_officer() -> bool:
    """Whether the person is an officer of the bureau."""
    return Role.BUREAU_OFFICER in person().roles


def load_incident(public_id: str, *, looked_at: str = "incident") -> Incident:
    """The incident of this address, if the person may read it; reading it is logged, without the child.

    Raises: NotFound, alike for foreign and absent.
    """
    incident = db.session.scalar(select(Incident).where(Incident.public_id == public_id, sees_incident()))
    if incident is None:
        raise NotFound
    g.opened.append((f"incident:{incident.public_id}", looked_at, ""))
    return incident


def unfinished() -> tuple[int, int]:
    """Of what the person may read: how much is not closed, and of how much somebody must still be told."""
    return count_unfinished(sees_incident())


def when_words(incident: Incident) -> str:
    """When it happened."""
    minute = incident.happened_minute
    time = words.clock_words(minute * 60) if minute is not None else ""
    return f"{words.day_words(incident.happened_on)} {time}".strip()


def missing_words(incident: Incident) -> str:
    """Who must be told and is not yet; empty where everybody is."""
    return words.enumerated([str(PARTIES[party]) for party in incident.still_to_tell])


def told_parties(incident: Incident) -> list[tuple[str, str]]:
    """Who was told, and when first."""
    first: dict[Party, datetime] = {}
    for one in incident.entries:
        if one.party is not None and one.told_at is not None:
            first.setdefault(one.party, one.told_at)
    return [(str(PARTIES[party]), words.moment_words(first[party]) if party in first else "") for party in Party]


def lines_of(incident: Incident) -> list[Line]:
    """What was added, the latest first, down to the report itself."""
    names = _names({incident.reported_by, *(one.by for one in incident.entries)})
    added = [
        Line(_said(one), words.moment_words(one.at), names.get(one.by, _("by itself"))) for one in incident.entries
    ]
    begun = Line(_("Reported"), words.moment_words(incident.reported_at), names.get(incident.reported_by, ""))
    return [*reversed(added), begun]


def _said(one: Any) -> str:
    if one.kind is EntryKind.NOTIFIED:
        told = _("Told: %(party)s, at %(time)s", party=PARTIES[one.party], time=f"{local(one.told_at):%H:%M}")
        return f"{told}：{one.words}" if one.words else told
    if one.kind is EntryKind.STATE:
        return _("Now %(state)s: %(why)s", state=STATES[one.state], why=one.words)
    return str(one.words)


def _names(accounts: set[str]) -> dict[str, str]:
    wanted = accounts - {BY_REPORT}
    found = db.session.execute(select(Account.public_id, Account.name).where(Account.public_id.in_(wanted)))
    return {row.public_id: row.name for row in found}
