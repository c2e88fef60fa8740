"""What the demonstration adds to a county's own workbook: people who can sign in, and work of every kind to do."""

from collections.abc import Callable
from datetime import date

from hometeach.demonstration import (
    absences,
    agreements,
    cases,
    checking,
    consents,
    families,
    messages,
    people,
    plans,
    signing,
    week,
)
from hometeach.demonstration.people import CAST, PASSWORD, SignInCard

__all__ = ["CAST", "PASSWORD", "SEEDS", "SignInCard", "seed"]

#: What is added on a day beside the people, in this order; each adds only what is missing.
SEEDS: tuple[Callable[[date], None], ...] = (
    agreements.seed,
    families.seed,
    consents.seed,
    messages.seed,
    absences.seed,
    cases.seed,
    week.seed,
    plans.seed,
    checking.seed,
    signing.seed,
)


def seed(on: date, bureau_name: str) -> tuple[SignInCard, ...]:
    """Make the people and the work that are missing; what is there stays as it is.

    Raises: Refused ``demonstration:no_teachers`` before a workbook was imported.
    """
    cards = people.seed(on, bureau_name)
    for add in SEEDS:
        add(on)
    return cards
