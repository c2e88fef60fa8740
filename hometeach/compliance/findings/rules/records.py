"""What do the findings look at? Plain values, gathered elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from hometeach.cases.file.rules import ItemState
from hometeach.cases.rules import CaseStatus
from hometeach.compliance.findings.rules.kinds import Owner
from hometeach.kernel.clock import Span
from hometeach.schedule.rules import PeriodKind
from hometeach.visits.rules import Confirmation, Verdict


class PeriodFact(NamedTuple):
    """A ledger row that is over and of which nobody accounts for ``nothing``. Units: the quota's metric."""

    child_id: int
    kind: PeriodKind
    span: Span
    quota_no: int
    rule_code: str
    metric: str
    required: int
    given: int
    excused: int
    nothing: int


class VisitFact(NamedTuple):
    """A recorded session. Units: seconds after midnight; ``teachers`` are ids, the record's keeper first.

    ``text`` is equal where two records tell of the child in the very same words.
    """

    key: str
    child_id: int
    day: date
    arrived: int
    left: int
    teachers: tuple[int, ...]
    verdict: Verdict
    rule_code: str = ""
    confirmation: Confirmation = Confirmation.CONFIRMED
    group: str = ""
    recorded_on: date | None = None
    is_late: bool = False
    is_checked: bool = False
    text: str = ""

    @property
    def is_void(self) -> bool:
        """Whether the record was withdrawn."""
        return self.verdict is Verdict.VOID

    @property
    def minutes(self) -> int:
        """Whole minutes at the child's place."""
        return (self.left - self.arrived) // 60

    @property
    def order(self) -> tuple[date, int, str]:
        """The earliest first."""
        return (self.day, self.arrived, self.key)


class ItemFact(NamedTuple):
    """A form that a file lacks; ``since`` is the day from which it was needed, or after which it had run out."""

    child_id: int
    code: str
    state: ItemState
    owner: Owner
    since: date


class CaseFact(NamedTuple):
    """How a child's case stands. An empty day: it never was."""

    child_id: int
    status: CaseStatus
    #: From which day on it can be asked whether the child was taught.
    since: date
    suspended: tuple[Span, ...] = ()
    #: The last day of the newest approved plan.
    plan_until: date | None = None
    #: Since when the term's review is due.
    review_since: date | None = None


class TeacherFact(NamedTuple):
    """A teacher who answers for a child today; ``since`` is the first day of it."""

    teacher_id: int
    since: date
    checked_on: date | None


@dataclass(frozen=True)
class Records:
    """All that is looked at, by public ids of children and teachers where a subject is made of them."""

    on: date
    child_keys: Mapping[int, str]
    teacher_keys: Mapping[int, str]
    least_minutes: Mapping[str, int] = field(default_factory=dict)
    periods: Sequence[PeriodFact] = ()
    visits: Sequence[VisitFact] = ()
    items: Sequence[ItemFact] = ()
    cases: Sequence[CaseFact] = ()
    teachers: Sequence[TeacherFact] = ()
    #: The weeks with a teaching day, in order.
    weeks: Sequence[Span] = ()


def standing_visits(records: Records) -> Iterator[VisitFact]:
    """The sessions whose record was not withdrawn."""
    return (visit for visit in records.visits if not visit.is_void)
