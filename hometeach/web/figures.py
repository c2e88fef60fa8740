"""How does a figure of the eight areas stand on a page: its value, unit, time and source, and the rows behind it?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from hometeach.people.access import BUREAU_WIDE, FILE_READERS
from hometeach.programmes.rules import Figure, FigurePeriod, Indicator, Qualifier, Source, ValueType, unfixed
from hometeach.reporting import wording
from hometeach.reporting.report import FigureLine
from hometeach.web import words
from hometeach.web.asking import Person

QUALIFIED = {Qualifier.EXACT: "", Qualifier.APPROX: "约", Qualifier.MORE_THAN: "多"}
#: The list whose rows a figure of home teaching was counted from: endpoint and what its address asks for.
ROWS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "A4-01": ("rules.index", {}),
    "A4-02": ("rules.index", {}),
    "A4-03": ("visits.index", {"verdict": "counted"}),
    "A4-04": ("totals.agreements", {"state": "active"}),
    "A4-05": ("weeks.index", {}),
    "A4-08": ("totals.agreements", {}),
    "A4-09": ("totals.agreements", {"state": "scheduled"}),
    "A4-10": ("visits.index", {"verdict": "counted"}),
    "A4-11": ("visits.index", {"verdict": "counted"}),
    "A4-12": ("visits.index", {"verdict": "counted", "repays": "1"}),
    "A4-13": ("weeks.index", {"metric": "sessions"}),
    "A4-14": ("visits.index", {"verdict": "counted"}),
}
#: Of these the list stands on the day asked, not in a year.
OF_THE_DAY = frozenset({"totals.agreements", "rules.index"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure, ready to be laid out. ``value`` is empty where it is missing; ``rows`` leads to what it counts."""

    code: str
    name: str
    value: str
    unit: str
    period: str
    source: str
    note: str
    rows: str
    #: Where the figure can be looked at or given.
    href: str

    @property
    def is_missing(self) -> bool:
        """Whether nothing was given."""
        return not self.value


def shown(line: FigureLine, year: int, reader: Person) -> Shown:
    """A figure as the reader sees it."""
    indicator = line.indicator
    return Shown(
        code=indicator.code,
        name=wording.name_of(indicator),
        value="" if line.is_missing else value_words(indicator, line.figure),
        unit=wording.unit_of(indicator),
        period=line.period,
        source=line.source,
        note=wording.note_of(indicator),
        rows=rows_behind(indicator.code, year, reader),
        href=url_for("indicators.show", year=year, code=indicator.code),
    )


def value_words(indicator: Indicator, figure: Figure | None) -> str:
    """A figure without its unit, its thousands apart: 约 52, 2,242 多, 5–10."""
    if figure is None or figure.low is None:
        return figure.text if figure else ""
    ends = [figure.low] if figure.high in (None, figure.low) else [figure.low, figure.high]
    said = "–".join(_amount(end, indicator) for end in ends if end is not None)
    return words.qualified(said, QUALIFIED[figure.qualifier])


def rows_behind(code: str, year: int, reader: Person) -> str:
    """The address of the rows that a figure was counted from; empty where there are none, or not for this reader."""
    if code not in ROWS or not reader.roles & FILE_READERS & BUREAU_WIDE:
        return ""
    endpoint, asked = ROWS[code]
    return url_for(endpoint, **asked) if endpoint in OF_THE_DAY else url_for(endpoint, year=year, **asked)


def period_kinds() -> Iterator[tuple[str, str]]:
    """The kinds of period that a figure can speak of, in words."""
    yield FigurePeriod.YEAR.value, _("a calendar year")
    yield FigurePeriod.AS_OF.value, _("one day")
    yield FigurePeriod.RANGE.value, _("several years, or from one month to another")
    yield FigurePeriod.EVENT.value, _("an event")
    yield FigurePeriod.SCHOOL_YEAR.value, _("a school year")
    yield FigurePeriod.TERM.value, _("a term")
    yield FigurePeriod.MONTH.value, _("a month")


def is_given(indicator: Indicator) -> bool:
    """Whether somebody may give the figure at all."""
    return indicator.source is not Source.DERIVED


def _amount(parts: int, indicator: Indicator) -> str:
    number = unfixed(parts)
    if indicator.value_type is ValueType.PERCENT:
        return f"{number:.{indicator.decimals}f}"
    return f"{number:,f}"
