"""Report an incident, say who was told of it, add what follows, move it on.

Nothing that tells of whom it speaks leaves the incident's own rows: the audit
log names the incident and no child, the words to the head and to the bureau
name nobody. Source: Minors Protection Law art. 11.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.kernel import audit, clock, outbox
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db, hold
from hometeach.people.access import Role
from hometeach.people.models import Account, Child, RoleGrant, ServingSpan, in_force
from hometeach.visits.incidents.models import Incident, IncidentEntry
from hometeach.visits.incidents.rules import BY_ITSELF, EntryKind, IncidentState, Party, can_move, may_move
from hometeach.visits.models import Visit

#: Who wrote what the report did by itself.
BY_REPORT = "application"


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened, as it is reported. Units: ``minute`` after midnight, None where nobody knows.

    ``words``: place, persons, facts and measures; ``told``: who has been told already, and when.
    """

    on: date
    minute: int | None
    harm_suspected: bool
    words: Mapping[str, str]
    told: Mapping[Party, datetime] = field(default_factory=dict)


def report_incident(child: Child, happened: Happened, *, by: str, visit: Visit | None = None) -> Incident:
    """Keep the report, and tell the head of the school and the bureau's officers at once.

    Raises: Refused ``incident:to_come``, ``incident:no_facts``, ``incident:told_later``.
    """
    _refuse_report(happened)
    today = clock.today()
    serving = select(ServingSpan.school_id).where(ServingSpan.child_id == child.id, in_force(ServingSpan, today))
    incident = Incident(
        child_id=child.id,
        visit_id=visit.id if visit else None,
        school_id=db.session.scalar(serving),
        happened_on=happened.on,
        happened_minute=happened.minute,
        harm_suspected=happened.harm_suspected,
        written=json.dumps({name: text.strip() for name, text in happened.words.items()}, ensure_ascii=False),
        reported_by=by,
        reported_at=machine_now(),
        state=IncidentState.OPEN,
    )
    db.session.add(incident)
    db.session.flush()
    _record("incident:report", incident, by, harm=happened.harm_suspected)
    for party, moment in happened.told.items():
        note_told(incident, party, moment, by=by)
    _tell_at_once(incident, today)
    return incident


def note_told(incident: Incident, party: Party, moment: datetime, *, by: str, words: str = "") -> IncidentEntry:
    """Note that somebody was told, and when.

    Raises: Refused ``incident:told_later`` for a time that is still to come.
    """
    _refuse_moment(moment)
    entry = _add(incident, EntryKind.NOTIFIED, by, words, party=party, told_at=moment)
    _record("incident:notify", incident, by, party=party.value)
    return entry


def follow_up(incident: Incident, words: str, *, by: str) -> IncidentEntry:
    """Add what became of it.

    Raises: Refused ``incident:no_words``.
    """
    if not words.strip():
        raise Refused("incident:no_words", _("Write what was done, or what was found."), field="words")
    entry = _add(incident, EntryKind.FOLLOW_UP, by, words)
    _record("incident:follow_up", incident, by)
    return entry


def move_incident(
    incident: Incident, after: IncidentState, reason: str, *, by: str, is_head: bool, is_officer: bool
) -> None:
    """Call an incident handled, close it, or take it up again, with the reason.

    Raises: Refused ``incident:no_reason``, ``incident:moved``, ``incident:not_theirs``, ``incident:not_told``.
    """
    hold(incident)
    if not reason.strip():
        raise Refused("incident:no_reason", _("Write the reason."), field="reason")
    if not can_move(incident.state, after):
        raise Refused("incident:moved", _("Somebody else has moved this on meanwhile. Load the page again."))
    if not may_move(after, is_head=is_head, is_officer=is_officer):
        raise Refused("incident:not_theirs", _("The head of the school calls it handled; the bureau closes it."))
    if after is IncidentState.CLOSED and incident.still_to_tell:
        raise Refused("incident:not_told", _("Somebody who must be told has not been told yet: see the list above."))
    before, incident.state = incident.state, after
    _add(incident, EntryKind.STATE, by, reason, state=after)
    _record("incident:move", incident, by, before=before.value, after=after.value)


def _refuse_report(happened: Happened) -> None:
    if happened.on > clock.today():
        raise Refused("incident:to_come", _("This day is still to come. Choose when it happened."), field="day")
    if not happened.words.get("facts", "").strip():
        raise Refused("incident:no_facts", _("Write what happened."), field="facts")
    for moment in happened.told.values():
        _refuse_moment(moment)


def _refuse_moment(moment: datetime) -> None:
    if moment > machine_now():
        raise Refused(
            "incident:told_later", _("This time is still to come. Write when they were told."), field="told_at"
        )


def _tell_at_once(incident: Incident, on: date) -> None:
    """Put a word that names nobody into the inboxes of the head and of the officers."""
    body = (
        _("Harm to a child is suspected. Open the incidents now: police and civil affairs must be told at once.")
        if incident.harm_suspected
        else _("An incident was reported. Open the incidents to read it.")
    )
    told = {Party.SCHOOL: _heads(incident.school_id, on), Party.BUREAU: _officers(on)}
    for party in BY_ITSELF:
        for account in told[party]:
            outbox.post(
                f"incident:{incident.public_id}:{account}",
                kind="incident:report",
                to=f"account:{account}",
                channel=outbox.Channel.INBOX,
                about=f"incident:{incident.public_id}",
                body=body,
            )
        if told[party] and party not in incident.told:
            _add(incident, EntryKind.NOTIFIED, BY_REPORT, "", party=party, told_at=machine_now())


def _heads(school_id: int | None, on: date) -> list[str]:
    return list(
        _holders(on, RoleGrant.role == Role.SCHOOL_COORDINATOR, RoleGrant.unit_id == school_id, RoleGrant.is_head)
    )


def _officers(on: date) -> list[str]:
    return list(_holders(on, RoleGrant.role == Role.BUREAU_OFFICER))


def _holders(on: date, *conditions: object) -> Iterator[str]:
    held = select(RoleGrant.account_id).where(in_force(RoleGrant, on), *conditions)  # type: ignore[arg-type]
    statement = select(Account.public_id).where(Account.id.in_(held), Account.disabled_at.is_(None))
    yield from db.session.scalars(statement.order_by(Account.id))


def _add(
    incident: Incident,
    kind: EntryKind,
    by: str,
    words: str,
    *,
    party: Party | None = None,
    told_at: datetime | None = None,
    state: IncidentState | None = None,
) -> IncidentEntry:
    entry = IncidentEntry(kind=kind, party=party, told_at=told_at, state=state, by=by, at=machine_now())
    entry.words = words.strip() or None
    incident.entries.append(entry)
    db.session.flush()
    return entry


def _record(action: str, incident: Incident, by: str, **detail: object) -> None:
    audit.record(action, actor=by, about=f"incident:{incident.public_id}", detail=detail)
