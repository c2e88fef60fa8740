"""What stands in the way of a planned session, in words?"""

from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import Occurrence
from hometeach.schedule.planning.overlap import Place, in_the_way
from hometeach.web import words
from hometeach.web.base import sees_child


def in_the_way_words(one: Occurrence) -> str:
    """The sessions that share time with this one, a child whom the person does not see unnamed; empty for none."""
    place = Place(one.child_id, one.teacher_id, one.planned_on, one.start_minute, one.end_minute)
    return words.listed(_told(other) for other in in_the_way(place, one.id))


def _told(other: Occurrence) -> str:
    teacher = db.session.get_one(Teacher, other.teacher_id).name
    child = db.session.scalar(select(Child.name).where(Child.id == other.child_id, sees_child()))
    hours = words.hours_words(other.start_minute * 60, other.end_minute * 60)
    return _("%(teacher)s with %(child)s, %(hours)s", teacher=teacher, child=child or _("another child"), hours=hours)
