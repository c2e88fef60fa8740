"""Each kind of finding: what raises it, what clears it, what must not raise it. No database."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hometeach.cases.file.rules import ItemState
from hometeach.cases.rules import CaseStatus
from hometeach.compliance.findings.rules import (
    SHEETS,
    CaseFact,
    Finding,
    ItemFact,
    Kind,
    Limits,
    Owner,
    PeriodFact,
    Records,
    Standing,
    TeacherFact,
    VisitFact,
    find,
    may_decide,
    standing_of,
)
from hometeach.kernel.clock import Span
from hometeach.schedule.rules import PeriodKind
from hometeach.visits.rules import Confirmation, Verdict

TODAY = date(2026, 11, 23)
AN, BO = 1, 2
LIN, SHI = 11, 12
LIMITS = Limits(
    act_days={Owner.TEACHER: 7, Owner.SCHOOL: 14, Owner.BUREAU: 30},
    unconfirmed_days=7,
    same_times=4,
    untaught_weeks=3,
    record_check_days=365,
)
WEEKS = [Span(date(2026, 10, 12) + timedelta(weeks=n), date(2026, 10, 18) + timedelta(weeks=n)) for n in range(6)]


def visit(
    key: str = "v1", day: date = date(2026, 11, 17), start: int = 900, minutes: int = 75, **values: Any
) -> VisitFact:
    facts: dict[str, Any] = {"child_id": AN, "teachers": (LIN,), "verdict": Verdict.COUNTED, "rule_code": "R", **values}
    return VisitFact(key, day=day, arrived=start * 60, left=(start + minutes) * 60, **facts)


def week(nothing: int = 1, last: date = date(2026, 11, 22)) -> PeriodFact:
    span = Span(last - timedelta(days=6), last)
    return PeriodFact(AN, PeriodKind.WEEK, span, 0, "R", "sessions", 1, 1 - nothing, 0, nothing)


def case(status: CaseStatus = CaseStatus.ACTIVE, **values: Any) -> CaseFact:
    return CaseFact(**{"child_id": AN, "status": status, "since": date(2026, 11, 16), **values})


def records(**values: Any) -> Records:
    known = {"on": TODAY, "child_keys": {AN: "an", BO: "bo"}, "teacher_keys": {LIN: "lin", SHI: "shi"}}
    return Records(**{**known, "least_minutes": {"R": 60}, "weeks": WEEKS, **values})


def found(**values: Any) -> list[Finding]:
    return find(records(**values), LIMITS)


def kinds(**values: Any) -> list[Kind]:
    return [finding.kind for finding in found(**values)]


def weekly(count: int, **values: Any) -> list[VisitFact]:
    return [visit(f"v{n}", date(2026, 10, 13) + timedelta(weeks=n), **values) for n in range(count)]


def different(count: int, **values: Any) -> list[VisitFact]:
    return [visit(f"v{n}", date(2026, 10, 13) + timedelta(weeks=n), start=900 + n, **values) for n in range(count)]


SHORT_ONE = visit(minutes=58, verdict=Verdict.TOO_SHORT)
OUTSIDE = visit(verdict=Verdict.OUTSIDE_AGREEMENT)
SILENT = visit(day=date(2026, 11, 15), confirmation=Confirmation.UNCONFIRMED)
LATE = visit(is_late=True, recorded_on=date(2026, 11, 20))
CLASHING = visit("v2", start=940, verdict=Verdict.OVERLAP)
AT_BO = CLASHING._replace(child_id=BO)
COPIED = [visit(text="aa"), visit("v2", date(2026, 11, 10), start=901, text="aa")]
LACKING = ItemFact(AN, "F06", ItemState.MISSING, Owner.SCHOOL, date(2026, 9, 1))
NEVER = case(since=date(2026, 10, 12))
CHECKED = TeacherFact(LIN, date(2020, 1, 1), date(2025, 11, 22))

#: Kind, the records that raise it, those after it was put right, and those that look like it and are not.
TABLE: list[tuple[Kind, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (Kind.UNACCOUNTED, {"periods": [week()]}, {"periods": [week(0)]}, {"periods": [week(last=TODAY)]}),
    (
        Kind.SHORT,
        {"visits": [SHORT_ONE]},
        {"visits": [SHORT_ONE._replace(verdict=Verdict.VOID)]},
        {"visits": [visit(minutes=60)]},
    ),
    (
        Kind.OUTSIDE_AGREEMENT,
        {"visits": [OUTSIDE]},
        {"visits": [OUTSIDE._replace(verdict=Verdict.COUNTED)]},
        {"visits": [OUTSIDE._replace(verdict=Verdict.NO_RULE)]},
    ),
    (
        Kind.UNCONFIRMED,
        {"visits": [SILENT]},
        {"visits": [SILENT._replace(confirmation=Confirmation.CONFIRMED)]},
        {"visits": [SILENT._replace(day=date(2026, 11, 16))]},
    ),
    (
        Kind.LATE_ENTRY,
        {"visits": [LATE]},
        {"visits": [LATE._replace(is_checked=True)]},
        {"visits": [LATE._replace(is_late=False)]},
    ),
    (
        Kind.OVERLAP,
        {"visits": [visit(), CLASHING._replace(teachers=(SHI,))]},
        {"visits": [visit(), CLASHING._replace(teachers=(SHI,), verdict=Verdict.VOID)]},
        {"visits": [visit(), visit("v2", start=975)]},
    ),
    (
        Kind.TWO_PLACES,
        {"visits": [visit(), AT_BO]},
        {"visits": [visit(), AT_BO._replace(teachers=(SHI,))]},
        {"visits": [visit(group="g"), AT_BO._replace(group="g")]},
    ),
    (
        Kind.SAME_TIMES,
        {"visits": weekly(4)},
        {"visits": [*weekly(3), visit("v3", date(2026, 11, 3), start=901)]},
        {"visits": weekly(3)},
    ),
    (
        Kind.COPIED_TEXT,
        {"visits": COPIED},
        {"visits": [COPIED[0], COPIED[1]._replace(text="bb")]},
        {"visits": [one._replace(group="g") for one in COPIED]},
    ),
    (
        Kind.MISSING_ITEM,
        {"items": [LACKING]},
        {"items": []},
        {"items": [], "cases": [case()]},
    ),
    (
        Kind.PLAN_OVERDUE,
        {"cases": [case(plan_until=date(2026, 11, 22))]},
        {"cases": [case(plan_until=date(2027, 1, 22))]},
        {"cases": [case(CaseStatus.CLOSED, plan_until=date(2026, 11, 22))]},
    ),
    (
        Kind.REVIEW_OVERDUE,
        {"cases": [case(CaseStatus.REVIEW_DUE, review_since=date(2026, 11, 2))]},
        {"cases": [case(CaseStatus.ACTIVE, review_since=date(2026, 11, 2))]},
        {"cases": [case(CaseStatus.ACTIVE)]},
    ),
    (
        Kind.RECORD_CHECK,
        {"teachers": [CHECKED]},
        {"teachers": [CHECKED._replace(checked_on=date(2026, 11, 20))]},
        {"teachers": [CHECKED._replace(checked_on=date(2025, 11, 23))]},
    ),
    (
        Kind.NOT_TAUGHT,
        {"cases": [NEVER]},
        {"cases": [NEVER], "visits": [visit(day=date(2026, 11, 10))]},
        {"cases": [NEVER._replace(suspended=(Span(date(2026, 10, 12), date(2026, 11, 8)),))]},
    ),
]
SPOKEN = [row[0].value for row in TABLE]


def test_every_kind_stands_in_the_tables() -> None:
    assert {row[0] for row in TABLE} == set(Kind) == set(SHEETS)


@pytest.mark.parametrize(("kind", "raises", "clears", "not_raising"), TABLE, ids=SPOKEN)
def test_a_finding_is_raised(kind: Kind, raises: dict[str, Any], clears: Any, not_raising: Any) -> None:
    assert kinds(**raises) == [kind]


@pytest.mark.parametrize(("kind", "raises", "clears", "not_raising"), TABLE, ids=SPOKEN)
def test_mending_the_record_clears_it(kind: Kind, raises: Any, clears: dict[str, Any], not_raising: Any) -> None:
    assert kind not in kinds(**clears)


@pytest.mark.parametrize(("kind", "raises", "clears", "not_raising"), TABLE, ids=SPOKEN)
def test_what_looks_like_it_is_none(kind: Kind, raises: Any, clears: Any, not_raising: dict[str, Any]) -> None:
    assert kind not in kinds(**not_raising)


def everything() -> Records:
    visits = [one._replace(key=f"{n}-{one.key}") for n, row in enumerate(TABLE) for one in row[1].get("visits", ())]
    return records(visits=visits, periods=[week()], items=[LACKING], cases=[NEVER], teachers=[CHECKED])


def test_two_runs_over_the_same_records_give_the_same_findings() -> None:
    once = everything()
    again = replace(once, visits=list(reversed(once.visits)))
    first, second = find(once, LIMITS), find(again, LIMITS)
    assert [(one.key, one.digest) for one in first] == [(one.key, one.digest) for one in second]
    assert len({one.key for one in first}) == len(first)


def test_a_finding_says_its_arithmetic_and_when_to_act() -> None:
    (finding,) = found(visits=[SHORT_ONE])
    assert (finding.facts["minutes"], finding.facts["least"], finding.facts["less"]) == (58, 60, 2)
    assert finding.due_on == date(2026, 11, 24)
    assert (finding.owner, finding.rule_code, finding.visits) == (Owner.TEACHER, "R", ("v1",))


def test_a_child_never_taught_counts_only_weeks_that_are_over_and_not_suspended() -> None:
    (finding,) = found(cases=[NEVER._replace(suspended=(Span(date(2026, 10, 14), date(2026, 10, 20)),))])
    assert finding.facts["weeks"] == 4


def test_an_address_tells_nobody_whom_it_is_about() -> None:
    (finding,) = found(teachers=[CHECKED])
    assert len(finding.key) == 16
    assert "lin" not in finding.key


@pytest.mark.parametrize(
    ("explained", "accepted", "standing"),
    [
        ("", None, Standing.OPEN),
        ("now", None, Standing.WAITING),
        ("now", True, Standing.EXPLAINED),
        ("now", False, Standing.OPEN),
        ("before", True, Standing.OPEN),
        ("before", None, Standing.OPEN),
    ],
    ids=["never", "waits", "accepted", "rejected", "accepted for other facts", "waits for other facts"],
)
def test_an_explanation_holds_for_the_facts_it_explained(
    explained: str, accepted: bool | None, standing: Standing
) -> None:
    now = found(visits=[SHORT_ONE])[0]
    before = found(visits=[SHORT_ONE._replace(left=SHORT_ONE.left - 60)])[0]
    digests = {"": "", "now": now.digest, "before": before.digest}
    assert standing_of(now, explained=digests[explained], accepted=accepted) is standing


GROWING: list[tuple[Kind, Any, int]] = [
    (Kind.SAME_TIMES, lambda n: {"visits": weekly(n)}, 4),
    (Kind.COPIED_TEXT, lambda n: {"visits": different(n, text="aa")}, 2),
    (Kind.NOT_TAUGHT, lambda n: {"cases": [NEVER], "weeks": WEEKS[:n]}, 3),
]


@pytest.mark.parametrize(("kind", "grown_to", "step"), GROWING, ids=[row[0].value for row in GROWING])
def test_what_was_explained_stays_so_until_as_much_is_new_as_raises_it(kind: Kind, grown_to: Any, step: int) -> None:
    (first,) = found(**grown_to(step))
    for beyond in range(step + 1):
        if kind is Kind.NOT_TAUGHT:
            (grown,) = find(replace(records(**grown_to(step + beyond)), on=date(2027, 1, 1)), LIMITS)
        else:
            (grown,) = found(**grown_to(step + beyond))
        assert (grown.kind, grown.key) == (kind, first.key)
        assert grown.beyond(first.digest) == beyond
        is_raised = beyond == step
        assert standing_of(grown, explained=first.digest, accepted=True) is (
            Standing.OPEN if is_raised else Standing.EXPLAINED
        )
        again = grown.raised_again(beyond)
        assert (again.due_on > grown.due_on) is is_raised
        assert (again.key, again.digest) == (grown.key, grown.digest)


def test_it_stays_explained_when_its_oldest_occurrences_fall_out_of_the_bureaus_days() -> None:
    (explained,) = found(visits=weekly(6))
    (later,) = found(visits=weekly(7)[2:])
    assert later.key == explained.key
    assert later.beyond(explained.digest) == 1


def test_two_rows_at_the_same_times_are_one_finding() -> None:
    (finding,) = found(visits=[*weekly(4), visit("between", date(2026, 11, 8), start=901), *weekly(12)[8:]])
    assert (finding.facts["sessions"], finding.facts["rows"]) == (8, 2)


def test_nobody_decides_on_an_own_explanation() -> None:
    assert not may_decide("lin", explained_by="lin")
    assert may_decide("bai", explained_by="lin")
