"""What is a figure of the eight areas, may it stand, and what may be added up with what?

Pure. Amounts are whole numbers of ten-thousandths, so that both databases and
every sum give the very decimal that was typed. Missing is None, never zero.

Source: the bureau's yearly report, sections 1-8; Statistics Law art. 24 (original
records, review, sign-off).
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from hometeach.kernel.clock import Span, month_of, year_span

#: Stored amounts are counted in these: four decimals, exact.
PARTS = 10_000
#: What a binary float may be off the decimal that was meant, far less than one stored part.
FLOAT_NOISE = Decimal("0.000001")
#: How far money per head may lie from what is usual before somebody is asked to look again.
PER_HEAD_TOLERANCE = Decimal("0.2")


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


class Fault(StrEnum):
    """Why a figure cannot stand."""

    DERIVED = "derived"
    MISSING = "missing"
    NOT_WHOLE = "not_whole"
    NEGATIVE = "negative"
    RANGE_REVERSED = "range_reversed"
    PERIOD_REVERSED = "period_reversed"
    NOT_ONE_DAY = "not_one_day"


class Doubt(StrEnum):
    """Why somebody should look at a figure again, though it may stand."""

    UNUSUAL_PERIOD = "unusual_period"
    BROKEN_PERIOD = "broken_period"
    ABOVE_HUNDRED = "above_hundred"
    RATIO_GAP = "ratio_gap"
    ABOVE_WHOLE = "above_whole"
    PER_HEAD = "per_head"


@dataclass(frozen=True, slots=True)
class Question:
    """A doubt with what it rests on. Units: ``expected`` in stored parts, None where no number is expected."""

    doubt: Doubt
    about: str
    other: str | None = None
    expected: int | None = None


def fixed(number: Decimal) -> int:
    """The amount in stored parts.

    Raises: ValueError if it has more than four decimals.
    """
    parts = number * PARTS
    if parts != parts.to_integral_value():
        raise ValueError(f"{number} has more than four decimals")
    return int(parts)


def unfixed(parts: int) -> Decimal:
    """The decimal that stored parts mean, without trailing zeros."""
    number = (Decimal(parts) / PARTS).normalize()
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def number_meant(value: float | str | Decimal) -> int:
    """The amount that was typed or stood in a cell, in stored parts.

    A float's own noise is taken off (7247.200000000001 means 7247.2); full-width
    digits and grouping commas are read as people mean them.

    Raises: ValueError if it is no number, not finite, or has more than four decimals.
    """
    if isinstance(value, float):
        exact = Decimal(repr(value))
        if not exact.is_finite():
            raise ValueError(f"{value} is no number")
        rounded = round(exact, 4)
        return fixed(rounded if abs(exact - rounded) < FLOAT_NOISE else exact)
    text = unicodedata.normalize("NFKC", str(value)).replace(",", "").strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{value!r} is no number") from None
    if not number.is_finite():
        raise ValueError(f"{value!r} is no number")
    return fixed(number)


def faults_of(indicator: Indicator, figure: Figure) -> list[Fault]:
    """Why the figure cannot stand, all at once; empty where it may."""
    if indicator.source is Source.DERIVED:
        return [Fault.DERIVED]
    amounts = [amount for amount in (figure.low, figure.high) if amount is not None]
    period = figure.period
    found = {
        Fault.MISSING: figure.is_missing or (figure.low is None and indicator.value_type is not ValueType.TEXT),
        Fault.NOT_WHOLE: indicator.value_type is ValueType.INTEGER and any(amount % PARTS for amount in amounts),
        Fault.NEGATIVE: any(amount < 0 for amount in amounts),
        Fault.RANGE_REVERSED: len(amounts) == 2 and amounts[0] > amounts[1],
        Fault.PERIOD_REVERSED: period.last < period.first,
        Fault.NOT_ONE_DAY: figure.period_kind is FigurePeriod.AS_OF and period.first != period.last,
    }
    return [fault for fault, applies in found.items() if applies]


def questions_about(indicator: Indicator, figure: Figure, known: Mapping[str, Figure]) -> list[Question]:
    """Why somebody should look at the figure again.

    ``known`` are the other current figures of the same unit and period, by code.
    """
    asked = [_question_of_period(indicator, figure), _question_of_ratio(indicator, figure, known)]
    asked += [_question_of_whole(indicator, figure, known), _question_per_head(indicator, figure, known)]
    if indicator.value_type is ValueType.PERCENT and figure.low is not None and figure.low > 100 * PARTS:
        asked.append(Question(Doubt.ABOVE_HUNDRED, figure.code))
    return [question for question in asked if question is not None]


def recomputed(numerator: int | None, denominator: int | None, decimals: int) -> int | None:
    """Numerator ÷ denominator in per cent, half up to so many decimals; None where either is missing.

    Units: all three in stored parts.
    """
    if numerator is None or not denominator:
        return None
    step = PARTS // 10**decimals
    whole_steps = 100 * PARTS // step
    return ((2 * numerator * whole_steps + denominator) // (2 * denominator)) * step


def may_add(one: Indicator, other: Indicator) -> bool:
    """Whether figures of two indicators may be added.

    Only money of one kind may. People never, for the same child may stand in
    areas 1, 3, 4, 7 and 8; and 人 is not 人次.
    """
    return one.money is not None and one.money is other.money


def put_together(indicator: Indicator, figures: Sequence[Figure]) -> Figure | None:
    """The figure that several schools' figures of one indicator and period make, where they make one.

    Things, services and money are added up; a range spans the lowest and the
    highest; distinct people, stocks of people and ratios cannot be put together.
    """
    given = [figure for figure in figures if figure.low is not None]
    if not given:
        return None
    first, lows = given[0], [figure.low or 0 for figure in given]
    highs = [figure.low or 0 if figure.high is None else figure.high for figure in given]
    if indicator.value_type is ValueType.RANGE:
        return Figure(first.code, "", first.period_kind, first.period, min(lows), max(highs))
    if indicator.aggregation is not Aggregation.SUM:
        return None
    low, high, qualifier = sum(lows), sum(highs), _loosest(figure.qualifier for figure in given)
    return Figure(first.code, "", first.period_kind, first.period, low, None if low == high else high, "", qualifier)


@dataclass(frozen=True, slots=True)
class MoneyTotal:
    """Money of one kind in one calendar year.

    Units: ``amount`` in stored parts of 万元. ``parts`` were added; ``other_periods``
    speak of another stretch of time; ``contained`` are already in a wider figure;
    ``missing`` are not there, so that the true total is higher.
    """

    amount: int
    qualifier: Qualifier
    parts: tuple[str, ...]
    other_periods: tuple[str, ...]
    contained: tuple[str, ...]
    missing: tuple[str, ...]


def money_total(
    indicators: Iterable[Indicator], figures: Mapping[str, Figure], money: MoneyKind, year: int
) -> MoneyTotal | None:
    """The year's money of one kind; None where no part of it is there."""
    summands = [indicator for indicator in indicators if indicator.money is money]
    of_year = {code for code, figure in figures.items() if figure.low is not None and _lies_in(figure, year)}
    contained = {one.code for one in summands if one.within in of_year}
    codes = [one.code for one in summands]
    parts = tuple(code for code in codes if code in of_year and code not in contained)
    if not parts:
        return None
    return MoneyTotal(
        amount=sum(figures[code].low or 0 for code in parts),
        qualifier=_loosest(figures[code].qualifier for code in parts),
        parts=parts,
        other_periods=tuple(code for code in codes if code in figures and code not in of_year),
        contained=tuple(code for code in codes if code in contained and code in of_year),
        missing=tuple(code for code in codes if code not in figures and code not in contained),
    )


def figure_for_year(indicator: Indicator, figures: Iterable[Figure], year: int) -> Figure | None:
    """Of one indicator's figures the one that a report of the year prints.

    The usual kinds of period come first, and of one kind the one that ends
    last. A figure belongs to the year in which its period ends.
    """
    ranked = {kind: place for place, kind in enumerate(indicator.periods)}
    of_year = [figure for figure in figures if figure.period.last.year == year]
    return min(
        of_year,
        key=lambda figure: (ranked.get(figure.period_kind, len(ranked)), -figure.period.last.toordinal()),
        default=None,
    )


def is_small_cell(count: int | None, below: int) -> bool:
    """Whether a count of people could point at one of them and must not leave the bureau.

    Source: Statistics Law art. 28.
    """
    return count is not None and 0 < count < below


def _lies_in(figure: Figure, year: int) -> bool:
    return figure.period.first.year == figure.period.last.year == year


def _loosest(qualifiers: Iterable[Qualifier]) -> Qualifier:
    order = (Qualifier.EXACT, Qualifier.MORE_THAN, Qualifier.APPROX)
    return max(qualifiers, key=order.index)


def _question_of_period(indicator: Indicator, figure: Figure) -> Question | None:
    if figure.period_kind not in indicator.periods:
        return Question(Doubt.UNUSUAL_PERIOD, figure.code)
    whole = {FigurePeriod.YEAR: year_span(figure.period.first.year), FigurePeriod.MONTH: month_of(figure.period.first)}
    expected = whole.get(figure.period_kind)
    return None if expected in (None, figure.period) else Question(Doubt.BROKEN_PERIOD, figure.code)


def _question_of_ratio(indicator: Indicator, figure: Figure, known: Mapping[str, Figure]) -> Question | None:
    if indicator.numerator is None or indicator.denominator is None or figure.low is None:
        return None
    above, below = known.get(indicator.numerator), known.get(indicator.denominator)
    if above is None or below is None:
        return None
    expected = recomputed(above.low, below.low, indicator.decimals)
    return None if expected in (None, figure.low) else Question(Doubt.RATIO_GAP, figure.code, None, expected)


def _question_of_whole(indicator: Indicator, figure: Figure, known: Mapping[str, Figure]) -> Question | None:
    whole = known.get(indicator.not_above or "")
    if whole is None or whole.low is None or figure.low is None or figure.low <= whole.low:
        return None
    return Question(Doubt.ABOVE_WHOLE, figure.code, whole.code, whole.low)


def _question_per_head(indicator: Indicator, figure: Figure, known: Mapping[str, Figure]) -> Question | None:
    heads = known.get(indicator.per_head.of) if indicator.per_head else None
    if indicator.per_head is None or heads is None or not heads.low or figure.low is None:
        return None
    expected = Decimal(heads.low) * indicator.per_head.usual / PARTS
    if abs(figure.low - expected) <= expected * PER_HEAD_TOLERANCE:
        return None
    return Question(Doubt.PER_HEAD, figure.code, heads.code, int(expected))
