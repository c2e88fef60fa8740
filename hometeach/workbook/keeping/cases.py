"""Where do cases stand that come from a bureau's own lists?"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select, update

from hometeach.agreements.models import Agreement
from hometeach.cases.models import Case, Suspension
from hometeach.cases.rules import CaseStatus, adopted_status
from hometeach.kernel.extensions import db
from hometeach.people.models import in_force

#: States that lists alone can tell; a case that somebody moved elsewhere stays there.
ADOPTED = (CaseStatus.AGREEMENT_PENDING, CaseStatus.ACTIVE, CaseStatus.SUSPENDED)


def adopt_cases(child_ids: Collection[int] | None, on: date) -> None:
    """Let the cases of these children (or of all) stand as agreements and suspensions say.

    One that came to wait for its agreement here, step by step, is planned before it is taught.
    """
    agreed = set(db.session.scalars(select(Agreement.child_id).where(in_force(Agreement, on))))
    suspended = set(db.session.scalars(select(Suspension.child_id).where(in_force(Suspension, on))))
    by_lists = Case.status.in_(ADOPTED) & ((Case.status != CaseStatus.AGREEMENT_PENDING) | (Case.moved == 0))
    cases = db.session.execute(select(Case.id, Case.child_id, Case.status).where(by_lists)).all()
    wanted = set(child_ids) if child_ids is not None else {child_id for _id, child_id, _status in cases}
    moved: dict[CaseStatus, list[int]] = {}
    for case_id, child_id, status in cases:
        told = adopted_status(agreement_in_force=child_id in agreed, suspended=child_id in suspended)
        if child_id in wanted and told is not status:
            moved.setdefault(told, []).append(case_id)
    for status, case_ids in moved.items():
        db.session.execute(update(Case), [{"id": case_id, "status": status} for case_id in case_ids])
