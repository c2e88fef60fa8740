"""What stands in one child's file beside its ledger: agreements, hours, absences, and what happened when?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from hometeach.agreements.models import Agreement
from hometeach.cases.models import Case, Suspension
from hometeach.kernel import clock
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.clock import Span, local
from hometeach.kernel.extensions import db
from hometeach.people.models import Account, Child, Teacher
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow
from hometeach.visits.absences.rules.states import AbsenceState, state_of
from hometeach.visits.models import Absence, ExcuseReason, is_held
from hometeach.visits.rules import ExcuseEffect
from hometeach.web import words
from hometeach.web.standings.missed import approved_among, missed_why
from hometeach.web.words import audit as told


class SlotLine(NamedTuple):
    """A weekly hour with its teacher. Units: minutes after midnight."""

    weekday: int
    start_minute: int
    end_minute: int
    first: date
    last: date | None
    teacher: str
    public_id: str
    short_reason: str | None

    @property
    def span(self) -> Span:
        """The days on which it holds."""
        return Span.of(self.first, self.last)

    @property
    def weekday_words(self) -> str:
        """The day of the week in words."""
        return words.weekday_name(date.fromordinal(1 + self.weekday))  # the first day of all was a Monday


class AbsenceLine(NamedTuple):
    """A lesson missed, and why."""

    missed_on: date
    reason_zh: str
    reason_en: str
    effect: ExcuseEffect
    is_approved: bool
    is_withdrawn: bool
    refusal: str | None
    public_id: str
    planned_minutes: int | None
    note: str | None

    @property
    def state(self) -> AbsenceState:
        """How it stands."""
        return state_of(
            is_approved=self.is_approved, is_withdrawn=self.is_withdrawn, is_refused=self.refusal is not None
        )


class PlannedLine(NamedTuple):
    """A planned session. Units: minutes after midnight."""

    day: date
    start_minute: int
    end_minute: int
    state: OccurrenceState
    teacher: str
    #: Why the lesson was missed, where the school approved that.
    missed: str = ""


@dataclass(frozen=True)
class Happened:
    """One line of the time line."""

    on: date
    what: str
    when: str
    who: str = ""
    href: str = ""


def case_of(child: Child) -> Case | None:
    """The child's case."""
    return db.session.scalar(select(Case).where(Case.child_id == child.id))


def agreements_of(child: Child) -> Sequence[Agreement]:
    """The child's agreements, the latest first."""
    statement = select(Agreement).where(Agreement.child_id == child.id)
    return db.session.scalars(statement.order_by(Agreement.effective_from.desc(), Agreement.id.desc())).all()


def suspensions_of(child: Child) -> Sequence[Suspension]:
    """The spans in which the case was suspended, the latest first."""
    statement = select(Suspension).where(Suspension.child_id == child.id)
    return db.session.scalars(statement.order_by(Suspension.effective_from.desc(), Suspension.id.desc())).all()


def slots_of(child: Child) -> list[SlotLine]:
    """The child's weekly hours, as the week goes."""
    statement = (
        select(
            SlotRow.weekday,
            SlotRow.start_minute,
            SlotRow.end_minute,
            SlotRow.effective_from,
            SlotRow.effective_to,
            Teacher.name,
            SlotRow.public_id,
            SlotRow.short_reason,
        )
        .join(Teacher, Teacher.id == SlotRow.teacher_id)
        .where(SlotRow.child_id == child.id)
        .order_by(SlotRow.weekday, SlotRow.start_minute, SlotRow.effective_from, SlotRow.id)
    )
    return [SlotLine._make(row) for row in db.session.execute(statement)]


def absences_of(child: Child, within: Span) -> list[AbsenceLine]:
    """The lessons missed in these days, the latest first."""
    statement = (
        select(
            Absence.missed_on,
            ExcuseReason.name_zh,
            ExcuseReason.name_en,
            ExcuseReason.effect,
            Absence.is_approved,
            Absence.withdrawn_at.is_not(None),
            Absence.refusal,
            Absence.public_id,
            Absence.planned_minutes,
            Absence.note,
        )
        .join(ExcuseReason, ExcuseReason.code == Absence.reason_code)
        .where(Absence.child_id == child.id, Absence.missed_on.between(within.first, within.last))
        .order_by(Absence.missed_on.desc(), Absence.id.desc())
    )
    return [AbsenceLine._make(row) for row in db.session.execute(statement)]


def planned_of(child: Child, within: Span, *conditions: ColumnElement[bool], most: int = 40) -> list[PlannedLine]:
    """The planned sessions of these days of which the conditions hold, in order."""
    statement = (
        select(Occurrence.planned_on, Occurrence.start_minute, Occurrence.end_minute, Occurrence.state, Teacher.name)
        .join(Teacher, Teacher.id == Occurrence.teacher_id)
        .where(
            Occurrence.child_id == child.id,
            Occurrence.planned_on.between(within.first, within.last),
            Occurrence.state != OccurrenceState.CANCELLED,
            *conditions,
        )
        .order_by(Occurrence.planned_on, Occurrence.start_minute, Occurrence.id)
        .limit(most)
    )
    lines = [PlannedLine(*row) for row in db.session.execute(statement)]
    missed = approved_among({child.id}, within) if any(one.day < clock.today() for one in lines) else {}
    return [one._replace(missed=missed_why(missed, child.id, one.day, one.state)) for one in lines]


def next_planned(child: Child, within: Span) -> PlannedLine | None:
    """The first of them that was not held; None where nothing is planned."""
    return next(iter(planned_of(child, within, ~is_held(Occurrence.id), most=1)), None)


def happened(
    case: Case | None, agreements: Iterable[Agreement], suspensions: Iterable[Suspension], until: date
) -> list[Happened]:
    """What happened to the child's case up to a day, the latest first."""
    told = [
        *_placement(case),
        *(line for agreement in agreements for line in _of_agreement(agreement)),
        *(line for suspension in suspensions for line in _of_suspension(suspension)),
    ]
    past = [Happened(day, what, words.day_words(day)) for day, what in told if day <= until]
    return latest_first(past)


def changes_of(child: Child, *, most: int = 30) -> list[Happened]:
    """What people did to the child's file, as the audit log has it, the latest first.

    What one person did over and over on one day, such as writing goals, is one line.
    """
    statement = (
        select(AuditEvent.at, AuditEvent.action, AuditEvent.actor, Account.name)
        .outerjoin(Account, Account.public_id == AuditEvent.actor)
        .where(AuditEvent.about == f"child:{child.public_id}")
        .order_by(AuditEvent.seq.desc())
        .limit(most)
    )
    lines = [
        _change(datetime.fromisoformat(at), action, name or told.process_words(actor))
        for at, action, actor, name in db.session.execute(statement)
    ]
    return [_folded(list(same)) for _what, same in groupby(lines, key=lambda line: (line.on, line.what, line.who))]


def latest_first(lines: Iterable[Happened]) -> list[Happened]:
    """The lines of a time line in order."""
    return sorted(lines, key=lambda line: line.on, reverse=True)


def _folded(same: list[Happened]) -> Happened:
    if len(same) == 1:
        return same[0]
    return replace(same[0], what=_("%(what)s, %(n)s times", what=same[0].what, n=len(same)))


def _change(moment: datetime, action: str, who: str) -> Happened:
    return Happened(local(moment).date(), told.action_words(action), words.moment_words(moment), who)


def _placement(case: Case | None) -> list[tuple[date, str]]:
    return [(case.placed_on, _("Placed in home teaching"))] if case and case.placed_on else []


def _of_agreement(agreement: Agreement) -> list[tuple[date, str]]:
    told = [(agreement.effective_from, _("Agreement %(number)s came into force", number=agreement.number))]
    if agreement.signed_on:
        told.append((agreement.signed_on, _("Agreement %(number)s was signed", number=agreement.number)))
    if agreement.effective_to:
        told.append((agreement.effective_to, _("Agreement %(number)s ended", number=agreement.number)))
    return told


def _of_suspension(suspension: Suspension) -> list[tuple[date, str]]:
    why = words.pause_words(suspension.reason) or _("no reason recorded")
    told = [(suspension.effective_from, _("Teaching was suspended: %(why)s", why=why))]
    if suspension.effective_to:
        told.append((suspension.effective_to, _("Last day of the suspension")))
    return told
