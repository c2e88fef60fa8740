"""What is a figure of the eight areas: the words of the dictionary, an entry of it, and one value?

Source: the bureau's yearly report, sections 1-8.
"""

from dataclasses import dataclass
from enum import StrEnum

from hometeach.kernel.clock import Span


class ValueType(StrEnum):
    """What is written down for an indicator."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    PERCENT = "percent"
    RANGE = "range"
    TEXT = "text"


class Kind(StrEnum):
    """Whether a figure runs over a period, stands on a day, grows from a start, or is none of these."""

    FLOW = "flow"
    STOCK = "stock"
    CUMULATIVE = "cumulative"
    RATIO = "ratio"
    PARAMETER = "parameter"


class CountBasis(StrEnum):
    """What one unit of the figure is: somebody once (人), every time (人次), a thing, money, or nothing countable."""

    PERSON = "person"
    PERSON_TIMES = "person_times"
    THING = "thing"
    MONEY = "money"
    NONE = "none"


class Aggregation(StrEnum):
    """How figures of several units may be put together."""

    SUM = "sum"
    DISTINCT = "distinct"
    LAST = "last"
    NONE = "none"


class Source(StrEnum):
    """Where a figure comes from."""

    DERIVED = "derived"
    ENTERED = "entered"
    IMPORTED = "imported"
    COMPUTED = "computed"


class FigurePeriod(StrEnum):
    """What stretch of time a figure speaks of."""

    YEAR = "year"
    SCHOOL_YEAR = "school_year"
    TERM = "term"
    MONTH = "month"
    RANGE = "range"
    AS_OF = "as_of"
    EVENT = "event"


class Qualifier(StrEnum):
    """How exactly a figure is meant: as it stands, 约, or 多."""

    EXACT = "exact"
    APPROX = "approx"
    MORE_THAN = "more_than"


class MoneyKind(StrEnum):
    """Money that may be added up with its own kind only."""

    AID = "aid"
    WORKS = "works"


class Standing(StrEnum):
    """How far a figure has come. Only a superseded one is not the current one."""

    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class PerHead:
    """What one of the counted persons usually costs. Units: ``usual`` in stored parts of the figure's unit."""

    of: str
    usual: int


@dataclass(frozen=True, slots=True)
class Indicator:
    """One entry of the dictionary. Units: ``unit`` as it is printed in Chinese."""

    code: str
    area: int
    zh: str
    en: str
    unit: str
    value_type: ValueType
    decimals: int
    kind: Kind
    count_basis: CountBasis
    aggregation: Aggregation
    source: Source
    periods: tuple[FigurePeriod, ...]
    span: Span
    numerator: str | None = None
    denominator: str | None = None
    derivation: str | None = None
    money: MoneyKind | None = None
    within: str | None = None
    not_above: str | None = None
    per_head: PerHead | None = None
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of one indicator, for one unit and period.

    Units: ``low`` and ``high`` in ten-thousandths of the indicator's unit;
    ``high`` only where a range is meant. ``unit`` is the key of the bureau or school.
    """

    code: str
    unit: str
    period_kind: FigurePeriod
    period: Span
    low: int | None = None
    high: int | None = None
    text: str = ""
    qualifier: Qualifier = Qualifier.EXACT
    source_document: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether it says nothing at all."""
        return self.low is None and not self.text
