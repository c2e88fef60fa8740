"""Explain a finding; accept or reject somebody else's explanation."""

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from hometeach.compliance.findings.models import (
    Explained,
    FindingDecision,
    FindingExplanation,
    explanations_of,
    standings_of,
)
from hometeach.compliance.findings.rules import Finding, Standing, may_decide
from hometeach.kernel import audit, clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import Model, db
from hometeach.people.models import Child


def explain(finding: Finding, words: str, *, by: str) -> FindingExplanation:
    """Say why a finding is as it is. It stays open until somebody else accepts that.

    Raises: Refused ``finding:explained`` where an explanation waits or was accepted already.
    """
    if standings_of([finding])[finding.key] is not Standing.OPEN:
        raise _explained()
    explanation = FindingExplanation(
        finding_key=finding.key,
        kind=finding.kind,
        digest=finding.digest,
        number=sum(one.explanation.digest == finding.digest for one in explanations_of(finding.key)),
        child_id=finding.child_id,
        words=words,
        explained_by=by,
        explained_at=clock.machine_now(),
    )
    _add(explanation, _explained())
    audit.record(
        "finding:explain", actor=by, about=_about(finding.child_id, finding.key), detail={"kind": finding.kind}
    )
    return explanation


def decide(explained: Explained, finding: Finding, *, is_accepted: bool, reason: str, by: str) -> None:
    """Accept an explanation, which closes the finding for as long as its facts stay, or reject it.

    One that grows is closed for what was explained: enough new occurrences open it again.

    Raises: Refused ``finding:own``, ``finding:decided``, ``finding:changed``.
    """
    explanation = explained.explanation
    if not may_decide(by, explained_by=explanation.explained_by):
        raise Refused("finding:own", _("Nobody decides on their own explanation. Ask somebody else."))
    if explained.decision is not None:
        raise _decided()
    if not finding.is_covered_by(explanation.digest):
        raise Refused("finding:changed", _("The facts have changed since: the finding has to be explained anew."))
    decision = FindingDecision(
        explanation_id=explanation.id,
        is_accepted=is_accepted,
        reason=reason,
        decided_by=by,
        decided_at=clock.machine_now(),
    )
    _add(decision, _decided())
    audit.record(
        "finding:accept" if is_accepted else "finding:reject",
        actor=by,
        about=_about(finding.child_id, finding.key),
        detail={"kind": finding.kind},
    )


def _explained() -> Refused:
    return Refused("finding:explained", _("An explanation of this is there already."))


def _decided() -> Refused:
    return Refused("finding:decided", _("Somebody has decided on this explanation already."))


def _add(row: Model, refusal: Refused) -> None:
    """Add a row of which two people at once may both want to be the first."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as taken:
        raise refusal from taken


def _about(child_id: int | None, key: str) -> str:
    """As the audit log names it: a child's finding stands on the child's time line."""
    child = db.session.get(Child, child_id) if child_id is not None else None
    return f"child:{child.public_id}" if child else f"finding:{key}"
