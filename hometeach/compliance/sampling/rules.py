"""Whom does chance choose? The same seed and the same weights choose the same children.

Pure. A child with findings is likelier to be drawn, and none is safe: each has
at least the weight 1. The findings of a kind weigh as ``SHEETS`` says, however
many there are of it, so that one fault made daily does not drown all others.
"""

import hashlib
import random
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import accumulate

from hometeach.compliance.findings.rules import SHEETS, Finding, Kind

#: What a seed looks like: what is printed on a sheet can be typed again.
SEED = re.compile(r"[0-9A-Za-z-]{1,40}")
#: At most so many children are drawn at once.
MOST = 60


class CheckKind(StrEnum):
    """How an auditor asked: F20."""

    PHONE = "phone"
    VISIT = "visit"


def weights_of(children: Iterable[str], findings: Iterable[tuple[str, Finding]]) -> dict[str, int]:
    """How much each child weighs, by its code; ``findings`` come with the code of their child."""
    kinds: defaultdict[str, set[Kind]] = defaultdict(set)
    for code, finding in findings:
        kinds[code].add(finding.kind)
    return {code: 1 + sum(SHEETS[kind].weight for kind in kinds[code]) for code in sorted(children)}


def digest_of(weights: Mapping[str, int]) -> str:
    """By which two people see that they drew from the same weights."""
    told = "\n".join(f"{code}\t{weight}" for code, weight in sorted(weights.items()))
    return hashlib.sha256(told.encode()).hexdigest()


def draw(weights: Mapping[str, int], count: int, seed: str) -> list[str]:
    """So many children in the order in which they were drawn, none twice."""
    chance = random.Random(seed)  # noqa: S311 - to be drawn again, not to be secret
    left = dict(sorted(weights.items()))
    drawn: list[str] = []
    while left and len(drawn) < count:
        bounds = list(accumulate(left.values()))
        code = list(left)[bisect_right(bounds, chance.randrange(bounds[-1]))]
        drawn.append(code)
        del left[code]
    return drawn
