"""The rows of a visit made in the app, written by table: with its teachers, its details and its goals."""

import json
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from hometeach.cases.plan.models import PlanGoal
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import INSERTS, db
from hometeach.kernel.files import new_public_id
from hometeach.kernel.sealing import blind_index
from hometeach.people.models import Guardian, Teacher
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.recording.models import VisitDetail, VisitGoal
from hometeach.visits.recording.rules import VisitFacts
from hometeach.visits.rules import Confirmation

#: Made once, because making a statement costs more than executing it.
_VISITS: Any = Visit.__table__
_DETAILS: Any = VisitDetail.__table__
_STAFF: Any = Teacher.__table__
_PRESENT: Any = VisitTeacher.__table__
_NUMBERED = update(_VISITS).where(_VISITS.c.id == bindparam("at")).values(number=bindparam("series"))
_NEW_DETAIL = insert(_DETAILS)
_CARER = select(Guardian.id).where(Guardian.public_id == bindparam("key"))
_WHOSE = select(_STAFF.c.id).where(_STAFF.c.code == bindparam("code")).scalar_subquery()
#: Nobody has a code that is not there: the column takes no empty one.
_NEW_TEACHER = insert(_PRESENT).values(visit_id=bindparam("visit"), teacher_id=_WHOSE, position=bindparam("place"))
_DETAILED = tuple(column.key for column in _DETAILS.c if not column.primary_key)


def insert_visit(facts: VisitFacts, child_id: int, day: date, occurrence_id: int | None) -> tuple[int, str] | None:
    """Write the visit with its teachers and a number of its own: its id and its public id.

    None where the planned session has its record, of somebody at the same moment too.
    """
    public_id = new_public_id()
    values = {
        "public_id": public_id,
        "number": public_id,
        "child_id": child_id,
        "held_on": day,
        "arrived_second": facts.arrived,
        "left_second": facts.left,
        "mode": facts.mode,
        "confirmation": Confirmation.UNCONFIRMED,
        "is_void": False,
        "makes_up_for": facts.makes_up_for,
        "occurrence_id": occurrence_id,
        "recorded_at": machine_now(),
    }
    db.session.flush()  # what is written by table does not see to it
    connection = db.session.connection()
    visit_id = connection.scalar(_new_visit(connection.dialect.name), values)
    if visit_id is None:
        return None
    connection.execute(_NUMBERED, {"at": visit_id, "series": f"S-{day.year}-{visit_id:06d}"})
    write_teachers(visit_id, facts)
    return visit_id, public_id


def insert_detail(detail: VisitDetail) -> None:
    """Write new details."""
    db.session.connection().execute(_NEW_DETAIL, {name: getattr(detail, name) for name in _DETAILED})


def fill_detail(detail: VisitDetail, facts: VisitFacts) -> None:
    """Make the details say what the facts say."""
    detail.carer_id = db.session.scalar(_CARER, {"key": facts.carer}) if facts.carer else None
    detail.domain = facts.domain or None
    detail.has_incident = facts.has_incident
    detail.written = json.dumps(dict(facts.words), ensure_ascii=False, sort_keys=True)
    performance = " ".join(facts.words.get("performance", "").split())
    detail.performance_index = blind_index(performance, purpose="performance") if performance else None


def write_goals(visit_id: int, facts: VisitFacts, *, replacing: bool = False) -> None:
    """Make the goals of a visit say what the facts say."""
    if replacing:
        db.session.execute(delete(VisitGoal).where(VisitGoal.visit_id == visit_id))
    if not facts.goals:
        return
    named = [goal.goal for goal in facts.goals]
    found = db.session.execute(select(PlanGoal.public_id, PlanGoal.id).where(PlanGoal.public_id.in_(named)))
    ids = {row[0]: row[1] for row in found}
    db.session.add_all(
        VisitGoal(visit_id=visit_id, goal_id=ids[one.goal], score=one.score, prompt_level=one.prompt or None)
        for one in facts.goals
        if one.goal in ids
    )


def write_teachers(visit_id: int, facts: VisitFacts, *, replacing: bool = False) -> None:
    """Make the teachers of a visit those of the facts, the keeper of the record first."""
    if replacing:
        db.session.execute(delete(VisitTeacher).where(VisitTeacher.visit_id == visit_id))
    present = [{"visit": visit_id, "code": code, "place": place} for place, code in enumerate(facts.teachers)]
    db.session.connection().execute(_NEW_TEACHER, present)


@cache
def _new_visit(dialect: str) -> Any:
    """Inserts a visit and gives its id, or nothing where the planned session has its record."""
    return INSERTS[dialect](_VISITS).on_conflict_do_nothing(index_elements=["occurrence_id"]).returning(_VISITS.c.id)
