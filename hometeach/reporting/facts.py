"""A year of home teaching, read from the database in a handful of queries however many children there are."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, select

from hometeach.agreements.models import Agreement
from hometeach.cases.models import Suspension
from hometeach.compliance.models import LedgerEntry, SessionVerdict, pending_of
from hometeach.compliance.paperwork import complete_files
from hometeach.compliance.rules import Cause, Pending, RowVerdict, standing, tell_causes
from hometeach.kernel.clock import year_span
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, OrgUnit, ServingSpan, in_force
from hometeach.people.rules import DisabilityType, UnitKind
from hometeach.programmes.models import current_figures, indicators_of
from hometeach.programmes.rules import Figure, Indicator, figure_for_year, put_together, recomputed
from hometeach.reporting.rollups import DayFacts, LedgerFact, SessionFact, YearFacts, bureau_rule
from hometeach.schedule.models import SlotRow, all_rules, the_calendar
from hometeach.visits.models import VisitTeacher
from hometeach.visits.rules import Verdict


def year_facts(year: int, as_of: date) -> YearFacts:
    """The year's sessions and ledger rows, and what stands on the day asked."""
    serving = _Serving()
    return YearFacts(
        year=year,
        as_of=as_of,
        sessions=list(_sessions(year, serving)),
        ledger=list(_ledger(year, as_of, serving)),
        day=day_facts(as_of),
        schools=_schools(),
        calendar=the_calendar(),
    )


def day_facts(day: date, files: Select[int] | None = None) -> DayFacts:
    """What stands on a day: agreements in force, suspensions, weekly hours, the rule.

    ``files`` selects the children whose files are looked at; without it all.
    """
    agreed = list(db.session.scalars(select(Agreement.child_id).where(in_force(Agreement, day))))
    return DayFacts(
        agreed=frozenset(agreed),
        suspended=frozenset(db.session.scalars(select(Suspension.child_id).where(in_force(Suspension, day)))),
        agreements=len(agreed),
        scheduled=frozenset(db.session.scalars(select(SlotRow.child_id).where(in_force(SlotRow, day)))),
        files_complete=complete_files(day, files),
        rule=bureau_rule(all_rules(), day),
    )


def disabilities_of(children: Collection[int]) -> dict[DisabilityType, int]:
    """How many of these children have which disability; every type stands there."""
    rows = db.session.execute(select(Child.id, Child.disability_type))
    counted = Counter(kind for child, kind in rows if child in children)
    return {kind: counted[kind] for kind in DisabilityType}


@dataclass(frozen=True, slots=True)
class YearFigures:
    """The figures of the other areas for a year: by code, the dictionary beside them.

    ``computed`` are the codes that were worked out here from their parts.
    """

    indicators: tuple[Indicator, ...]
    figures: Mapping[str, Figure]
    computed: frozenset[str]


def year_figures(year: int) -> YearFigures:
    """The figure of each indicator that a report of the year prints: the bureau's own, else its schools' together."""
    indicators = indicators_of(year)
    span = year_span(year)
    given: defaultdict[str, list[Figure]] = defaultdict(list)
    for figure in current_figures(first=span.first, last=span.last):
        given[figure.code].append(figure)
    bureau = db.session.scalar(select(OrgUnit.code).where(OrgUnit.kind == UnitKind.BUREAU))
    found = {one.code: _figure(one, given[one.code], bureau, year) for one in indicators if given[one.code]}
    figures = {code: figure for code, figure in found.items() if figure is not None}
    shares = {one.code: share for one in indicators if (share := _share(one, figures)) is not None}
    together = {code for code, figure in figures.items() if not figure.unit}
    return YearFigures(tuple(indicators), figures | shares, frozenset(together | set(shares)))


def totals_of(year: int, as_of: date) -> dict[str, float | list[float] | None]:
    """Every figure of the year by code, as ``flask totals`` prints it; a range as its two ends, None where missing."""
    given = year_figures(year)
    totals: dict[str, float | list[float] | None] = {one.code: None for one in given.indicators}
    for code, figure in given.figures.items():
        ends = [_plain(amount) for amount in (figure.low, figure.high) if amount is not None]
        totals[code] = ends if len(ends) > 1 else next(iter(ends), None)
    return totals | year_facts(year, as_of).totals


class _Short(NamedTuple):
    """What the causes of a stored shortfall are told by."""

    unaccounted: int
    invalid_amount: int
    all_slots_fell_out: bool
    pending: tuple[Pending, ...]


class _Serving:
    """Which school serves a child on a day."""

    def __init__(self) -> None:
        self._spans: defaultdict[int, list[tuple[date, date, int]]] = defaultdict(list)
        columns = (ServingSpan.child_id, ServingSpan.effective_from, ServingSpan.effective_to, ServingSpan.school_id)
        for child, first, last, school in db.session.execute(select(*columns).order_by(*columns[:2])):
            self._spans[child].append((first, last or date.max, school))

    def school(self, child: int, first: date, last: date) -> int | None:
        """The school on the first day of a period on which one serves the child."""
        spans = self._spans[child]
        place = bisect_right(spans, (first, date.max, 0)) - 1
        if place >= 0 and spans[place][1] >= first:
            return spans[place][2]
        later = spans[place + 1] if place + 1 < len(spans) else None
        return later[2] if later and later[0] <= last else None


def _sessions(year: int, serving: _Serving) -> Iterator[SessionFact]:
    span = year_span(year)
    within = SessionVerdict.held_on.between(span.first, span.last)
    teachers: defaultdict[int, list[int]] = defaultdict(list)
    present = (
        select(VisitTeacher.visit_id, VisitTeacher.teacher_id)
        .join(SessionVerdict, SessionVerdict.visit_id == VisitTeacher.visit_id)
        .where(within, SessionVerdict.verdict == Verdict.COUNTED)
        .order_by(VisitTeacher.visit_id, VisitTeacher.position)
    )
    for visit, teacher in db.session.execute(present):
        teachers[visit].append(teacher)
    statement = (
        select(
            SessionVerdict.visit_id,
            SessionVerdict.child_id,
            SessionVerdict.held_on,
            SessionVerdict.verdict,
            SessionVerdict.class_hours,
            SessionVerdict.is_make_up,
        )
        .where(within)
        .order_by(SessionVerdict.held_on, SessionVerdict.visit_id)
    )
    for visit, child, day, verdict, hours, repays in db.session.execute(statement):
        yield SessionFact(child, serving.school(child, day, day), day, verdict, hours, repays, tuple(teachers[visit]))


def _ledger(year: int, as_of: date, serving: _Serving) -> Iterator[LedgerFact]:
    span = year_span(year)
    statement = (
        select(
            LedgerEntry.child_id,
            LedgerEntry.period_kind,
            LedgerEntry.metric,
            LedgerEntry.period_start,
            LedgerEntry.period_end,
            LedgerEntry.required,
            LedgerEntry.delivered,
            LedgerEntry.made_up,
            LedgerEntry.excused,
            LedgerEntry.unaccounted,
            LedgerEntry.surplus,
            LedgerEntry.invalid,
            LedgerEntry.invalid_amount,
            LedgerEntry.all_slots_fell_out,
            LedgerEntry.pending,
        )
        .where(LedgerEntry.period_start.between(span.first, span.last))
        .order_by(LedgerEntry.kind_no, LedgerEntry.period_start, LedgerEntry.child_id, LedgerEntry.quota_no)
    )
    for child, kind, metric, first, last, *numbers, worth, fell_out, pending in db.session.execute(statement):
        required, delivered, made_up, excused, unaccounted, surplus, invalid = numbers
        verdict = standing(last, required=required, excused=excused, unaccounted=unaccounted, as_of=as_of)
        causes = (0, 0, 0, 0)
        if verdict is RowVerdict.SHORT:
            told = tell_causes(_Short(unaccounted, worth, fell_out, pending_of(pending)), as_of)
            causes = (told[Cause.MAKE_UP], told[Cause.INVALID], told[Cause.CALENDAR], told[Cause.NOTHING])
        yield LedgerFact(
            child=child,
            school=serving.school(child, first, last),
            kind=kind,
            metric=metric,
            first=first,
            last=last,
            required=required,
            delivered=delivered,
            made_up=made_up,
            excused=excused,
            unaccounted=unaccounted,
            surplus=surplus,
            invalid=invalid,
            verdict=verdict,
            causes=causes,
        )


def _schools() -> dict[int, str]:
    statement = select(OrgUnit.id, OrgUnit.name).where(OrgUnit.kind != UnitKind.BUREAU).order_by(OrgUnit.code)
    return {row.id: row.name for row in db.session.execute(statement)}


def _figure(indicator: Indicator, figures: list[Figure], bureau: str | None, year: int) -> Figure | None:
    own = figure_for_year(indicator, [figure for figure in figures if figure.unit == bureau], year)
    if own is not None:
        return own
    example = figure_for_year(indicator, figures, year)
    if example is None:
        return None
    of_one_period = (example.period_kind, example.period)
    return put_together(indicator, [one for one in figures if (one.period_kind, one.period) == of_one_period])


def _share(indicator: Indicator, figures: Mapping[str, Figure]) -> Figure | None:
    """A ratio out of its two parts, where both are there for the same period."""
    above, below = figures.get(indicator.numerator or ""), figures.get(indicator.denominator or "")
    if above is None or below is None or above.period != below.period:
        return None
    share = recomputed(above.low, below.low, indicator.decimals)
    return None if share is None else Figure(indicator.code, above.unit, above.period_kind, above.period, share)


def _plain(parts: int) -> float:
    return parts // 10_000 if parts % 10_000 == 0 else parts / 10_000
