"""May a figure stand, and why should somebody look at it again?

Source: Statistics Law art. 24 (original records, review, sign-off).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hometeach.kernel.clock import month_of, year_span
from hometeach.programmes.rules.amounts import PARTS, recomputed
from hometeach.programmes.rules.terms import Figure, FigurePeriod, Indicator, Source, ValueType

#: How far money per head may lie from what is usual before somebody is asked to look again.
PER_HEAD_TOLERANCE = Decimal("0.2")


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
