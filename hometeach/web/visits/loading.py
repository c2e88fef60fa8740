"""Whose record may a person open?"""

from datetime import timedelta
from typing import Any

from flask import g
from sqlalchemy import select

from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import whole_number
from hometeach.people.access import Scope
from hometeach.people.models import Child, children_within
from hometeach.visits.models import Visit
from hometeach.visits.recording.models import was_there
from hometeach.web.base import person, sees_child


def load_visit(public_id: str) -> tuple[Visit, Child]:
    """The record of this address with its child, if the person sees the child today; opening it is logged.

    A teacher who was there keeps seeing the own record for as long as it could
    be written down, though the child has moved to another school since.

    Raises: NotFound, alike for foreign and absent.
    """
    found = db.session.execute(
        select(Visit, Child)
        .join(Child, Child.id == Visit.child_id)
        .where(Visit.public_id == public_id, sees_child() | _own())
    ).first()
    if found is None:
        raise NotFound
    g.opened.append((f"child:{found[1].public_id}", "file", ""))
    return found[0], found[1]


def sees_the_child(child: Child) -> bool:
    """Whether the child's own file is open to the person too."""
    return db.session.scalar(select(Child.id).where(Child.id == child.id, sees_child())) is not None


def may_change(visit: Visit) -> bool:
    """Whether the person may correct or withdraw the record: a teacher who was there, or the school's coordinator."""
    scope = person().scope
    served = children_within(Scope(school_ids=scope.school_ids), clock.today())
    allowed = was_there(scope.teacher_id or 0) | Visit.child_id.in_(select(Child.id).where(served))
    return db.session.scalar(select(Visit.id).where(Visit.id == visit.id, allowed)) is not None


def _own() -> Any:
    today = clock.today()
    first = today - timedelta(days=whole_number("late_entry_days", today))
    return was_there(person().scope.teacher_id or 0) & (Visit.held_on >= first)
