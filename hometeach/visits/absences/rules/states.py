"""How does an absence stand, and who may move it on?

Source: the form for leave and make-ups in a child's file (F12): reported by
whoever knows, decided by the school; nobody approves a report of their own.
"""

from collections.abc import Set
from enum import StrEnum


class AbsenceState(StrEnum):
    """Where a reported absence stands."""

    REPORTED = "reported"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Reporter(StrEnum):
    """As what somebody reported an absence."""

    TEACHER = "teacher"
    SCHOOL = "school"
    GUARDIAN = "guardian"
    BUREAU = "bureau"


class Step(StrEnum):
    """What can be done with an absence; the audit log names it so."""

    REPORT = "report"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class Said(StrEnum):
    """What can be said of a day that is reported already; the audit log names it so. Nothing moves on."""

    #: Whoever reported it writes it otherwise, before the school decides.
    CORRECT = "correct"
    #: Somebody else tells of the same day.
    ADD = "add"
    #: The school decides about another one of the reasons that were reported.
    CHOOSE = "choose"


#: Where a day is reported, so that more can be said of it.
IS_REPORTED = frozenset({AbsenceState.REPORTED, AbsenceState.APPROVED})
#: From which states a step can be taken, and where it leads. None: nothing is reported for that day yet.
MOVES: dict[Step, tuple[frozenset[AbsenceState | None], AbsenceState]] = {
    Step.REPORT: (frozenset({None, AbsenceState.REJECTED, AbsenceState.WITHDRAWN}), AbsenceState.REPORTED),
    Step.APPROVE: (frozenset({AbsenceState.REPORTED}), AbsenceState.APPROVED),
    Step.REJECT: (frozenset({AbsenceState.REPORTED, AbsenceState.APPROVED}), AbsenceState.REJECTED),
    Step.WITHDRAW: (frozenset({AbsenceState.REPORTED, AbsenceState.APPROVED}), AbsenceState.WITHDRAWN),
}


class Bar(StrEnum):
    """Why somebody may not decide an absence."""

    OWN_REPORT = "own_report"
    NOT_THEIRS = "not_theirs"


def can_move(step: Step, state: AbsenceState | None) -> bool:
    """Whether the step can be taken from this state."""
    return state in MOVES[step][0]


def state_of(*, is_approved: bool, is_withdrawn: bool, is_refused: bool) -> AbsenceState:
    """How an absence stands; a list that says that the school approved has the last word."""
    if is_approved:
        return AbsenceState.APPROVED
    if is_withdrawn:
        return AbsenceState.WITHDRAWN
    return AbsenceState.REJECTED if is_refused else AbsenceState.REPORTED


def bar_to_decide(actor: str, *, reporter: str | None, coordinators: Set[str], is_officer: bool) -> Bar | None:
    """Why ``actor`` may not decide, None where they may.

    ``coordinators`` are those of the school that served the child on the day
    missed. The bureau decides where the school has nobody but the reporter.
    """
    if actor == reporter:
        return Bar.OWN_REPORT
    if actor in coordinators:
        return None
    return None if is_officer and coordinators <= {reporter} else Bar.NOT_THEIRS


def may_withdraw(actor: str, *, reporter: str | None, coordinators: Set[str]) -> bool:
    """Whether ``actor`` may take the report back: whoever made it, and the school."""
    return actor == reporter or actor in coordinators
