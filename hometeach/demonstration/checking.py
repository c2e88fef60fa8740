"""The demonstration's checking: an explanation that waits for a decision."""

from datetime import date

from sqlalchemy import select

from hometeach.compliance.findings.actions import explain
from hometeach.compliance.findings.facts import findings_on
from hometeach.compliance.findings.models import FindingExplanation
from hometeach.compliance.findings.rules import Kind
from hometeach.kernel.extensions import db
from hometeach.people.models import ResponsibleSpan, account_by_sign_in_name, in_force

#: Of which the first that there is gets explained.
EXPLAINED = (Kind.SHORT, Kind.SAME_TIMES, Kind.UNCONFIRMED)
WHY = "当天孩子发热，和奶奶商量后提前结束，已在记录里写明。"


def seed(on: date) -> None:
    """Have the demonstration's teacher explain one finding, once."""
    account = account_by_sign_in_name("lin")
    if account is None or db.session.scalar(select(FindingExplanation.id).limit(1)) is not None:
        return
    mine = set(
        db.session.scalars(
            select(ResponsibleSpan.child_id).where(
                ResponsibleSpan.teacher_id == account.teacher_id, in_force(ResponsibleSpan, on)
            )
        )
    )
    found = [one for one in findings_on(on) if one.child_id in mine and one.kind in EXPLAINED]
    if found:
        explain(min(found, key=lambda one: EXPLAINED.index(one.kind)), WHY, by=account.public_id)
