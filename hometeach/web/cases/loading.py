"""Which case does an address name, may this person open it, and as whom may they move it?"""

from flask import g
from sqlalchemy import ColumnElement, false, or_, select

from hometeach.cases.models import Case, around
from hometeach.cases.rules import Acting, CaseStatus, movers_of
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child, OrgUnit
from hometeach.people.rules import UnitKind
from hometeach.web.base import person, sees_child


def load_case(public_id: str) -> Case:
    """The case of the child of this address, if the person may open it; opening it is logged.

    Raises: NotFound, alike for foreign and absent.
    """
    statement = select(Case).join(Child, Child.id == Case.child_id).where(Child.public_id == public_id, opens_case())
    case = db.session.scalar(statement)
    if case is None:
        raise NotFound
    g.opened.append((f"child:{public_id}", "case", ""))
    return case


def opens_case() -> ColumnElement[bool]:
    """The condition that the person opens a case: sees its child, or is asked as the resource centre."""
    return or_(sees_child(), (Case.status == CaseStatus.REVIEW_DUE) if _is_centre() else false())


def sees_file(case: Case) -> bool:
    """Whether the person sees the child's file as well, not the case alone."""
    return db.session.scalar(select(Child.id).where(Child.id == case.child_id, sees_child())) is not None


def acting_on(child_id: int) -> Acting:
    """As whom the person moves the case of this child today."""
    asking = person()
    movers = movers_of(asking.grants, asking.signed_in.teacher_id, around(child_id, clock.today()))
    return Acting(asking.actor, movers)


def _is_centre() -> bool:
    units = {grant.unit_id for grant in person().grants if grant.role is Role.SCHOOL_COORDINATOR}
    special = select(OrgUnit.id).where(OrgUnit.id.in_(units), OrgUnit.kind == UnitKind.SPECIAL_SCHOOL)
    return bool(units) and db.session.scalar(special.limit(1)) is not None
