"""Which figures of the eight areas are still missing this year?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hometeach.programmes.models import areas
from hometeach.programmes.rules import Source
from hometeach.reporting.facts import year_figures
from hometeach.web.base import chosen_locale

#: Figures that somebody has to give; the others are worked out here.
GIVEN = frozenset({Source.ENTERED, Source.IMPORTED})


@dataclass(frozen=True)
class AreaToday:
    """How one area stands. Units: figures that somebody has to give."""

    number: int
    name: str
    owner: str
    asked: int
    reported: int

    @property
    def missing(self) -> int:
        """Figures not reported yet."""
        return self.asked - self.reported


@dataclass(frozen=True)
class ClerkToday:
    """What a relief-office clerk is told."""

    year: int
    areas: Sequence[AreaToday]

    @property
    def missing(self) -> int:
        """Figures not reported yet, in all areas."""
        return sum(area.missing for area in self.areas)

    @property
    def areas_missing(self) -> int:
        """Areas with any of them."""
        return sum(area.missing > 0 for area in self.areas)


def facts(today: date) -> ClerkToday:
    """What the clerk who asks is told today."""
    of_year = year_figures(today.year)
    asked = [one for one in of_year.indicators if one.source in GIVEN]
    in_chinese = chosen_locale().startswith("zh")
    found = []
    for area in areas():
        codes = [one.code for one in asked if one.area == area.number]
        found.append(
            AreaToday(
                number=area.number,
                name=area.name_zh if in_chinese else area.name_en,
                owner=area.owner_zh if in_chinese else area.owner_en,
                asked=len(codes),
                reported=sum(code in of_year.figures for code in codes),
            )
        )
    return ClerkToday(today.year, found)
