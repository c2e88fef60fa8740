"""Sessions that would put a child or a teacher in two places: which of them takes place is for a person to say."""

from collections.abc import Iterator
from typing import NamedTuple

from flask import render_template
from sqlalchemy import select

from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import Occurrence
from hometeach.web.base import allowed
from hometeach.web.schedule import PLANNERS, pages
from hometeach.web.schedule.index import clashing_condition
from hometeach.web.schedule.obstacles import in_the_way_words
from hometeach.web.schedule.session import when_words

#: So many are shown at a time; the next ones come up as these are settled.
MOST_SHOWN = 60


class Clash(NamedTuple):
    """A session that cannot take place as it stands, and what is in its way."""

    when: str
    child: str
    teacher: str
    public_id: str
    others: str


@pages.get("/clashing")
@allowed(*PLANNERS)
def clashes() -> str:
    """Every clashing session from today on, each with what is in its way."""
    found = list(_clashes())
    return render_template("schedule/clashing.html", clashes=found[:MOST_SHOWN], count=len(found))


def _clashes() -> Iterator[Clash]:
    statement = (
        select(Occurrence, Child.name, Teacher.name)
        .join(Child, Child.id == Occurrence.child_id)
        .join(Teacher, Teacher.id == Occurrence.teacher_id)
        .where(clashing_condition())
        .order_by(Occurrence.planned_on, Occurrence.start_minute, Occurrence.id)
    )
    for one, child, teacher in db.session.execute(statement).all():
        yield Clash(when_words(one), child, teacher, one.public_id, in_the_way_words(one))
