"""Incidents, never deleted, and what was added to each, never changed."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    false,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.sealing import Sealed
from hometeach.people.models import Child, Identified, OrgUnit
from hometeach.visits.incidents.rules import EntryKind, IncidentState, Party, still_to_tell
from hometeach.visits.models import Visit


class Incident(Identified, Model):
    """Something that happened to a child or a teacher: form F16."""

    __tablename__ = "incident"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    #: The visit in whose record it was noted; empty where it was reported by itself.
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    #: The school that served the child when it was reported: its head reads the report.
    school_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)
    happened_on: Mapped[date] = mapped_column(Date)
    #: Minutes after midnight; empty where nobody knows.
    happened_minute: Mapped[int | None]
    harm_suspected: Mapped[bool]
    #: JSON: place, persons, facts, measures.
    written = Sealed()
    written_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: Public id of the account.
    reported_by: Mapped[str] = mapped_column(String(64), index=True)
    reported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[IncidentState] = mapped_column(coded(IncidentState))

    child: Mapped[Child] = relationship()
    visit: Mapped[Visit | None] = relationship()
    school: Mapped[OrgUnit | None] = relationship()
    entries: Mapped[list["IncidentEntry"]] = relationship(order_by="IncidentEntry.id", back_populates="incident")

    __table_args__ = (
        CheckConstraint("happened_minute IS NULL OR happened_minute BETWEEN 0 AND 1439", name="minute"),
        Index(None, "state", "happened_on"),
    )

    @property
    def words(self) -> Mapping[str, str]:
        """What was written, by the name of the question."""
        told: dict[str, str] = json.loads(self.written)
        return told

    @property
    def told(self) -> frozenset[Party]:
        """Who has been told."""
        return frozenset(one.party for one in self.entries if one.party is not None)

    @property
    def still_to_tell(self) -> tuple[Party, ...]:
        """Who must be told and is not yet."""
        return still_to_tell(self.told, harm_suspected=self.harm_suspected)


class IncidentEntry(Identified, Model):
    """What was added to an incident: a follow-up, that somebody was told, or a new state."""

    __tablename__ = "incident_entry"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    kind: Mapped[EntryKind] = mapped_column(coded(EntryKind))
    #: Who was told, and when; only of a notification.
    party: Mapped[Party | None] = mapped_column(coded(Party))
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: The new state; only of a move.
    state: Mapped[IncidentState | None] = mapped_column(coded(IncidentState))
    words = Sealed()
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Public id of the account, or ``application`` for what the report did by itself.
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    incident: Mapped[Incident] = relationship(back_populates="entries")

    __table_args__ = (
        CheckConstraint("(kind = 'notified') = (party IS NOT NULL AND told_at IS NOT NULL)", name="notified"),
        CheckConstraint("(kind = 'state') = (state IS NOT NULL)", name="state_of_move"),
        CheckConstraint("kind = 'notified' OR words_sealed IS NOT NULL", name="in_words"),
    )


def readable_by(actor: str, *, headed: Collection[int], is_officer: bool) -> ColumnElement[bool]:
    """The condition on ``Incident`` that somebody may read it: the author, the school's head, the bureau's officer.

    ``headed``: ids of the schools that the person heads.
    """
    whole = Incident.id.is_not(None) if is_officer else false()
    return or_(whole, Incident.reported_by == actor, Incident.school_id.in_(list(headed)))


def count_unfinished(readable: ColumnElement[bool]) -> tuple[int, int]:
    """How many incidents are open or handled and not closed, and of how many somebody has not been told who must be."""
    statement = select(Incident).options(selectinload(Incident.entries))
    found = db.session.scalars(statement.where(readable, Incident.state != IncidentState.CLOSED)).all()
    return len(found), sum(bool(one.still_to_tell) for one in found)


def incidents_of_visit(visit_id: int, readable: ColumnElement[bool]) -> list[Incident]:
    """The incidents reported after a visit that somebody may read, the first one first."""
    statement = select(Incident).where(Incident.visit_id == visit_id, readable).order_by(Incident.id)
    return list(db.session.scalars(statement))
