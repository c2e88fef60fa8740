"""Which sessions were recorded, and what does the rule say of each?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from hometeach.compliance.models import SessionVerdict
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import all_rules
from hometeach.schedule.rules import DeliveryRule, Metric, Mode
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.rules import Confirmation, Judgement, Session, Verdict
from hometeach.web import words
from hometeach.web.states import State, verdict_state


class Recorded(NamedTuple):
    """A recorded session as plain columns, with what its own day's rule says. Units: seconds after midnight."""

    id: int
    public_id: str
    number: str
    child_id: int
    child_public_id: str
    child: str
    child_code: str
    day: date
    arrived: int
    left: int
    mode: Mode
    confirmation: Confirmation
    is_void: bool
    makes_up_for: date | None
    verdict: Verdict
    rule_code: str
    minutes: int
    class_hours: int
    credited_on: date
    is_make_up: bool


@dataclass(frozen=True)
class Held:
    """A recorded session with the teachers who were there, ready to be told."""

    recorded: Recorded
    teachers: Sequence[tuple[str, str]]
    rule: DeliveryRule | None

    @property
    def state(self) -> State:
        """In which state its verdict is shown."""
        return verdict_state(self.recorded.verdict)

    @property
    def outcome(self) -> str:
        """The verdict in two or three words."""
        return words.verdict_words(self.recorded.verdict)

    @property
    def sentence(self) -> str:
        """The verdict with its arithmetic."""
        return words.verdict_sentence(self.judgement)

    @property
    def length(self) -> str:
        """How long it lasted."""
        return words.amount_words(self.recorded.minutes, Metric.MINUTES)

    @property
    def place(self) -> str:
        """Where it was held."""
        return words.mode_words(self.recorded.mode)

    @property
    def hours(self) -> str:
        """From when to when."""
        return words.hours_words(self.recorded.arrived, self.recorded.left)

    @property
    def judgement(self) -> Judgement:
        """The same for the words."""
        one = self.recorded
        session = Session(
            one.number,
            one.child_code,
            one.day,
            one.arrived,
            one.left,
            tuple(code for code, _name in self.teachers),
            one.mode,
            one.confirmation,
            one.is_void,
            one.makes_up_for,
        )
        return Judgement(session, one.verdict, self.rule)


def sessions_held(statement: Select[*tuple[Any, ...]]) -> list[Held]:
    """The sessions that a statement made from :func:`recorded_sessions` finds."""
    rows = [Recorded._make(row) for row in db.session.execute(statement)]
    teachers, rules = teachers_of(row.id for row in rows), rules_by_code() if rows else {}
    return [Held(row, teachers.get(row.id, ()), rules.get(row.rule_code)) for row in rows]


def recorded_sessions(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The columns of :class:`Recorded`, the latest session first."""
    return (
        select(
            Visit.id,
            Visit.public_id,
            Visit.number,
            Child.id,
            Child.public_id,
            Child.name,
            Child.code,
            Visit.held_on,
            Visit.arrived_second,
            Visit.left_second,
            Visit.mode,
            Visit.confirmation,
            Visit.is_void,
            Visit.makes_up_for,
            SessionVerdict.verdict,
            SessionVerdict.rule_code,
            SessionVerdict.minutes,
            SessionVerdict.class_hours,
            SessionVerdict.credited_on,
            SessionVerdict.is_make_up,
        )
        .join(Child, Child.id == Visit.child_id)
        .join(SessionVerdict, SessionVerdict.visit_id == Visit.id)
        .where(*conditions)
        .order_by(Visit.held_on.desc(), Visit.arrived_second.desc(), Visit.number.desc())
    )


def count_sessions(*conditions: ColumnElement[bool]) -> int:
    """How many sessions there are of which the conditions hold."""
    statement = (
        select(func.count())
        .select_from(Visit)
        .join(Child, Child.id == Visit.child_id)
        .join(SessionVerdict, SessionVerdict.visit_id == Visit.id)
        .where(*conditions)
    )
    return db.session.scalar(statement) or 0


def teachers_of(visit_ids: Iterable[int]) -> Mapping[int, Sequence[tuple[str, str]]]:
    """For each of these sessions the teachers who were there, as (code, name), the keeper of the record first."""
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    statement = (
        select(VisitTeacher.visit_id, Teacher.code, Teacher.name)
        .join(Teacher, Teacher.id == VisitTeacher.teacher_id)
        .where(VisitTeacher.visit_id.in_(list(visit_ids)))
        .order_by(VisitTeacher.visit_id, VisitTeacher.position, VisitTeacher.teacher_id)
    )
    for visit_id, code, name in db.session.execute(statement):
        found[visit_id].append((code, name))
    return found


def rules_by_code() -> dict[str, DeliveryRule]:
    """Every delivery rule by its code."""
    return {rule.code: rule for rule in all_rules()}
