"""What is different between two versions of a plan?"""

from typing import NamedTuple

from flask import render_template, request
from sqlalchemy import select

from hometeach.cases.plan.comparing import differences
from hometeach.cases.plan.models import Plan, plans_of
from hometeach.cases.plan.rules import PlanStatus
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS
from hometeach.web.base import allowed
from hometeach.web.plans import pages
from hometeach.web.plans.asking import load_plan, opens_plan
from hometeach.web.plans.telling import told_of


class ChangeLine(NamedTuple):
    """A field before and after, as the table of changes shows it."""

    what: str
    field: str
    before: str
    after: str


@pages.get("/children/<public_id>/plans/<int:version>/compare")
@allowed(*FILE_READERS)
def compare(public_id: str, version: int) -> str:
    """The version beside another, field by field; the one before it where the address names none."""
    later = load_plan(public_id, version)
    others = [plan for plan in _openable(later) if plan.version != later.version]
    earlier = _chosen(others, later)
    lines = [
        ChangeLine(one.about.partition("\0")[0], one.field, one.before, one.after)
        for one in (differences(told_of(earlier), told_of(later)) if earlier else ())
    ]
    return render_template(
        "layout/compare.html",
        named={"public_id": later.child.public_id},
        later=later,
        earlier=earlier,
        others=others,
        lines=lines,
    )


def _openable(plan: Plan) -> list[Plan]:
    opens = set(db.session.scalars(select(Plan.id).where(Plan.child_id == plan.child_id, opens_plan())))
    kept = [one for one in plans_of(plan.child_id) if one.status is not PlanStatus.DISCARDED]
    return [one for one in kept if one.id in opens]


def _chosen(others: list[Plan], later: Plan) -> Plan | None:
    asked = request.args.get("with", "")
    if asked:
        found = next((one for one in others if str(one.version) == asked), None)
        if found is None:
            raise NotFound
        return found
    return next((one for one in others if one.version < later.version), next(iter(others), None))
