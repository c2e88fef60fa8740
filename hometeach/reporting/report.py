"""What does the report of a year say? Everything that is printed, put together once for paper and spreadsheet alike."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hometeach.kernel import audit
from hometeach.kernel.clock import Span, year_span
from hometeach.kernel.settings import setting, whole_number
from hometeach.people.models import the_bureau
from hometeach.people.rules import DisabilityType
from hometeach.programmes.models import PolicyDocument, ProgrammeArea, areas, donors, policies_of, texts_of
from hometeach.programmes.rules import (
    Figure,
    FigurePeriod,
    Indicator,
    Kind,
    MoneyKind,
    MoneyTotal,
    Source,
    fixed,
    money_total,
)
from hometeach.reporting import wording
from hometeach.reporting.facts import YearFigures, disabilities_of, year_facts, year_figures
from hometeach.reporting.rollups import (
    Balance,
    LedgerFact,
    SessionFact,
    Taught,
    WeekState,
    YearFacts,
    balance,
    by_week,
    grouped,
    headline_quota,
    suppressed,
    taught,
)
from hometeach.schedule.rules import DeliveryRule, Metric, PeriodKind
from hometeach.visits.rules import Verdict


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One indicator with the year's figure, if there is one."""

    indicator: Indicator
    figure: Figure | None
    #: The figure was worked out here, from others.
    is_computed: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether nothing was given."""
        return self.figure is None or self.figure.is_missing

    @property
    def period(self) -> str:
        """The time that it speaks of; empty where it is missing."""
        return "" if self.figure is None else wording.figure_period(self.figure.period_kind, self.figure.period)

    @property
    def source(self) -> str:
        """The paper that it was taken from, else what kind of figure it is."""
        if self.is_missing or self.figure is None:
            return ""
        kind = Source.COMPUTED if self.is_computed else self.indicator.source
        return self.figure.source_document or str(wording.SOURCES[kind])


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What an area tells beside its figures."""

    title: str
    body: str
    source: str


@dataclass(frozen=True, slots=True)
class AreaPart:
    """One of the eight areas: its figures, its words, the papers that it rests on."""

    number: int
    name: str
    owner: str
    lines: Sequence[FigureLine]
    paragraphs: Sequence[Paragraph] = ()
    policies: Sequence[str] = ()

    @property
    def missing(self) -> list[FigureLine]:
        """What was not given."""
        return [line for line in self.lines if line.is_missing]


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """One school's year under the leading quota. ``children`` is None where it could point at a child."""

    name: str
    children: int | None
    taught: Taught
    balance: Balance
    weeks: Sequence[WeekState | None]


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """The balance of one quota over the year, and how many of its periods are still open."""

    name: str
    balance: Balance
    open_rows: int


@dataclass(frozen=True, slots=True)
class HomePart:
    """Home teaching: the ledger of the year, seen from every side."""

    taught: Taught
    #: The leading quota; None where no child has any.
    quota: tuple[PeriodKind, Metric] | None
    balance: Balance
    weeks: Sequence[Span]
    by_week: Sequence[Balance | None]
    states: Sequence[WeekState | None]
    schools: Sequence[SchoolLine]
    quotas: Sequence[QuotaLine]
    verdicts: Mapping[Verdict, int]
    disabilities: Mapping[DisabilityType, int | None]
    active: int
    suspended: int
    rule: DeliveryRule | None


@dataclass(frozen=True, slots=True)
class YearReport:
    """The whole report. ``digest`` is over every row behind it; ``audit_head`` the chain's length and end."""

    year: int
    as_of: date
    bureau: str
    areas: Sequence[AreaPart]
    home: HomePart
    money: Mapping[MoneyKind, MoneyTotal]
    donors: Sequence[str]
    digest: str
    row_count: int
    audit_length: int
    audit_head: str
    small_below: int

    @property
    def lines(self) -> dict[str, FigureLine]:
        """Every figure by code."""
        return {line.indicator.code: line for area in self.areas for line in area.lines}

    @property
    def missing(self) -> list[tuple[AreaPart, FigureLine]]:
        """What was not given, with the area that it is asked of."""
        return [(area, line) for area in self.areas for line in area.missing]


def report_of(year: int, as_of: date) -> YearReport:
    """The report of a year as the database has it now."""
    facts, figures = year_facts(year, as_of), year_figures(year)
    length, head = audit.head()
    bureau = the_bureau()
    small = whole_number("small_cell_below", as_of)
    rows = digest_rows(facts, figures)
    return YearReport(
        year=year,
        as_of=as_of,
        bureau=bureau.name if bureau else setting("bureau_name", as_of),
        areas=areas_of(facts, figures),
        home=home_part(facts, suppressed(disabilities_of(facts.day.active), small), small),
        money=_money(figures, year),
        donors=[donor.name for donor in donors()],
        digest=hashlib.sha256("\n".join(rows).encode()).hexdigest(),
        row_count=len(rows),
        audit_length=length,
        audit_head=head,
        small_below=small,
    )


def areas_of(facts: YearFacts, figures: YearFigures) -> list[AreaPart]:
    """The eight areas with the year's figures, words and papers, in order."""
    known = dict(figures.figures) | derived_figures(facts, figures.indicators)
    paragraphs = grouped(texts_of(facts.year), lambda text: text.area)
    policies = grouped(policies_of(facts.year), lambda policy: policy.area)
    lines = grouped(
        (FigureLine(one, known.get(one.code), one.code in figures.computed) for one in figures.indicators),
        lambda line: line.indicator.area,
    )
    return [
        AreaPart(
            number=area.number,
            name=_said(area, "name"),
            owner=_said(area, "owner"),
            lines=lines.get(area.number, []),
            paragraphs=[
                Paragraph(text.title, text.body, text.source_document) for text in paragraphs.get(area.number, [])
            ],
            policies=[_policy(one) for one in policies.get(area.number, [])],
        )
        for area in areas()
    ]


def home_part(facts: YearFacts, disabilities: Mapping[DisabilityType, int | None], small: int) -> HomePart:
    """The chapter of home teaching out of the year's rows."""
    quota = headline_quota(facts.ledger)
    rows = [row for row in facts.ledger if (row.kind, row.metric) == quota]
    weekly = [row for row in rows if row.kind is PeriodKind.WEEK]
    weeks = facts.weeks
    return HomePart(
        taught=taught(facts.sessions),
        quota=quota,
        balance=balance(rows),
        weeks=weeks,
        by_week=_balances(weekly, weeks),
        states=by_week(weekly, weeks),
        schools=_schools(facts, rows, weeks, small),
        quotas=_quotas(facts.ledger),
        verdicts=Counter(session.verdict for session in facts.sessions),
        disabilities=disabilities,
        active=len(facts.day.active),
        suspended=len(facts.day.agreed & facts.day.suspended),
        rule=facts.day.rule,
    )


def derived_figures(facts: YearFacts, indicators: Iterable[Indicator], unit: str = "") -> dict[str, Figure]:
    """The figures of home teaching as figures like any other; those without a value are left out."""
    values = facts.totals
    figures = {}
    for indicator in indicators:
        value = values.get(indicator.code)
        if value is not None:
            kind, period = _time_of(indicator, facts)
            figures[indicator.code] = Figure(indicator.code, unit, kind, period, fixed(Decimal(str(value))))
    return figures


def digest_rows(facts: YearFacts, figures: YearFigures) -> list[str]:
    """Every row that the report is worked out from, each in one spelling and all in one order."""
    spoken: list[Iterable[object]] = [*map(_flat, facts.sessions), *map(_flat, facts.ledger)]
    spoken += [
        (one.code, one.unit, one.period_kind, one.period, one.low, one.high, one.qualifier, one.text)
        for one in figures.figures.values()
    ]
    return sorted("|".join(map(str, row)) for row in spoken)


def _flat(fact: SessionFact | LedgerFact) -> tuple[object, ...]:
    return tuple(fact)


def _policy(document: PolicyDocument) -> str:
    return f"{document.title}（{document.document_no}）" if document.document_no else document.title


def _said(area: ProgrammeArea, what: str) -> str:
    said: str = getattr(area, f"{what}_{'zh' if wording.is_chinese() else 'en'}")
    return said


def _time_of(indicator: Indicator, facts: YearFacts) -> tuple[FigurePeriod, Span]:
    if indicator.kind in (Kind.STOCK, Kind.PARAMETER):
        return FigurePeriod.AS_OF, Span(facts.as_of, facts.as_of)
    return FigurePeriod.YEAR, year_span(facts.year)


def _money(figures: YearFigures, year: int) -> dict[MoneyKind, MoneyTotal]:
    totals = {kind: money_total(figures.indicators, figures.figures, kind, year) for kind in MoneyKind}
    return {kind: total for kind, total in totals.items() if total is not None}


def _balances(rows: Sequence[LedgerFact], weeks: Sequence[Span]) -> list[Balance | None]:
    """The balance of each week that is over; None where no child had a row, or none that is."""
    by_start = grouped(rows, lambda row: row.first)
    balances = [balance(by_start.get(week.first, [])) for week in weeks]
    return [one if one.rows else None for one in balances]


def _schools(facts: YearFacts, rows: Sequence[LedgerFact], weeks: Sequence[Span], small: int) -> list[SchoolLine]:
    of_ledger: dict[int | None, list[LedgerFact]] = grouped(rows, _school)
    of_sessions: dict[int | None, list[SessionFact]] = grouped(facts.sessions, _school)
    present = [school for school in facts.schools if school in of_ledger or school in of_sessions]
    children = suppressed({school: len({row.child for row in of_ledger.get(school, [])}) for school in present}, small)
    return [
        SchoolLine(
            name=facts.schools[school],
            children=children[school],
            taught=taught(of_sessions.get(school, [])),
            balance=balance(of_ledger.get(school, [])),
            weeks=by_week([row for row in of_ledger.get(school, []) if row.kind is PeriodKind.WEEK], weeks),
        )
        for school in present
    ]


def _school(fact: SessionFact | LedgerFact) -> int | None:
    return fact.school


def _quotas(ledger: Sequence[LedgerFact]) -> list[QuotaLine]:
    groups = grouped(ledger, lambda row: (row.kind, row.metric))
    kinds, metrics = list(PeriodKind), list(Metric)
    return [
        QuotaLine(wording.quota_name(*key), balance(rows), len(rows) - balance(rows).rows)
        for key, rows in sorted(groups.items(), key=lambda item: (kinds.index(item[0][0]), metrics.index(item[0][1])))
    ]
