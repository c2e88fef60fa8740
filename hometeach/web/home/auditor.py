"""What nobody accounts for this term, how much of all it is, and why the rest is missing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import true

from hometeach.compliance.rules import Cause, RowVerdict, percentage
from hometeach.schedule.rules import PeriodKind
from hometeach.web import words
from hometeach.web.standings.names import counted_words
from hometeach.web.standings.pictures import picture_of
from hometeach.web.standings.terms import Terms, chosen_term


@dataclass(frozen=True)
class AuditorToday:
    """What an auditor is told. Units: child-periods of the term that are over and owed something."""

    terms: Terms
    judged: Counter[PeriodKind]
    unaccounted: Counter[PeriodKind]
    #: For each cause the child-periods of which it explains a part, the largest first.
    causes: Mapping[Cause, int]

    @staticmethod
    def cause_words(cause: Cause) -> str:
        """A cause in words."""
        return words.cause_words(cause)

    @property
    def share(self) -> float | None:
        """The share of the judged ones for which nobody accounts, %."""
        return percentage(self.unaccounted.total(), self.judged.total())

    @property
    def judged_words(self) -> str:
        """The judged ones in words."""
        return counted_words(self.judged)

    @property
    def unaccounted_words(self) -> str:
        """Those for which nobody accounts, in words."""
        return counted_words(self.unaccounted)


def facts(today: date) -> AuditorToday:
    """What the auditor who asks is told today."""
    terms = chosen_term(today)
    told = picture_of(terms, true()).telling
    causes = Counter(cause for row in told for cause in row.causes(today))
    return AuditorToday(
        terms=terms,
        judged=Counter(row.kind for row in told if row.verdict(today) in (RowVerdict.MET, RowVerdict.SHORT)),
        unaccounted=Counter(row.kind for row in told if Cause.NOTHING in row.causes(today)),
        causes=dict(sorted(causes.items(), key=lambda one: (-one[1], one[0]))),
    )
