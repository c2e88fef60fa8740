"""Which absences does the person see, and what stands behind each?"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select

from hometeach.compliance.facts import Gathered, gather
from hometeach.compliance.rules import Excuse
from hometeach.compliance.rules.consequence import consequence
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account, Child, OrgUnit, RoleGrant, ServingSpan, in_force
from hometeach.schedule.rules import missed_slot_minutes
from hometeach.visits.absences.models import AbsenceReport
from hometeach.visits.absences.rules.states import AbsenceState, bar_to_decide, may_withdraw
from hometeach.visits.models import Absence, ExcuseReason
from hometeach.web import words
from hometeach.web.absences import told
from hometeach.web.base import chosen_locale, person, sees_child
from hometeach.web.standings.names import PeriodNames
from hometeach.web.standings.terms import chosen_term

#: Absences with what a line needs, to be ordered.
Lines = Select[*tuple[Any, ...]]


class Line(NamedTuple):
    """An absence with its child, its reason and the school that serves the child that day."""

    absence: Absence
    child: Child
    reason: ExcuseReason
    school_id: int | None
    school: str | None


@dataclass(frozen=True)
class Shown:
    """An absence, ready to be shown. ``consequence`` is empty for one that does not wait."""

    public_id: str
    child: str
    child_key: str
    school: str
    missed_on: date
    reason: str
    effect: str
    note: str
    state: AbsenceState
    reported: str
    decided: str
    refusal: str
    consequence: str
    may_decide: bool
    is_own: bool
    may_withdraw: bool
    #: How many more reasons were reported for the day.
    more: int = 0

    @property
    def state_words(self) -> str:
        """How it stands."""
        return str(told.STATE_WORDS[self.state])

    @property
    def mark(self) -> str:
        """The sign and colour for it."""
        return told.MARKED[self.state]


def lines(*conditions: ColumnElement[bool]) -> Lines:
    """Absences that the person sees and of which the conditions hold, to be ordered."""
    return (
        select(Absence, Child, ExcuseReason, OrgUnit.id, OrgUnit.name)
        .join(Child, Child.id == Absence.child_id)
        .join(ExcuseReason, ExcuseReason.code == Absence.reason_code)
        .outerjoin(ServingSpan, (ServingSpan.child_id == Child.id) & _served_that_day())
        .outerjoin(OrgUnit, OrgUnit.id == ServingSpan.school_id)
        .where(_sees(), *conditions)
    )


def read(statement: Lines) -> list[Line]:
    """The lines of a statement."""
    return [Line._make(row) for row in db.session.execute(statement)]


def load(public_id: str) -> Line:
    """The absence of this address, if the person sees it.

    Raises: NotFound, alike for foreign and absent.
    """
    found = read(lines(Absence.public_id == public_id))
    if not found:
        raise NotFound
    return found[0]


def shown(found: Sequence[Line]) -> list[Shown]:
    """These absences, ready to be shown."""
    return _Telling(found).all()


def consequence_of(line: Line, reason: ExcuseReason) -> str:
    """What approving the absence for this reason would do."""
    return _Telling([line]).consequence(line, reason)


def _served_that_day() -> ColumnElement[bool]:
    until = ServingSpan.effective_to
    return (ServingSpan.effective_from <= Absence.missed_on) & (until.is_(None) | (until >= Absence.missed_on))


def _sees() -> ColumnElement[bool]:
    """A child that the person sees today, or one that the person's school served on the day missed."""
    school_ids = person().scope.school_ids
    return or_(sees_child(), ServingSpan.school_id.in_(school_ids)) if school_ids else sees_child()


class _Telling:
    """What many absences are told with, read once."""

    def __init__(self, found: Sequence[Line]):
        self._found = found
        self._today = clock.today()
        self._deciders = _coordinators({one.school_id for one in found if one.school_id}, self._today)
        self._names = _names_of({name for one in found for name in (one.absence.reported_by, one.absence.decided_by)})
        self._is_officer = Role.BUREAU_OFFICER in person().roles

    def all(self) -> list[Shown]:
        """One for each line."""
        return [self._shown(one) for one in self._found]

    @cached_property
    def _gathered(self) -> Gathered:
        return gather({one.child.id for one in self._found if one.absence.state is AbsenceState.REPORTED})

    @cached_property
    def _more(self) -> dict[int, int]:
        """How many more reasons wait beside each absence that waits."""
        waiting = {one.absence.id: one.absence for one in self._found if one.absence.state is AbsenceState.REPORTED}
        added = db.session.scalars(select(AbsenceReport).where(AbsenceReport.absence_id.in_(waiting)))
        return Counter(one.absence_id for one in added if not one.stands_in(waiting[one.absence_id]))

    @cached_property
    def _periods(self) -> PeriodNames:
        return PeriodNames(chosen_term(self._today).every)

    def _shown(self, one: Line) -> Shown:
        absence, actor = one.absence, person().actor
        coordinators = self._deciders.get(one.school_id or 0, set())
        bar = bar_to_decide(actor, reporter=absence.reported_by, coordinators=coordinators, is_officer=self._is_officer)
        is_open = absence.state in (AbsenceState.REPORTED, AbsenceState.APPROVED)
        return Shown(
            public_id=absence.public_id,
            child=one.child.name,
            child_key=one.child.public_id,
            school=one.school or "",
            missed_on=absence.missed_on,
            reason=one.reason.name_zh if chosen_locale().startswith("zh") else one.reason.name_en,
            effect=str(told.EFFECT_WORDS[one.reason.effect]),
            note=absence.note or "",
            state=absence.state,
            reported=self._reported(absence),
            decided=self._decided(absence),
            refusal=absence.refusal or "",
            consequence=self.consequence(one, one.reason) if absence.state is AbsenceState.REPORTED else "",
            may_decide=bar is None and is_open,
            is_own=actor == absence.reported_by,
            may_withdraw=is_open and may_withdraw(actor, reporter=absence.reported_by, coordinators=coordinators),
            more=self._more.get(absence.id, 0),
        )

    def consequence(self, one: Line, reason: ExcuseReason) -> str:
        """What approving it for this reason would do."""
        facts = self._gathered.facts[one.child.id]
        day, minutes = one.absence.missed_on, one.absence.planned_minutes
        excuse = Excuse(day, reason.effect, missed_slot_minutes(facts.slots, day) if minutes is None else minutes)
        found = consequence(self._gathered.ledger, facts, excuse)
        return told.consequence_words(found, reason.effect, self._periods, self._today)

    def _reported(self, absence: Absence) -> str:
        if absence.reported_as is None or absence.reported_at is None:
            return ""
        who = self._names.get(absence.reported_by or "", "")
        as_what, when = str(told.REPORTER_WORDS[absence.reported_as]), words.moment_words(absence.reported_at)
        return words.listed((as_what, who, when))

    def _decided(self, absence: Absence) -> str:
        if absence.decided_at is None:
            return ""
        return words.listed((self._names.get(absence.decided_by or "", ""), words.moment_words(absence.decided_at)))


def _coordinators(school_ids: Iterable[int], on: date) -> dict[int, set[str]]:
    """The coordinators of each school, by the audit log's names."""
    found: dict[int, set[str]] = {}
    statement = (
        select(RoleGrant.unit_id, Account.public_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.role == Role.SCHOOL_COORDINATOR,
            RoleGrant.unit_id.in_(set(school_ids)),
            in_force(RoleGrant, on),
            Account.disabled_at.is_(None),
        )
    )
    for school_id, actor in db.session.execute(statement):
        found.setdefault(school_id, set()).add(actor)
    return found


def _names_of(actors: Iterable[str | None]) -> dict[str, str]:
    wanted = {actor for actor in actors if actor}
    statement = select(Account.public_id, Account.name).where(Account.public_id.in_(wanted))
    return {row.public_id: row.name for row in db.session.execute(statement)} if wanted else {}
