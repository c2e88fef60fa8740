"""Which figures of the eight areas are still missing this year?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hometeach.web.totals import AreaShown, areas_shown


@dataclass(frozen=True)
class ClerkToday:
    """What a relief-office clerk is told."""

    year: int
    #: As the page of totals shows them: the one count of what is reported.
    areas: Sequence[AreaShown]

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
    return ClerkToday(today.year, areas_shown(today.year))
