"""What did a year of home teaching come to?

Pure arithmetic over plain rows: sessions with their verdict, ledger rows with
their standing on the day asked. Nothing is ever added to a stored figure; a
year is rolled up whole. Missing is None, never zero.

Source: the bureau's report, section 4; ``rule.md`` sections 3 and 6 fix the keys.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

from hometeach.compliance.rules import Cause, RowNumbers, RowVerdict, State, cell_state, percentage
from hometeach.kernel.clock import Span
from hometeach.programmes.rules import is_small_cell
from hometeach.schedule.rules import Calendar, DeliveryRule, Metric, PeriodKind, RuleScope
from hometeach.visits.rules import Verdict

Key = TypeVar("Key", bound=Hashable)
Fact = TypeVar("Fact")


class SessionFact(NamedTuple):
    """One recorded session. Units: whole class hours; keys of the child, its school that day and the teachers."""

    child: int
    school: int | None
    day: date
    verdict: Verdict
    class_hours: int
    repays: bool
    teachers: tuple[int, ...]

    @property
    def is_counted(self) -> bool:
        """Whether it counts."""
        return self.verdict is Verdict.COUNTED


class LedgerFact(NamedTuple):
    """One ledger row as it stands on the day asked. Units: the quota's metric; ``invalid`` counts sessions.

    ``causes`` are the parts of ``unaccounted``, in the order of ``Cause``.
    """

    child: int
    school: int | None
    kind: PeriodKind
    metric: Metric
    first: date
    last: date
    required: int
    delivered: int
    made_up: int
    excused: int
    unaccounted: int
    surplus: int
    invalid: int
    verdict: RowVerdict
    causes: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def state(self) -> State:
        """In which state its period is shown."""
        told = tuple((cause, amount) for cause, amount in zip(Cause, self.causes, strict=True) if amount)
        return cell_state(
            RowNumbers(self.verdict, self.required, self.delivered, self.made_up, self.excused, self.unaccounted, told)
        )


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What stands on the day asked. Shape: keys of children; ``files_complete`` None where no file is kept here."""

    agreed: frozenset[int] = frozenset()
    suspended: frozenset[int] = frozenset()
    agreements: int = 0
    scheduled: frozenset[int] = frozenset()
    files_complete: frozenset[int] | None = None
    rule: DeliveryRule | None = None

    @property
    def active(self) -> frozenset[int]:
        """Children with an agreement in force who are not suspended."""
        return self.agreed - self.suspended

    @property
    def files_counted(self) -> frozenset[int] | None:
        """Those of them whose file is complete: A4-07."""
        return None if self.files_complete is None else self.files_complete & self.active


class Balance(NamedTuple):
    """Time owed and time given over many periods that are over.

    Units: the quota's metric. ``owed_net`` and ``given_net`` are the two sides of the rate.
    """

    rows: int
    met: int
    short: int
    exempt: int
    required: int
    delivered: int
    made_up: int
    excused: int
    unaccounted: int
    surplus: int
    owed_net: int
    given_net: int
    causes: tuple[int, int, int, int]

    @property
    def rate(self) -> float | None:
        """Given of what was owed and not excused, %; None where nothing was."""
        return percentage(self.given_net, self.owed_net)

    @property
    def share_met(self) -> float | None:
        """Periods met of those judged, %; None where none was."""
        return percentage(self.met, self.met + self.short)

    def cause(self, cause: Cause) -> int:
        """How much of ``unaccounted`` has this cause."""
        return self.causes[list(Cause).index(cause)]


NOTHING = Balance(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (0, 0, 0, 0))


class Taught(NamedTuple):
    """What was taught. Units: sessions, class hours; distinct children and teachers."""

    recorded: int
    counted: int
    class_hours: int
    make_ups: int
    children: int
    teachers: int


def balance(rows: Iterable[LedgerFact]) -> Balance:
    """The balance of these rows; those that are still open stand outside."""
    closed = [row for row in rows if row.verdict is not RowVerdict.OPEN]
    judged = [row for row in closed if row.verdict is not RowVerdict.EXEMPT]
    met = sum(row.verdict is RowVerdict.MET for row in judged)
    causes = [sum(row.causes[place] for row in closed) for place in range(len(Cause))]
    return Balance(
        rows=len(closed),
        met=met,
        short=len(judged) - met,
        exempt=len(closed) - len(judged),
        required=sum(row.required for row in closed),
        delivered=sum(row.delivered for row in closed),
        made_up=sum(row.made_up for row in closed),
        excused=sum(row.excused for row in closed),
        unaccounted=sum(row.unaccounted for row in closed),
        surplus=sum(row.surplus for row in closed),
        owed_net=sum(row.required - row.excused for row in judged),
        given_net=sum(min(row.required - row.excused, row.delivered + row.made_up) for row in judged),
        causes=(causes[0], causes[1], causes[2], causes[3]),
    )


def taught(sessions: Iterable[SessionFact]) -> Taught:
    """What these sessions come to; withdrawn ones are not even recorded."""
    recorded = [session for session in sessions if session.verdict is not Verdict.VOID]
    counted = [session for session in recorded if session.is_counted]
    return Taught(
        recorded=len(recorded),
        counted=len(counted),
        class_hours=sum(session.class_hours for session in counted),
        make_ups=sum(session.repays for session in counted),
        children=len({session.child for session in counted}),
        teachers=len({teacher for session in counted for teacher in session.teachers}),
    )


def grouped(facts: Iterable[Fact], key: Callable[[Fact], Key]) -> dict[Key, list[Fact]]:
    """The facts by a key, keys in the order of their first fact."""
    groups: defaultdict[Key, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[key(fact)].append(fact)
    return dict(groups)


def weekly_sessions(ledger: Iterable[LedgerFact]) -> list[LedgerFact]:
    """The rows of the weekly quota of sessions."""
    return [row for row in ledger if row.kind is PeriodKind.WEEK and row.metric is Metric.SESSIONS]


def weeks_met(ledger: Iterable[LedgerFact]) -> float | None:
    """The share of judged child-weeks that are met, %.

    A child-week under several weekly quotas is met where each of them is met or
    excused, and short as soon as one is short.
    """
    weeks = grouped((row for row in ledger if row.kind is PeriodKind.WEEK), lambda row: (row.child, row.first))
    verdicts = [{row.verdict for row in rows} for rows in weeks.values()]
    short = sum(RowVerdict.SHORT in verdict for verdict in verdicts)
    met = sum(RowVerdict.MET in verdict and RowVerdict.SHORT not in verdict for verdict in verdicts)
    return percentage(met, met + short)


def headline_quota(ledger: Iterable[LedgerFact]) -> tuple[PeriodKind, Metric] | None:
    """The quota that a report leads with: the weekly sessions, else the shortest period there is."""
    kinds, metrics = list(PeriodKind), list(Metric)
    present = {(row.kind, row.metric) for row in ledger}
    return min(present, key=lambda one: (kinds.index(one[0]), metrics.index(one[1])), default=None)


def totals(sessions: Sequence[SessionFact], ledger: Sequence[LedgerFact], day: DayFacts) -> dict[str, float | None]:
    """The figures of home teaching for a calendar year, by code; None where there is nothing to say.

    Shape: sessions dated in the year; ledger rows whose period begins in it.
    """
    sums = taught(sessions)
    weekly = balance(weekly_sessions(ledger))
    quota = weekly_quota(day.rule)
    return {
        "A4-01": quota,
        "A4-02": day.rule.min_minutes if day.rule else None,
        "A4-03": sums.children,
        "A4-04": len(day.active),
        "A4-05": weeks_met(ledger),
        "A4-07": None if day.files_counted is None else len(day.files_counted),
        "A4-08": day.agreements,
        "A4-09": len(day.scheduled & day.active),
        "A4-10": sums.counted,
        "A4-11": sums.class_hours,
        "A4-12": sums.make_ups,
        "A4-13": weekly.rate,
        "A4-14": sums.teachers,
    }


def weekly_quota(rule: DeliveryRule | None) -> int | None:
    """How many sessions a week the rule asks; None where it asks for none by the week."""
    quotas = rule.quotas if rule else ()
    return next((one.minimum for one in quotas if (one.period, one.metric) == (PeriodKind.WEEK, Metric.SESSIONS)), None)


def bureau_rule(rules: Iterable[DeliveryRule], on: date) -> DeliveryRule | None:
    """The bureau-wide rule in force on a day: the one that took effect last."""
    in_force = [rule for rule in rules if rule.scope is RuleScope.BUREAU and on in rule.span]
    return max(in_force, key=lambda rule: (rule.span.first, rule.code), default=None)


def suppressed(counts: Mapping[Key, int], below: int) -> dict[Key, int | None]:
    """The counts of people as they may leave the bureau: None where one could point at a child.

    Where a single count is hidden it could be taken from the total, so that the
    next smallest is hidden too.
    """
    hidden = {key for key, count in counts.items() if is_small_cell(count, below)}
    others = sorted((count, place) for place, (key, count) in enumerate(counts.items()) if count and key not in hidden)
    if len(hidden) == 1 and others:
        hidden.add(list(counts)[others[0][1]])
    return {key: None if key in hidden else count for key, count in counts.items()}


class WeekState(NamedTuple):
    """How one week stands for a school or the bureau. Units: child-weeks, and sessions for the rest."""

    rows: int
    met: int
    short: int
    exempt: int
    #: Of ``exempt``, the child-weeks that an excuse took off whole.
    exempt_excused: int
    unaccounted: int
    #: Of ``unaccounted``, what nothing explains.
    nothing: int
    is_open: bool


def by_week(rows: Iterable[LedgerFact], weeks: Sequence[Span]) -> list[WeekState | None]:
    """The state of each week over these rows; None where no child had a row."""
    groups = grouped(rows, lambda row: row.first)
    return [_week_state(groups[week.first]) if week.first in groups else None for week in weeks]


def _week_state(rows: Sequence[LedgerFact]) -> WeekState:
    over = balance(rows)
    return WeekState(
        rows=len(rows),
        met=over.met,
        short=over.short,
        exempt=over.exempt,
        exempt_excused=sum(row.verdict is RowVerdict.EXEMPT and row.excused > 0 for row in rows),
        unaccounted=over.unaccounted,
        nothing=over.cause(Cause.NOTHING),
        is_open=any(row.verdict is RowVerdict.OPEN for row in rows),
    )


@dataclass(frozen=True, slots=True)
class YearFacts:
    """A year of home teaching as plain rows, and the names that its tables print.

    Shape: sessions dated in the year; ledger rows whose period begins in it, in
    order; ``schools`` by key in the order of their codes.
    """

    year: int
    as_of: date
    sessions: Sequence[SessionFact] = ()
    ledger: Sequence[LedgerFact] = ()
    day: DayFacts = field(default_factory=DayFacts)
    schools: Mapping[int, str] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)

    @property
    def weeks(self) -> list[Span]:
        """The school weeks whose Monday lies in the year."""
        return [week for week in self.calendar.periods[PeriodKind.WEEK] if week.first.year == self.year]

    @property
    def totals(self) -> dict[str, float | None]:
        """The year's figures by code."""
        return totals(self.sessions, self.ledger, self.day)
