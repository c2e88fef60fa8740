"""All that the ledger asks about children, read in a handful of queries however many they are."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, exists, select, true, type_coerce

from hometeach.agreements.models import Agreement
from hometeach.cases.models import Suspension
from hometeach.compliance.models import SessionVerdict
from hometeach.compliance.rules import ChildFacts, Excuse, Ledger
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, OrgUnit, ServingSpan, Teacher
from hometeach.schedule.models import SlotRow, all_rules, the_calendar
from hometeach.schedule.rules import DeliveryRule, Mode, RuleBook, Slot, missed_slot_minutes
from hometeach.visits.models import Absence, ExcuseReason, Visit, VisitTeacher
from hometeach.visits.rules import Confirmation, Session, Verdict, overlapping

#: A query for rows of whatever columns.
Rows = Select[*tuple[Any, ...]]
#: More children than this are read by reading all: one long list is slower than none.
MOST_BY_ID = 400

#: Two of a table at once; made once, because making them costs more than asking.
ONE, OTHER = Visit.__table__.alias(), Visit.__table__.alias()
HERE, THERE = VisitTeacher.__table__.alias(), VisitTeacher.__table__.alias()
STORED, KNOWN = SessionVerdict.__table__.alias(), SessionVerdict.__table__.alias()


@dataclass
class Gathered:
    """The facts of some children, and the ids by which what is computed is stored."""

    ledger: Ledger
    facts: dict[int, ChildFacts]
    visit_ids: dict[str, int] = field(default_factory=dict)


def gather(child_ids: Collection[int] | None = None, *, rules: Sequence[DeliveryRule] | None = None) -> Gathered:
    """The facts of these children, or of all; under other rules than those that stand, where some are given."""
    if child_ids is not None and len(child_ids) > MOST_BY_ID:
        wanted = set(child_ids)
        everything = gather(rules=rules)
        everything.facts = {key: facts for key, facts in everything.facts.items() if key in wanted}
        return everything
    rules, ledger = all_rules() if rules is None else rules, Ledger(the_calendar())
    reader = _Reader(child_ids)
    sessions, visit_ids = reader.sessions()
    clashing = overlapping([*(one for some in sessions.values() for one in some), *reader.sessions_of_colleagues()])
    spans = {model: reader.spans(model) for model in (Agreement, Suspension)}
    serving, slots, excuses = reader.serving(), reader.slots(), reader.excuses()
    facts = {}
    for child_id, code in reader.children():
        facts[child_id] = ChildFacts(
            book=RuleBook(rules, code, serving[child_id]),
            sessions=sessions[child_id],
            agreed=spans[Agreement][child_id],
            suspended=spans[Suspension][child_id],
            excuses=[_with_minutes(one, slots[child_id]) for one in excuses[child_id]],
            slots=slots[child_id],
            clashing=clashing,
        )
    return Gathered(ledger, facts, visit_ids)


def children_whose_verdicts_may_change(child_ids: Collection[int], *, on: date | None = None) -> set[int]:
    """These children, those whose sessions share time with theirs by a teacher, and those whose sessions did.

    ``on``: where only sessions of that day changed, nobody else is asked for.
    """
    return {*child_ids, *_sharing(child_ids, on), *_shared_no_more(child_ids, on)}


def _sharing(child_ids: Collection[int], on: date | None = None) -> set[int]:
    """The children whose sessions share time with those of these children by a teacher."""
    mine, theirs = ONE, OTHER
    statement = (
        select(theirs.c.child_id)
        .distinct()
        .select_from(mine)
        .join(theirs, _shares_time(mine, theirs))
        .where(mine.c.child_id.in_(child_ids), _shares_teacher(mine, theirs))
    )
    return set(db.session.scalars(statement if on is None else statement.where(mine.c.held_on == on)))


def _shared_no_more(child_ids: Collection[int], on: date | None = None) -> set[int]:
    """The children with a session that is stored as overlapping, on a day on which these had one, and overlaps none.

    The stored verdicts hold the days on which the sessions of these children were, also where one was moved since.
    """
    stored, known, one, other = STORED, KNOWN, ONE, OTHER
    days = select(known.c.held_on).where(known.c.child_id.in_(child_ids))
    still = exists().where(
        _shares_time(one, other),
        other.c.id != one.c.id,
        other.c.is_void.is_(False),
        (other.c.group_code == "") | (other.c.group_code != one.c.group_code),
        (other.c.child_id == one.c.child_id) | _shares_teacher(one, other),
    )
    # A left join, so that the few sessions that overlap are looked up first, and not all sessions.
    statement = (
        select(stored.c.child_id)
        .distinct()
        .select_from(stored)
        .outerjoin(one, one.c.id == stored.c.visit_id)
        .where(
            stored.c.verdict == Verdict.OVERLAP,
            stored.c.held_on.in_(days) if on is None else stored.c.held_on == on,
            ~still,
        )
    )
    return set(db.session.scalars(statement))


def _shares_time(one: Any, other: Any) -> ColumnElement[bool]:
    return (
        (one.c.held_on == other.c.held_on)
        & (one.c.arrived_second < other.c.left_second)
        & (one.c.left_second > other.c.arrived_second)
    )


def _shares_teacher(one: Any, other: Any) -> ColumnElement[bool]:
    here, there = HERE, THERE
    both = select(here.c.teacher_id).join(there, here.c.teacher_id == there.c.teacher_id)
    return both.where(here.c.visit_id == one.c.id, there.c.visit_id == other.c.id).correlate(one, other).exists()


class _Reader:
    """The queries, for some children or for all."""

    def __init__(self, child_ids: Collection[int] | None):
        self._ids = None if child_ids is None else sorted(child_ids)

    def _of(self, column: Any) -> ColumnElement[bool]:
        return true() if self._ids is None else column.in_(self._ids)

    def _rows(self, statement: Rows) -> Iterator[Any]:
        return iter(db.session.execute(statement))

    def children(self) -> Iterator[Any]:
        return self._rows(select(Child.id, Child.code).where(self._of(Child.id)).order_by(Child.code))

    def spans(self, model: type[Agreement] | type[Suspension]) -> defaultdict[int, list[Span]]:
        found: defaultdict[int, list[Span]] = defaultdict(list)
        statement = select(model.child_id, model.effective_from, model.effective_to).where(self._of(model.child_id))
        for child_id, first, last in self._rows(statement):
            found[child_id].append(Span.of(first, last))
        return found

    def serving(self) -> defaultdict[int, list[tuple[Span, str]]]:
        found: defaultdict[int, list[tuple[Span, str]]] = defaultdict(list)
        statement = (
            select(ServingSpan.child_id, ServingSpan.effective_from, ServingSpan.effective_to, OrgUnit.code)
            .join(OrgUnit, OrgUnit.id == ServingSpan.school_id)
            .where(self._of(ServingSpan.child_id))
            .order_by(ServingSpan.child_id, ServingSpan.effective_from)
        )
        for child_id, first, last, code in self._rows(statement):
            found[child_id].append((Span.of(first, last), code))
        return found

    def slots(self) -> defaultdict[int, list[Slot]]:
        found: defaultdict[int, list[Slot]] = defaultdict(list)
        columns = (
            SlotRow.weekday,
            SlotRow.start_minute,
            SlotRow.end_minute,
            SlotRow.effective_from,
            SlotRow.effective_to,
        )
        statement = select(SlotRow.child_id, *columns).where(self._of(SlotRow.child_id)).order_by(SlotRow.id)
        for child_id, weekday, start, end, first, last in self._rows(statement):
            found[child_id].append(Slot(weekday, start, end, Span.of(first, last)))
        return found

    def excuses(self) -> defaultdict[int, list[tuple[date, Any, int | None]]]:
        found: defaultdict[int, list[tuple[date, Any, int | None]]] = defaultdict(list)
        statement = (
            select(Absence.child_id, Absence.missed_on, ExcuseReason.effect, Absence.planned_minutes)
            .join(ExcuseReason, ExcuseReason.code == Absence.reason_code)
            .where(Absence.is_approved, self._of(Absence.child_id))
            .order_by(Absence.missed_on)
        )
        for child_id, missed_on, effect, minutes in self._rows(statement):
            found[child_id].append((missed_on, effect, minutes))
        return found

    def sessions(self) -> tuple[defaultdict[int, list[Session]], dict[str, int]]:
        return self._sessions_where(self._of(Visit.child_id))

    def sessions_of_colleagues(self) -> list[Session]:
        """Sessions of other children on the days and with the teachers of these."""
        if self._ids is None:
            return []
        others = _sharing(self._ids) - set(self._ids)
        found, _ = self._sessions_where(Visit.child_id.in_(others))
        return [session for some in found.values() for session in some]

    def _sessions_where(self, condition: ColumnElement[bool]) -> tuple[defaultdict[int, list[Session]], dict[str, int]]:
        codes = {row.id: row.code for row in self._rows(select(Child.id, Child.code))}
        teachers = self._teachers_where(condition)
        found: defaultdict[int, list[Session]] = defaultdict(list)
        ids: dict[str, int] = {}
        statement = select(Visit.id, Visit.child_id, *_OF_A_SESSION).where(condition)
        for visit_id, child_id, number, day, arrived, left, mode, confirmation, *rest in self._rows(statement):
            ids[number] = visit_id
            present = teachers.get(visit_id, ())
            found[child_id].append(
                Session(
                    number,
                    codes[child_id],
                    day,
                    arrived,
                    left,
                    present,
                    _MODES[mode],
                    _CONFIRMATIONS[confirmation],
                    *rest,
                )
            )
        return found, ids

    def _teachers_where(self, condition: ColumnElement[bool]) -> dict[int, tuple[str, ...]]:
        """The codes of the teachers at each visit, the one who keeps the record first."""
        codes = {row.id: row.code for row in self._rows(select(Teacher.id, Teacher.code))}
        present: dict[int, tuple[str, ...]] = {}
        statement = (
            select(VisitTeacher.visit_id, VisitTeacher.teacher_id)
            .where(VisitTeacher.visit_id.in_(select(Visit.id).where(condition)))
            .order_by(VisitTeacher.visit_id, VisitTeacher.position)
        )
        for visit_id, teacher_id in self._rows(statement):
            present[visit_id] = (*present.get(visit_id, ()), codes[teacher_id])
        return present


_MODES = {mode.value: mode for mode in Mode}
_CONFIRMATIONS = {said.value: said for said in Confirmation}
#: The columns of a visit that make a ``Session``; codes come as text, because two look-ups are
#: cheaper than two type decorators on every one of 12,000 rows.
_OF_A_SESSION = (
    *(Visit.number, Visit.held_on, Visit.arrived_second, Visit.left_second),
    *(type_coerce(Visit.mode, String), type_coerce(Visit.confirmation, String)),
    *(Visit.is_void, Visit.makes_up_for, Visit.group_code),
)


def _with_minutes(written: tuple[date, Any, int | None], slots: list[Slot]) -> Excuse:
    day, effect, minutes = written
    return Excuse(day, effect, missed_slot_minutes(slots, day) if minutes is None else minutes)
