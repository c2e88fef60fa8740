"""What a figure is, whether it may stand, and what may be added up."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hometeach.kernel.clock import Span, year_span
from hometeach.programmes import dictionary
from hometeach.programmes.rules import (
    PARTS,
    Doubt,
    Fault,
    Figure,
    FigurePeriod,
    MoneyKind,
    Qualifier,
    faults_of,
    figure_for_year,
    fixed,
    is_small_cell,
    may_add,
    money_total,
    number_meant,
    put_together,
    questions_about,
    recomputed,
    unfixed,
)

OF = {one.code: one for one in dictionary.indicators() if date(2026, 1, 1) in one.span}
YEAR = year_span(2026)
PLAN = Span(date(2021, 1, 1), date(2026, 10, 31))


def figure(code: str, low: str | None, high: str | None = None, **facts) -> Figure:
    facts = {"period_kind": FigurePeriod.YEAR, "period": YEAR, "unit": "B"} | facts
    amounts = [None if text is None else fixed(Decimal(text)) for text in (low, high)]
    return Figure(code=code, low=amounts[0], high=amounts[1], **facts)


# ── Amounts ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param(7247.200000000001, "7247.2", id="a float's own noise"),
        pytest.param(230.5, "230.5", id="a float"),
        pytest.param(4641, "4641", id="a whole number"),
        pytest.param("4,641", "4641", id="grouped"),
        pytest.param("５２", "52", id="full width"),
        pytest.param("0", "0", id="nought is a figure"),
    ],
)
def test_a_number_is_read_as_it_was_meant(typed, meant) -> None:
    assert unfixed(number_meant(typed)) == Decimal(meant)


@pytest.mark.parametrize("typed", ["", "约52", "nan", "inf", "1e999999", "-1e13", 1e300, "0.00001", 0.12345])
def test_what_is_no_exact_amount_is_refused(typed) -> None:
    with pytest.raises(ValueError, match=r"no number|no amount|four decimals"):
        number_meant(typed)


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_stored_parts_and_decimals_are_one_and_the_same(parts: int) -> None:
    assert fixed(unfixed(parts)) == parts


# ── May it stand ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given_figure", "fault"),
    [
        pytest.param(figure("A4-03", "48"), Fault.DERIVED, id="home teaching is never typed"),
        pytest.param(figure("A1-01", None), Fault.MISSING, id="empty"),
        pytest.param(figure("A3-04", "4108.5"), Fault.NOT_WHOLE, id="half a person"),
        pytest.param(figure("A1-02", "-1"), Fault.NEGATIVE, id="below zero"),
        pytest.param(figure("A1-05", "10", "5"), Fault.RANGE_REVERSED, id="upside down"),
        pytest.param(
            figure("A1-01", "1", period=Span(date(2026, 2, 1), date(2026, 1, 1))), Fault.PERIOD_REVERSED, id="period"
        ),
        pytest.param(figure("A1-06", "1", period_kind=FigurePeriod.AS_OF), Fault.NOT_ONE_DAY, id="a stock over a year"),
    ],
)
def test_a_figure_that_cannot_stand_says_why(given_figure: Figure, fault: Fault) -> None:
    assert fault in faults_of(OF[given_figure.code], given_figure)


def test_a_checked_nought_stands_and_a_range_may_be_one_point() -> None:
    assert faults_of(OF["A1-08"], figure("A1-08", "0")) == []
    assert faults_of(OF["A1-05"], figure("A1-05", "5", "5")) == []


# ── Should somebody look again ───────────────────────────────────────────


def doubts(one: Figure, *beside: Figure) -> list[Doubt]:
    return [question.doubt for question in questions_about(OF[one.code], one, {other.code: other for other in beside})]


def test_a_ratio_is_recomputed_and_a_gap_is_pointed_out() -> None:
    paid, planned = figure("A2-03", "7247.2", period=PLAN), figure("A2-16", "9059", period=PLAN)
    right = figure("A2-04", "80.0", period=PLAN, period_kind=FigurePeriod.RANGE)
    wrong = replace(right, low=fixed(Decimal("81.0")))
    assert doubts(right, paid, planned) == []
    assert doubts(wrong, paid, planned) == [Doubt.RATIO_GAP]


def test_money_for_students_is_held_against_what_one_usually_gets() -> None:
    students = figure("A7-05", "65", period_kind=FigurePeriod.RANGE)
    assert doubts(figure("A7-06", "38.5", period_kind=FigurePeriod.RANGE), students) == []
    assert doubts(figure("A7-06", "385", period_kind=FigurePeriod.RANGE), students) == [Doubt.PER_HEAD]


def test_a_part_above_its_whole_is_pointed_out() -> None:
    covered = figure("A2-07", "54", period_kind=FigurePeriod.RANGE)
    assert doubts(figure("A2-08", "79", period_kind=FigurePeriod.RANGE), covered) == [Doubt.ABOVE_WHOLE]


def test_odd_periods_and_ratios_above_a_hundred_are_pointed_out() -> None:
    assert doubts(figure("A1-06", "1")) == [Doubt.UNUSUAL_PERIOD]
    assert doubts(figure("A1-01", "1", period=Span(date(2026, 1, 1), date(2026, 6, 30)))) == [Doubt.BROKEN_PERIOD]
    assert doubts(figure("A3-06", "101")) == [Doubt.ABOVE_HUNDRED]


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [("2", "3", "66.7"), ("1", "16", "6.3"), ("0", "7", "0"), ("1", "0", None), (None, "3", None)],
)
def test_a_share_is_half_up_to_one_decimal_and_missing_where_a_part_is(above, below, expected) -> None:
    amounts = [None if text is None else fixed(Decimal(text)) for text in (above, below)]
    share = recomputed(*amounts, decimals=1)
    assert share == (None if expected is None else fixed(Decimal(expected)))


# ── What may be added ────────────────────────────────────────────────────


def test_people_are_never_added_over_areas_nor_turned_into_visits() -> None:
    for one, other in (("A1-03", "A3-04"), ("A3-02", "A3-04"), ("A7-01", "A8-03"), ("A4-03", "A3-04")):
        assert not may_add(OF[one], OF[other])


def test_money_paid_to_students_and_money_for_works_stay_apart() -> None:
    assert may_add(OF["A1-04"], OF["A7-02"])
    assert not may_add(OF["A1-04"], OF["A2-03"])


def test_the_year_s_money_leaves_out_other_periods_and_what_a_wider_figure_holds() -> None:
    figures = {
        one.code: one
        for one in (
            figure("A1-02", "230.5"),
            figure("A1-04", "320.25"),
            figure("A7-02", "34"),
            figure("A7-06", "38.5", period=Span(date(2024, 1, 1), date(2026, 12, 31))),
            figure("A8-02", "52", qualifier=Qualifier.APPROX),
        )
    }
    total = money_total(OF.values(), figures, MoneyKind.AID, 2026)
    assert total is not None
    assert unfixed(total.amount) == Decimal("406.25")
    assert total.qualifier is Qualifier.APPROX
    assert (total.parts, total.contained) == (("A1-04", "A7-02", "A8-02"), ("A1-02",))
    assert (total.other_periods, total.missing) == (("A7-06",), ("A7-04",))


def test_money_of_which_nothing_is_known_is_missing_not_nought() -> None:
    assert money_total(OF.values(), {}, MoneyKind.AID, 2026) is None


def test_schools_figures_are_put_together_only_where_that_means_something() -> None:
    share = put_together(OF["A1-05"], [figure("A1-05", "5", "8"), figure("A1-05", "6", "10")])
    assert share is not None
    assert (share.low, share.high) == (5 * PARTS, 10 * PARTS)
    visits = put_together(OF["A3-02"], [figure("A3-02", "10"), figure("A3-02", "5", qualifier=Qualifier.MORE_THAN)])
    assert visits is not None
    assert (visits.low, visits.qualifier) == (15 * PARTS, Qualifier.MORE_THAN)
    assert put_together(OF["A3-04"], [figure("A3-04", "10"), figure("A3-04", "5")]) is None
    assert put_together(OF["A3-02"], []) is None


def test_a_report_prints_the_usual_period_that_ends_last_in_its_year() -> None:
    half = figure("A1-01", "9", period_kind=FigurePeriod.TERM, period=Span(date(2026, 3, 2), date(2026, 7, 10)))
    last_year = figure("A1-01", "7", period=year_span(2025))
    whole = figure("A1-01", "20")
    assert figure_for_year(OF["A1-01"], [half, last_year, whole], 2026) == whole
    assert figure_for_year(OF["A1-01"], [half, last_year], 2026) == half
    assert figure_for_year(OF["A1-01"], [last_year], 2026) is None


@pytest.mark.parametrize(("count", "small"), [(0, False), (1, True), (2, True), (3, False), (None, False)])
def test_a_count_that_points_at_a_child_is_small(count, small) -> None:
    assert is_small_cell(count, below=3) is small
