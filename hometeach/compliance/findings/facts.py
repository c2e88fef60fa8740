"""All that the findings look at, read in a handful of queries however many children there are."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, func, select, type_coerce

from hometeach.cases.file.rules import Brings, ItemState
from hometeach.cases.models import Case, CaseMove, Suspension
from hometeach.cases.plan.models import Plan
from hometeach.cases.plan.rules import APPROVED
from hometeach.cases.rules import CaseStatus
from hometeach.compliance.findings.rules import (
    CaseFact,
    Finding,
    ItemFact,
    Limits,
    Owner,
    PeriodFact,
    Records,
    TeacherFact,
    VisitFact,
    find,
)
from hometeach.compliance.models import LedgerEntry, SessionVerdict, is_leading, pending_of
from hometeach.compliance.paperwork import files_of
from hometeach.compliance.rules import Cause, tell_causes
from hometeach.kernel.clock import Span, local
from hometeach.kernel.extensions import db
from hometeach.kernel.sealing import blind_index
from hometeach.kernel.settings import whole_number
from hometeach.people.models import Child, ResponsibleSpan, ServingSpan, Teacher, in_force
from hometeach.schedule.models import RuleRow, the_calendar
from hometeach.schedule.rules import PeriodKind
from hometeach.visits.correcting.models import Verification
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.recording.models import VisitDetail
from hometeach.visits.rules import Confirmation, Verdict

_OWNERS = {Brings.TEACHER: Owner.TEACHER, Brings.SCHOOL: Owner.SCHOOL, Brings.BUREAU: Owner.BUREAU}
_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_CONFIRMATIONS = {said.value: said for said in Confirmation}


def findings_on(on: date) -> list[Finding]:
    """Every finding of the county on a day, the gravest kinds first, of each the first to fall due."""
    return find(records_on(on), limits_on(on))


def unaccounted_of(child: Child, period: Span, on: date) -> list[Finding]:
    """The findings of a day that nobody accounts for a part of this period of one child: what else there is, unread."""
    since = on - timedelta(days=whole_number("finding_back_days", on))
    is_it = (LedgerEntry.child_id == child.id, LedgerEntry.period_start == period.first)
    periods = [one for one in _periods(Span(since, on), *is_it) if one.span == period]
    return find(Records(on, {child.id: child.public_id}, {}, periods=periods), limits_on(on)) if periods else []


def limits_on(on: date) -> Limits:
    """What the bureau has set of it for a day."""
    return Limits(
        act_days={owner: whole_number(f"finding_days_{owner.value}", on) for owner in Owner},
        unconfirmed_days=whole_number("finding_unconfirmed_days", on),
        same_times=max(2, whole_number("finding_same_times", on)),
        untaught_weeks=max(1, whole_number("finding_untaught_weeks", on)),
        record_check_days=whole_number("record_check_days", on),
    )


def records_on(on: date) -> Records:
    """All that is looked at on a day: of sessions and periods what lies within the bureau's days."""
    since = on - timedelta(days=whole_number("finding_back_days", on))
    within = Span(since, on)
    return Records(
        on=on,
        child_keys=dict(_pairs(select(Child.id, Child.public_id))),
        teacher_keys=dict(_pairs(select(Teacher.id, Teacher.public_id))),
        least_minutes=dict(_pairs(select(RuleRow.code, RuleRow.min_minutes))),
        periods=_periods(within),
        visits=_visits(within),
        items=_items(on, since),
        cases=_cases(on, since),
        teachers=_teachers(on),
        weeks=[week for week in _taught_weeks() if since <= week.first],
    )


def _pairs(statement: Any) -> list[Any]:
    return [tuple(row) for row in db.session.execute(statement)]


def _taught_weeks() -> list[Span]:
    calendar = the_calendar()
    return [week for week in calendar.periods[PeriodKind.WEEK] if calendar.teaching_days(week)]


def _periods(within: Span, *conditions: ColumnElement[bool]) -> list[PeriodFact]:
    """Rows that are over and of which something is missing for no reason."""
    statement = (
        select(LedgerEntry)
        .where(
            LedgerEntry.period_end < within.last,
            LedgerEntry.period_start >= within.first,
            LedgerEntry.unaccounted > 0,
            is_leading(),
            *conditions,
        )
        .order_by(LedgerEntry.child_id, LedgerEntry.period_start, LedgerEntry.kind_no, LedgerEntry.quota_no)
    )
    return [fact for row in db.session.scalars(statement) if (fact := _period(row, within.last)).nothing]


class _Missing:
    """A stored row as the causes are told of it."""

    def __init__(self, row: LedgerEntry):
        self.unaccounted, self.invalid_amount = row.unaccounted, row.invalid_amount
        self.all_slots_fell_out, self.pending = row.all_slots_fell_out, pending_of(row.pending)


def _period(row: LedgerEntry, on: date) -> PeriodFact:
    return PeriodFact(
        row.child_id,
        row.period_kind,
        Span(row.period_start, row.period_end),
        row.quota_no,
        row.rule_code,
        row.metric,
        row.required,
        row.delivered + row.made_up,
        row.excused,
        tell_causes(_Missing(row), on)[Cause.NOTHING],
    )


def _visits(within: Span) -> list[VisitFact]:
    """The recorded sessions of these days, the earliest first."""
    least = whole_number("finding_copied_characters", within.last)
    teachers: defaultdict[int, tuple[int, ...]] = defaultdict(tuple)
    present = select(VisitTeacher.visit_id, VisitTeacher.teacher_id).order_by(
        VisitTeacher.visit_id, VisitTeacher.position
    )
    for visit_id, teacher_id in db.session.execute(present):
        teachers[visit_id] += (teacher_id,)
    indexes: dict[str, str] = {}
    return [
        VisitFact(
            row.public_id,
            row.child_id,
            row.held_on,
            row.arrived_second,
            row.left_second,
            teachers[row.id],
            Verdict.VOID if row.is_void else _VERDICTS[row.verdict or Verdict.COUNTED],
            row.rule_code or "",
            _CONFIRMATIONS[row.confirmation],
            row.group_code,
            local(row.recorded_at).date(),
            bool(row.is_late),
            row.verified_by is not None,
            row.performance_index.hex()[:24] if row.performance_index else _index(row.content, least, indexes),
        )
        for row in db.session.execute(_VISITS.where(Visit.held_on.between(within.first, within.last)))
    ]


def _index(text: str | None, least: int, known: dict[str, str]) -> str:
    """Equal for equal texts; empty for one so short that two people may well write it alike."""
    written = (text or "").strip()
    if len(written) < least:
        return ""
    if written not in known:
        known[written] = blind_index(written, purpose="performance").hex()[:24]
    return known[written]


#: Codes come as text, because a look-up is cheaper than a type decorator on every one of 12,000 rows.
_VISITS = (
    select(
        Visit.id,
        Visit.public_id,
        Visit.child_id,
        Visit.held_on,
        Visit.arrived_second,
        Visit.left_second,
        Visit.is_void,
        type_coerce(SessionVerdict.verdict, String).label("verdict"),
        SessionVerdict.rule_code,
        type_coerce(Visit.confirmation, String).label("confirmation"),
        Visit.group_code,
        Visit.recorded_at,
        VisitDetail.is_late,
        Verification.verified_by,
        VisitDetail.performance_index,
        Visit.content,
    )
    .outerjoin(SessionVerdict, SessionVerdict.visit_id == Visit.id)
    .outerjoin(VisitDetail, VisitDetail.visit_id == Visit.id)
    .outerjoin(Verification, Verification.visit_id == Visit.id)
    .order_by(Visit.held_on, Visit.arrived_second, Visit.public_id)
)


def _items(on: date, since: date) -> list[ItemFact]:
    """What the files lack. A plan that has ended is a finding of its own."""
    placed = dict(_pairs(select(Case.child_id, Case.placed_on)))
    return [
        ItemFact(
            child,
            item.form.code,
            item.state,
            _OWNERS[item.form.brings],
            max(since, (item.until if item.state is ItemState.EXPIRED else placed.get(child)) or since),
        )
        for child, items in sorted(files_of(select(Child.id), on).items())
        for item in items
        if item.is_lacking and not (item.form.proved_by == "plan" and item.state is ItemState.EXPIRED)
    ]


def _cases(on: date, since: date) -> list[CaseFact]:
    """The cases of the children whom a school serves today."""
    suspended: defaultdict[int, tuple[Span, ...]] = defaultdict(tuple)
    for child, first, last in db.session.execute(
        select(Suspension.child_id, Suspension.effective_from, Suspension.effective_to).order_by(Suspension.id)
    ):
        suspended[child] += (Span.of(first, last),)
    plans = dict(
        _pairs(
            select(Plan.child_id, func.max(Plan.effective_to)).where(Plan.status.in_(APPROVED)).group_by(Plan.child_id)
        )
    )
    due = select(CaseMove.case_id, func.max(CaseMove.done_on)).where(CaseMove.target == CaseStatus.REVIEW_DUE)
    reviews = dict(_pairs(due.group_by(CaseMove.case_id)))
    served = (
        select(Case.id, Case.child_id, Case.status, Case.placed_on, ServingSpan.effective_from)
        .join(ServingSpan, ServingSpan.child_id == Case.child_id)
        .where(in_force(ServingSpan, on))
        .order_by(Case.child_id)
    )
    return [
        CaseFact(
            child, status, max(since, placed_on or first), suspended[child], plans.get(child), reviews.get(case_id)
        )
        for case_id, child, status, placed_on, first in db.session.execute(served)
    ]


def _teachers(on: date) -> list[TeacherFact]:
    """Those who answer for a child today, each since the first day of it."""
    statement = (
        select(Teacher.id, func.min(ResponsibleSpan.effective_from), Teacher.record_checked_on)
        .join(ResponsibleSpan, ResponsibleSpan.teacher_id == Teacher.id)
        .where(in_force(ResponsibleSpan, on))
        .group_by(Teacher.id, Teacher.record_checked_on)
        .order_by(Teacher.id)
    )
    return [TeacherFact(*row) for row in db.session.execute(statement)]
