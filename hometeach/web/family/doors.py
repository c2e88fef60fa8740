"""May the family leave, or come back? Where the table of a case's moves lets it make that move, and only there."""

from dataclasses import dataclass

from hometeach.cases.actions import known_of, refusal_of
from hometeach.cases.models import Case, case_of
from hometeach.cases.rules import Acting, CaseStatus, Event, Given, Mover, Need
from hometeach.kernel import clock
from hometeach.people.models import Child, Guardian
from hometeach.people.rules import Standing
from hometeach.web.base import guardian_of


@dataclass(frozen=True)
class Doors:
    """What the family can do of its own accord about being taught at home."""

    may_leave: bool
    #: Nothing has begun: what is left is what was asked, or agreed for later.
    is_before: bool
    may_stay: bool


def doors_of(child: Child) -> Doors:
    """What the person who asks can do: nothing where the case's table does not allow it, or a carer asks."""
    guardian, case = guardian_of(child), case_of(child.id)
    if case is None or guardian.standing is not Standing.GUARDIAN:
        return Doors(may_leave=False, is_before=False, may_stay=False)
    return Doors(
        may_leave=_may(case, guardian, Event.WITHDRAW),
        is_before=case.status is CaseStatus.AGREEMENT_PENDING,
        may_stay=_may(case, guardian, Event.TAKE_BACK),
    )


def given_by(guardian: Guardian) -> Given:
    """What a family says that leaves: today, by whom, and that it wants to."""
    return Given(clock.today(), guardian=guardian.public_id, ticked=frozenset({Need.FAMILYS_WISH}))


def acting_as(guardian: Guardian) -> Acting:
    """Who moves the case, as the family."""
    return Acting(f"guardian:{guardian.public_id}", frozenset({Mover.GUARDIAN}))


def _may(case: Case, guardian: Guardian, event: Event) -> bool:
    today = clock.today()
    known = known_of(case, today)
    return refusal_of(case, event, given_by(guardian), acting=acting_as(guardian), known=known, on=today) is None
