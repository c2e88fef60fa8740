"""Who must sign an agreement for a child, what has to be there before one is drawn up, and for which days?

Source: issue of the agreements, parts 1 and 2; Civil Code 1068, 27, 34: one
guardian may act alone unless the bureau, or the family, wants more; form F05:
one school year, signed anew, never renewed by itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hometeach.kernel.clock import Span

#: An agreement is for a school year at most.
MOST_DAYS = 366
#: What the code on the paper begins with: which kind of code it is.
PAPER = "HTA1"
_NUMBER = re.compile(r"XY-(\d{4})-(\d{4,})")
_PAPER_CODE = re.compile(rf"{PAPER}:(XY-\d{{4}}-\d{{4,}}):(\d{{1,6}}):([0-9A-F]{{64}})")


class WhoSigns(StrEnum):
    """Whose signatures make the guardian's side complete."""

    ANY_ONE = "any_one"
    ALL = "all"
    NAMED = "named"


class Lack(StrEnum):
    """What is missing for an agreement to be drawn up."""

    TEMPLATE = "no_template"
    SCHOOL = "no_school"
    SCHOOL_PHONE = "no_school_phone"
    BUREAU_PHONE = "no_bureau_phone"
    RULE = "no_rule"
    SIGNER = "no_signer"
    PLACE = "no_place"
    #: From here on: what an agreement says is still to come.
    SCHEDULE = "no_schedule"
    TEACHER = "no_teacher"
    PLAN = "no_plan"
    ROLL_NO = "no_roll_no"


#: Without these the agreement is drawn up all the same, and says that they follow.
MAY_FOLLOW = frozenset({Lack.SCHEDULE, Lack.TEACHER, Lack.PLAN, Lack.ROLL_NO})


class Misfit(StrEnum):
    """Why an agreement cannot be drawn up for these days or these people."""

    REVERSED = "reversed"
    PAST = "past"
    TOO_LONG = "too_long"
    OVERLAPS = "overlaps"
    NO_REASON = "no_reason"
    NOBODY_NAMED = "nobody_named"


@dataclass(frozen=True, slots=True)
class PaperCode:
    """What the code printed on every page says: which agreement, which wording, which facts."""

    number: str
    version: int
    #: SHA-256 of the facts, in upper-case hex.
    facts_sha256: str

    def __str__(self) -> str:
        return f"{PAPER}:{self.number}:{self.version}:{self.facts_sha256}"


def read_paper_code(text: str) -> PaperCode | None:
    """What a code read from a paper says; None where it is none of ours."""
    match = _PAPER_CODE.fullmatch(text.strip())
    return PaperCode(match.group(1), int(match.group(2)), match.group(3)) if match else None


def next_number(year: int, taken: Sequence[str]) -> str:
    """The number after the highest of a year: ``XY-2026-0001``."""
    read = (_NUMBER.fullmatch(number) for number in taken)
    highest = max((int(match.group(2)) for match in read if match and int(match.group(1)) == year), default=0)
    return f"XY-{year}-{highest + 1:04d}"


def misfit_of(
    span: Span, *, on: date, in_force: Sequence[Span], who: WhoSigns, reason: str, named: bool
) -> Misfit | None:
    """Why an agreement cannot be drawn up like this; None where it can.

    ``in_force`` are the spans of the child's agreements, without the one that is superseded.
    """
    faults = (
        (Misfit.REVERSED, span.last < span.first),
        (Misfit.PAST, span.first < on),
        (Misfit.TOO_LONG, (span.last - span.first).days >= MOST_DAYS),
        (Misfit.OVERLAPS, any(span.meets(other) for other in in_force)),
        (Misfit.NO_REASON, who is not WhoSigns.ANY_ONE and not reason.strip()),
        (Misfit.NOBODY_NAMED, who is WhoSigns.NAMED and not named),
    )
    return next((misfit for misfit, applies in faults if applies), None)
