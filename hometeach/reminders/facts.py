"""What stands open today? The matters of each kind, read from the features below.

Each function reads all of it, or only what concerns some subjects: that is how
it is asked again, just before a message leaves, whether it is still true.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from hometeach.agreements.models import Agreement
from hometeach.cases.models import Case, CaseMove, Suspension
from hometeach.cases.plan.models import Plan
from hometeach.cases.plan.rules import APPROVED
from hometeach.cases.rules import CaseStatus
from hometeach.compliance.models import LedgerEntry, pending_of
from hometeach.kernel.clock import ONE_DAY, Span, monday_of
from hometeach.kernel.extensions import db
from hometeach.people.models import OrgUnit, Teacher
from hometeach.people.rules import UnitKind
from hometeach.reminders.people import People
from hometeach.reminders.rules import Kind, Matter
from hometeach.reminders.signatures import signatures_missing
from hometeach.reminders.subjects import Subjects, children_of, named_in
from hometeach.schedule.models import Occurrence, OccurrenceState, RuleRow, stand_ins
from hometeach.schedule.rules import Metric, PeriodKind
from hometeach.visits.models import Absence, Visit
from hometeach.visits.rules import Confirmation

#: What is read lies at most so far back or ahead: further than any ladder and the days for which it is derived.
REACH = timedelta(days=45)
#: Kinds of period whose last week is told of.
TOLD_BY_THE_WEEK = (PeriodKind.WEEK, PeriodKind.FORTNIGHT, PeriodKind.MONTH)
#: Cases in which teaching goes on, or ought to.
SERVED = (CaseStatus.AGREEMENT_PENDING, CaseStatus.PLANNING, CaseStatus.ACTIVE, CaseStatus.SUSPENDED)
ONE_YEAR = timedelta(days=365)

Reader = Callable[[date, People, Subjects], Iterator[Matter]]


def matters_on(
    on: date, *, kinds: Iterable[Kind] = Kind, subjects: Subjects = None, people: People | None = None
) -> dict[tuple[Kind, str, str], Matter]:
    """What stands open on a day, by what it is known by; only these kinds and subjects, where they are given."""
    people = people or People(on)
    found = (matter for kind in kinds if kind in READERS for matter in READERS[kind](on, people, subjects))
    return {matter.key: matter for matter in found}


def _absent(child: Any, day: Any, *, approved_only: bool) -> ColumnElement[bool]:
    """Whether an absence of that child and day is on file."""
    condition = (Absence.child_id == child) & (Absence.missed_on == day)
    counts = Absence.is_approved.is_(True) if approved_only else Absence.withdrawn_at.is_(None)
    return exists().where(condition, counts)


def _planned(on: date, people: People, subjects: Subjects, first: date, last: date) -> Iterator[tuple[Occurrence, int]]:
    """Planned sessions of some days and who teaches them."""
    instead = stand_ins()
    statement = (
        select(Occurrence)
        .where(
            Occurrence.planned_on.between(first, last),
            Occurrence.state == OccurrenceState.PLANNED,
            children_of(subjects, Occurrence.child_id),
            ~_absent(Occurrence.child_id, Occurrence.planned_on, approved_only=first > on),
        )
        .order_by(Occurrence.planned_on, Occurrence.start_minute, Occurrence.id)
    )
    for one in db.session.scalars(statement):
        if one.child_id in people.children:
            yield one, instead.teacher_of(one.child_id, one.teacher_id, one.planned_on)


def _session_matter(kind: Kind, one: Occurrence, teacher_id: int, people: People, until: date | None) -> Matter:
    return Matter(
        kind,
        f"child:{people.children[one.child_id].public_id}",
        one.planned_on,
        f"{one.planned_on} {one.public_id}",
        people.about_child(one.child_id, teacher_id=teacher_id),
        until=until,
        start_minute=one.start_minute,
    )


def _visits_ahead(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    for one, teacher_id in _planned(on, people, subjects, on + ONE_DAY, on + timedelta(days=4)):
        yield _session_matter(Kind.VISIT_TOMORROW, one, teacher_id, people, one.planned_on - ONE_DAY)


def _records_missing(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    recorded = set(
        db.session.execute(
            select(Visit.child_id, Visit.held_on).where(
                Visit.held_on.between(on - REACH, on), Visit.is_void.is_(False), children_of(subjects, Visit.child_id)
            )
        )
    )
    for one, teacher_id in _planned(on, people, subjects, on - REACH, on - ONE_DAY):
        if (one.child_id, one.planned_on) not in recorded:
            yield _session_matter(Kind.RECORD_MISSING, one, teacher_id, people, None)


def _confirmations_missing(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    statement = (
        select(Visit.public_id, Visit.child_id, Visit.held_on)
        .where(
            Visit.held_on.between(on - timedelta(days=20), on),
            Visit.is_void.is_(False),
            Visit.confirmation == Confirmation.UNCONFIRMED,
            children_of(subjects, Visit.child_id),
        )
        .order_by(Visit.held_on, Visit.id)
    )
    for public_id, child_id, held_on in db.session.execute(statement):
        if child_id in people.children:
            yield Matter(
                Kind.CONFIRMATION_MISSING,
                f"child:{people.children[child_id].public_id}",
                held_on,
                f"{held_on} {public_id}",
                people.about_child(child_id),
            )


def _owed_this_week(on: date, people: People, subjects: Subjects, kind: Kind) -> Iterator[Matter]:
    """Children of whose running period, in its last week, more is missing than is planned. One matter a child."""
    monday = monday_of(on)
    planned = _sessions_to_come(on, monday + timedelta(days=6), subjects)
    least = dict(db.session.execute(select(RuleRow.code, RuleRow.min_minutes)).all())
    statement = (
        select(LedgerEntry)
        .where(
            LedgerEntry.period_kind.in_(TOLD_BY_THE_WEEK),
            LedgerEntry.period_start <= on,
            LedgerEntry.period_end.between(on, monday + timedelta(days=6)),
            LedgerEntry.unaccounted > 0,
            children_of(subjects, LedgerEntry.child_id),
        )
        .order_by(LedgerEntry.child_id, LedgerEntry.kind_no, LedgerEntry.quota_no)
    )
    seen: set[int] = set()
    for row in db.session.scalars(statement):
        if row.child_id in seen or row.child_id not in people.children:
            continue
        if planned.get(row.child_id, 0) >= (row.unaccounted if row.metric is Metric.SESSIONS else 1):
            continue
        seen.add(row.child_id)
        yield Matter(
            kind,
            f"child:{people.children[row.child_id].public_id}",
            monday,
            str(monday),
            people.about_child(row.child_id),
            until=row.period_end,
            amount=row.unaccounted,
            least=least.get(row.rule_code, 0),
        )


def _sessions_to_come(on: date, last: date, subjects: Subjects) -> dict[int, int]:
    statement = (
        select(Occurrence.child_id, func.count())
        .where(
            Occurrence.planned_on.between(on, last),
            Occurrence.state == OccurrenceState.PLANNED,
            children_of(subjects, Occurrence.child_id),
        )
        .group_by(Occurrence.child_id)
    )
    return dict(db.session.execute(statement).all())


def _quotas_unplanned(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    return _owed_this_week(on, people, subjects, Kind.QUOTA_UNPLANNED)


def _quotas_not_met(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    return _owed_this_week(on, people, subjects, Kind.QUOTA_NOT_MET)


def _make_ups_closing(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    statement = (
        select(LedgerEntry.child_id, LedgerEntry.pending)
        .where(
            LedgerEntry.pending != "",
            LedgerEntry.period_end >= on - 2 * REACH,
            LedgerEntry.period_start <= on,
            children_of(subjects, LedgerEntry.child_id),
        )
        .order_by(LedgerEntry.child_id, LedgerEntry.kind_no, LedgerEntry.quota_no)
    )
    for child_id, text in db.session.execute(statement):
        for pending in pending_of(text):
            if child_id in people.children and on <= pending.until <= on + REACH:
                yield Matter(
                    Kind.MAKE_UP_CLOSING,
                    f"child:{people.children[child_id].public_id}",
                    pending.until,
                    str(pending.until),
                    people.about_child(child_id),
                    until=pending.until,
                    amount=pending.amount,
                )


def _agreements(on: date, people: People, subjects: Subjects) -> Iterator[tuple[int, date | None, date | None]]:
    """Of each child who is served: its id, the day on which it was placed, the last day that is agreed."""
    last = func.max(func.coalesce(Agreement.effective_to, date.max))
    statement = (
        select(Case.child_id, Case.placed_on, last)
        .outerjoin(Agreement, Agreement.child_id == Case.child_id)
        .where(Case.status.in_(SERVED), children_of(subjects, Case.child_id))
        .group_by(Case.child_id, Case.placed_on)
        .order_by(Case.child_id)
    )
    for child_id, placed_on, agreed_to in db.session.execute(statement):
        if child_id in people.children:
            yield child_id, placed_on, _day(agreed_to)


def _agreements_unsigned(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    for child_id, placed_on, last in _agreements(on, people, subjects):
        since = placed_on if last is None else last + ONE_DAY if last < on else None
        if since is not None:
            yield _paper(Kind.AGREEMENT_UNSIGNED, child_id, since, people)


def _agreements_expiring(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    for child_id, _placed_on, last in _agreements(on, people, subjects):
        if last is not None and on <= last <= on + REACH:
            yield _paper(Kind.AGREEMENT_EXPIRING, child_id, last, people, until=last)


def _plans_ending(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    statement = (
        select(Plan.child_id, func.max(Plan.effective_to))
        .where(Plan.status.in_(APPROVED), Plan.effective_to.is_not(None), children_of(subjects, Plan.child_id))
        .group_by(Plan.child_id)
        .order_by(Plan.child_id)
    )
    for child_id, last in db.session.execute(statement):
        day = _day(last)
        if child_id in people.children and day is not None and abs(day - on) <= REACH:
            yield _paper(Kind.PLAN_REVIEW, child_id, day, people)


def _reviews_due(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    since = select(func.max(CaseMove.done_on)).where(
        CaseMove.case_id == Case.id, CaseMove.target == CaseStatus.REVIEW_DUE
    )
    statement = (
        select(Case.child_id, since.scalar_subquery())
        .where(Case.status == CaseStatus.REVIEW_DUE, children_of(subjects, Case.child_id))
        .order_by(Case.child_id)
    )
    for child_id, day in db.session.execute(statement):
        known = _day(day)
        if child_id in people.children and known is not None:
            yield _paper(Kind.TERM_REVIEW, child_id, known, people)


def _returns(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    statement = (
        select(Suspension.child_id, Suspension.effective_to)
        .where(
            Suspension.effective_to.between(on - ONE_DAY, on + REACH),
            children_of(subjects, Suspension.child_id),
        )
        .order_by(Suspension.child_id, Suspension.effective_to)
    )
    for child_id, last in db.session.execute(statement):
        if child_id in people.children and last is not None:
            yield _paper(Kind.RETURN_FROM_SUSPENSION, child_id, last + ONE_DAY, people, until=last + ONE_DAY)


def _day(found: Any) -> date | None:
    """A day out of an aggregate, which SQLite gives as text."""
    return date.fromisoformat(found) if isinstance(found, str) else found


def _paper(kind: Kind, child_id: int, day: date, people: People, *, until: date | None = None) -> Matter:
    subject = f"child:{people.children[child_id].public_id}"
    return Matter(kind, subject, day, str(day), people.about_child(child_id), until=until)


def _record_checks(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    """The yearly check of those who answer for a child. Source: Minors Protection Law art. 62."""
    answering = {desk.teacher_id for desk in people.children.values()}
    statement = select(Teacher).where(
        Teacher.record_checked_on.between(on - ONE_YEAR - REACH, on - ONE_YEAR + REACH),
        named_in(subjects, "teacher", Teacher.public_id),
    )
    for teacher in db.session.scalars(statement.order_by(Teacher.id)):
        if teacher.id in answering and teacher.record_checked_on is not None:
            day = teacher.record_checked_on + ONE_YEAR
            subject, told = f"teacher:{teacher.public_id}", people.about_school(teacher.school_id)
            yield Matter(Kind.RECORD_CHECK, subject, day, str(day), told)


def _weekly_digests(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    """Each school's last week, and the bureau's: how many children were owed something, and got none of it."""
    monday = monday_of(on)
    week = Span(monday - timedelta(days=7), monday - ONE_DAY)
    missing: dict[int, set[int]] = {}
    statement = select(LedgerEntry.child_id).where(
        LedgerEntry.period_kind == PeriodKind.WEEK,
        LedgerEntry.period_start >= week.first,
        LedgerEntry.period_end <= week.last,
        LedgerEntry.unaccounted > 0,
    )
    for child_id in db.session.scalars(statement):
        if child_id in people.children:
            missing.setdefault(people.children[child_id].school_id or 0, set()).add(child_id)
    units = select(OrgUnit).where(named_in(subjects, "unit", OrgUnit.public_id)).order_by(OrgUnit.id)
    for unit in db.session.scalars(units):
        is_bureau = unit.kind is UnitKind.BUREAU
        children = set().union(*missing.values()) if is_bureau else missing.get(unit.id, set())
        told = people.about_school(unit.id)
        wanted = {side: names for side, names in told.items() if (side.value == "bureau") is is_bureau}
        if children:
            yield Matter(
                Kind.WEEKLY_DIGEST, f"unit:{unit.public_id}", monday, str(monday), wanted, amount=len(children)
            )


READERS: dict[Kind, Reader] = {
    Kind.VISIT_TOMORROW: _visits_ahead,
    Kind.RECORD_MISSING: _records_missing,
    Kind.CONFIRMATION_MISSING: _confirmations_missing,
    Kind.QUOTA_UNPLANNED: _quotas_unplanned,
    Kind.QUOTA_NOT_MET: _quotas_not_met,
    Kind.MAKE_UP_CLOSING: _make_ups_closing,
    Kind.AGREEMENT_UNSIGNED: _agreements_unsigned,
    Kind.SIGNATURE_MISSING: signatures_missing,
    Kind.AGREEMENT_EXPIRING: _agreements_expiring,
    Kind.PLAN_REVIEW: _plans_ending,
    Kind.TERM_REVIEW: _reviews_due,
    Kind.RETURN_FROM_SUSPENSION: _returns,
    Kind.RECORD_CHECK: _record_checks,
    Kind.WEEKLY_DIGEST: _weekly_digests,
}
