"""What may be added up with what, and which figure does a year's report print?

Source: the bureau's yearly report, sections 1-8; Statistics Law art. 28 (small cells).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hometeach.programmes.rules.terms import Aggregation, Figure, Indicator, MoneyKind, Qualifier, ValueType


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
