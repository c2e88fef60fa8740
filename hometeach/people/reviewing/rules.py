"""What of an account has to be looked at, who may decide about it, and when is a review due?

Source: yearly compliance audit where minors' data is processed, Personal
Information Protection Law art. 54, Minors Network Protection Regulation art. 36
and 37: least privilege, access approved by a responsible person and logged.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations

from hometeach.kernel.clock import LAST_DAY
from hometeach.people.access import Grant, Role


class Outcome(StrEnum):
    """What is decided about an account."""

    KEEP = "keep"
    END_ROLE = "end_role"
    LOCK = "lock"


class Concern(StrEnum):
    """What the person who decides is shown first."""

    OPEN_END = "open_end"
    UNUSED = "unused"
    BOTH_SIDES = "both_sides"


class Bar(StrEnum):
    """Why somebody may not decide about an account."""

    OWN = "own"
    NOT_AN_ADMINISTRATOR = "not_an_administrator"


#: Who approves or checks what the other does. One person may hold several roles, never both sides of an approval.
BOTH_SIDES = frozenset(
    frozenset(pair)
    for pair in (
        (Role.SCHOOL_COORDINATOR, Role.TEACHER),
        (Role.BUREAU_OFFICER, Role.SCHOOL_COORDINATOR),
        (Role.BUREAU_OFFICER, Role.TEACHER),
        (Role.BUREAU_OFFICER, Role.RELIEF_CLERK),
        *((Role.AUDITOR, checked) for checked in Role if checked is not Role.AUDITOR),
    )
)


@dataclass(frozen=True, slots=True)
class Standing:
    """An account on the day of the review. ``used_on``: the last sign-in, or the day it was made."""

    grants: Sequence[Grant]
    used_on: date


def concerns_of(standing: Standing, today: date, unused_days: int) -> tuple[Concern, ...]:
    """What is to be looked at in an account.

    Units: ``unused_days`` in days without a sign-in.
    """
    held = [grant for grant in standing.grants if grant.span.last >= today]
    found = {
        Concern.BOTH_SIDES: bool(both_sides({grant.role for grant in held if today in grant.span})),
        Concern.UNUSED: (today - standing.used_on).days > unused_days,
        Concern.OPEN_END: any(grant.span.last == LAST_DAY for grant in held),
    }
    return tuple(concern for concern, applies in found.items() if applies)


def both_sides(roles: Collection[Role]) -> list[tuple[Role, Role]]:
    """The pairs among these roles of which one approves or checks what the other does."""
    return [pair for pair in combinations(sorted(roles), 2) if frozenset(pair) in BOTH_SIDES]


def bar_to_decide(*, is_own: bool, is_administrator: bool, about_administrator: bool) -> Bar | None:
    """Why somebody may not decide about an account, None where they may.

    Nobody decides about their own account. About an administrator's a bureau
    officer may decide as well, so that a single administrator is reviewed by somebody.
    """
    if is_own:
        return Bar.OWN
    return None if is_administrator or about_administrator else Bar.NOT_AN_ADMINISTRATOR


def due_on(last_signed_on: date | None, began_on: date, every_days: int) -> date:
    """The day by which the next review is to be signed; the first one counts from the first account.

    Units: ``every_days`` in days.
    """
    return (last_signed_on or began_on) + timedelta(days=every_days)


def needs_reason(outcome: Outcome, concerns: Collection[Concern]) -> bool:
    """Whether a decision has to say why: every change, and leaving as it is what was pointed at.

    A role without an end is shown, and is no fault: most are held for good.
    """
    return outcome is not Outcome.KEEP or bool({Concern.UNUSED, Concern.BOTH_SIDES} & set(concerns))
