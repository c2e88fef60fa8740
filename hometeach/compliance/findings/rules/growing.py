"""Which findings grow by themselves, week after week? They stay the same ones as they grow."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

from hometeach.cases.rules import CaseStatus
from hometeach.compliance.findings.rules.kinds import Finding, Kind, Limits, Occurrence, made
from hometeach.compliance.findings.rules.records import Records, VisitFact, standing_visits
from hometeach.kernel.clock import ONE_DAY
from hometeach.visits.rules import Verdict

#: The states in which a child is on the list of those to be taught.
ON_THE_LIST = frozenset(
    {
        CaseStatus.PLACED_HOME,
        CaseStatus.AGREEMENT_PENDING,
        CaseStatus.PLANNING,
        CaseStatus.ACTIVE,
        CaseStatus.REVIEW_DUE,
    }
)
#: From so many records on the same words are a finding.
COPIES = 2


def same_times(records: Records, limits: Limits) -> Iterator[Finding]:
    """Sessions of one child, one after another, that begin and end at the very same minutes.

    Rows of them at the same times are one finding, so that it stays the same one as it grows.
    """
    of_child: defaultdict[int, list[VisitFact]] = defaultdict(list)
    for visit in standing_visits(records):
        of_child[visit.child_id].append(visit)
    for child_id, visits in sorted(of_child.items()):
        for (start, end), runs in sorted(_runs(visits, limits.same_times).items()):
            held = [visit for run in runs for visit in run]
            yield made(
                Kind.SAME_TIMES,
                f"{records.child_keys[child_id]}:{start}:{end}",
                held[limits.same_times - 1].day,
                limits,
                child_id=child_id,
                facts={
                    "sessions": len(held),
                    "rows": len(runs),
                    "start": start,
                    "end": end,
                    "least": limits.same_times,
                },
                visits=tuple(visit.key for visit in held),
                series=tuple(Occurrence(visit.key, visit.day) for visit in held),
                step=limits.same_times,
            )


def copied_text(records: Records, limits: Limits) -> Iterator[Finding]:
    """Records of one teacher that tell of the child in the very same words; one group lesson is one of them."""
    written: defaultdict[tuple[int, str], list[VisitFact]] = defaultdict(list)
    for visit in standing_visits(records):
        if visit.text and visit.teachers:
            written[visit.teachers[0], visit.text].append(visit)
    for (teacher, text), some in sorted(written.items()):
        in_order = sorted(some, key=lambda visit: visit.order)
        lessons = list({visit.group or visit.key: visit for visit in reversed(in_order)}.values())[::-1]
        if len(lessons) >= COPIES:
            yield made(
                Kind.COPIED_TEXT,
                f"{records.teacher_keys[teacher]}:{text}",
                lessons[1].day,
                limits,
                child_id=lessons[0].child_id,
                teacher_id=teacher,
                facts={"records": len(lessons), "children": len({visit.child_id for visit in lessons})},
                visits=tuple(visit.key for visit in lessons),
                series=tuple(Occurrence(visit.key, visit.day) for visit in lessons),
                step=COPIES,
            )


def not_taught(records: Records, limits: Limits) -> Iterator[Finding]:
    """Children on the list without a counted session in so many school weeks: 名在人不在.

    Vacations and weeks in which teaching was suspended are no such weeks.
    """
    last: dict[int, date] = {}
    for visit in records.visits:
        if visit.verdict is Verdict.COUNTED:
            last[visit.child_id] = max(visit.day, last.get(visit.child_id, date.min))
    for case in records.cases:
        taught_on = last.get(case.child_id)
        after = max(day for day in (case.since - ONE_DAY, taught_on) if day is not None)
        weeks = [
            week
            for week in records.weeks
            if after < week.first and week.last < records.on and not any(week.meets(span) for span in case.suspended)
        ]
        if case.status in ON_THE_LIST and len(weeks) >= limits.untaught_weeks:
            yield made(
                Kind.NOT_TAUGHT,
                records.child_keys[case.child_id],
                weeks[limits.untaught_weeks - 1].last + ONE_DAY,
                limits,
                child_id=case.child_id,
                facts={
                    "last": str(taught_on or ""),
                    "since": str(case.since),
                    "weeks": len(weeks),
                    "least": limits.untaught_weeks,
                },
                series=tuple(Occurrence(str(week.first), week.last + ONE_DAY) for week in weeks),
                step=limits.untaught_weeks,
            )


def _runs(visits: Iterable[VisitFact], least: int) -> dict[tuple[int, int], list[list[VisitFact]]]:
    """The rows of at least so many sessions one after another, by the minutes at which all of a row begin and end."""
    in_order = sorted(visits, key=lambda visit: visit.order)
    found: defaultdict[tuple[int, int], list[list[VisitFact]]] = defaultdict(list)
    for times, some in groupby(in_order, key=lambda visit: (visit.arrived // 60, visit.left // 60)):
        run = list(some)
        if len(run) >= least:
            found[times].append(run)
    return found
