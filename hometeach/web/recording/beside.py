"""What is on record already of the child on the day that is being written down?"""

from typing import NamedTuple

from sqlalchemy import select

from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.visits.models import Visit
from hometeach.web.base import sees_child
from hometeach.web.recording.subject import Subject
from hometeach.web.standings.sessions import Held, recorded_sessions, sessions_held


class Beside(NamedTuple):
    """The records of the child on the day, and whether whoever writes may open them."""

    records: list[Held]
    opens: bool


def recorded_that_day(subject: Subject) -> Beside:
    """The records that stand. A child that moved to another school since is written down, and not looked into."""
    held = (Visit.child_id == subject.child.id, Visit.held_on == subject.day, Visit.is_void.is_(False))
    is_seen = select(Child.id).where(Child.id == subject.child.id, sees_child())
    return Beside(sessions_held(recorded_sessions(*held)), db.session.scalar(is_seen) is not None)
