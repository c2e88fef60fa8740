"""Which findings come of the records? One function for each kind; the same records give the same findings."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta

from hometeach.cases.rules import CaseStatus
from hometeach.compliance.findings.rules.growing import copied_text, not_taught, same_times
from hometeach.compliance.findings.rules.kinds import Fact, Finding, Kind, Limits, made
from hometeach.compliance.findings.rules.records import CaseFact, Records, VisitFact, standing_visits
from hometeach.kernel.clock import ONE_DAY
from hometeach.visits.rules import Confirmation, Verdict

PLANNED = frozenset({CaseStatus.ACTIVE, CaseStatus.REVIEW_DUE})


def find(records: Records, limits: Limits) -> list[Finding]:
    """Every finding, the gravest kinds first, of each the first to fall due."""
    found = (finding for look in _LOOKS for finding in look(records, limits))
    return sorted(found, key=lambda finding: finding.order)


def unaccounted(records: Records, limits: Limits) -> Iterator[Finding]:
    """Periods that are over and for a part of which nobody accounts."""
    for row in records.periods:
        if row.nothing and row.span.last < records.on:
            yield made(
                Kind.UNACCOUNTED,
                f"{records.child_keys[row.child_id]}:{row.kind}:{row.span.first}:{row.quota_no}",
                row.span.last + ONE_DAY,
                limits,
                child_id=row.child_id,
                rule_code=row.rule_code,
                facts={
                    "kind": row.kind,
                    "first": str(row.span.first),
                    "last": str(row.span.last),
                    "metric": row.metric,
                    "required": row.required,
                    "given": row.given,
                    "excused": row.excused,
                    "nothing": row.nothing,
                },
            )


def short(records: Records, limits: Limits) -> Iterator[Finding]:
    """Sessions that lasted less than the rule of their day asks."""
    for visit in _with_verdict(records, Verdict.TOO_SHORT):
        least = records.least_minutes.get(visit.rule_code, 0)
        yield _of_visit(
            Kind.SHORT,
            visit,
            visit.day,
            limits,
            {"minutes": visit.minutes, "least": least, "less": least - visit.minutes},
        )


def outside_agreement(records: Records, limits: Limits) -> Iterator[Finding]:
    """Sessions on days on which no agreement was in force."""
    for visit in _with_verdict(records, Verdict.OUTSIDE_AGREEMENT):
        yield _of_visit(Kind.OUTSIDE_AGREEMENT, visit, visit.day, limits, {})


def unconfirmed(records: Records, limits: Limits) -> Iterator[Finding]:
    """Sessions that nobody of the family has confirmed after the bureau's days."""
    for visit in standing_visits(records):
        from_day = visit.day + timedelta(days=limits.unconfirmed_days)
        if visit.confirmation is Confirmation.UNCONFIRMED and from_day < records.on:
            yield _of_visit(Kind.UNCONFIRMED, visit, from_day + ONE_DAY, limits, {"days": limits.unconfirmed_days})


def late_entries(records: Records, limits: Limits) -> Iterator[Finding]:
    """Records written down on a later day that the school has not checked."""
    for visit in standing_visits(records):
        if visit.is_late and not visit.is_checked:
            written = visit.recorded_on or visit.day
            yield _of_visit(
                Kind.LATE_ENTRY, visit, written, limits, {"recorded": str(written), "days": (written - visit.day).days}
            )


def overlaps(records: Records, limits: Limits) -> Iterator[Finding]:
    """Two records of one child that share time."""
    of_child: defaultdict[tuple[date, int], list[VisitFact]] = defaultdict(list)
    for visit in standing_visits(records):
        of_child[visit.day, visit.child_id].append(visit)
    for (_day, _child), held in sorted(of_child.items()):
        for one, other in _sharing_time(held):
            yield _of_pair(Kind.OVERLAP, one, other, limits)


def two_places(records: Records, limits: Limits) -> Iterator[Finding]:
    """Two records of different children that put one teacher in two homes at once."""
    of_teacher: defaultdict[tuple[date, int], list[VisitFact]] = defaultdict(list)
    for visit in standing_visits(records):
        for teacher in visit.teachers:
            of_teacher[visit.day, teacher].append(visit)
    for (_day, teacher), held in sorted(of_teacher.items()):
        for one, other in _sharing_time(held):
            if one.child_id != other.child_id:
                yield _of_pair(
                    Kind.TWO_PLACES, one, other, limits, prefix=f"{records.teacher_keys[teacher]}:", teacher_id=teacher
                )


def missing_items(records: Records, limits: Limits) -> Iterator[Finding]:
    """Forms that a file lacks, or that have run out."""
    for item in records.items:
        yield made(
            Kind.MISSING_ITEM,
            f"{records.child_keys[item.child_id]}:{item.code}",
            item.since,
            limits,
            owner=item.owner,
            child_id=item.child_id,
            facts={"form": item.code, "state": item.state, "since": str(item.since)},
        )


def plans_overdue(records: Records, limits: Limits) -> Iterator[Finding]:
    """Children who are taught and whose last approved plan has ended."""
    for case in records.cases:
        if case.status in PLANNED and case.plan_until is not None and case.plan_until < records.on:
            yield _of_case(Kind.PLAN_OVERDUE, case, case.plan_until + ONE_DAY, records, limits)


def reviews_overdue(records: Records, limits: Limits) -> Iterator[Finding]:
    """Cases whose review at the term's end is due and not signed."""
    for case in records.cases:
        if case.status is CaseStatus.REVIEW_DUE and case.review_since is not None:
            yield _of_case(Kind.REVIEW_OVERDUE, case, case.review_since, records, limits)


def record_checks(records: Records, limits: Limits) -> Iterator[Finding]:
    """Teachers who answer for a child and whose yearly check is over or was never made."""
    for teacher in records.teachers:
        checked = teacher.checked_on
        over_on = teacher.since if checked is None else checked + timedelta(days=limits.record_check_days)
        if over_on < records.on:
            yield made(
                Kind.RECORD_CHECK,
                records.teacher_keys[teacher.teacher_id],
                over_on + ONE_DAY,
                limits,
                teacher_id=teacher.teacher_id,
                facts={"checked": str(checked or ""), "days": limits.record_check_days},
            )


_LOOKS: Sequence[Callable[[Records, Limits], Iterator[Finding]]] = (
    two_places,
    overlaps,
    outside_agreement,
    not_taught,
    unaccounted,
    same_times,
    copied_text,
    short,
    unconfirmed,
    late_entries,
    missing_items,
    plans_overdue,
    reviews_overdue,
    record_checks,
)


def _with_verdict(records: Records, verdict: Verdict) -> Iterator[VisitFact]:
    return (visit for visit in records.visits if visit.verdict is verdict)


def _sharing_time(held: Iterable[VisitFact]) -> Iterator[tuple[VisitFact, VisitFact]]:
    """The pairs that share time; touching ends do not, nor do records under one group code."""
    in_order = sorted(held, key=lambda visit: visit.order)
    for place, one in enumerate(in_order):
        for other in in_order[place + 1 :]:
            if other.arrived >= one.left:
                break
            if not (one.group and one.group == other.group):
                yield one, other


def _of_pair(
    kind: Kind, one: VisitFact, other: VisitFact, limits: Limits, *, prefix: str = "", teacher_id: int | None = None
) -> Finding:
    shared = (min(one.left, other.left) - max(one.arrived, other.arrived)) // 60
    return made(
        kind,
        f"{prefix}{one.key}:{other.key}",
        one.day,
        limits,
        child_id=one.child_id,
        teacher_id=teacher_id,
        rule_code=one.rule_code,
        facts={
            "day": str(one.day),
            "arrived": one.arrived,
            "left": one.left,
            "other_arrived": other.arrived,
            "other_left": other.left,
            "minutes": shared,
        },
        visits=(one.key, other.key),
    )


def _of_case(kind: Kind, case: CaseFact, since: date, records: Records, limits: Limits) -> Finding:
    subject = f"{records.child_keys[case.child_id]}:{since}"
    return made(kind, subject, since, limits, child_id=case.child_id, facts={"since": str(since)})


def _of_visit(kind: Kind, visit: VisitFact, noticed_on: date, limits: Limits, facts: dict[str, Fact]) -> Finding:
    times: dict[str, Fact] = {"day": str(visit.day), "arrived": visit.arrived, "left": visit.left}
    return made(
        kind,
        visit.key,
        noticed_on,
        limits,
        child_id=visit.child_id,
        rule_code=visit.rule_code,
        facts={**times, **facts},
        visits=(visit.key,),
    )
