"""The dictionary holds every figure of the bureau's report, once."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from hometeach.programmes import dictionary
from hometeach.programmes.rules import CountBasis, Kind, Source, ValueType

AREAS = {1: 9, 2: 17, 3: 7, 4: 14, 5: 5, 6: 6, 7: 8, 8: 3}
CODES = {indicator.code for indicator in dictionary.indicators()}


def test_there_are_eight_areas_with_both_names_and_somebody_to_ask() -> None:
    assert [area.number for area in dictionary.areas()] == list(range(1, 9))
    assert all(area.zh and area.en and area.owner_zh and area.owner_en for area in dictionary.areas())


def test_every_code_of_every_area_is_there_without_gaps() -> None:
    expected = {f"A{area}-{number:02d}" for area, count in AREAS.items() for number in range(1, count + 1)}
    assert expected == CODES


def test_every_masked_figure_of_the_report_stands_for_an_indicator_a_date_or_a_name() -> None:
    with Path(__file__).with_name("seed_marks.csv").open(encoding="utf-8", newline="") as file:
        marks = {row["mark"]: row["stands_for"] for row in csv.DictReader(file)}
    assert list(marks) == [f"X{number:03d}" for number in range(75)]
    assert set(marks.values()) - {"date", "name"} <= CODES


def test_a_code_reads_one_way_on_any_day() -> None:
    by_code: dict[str, list] = {}
    for indicator in dictionary.indicators():
        by_code.setdefault(indicator.code, []).append(indicator.span)
    for spans in by_code.values():
        assert not any(one.meets(other) for number, one in enumerate(spans) for other in spans[number + 1 :])


def test_all_of_home_teaching_is_derived_save_the_enrolment_rate_of_other_systems() -> None:
    typed = [one.code for one in dictionary.indicators() if one.area == 4 and one.source is not Source.DERIVED]
    assert typed == ["A4-06"]
    assert all((one.derivation is not None) == (one.source is Source.DERIVED) for one in dictionary.indicators())


@pytest.mark.parametrize("indicator", dictionary.indicators(), ids=lambda one: f"{one.code}@{one.span.first.year}")
def test_an_entry_makes_sense(indicator) -> None:
    assert indicator.zh
    assert indicator.en
    assert indicator.unit in dictionary.units()
    assert indicator.periods
    assert bool(indicator.note_zh) == bool(indicator.note_en)
    assert (indicator.unit == "万元") == (indicator.value_type is ValueType.MONEY)
    assert (indicator.numerator is None) == (indicator.denominator is None)
    for other in (indicator.numerator, indicator.denominator, indicator.within, indicator.not_above):
        assert other is None or other in CODES
    if indicator.kind is Kind.RATIO:
        assert indicator.unit == "%"


def test_people_and_visits_are_told_apart_by_their_unit() -> None:
    bases = {one.unit: one.count_basis for one in dictionary.indicators()}
    assert bases["人"] is bases["名"] is CountBasis.PERSON
    assert bases["人次"] is CountBasis.PERSON_TIMES


def test_the_older_wording_of_the_registered_poor_stays_true_for_its_years() -> None:
    counted = Counter(one.code for one in dictionary.indicators())
    assert {code for code, times in counted.items() if times > 1} == {"A1-01", "A1-03"}
