"""How are rows asked for, of some children or of all, and the sessions that they held?

Each question is a statement made once, because making it costs more than
asking it, and asked by table for the same reason: who asks flushes first.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, select, true, type_coerce

from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Teacher
from hometeach.schedule.rules import Mode
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.rules import Confirmation, Session

#: Says of a column with ids which of them are meant.
Which = Callable[[Any], ColumnElement[bool]]
#: Makes a statement about some rows or about all.
Question = Callable[[Which], Any]

VISITS, PRESENT = Visit.__table__, VisitTeacher.__table__
CHILDREN, TEACHERS = Child.__table__, Teacher.__table__

_MODES = {mode.value: mode for mode in Mode}
_CONFIRMATIONS = {said.value: said for said in Confirmation}


def these(column: Any) -> ColumnElement[bool]:
    """The condition that a column holds one of the ``ids`` that come with the question."""
    return column.in_(bindparam("ids", expanding=True))


def all_of_them(_column: Any) -> ColumnElement[bool]:
    """The condition that nothing is left out."""
    return true()


def ask(question: Question, ids: Collection[int] | None, **more: object) -> Sequence[Any]:
    """The rows that a question finds of these, or of all."""
    connection = db.session.connection()
    if ids is None:
        return connection.execute(_made(question, all_of_them), more).all()
    return connection.execute(_made(question, these), {"ids": list(ids), **more}).all()


@cache
def _made(question: Question, which: Which) -> Any:
    return question(which)


def sessions_of(ids: Collection[int] | None) -> Iterator[tuple[int, int, Session]]:
    """The sessions of these children, or of all, each with its own id and its child's."""
    return read_sessions(ask(_of_children, ids))


def sessions_among(visit_ids: Collection[int]) -> Iterator[tuple[int, int, Session]]:
    """These sessions, each with its id and its child's."""
    return read_sessions(ask(_by_id, visit_ids))


def read_sessions(rows: Iterable[Any]) -> Iterator[tuple[int, int, Session]]:
    """The sessions that rows of :func:`held` tell of, each with its id and its child's."""
    for visit_id, some in groupby(rows, key=itemgetter(0)):
        row, *others = some
        _id, child_id, child, number, day, arrived, left, teacher, mode, said, *rest = row[:WIDTH]
        teachers = () if teacher is None else (teacher, *[other[TEACHER] for other in others])
        yield (
            visit_id,
            child_id,
            Session(number, child, day, arrived, left, teachers, _MODES[mode], _CONFIRMATIONS[said], *rest),
        )


def held(visits: Any = VISITS, *more: Any) -> Any:
    """Sessions, a row for each teacher who was there, the one who keeps the record first; the same ones together.

    Codes come as text, because two look-ups are cheaper than two type decorators on every one of 12,000 rows.
    """
    plain = (visits.c[name] for name in ("number", "held_on", "arrived_second", "left_second"))
    coded = (type_coerce(visits.c[name], String) for name in ("mode", "confirmation"))
    rest = (visits.c[name] for name in ("is_void", "makes_up_for", "group_code"))
    return (
        select(visits.c.id, visits.c.child_id, CHILDREN.c.code, *plain, TEACHERS.c.code, *coded, *rest, *more)
        .select_from(visits)
        .join(CHILDREN, CHILDREN.c.id == visits.c.child_id)
        .outerjoin(PRESENT, PRESENT.c.visit_id == visits.c.id)
        .outerjoin(TEACHERS, TEACHERS.c.id == PRESENT.c.teacher_id)
        .order_by(visits.c.id, PRESENT.c.position)
    )


#: How many columns of a row tell of the session, and the place of the teacher among them.
WIDTH, TEACHER = 13, 7


def _of_children(which: Which) -> Any:
    return held().where(which(VISITS.c.child_id))


def _by_id(which: Which) -> Any:
    return held().where(which(VISITS.c.id))
