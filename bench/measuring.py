"""How two things are measured against each other."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Ratio:
    """What was measured, against what, and what we mean to reach.

    Units: ``ours`` and ``theirs`` in the unit of ``unit`` (seconds, or requests
    a second); ``ratio`` is ours ÷ theirs, by the median of the pairs.
    """

    name: str
    against: str
    ours: float
    theirs: float
    ratio: float
    goal: str
    unit: str = "s"

    def line(self) -> str:
        """As the report of a run prints it."""
        figures = f"{self.ours:10.3f} {self.unit:5} {self.theirs:10.3f} {self.unit:5}"
        return f"{self.name:58} {figures} {self.ratio:8.2f}  goal {self.goal:24} against {self.against}"


def seconds(work: Callable[[], object]) -> float:
    """How long one run takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def compare(
    name: str, ours: Callable[[], object], against: str, theirs: Callable[[], object], *, goal: str, pairs: int = 5
) -> Ratio:
    """Run both in turn, once to warm up and then in pairs; the ratio is the median of the pairs'."""
    ours(), theirs()
    measured = [(seconds(ours), seconds(theirs)) for _ in range(pairs)]
    return of_pairs(name, against, measured, goal=goal)


def of_pairs(name: str, against: str, pairs: list[tuple[float, float]], *, goal: str, unit: str = "s") -> Ratio:
    """The ratio of pairs that were measured already."""
    return Ratio(
        name,
        against,
        median(mine for mine, _ in pairs),
        median(other for _, other in pairs),
        median(mine / other for mine, other in pairs),
        goal,
        unit,
    )
