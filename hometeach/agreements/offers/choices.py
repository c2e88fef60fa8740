"""Of what may a guardian choose when signing: where the lessons are held, at which times?

Pure. What may be chosen is frozen with the agreement, what was chosen is kept with the signature.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

#: Of so many at most one can still choose on a phone, and each fits a line or two there.
MOST_OPTIONS, MOST_LETTERS = 6, 60


class Choice(StrEnum):
    """What is chosen; under these names it is kept, and compared between those who sign."""

    PLACE = "place"
    TIMES = "times"


class Unfit(StrEnum):
    """Why these cannot be what is chosen from."""

    ONLY_ONE = "only_one"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked, and what may be answered, in the words of the agreement."""

    name: Choice
    options: tuple[str, ...]


def options_in(text: str) -> tuple[str, ...]:
    """One option a line, each once."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def unfit(options: Sequence[str]) -> Unfit | None:
    """Why nobody can choose among these; None where they can, or where nothing is to be chosen."""
    faults = (
        (Unfit.ONLY_ONE, len(options) == 1),
        (Unfit.TOO_MANY, len(options) > MOST_OPTIONS),
        (Unfit.TOO_LONG, any(len(one) > MOST_LETTERS for one in options)),
    )
    return next((fault for fault, applies in faults if applies), None)


def asked_in(terms: Mapping[str, Any]) -> list[Question]:
    """What the facts of an agreement ask whoever signs it: nothing, where they were frozen without."""
    return [Question(Choice(one["name"]), tuple(one["options"])) for one in terms.get("choices", ())]


def unanswered(questions: Collection[Question], chosen: Mapping[str, str]) -> Question | None:
    """The first question to which none of its options was chosen."""
    return next((one for one in questions if chosen.get(one.name) not in one.options), None)
