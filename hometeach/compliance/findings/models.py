"""Explanations of findings, and what somebody else said of them. The findings themselves are never kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import DateTime, ForeignKey, LargeBinary, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.compliance.findings.rules import Finding, Kind, Standing, standing_of
from hometeach.kernel.extensions import Model, coded, db
from hometeach.kernel.sealing import Sealed
from hometeach.people.models import Identified


class FindingExplanation(Identified, Model):
    """Why a finding is as it is, in somebody's words. Appended, never changed."""

    __tablename__ = "finding_explanation"

    #: The finding's key; no row stands behind it.
    finding_key: Mapped[str] = mapped_column(String(16))
    kind: Mapped[Kind] = mapped_column(coded(Kind))
    #: Of the facts that it explains: it says nothing of others.
    digest: Mapped[str] = mapped_column(String(64))
    #: How often these facts were explained before.
    number: Mapped[int]
    child_id: Mapped[int | None] = mapped_column(ForeignKey("child.id"), index=True)
    words = Sealed()
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: Public id of the account.
    explained_by: Mapped[str] = mapped_column(String(64))
    explained_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (UniqueConstraint("finding_key", "digest", "number"),)


class FindingDecision(Identified, Model):
    """Whether somebody else accepted an explanation. Appended, never changed."""

    __tablename__ = "finding_decision"

    explanation_id: Mapped[int] = mapped_column(ForeignKey("finding_explanation.id"), unique=True)
    is_accepted: Mapped[bool]
    reason = Sealed()
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    decided_by: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Explained(NamedTuple):
    """An explanation with what was said of it; empty while nobody has."""

    explanation: FindingExplanation
    decision: FindingDecision | None


def explanations_of(key: str) -> list[Explained]:
    """What was ever said of a finding, the newest first."""
    statement = _with_decisions().where(FindingExplanation.finding_key == key)
    return [Explained(*row) for row in db.session.execute(statement.order_by(FindingExplanation.id.desc()))]


class Position(NamedTuple):
    """How a finding stands; ``new`` are its occurrences beyond those whose explanation was accepted last."""

    standing: Standing
    new: int = 0


def standings_of(findings: Iterable[Finding]) -> dict[str, Standing]:
    """How each of these findings stands, by its key."""
    return {key: position.standing for key, position in positions_of(findings).items()}


def positions_of(findings: Iterable[Finding]) -> dict[str, Position]:
    """How each of these findings stands and what of it is new, by its key."""
    said = select(FindingExplanation.finding_key, FindingExplanation.digest, FindingDecision.is_accepted)
    statement = said.outerjoin(FindingDecision, FindingDecision.explanation_id == FindingExplanation.id)
    last: dict[str, tuple[str, bool | None]] = {}
    accepted_last: dict[str, str] = {}
    for key, digest, accepted in db.session.execute(statement.order_by(FindingExplanation.id)):
        last[key] = (digest, accepted)
        if accepted:
            accepted_last[key] = digest
    found = {}
    for finding in findings:
        explained, is_accepted = last.get(finding.key, ("", None))
        standing = standing_of(finding, explained=explained, accepted=is_accepted)
        found[finding.key] = Position(standing, finding.beyond(accepted_last.get(finding.key, "")) or 0)
    return found


def explanation_of(public_id: str) -> Explained | None:
    """The explanation with this public id."""
    row = db.session.execute(_with_decisions().where(FindingExplanation.public_id == public_id)).first()
    return Explained(*row) if row else None


def _with_decisions() -> Select[FindingExplanation, FindingDecision]:
    return select(FindingExplanation, FindingDecision).outerjoin(
        FindingDecision, FindingDecision.explanation_id == FindingExplanation.id
    )
