"""How are the moves of a case, its movers and the codes of its papers said?"""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from hometeach.cases.rules import (
    MOVES,
    CaseStatus,
    Event,
    ExitReason,
    Mover,
    PauseReason,
    PlacementForm,
    Proposal,
    RollHandling,
    Source,
    YearLine,
)

MOVERS: Mapping[Mover, Any] = {
    Mover.OFFICER: _l("the bureau"),
    Mover.HEAD: _l("the head of the school"),
    Mover.COORDINATOR: _l("the school"),
    Mover.TEACHER: _l("the teacher who answers for the child"),
    Mover.CENTRE: _l("the resource centre"),
    Mover.GUARDIAN: _l("the family"),
    Mover.SYSTEM: _l("happens by itself"),
}
SOURCES: Mapping[Source, Any] = {
    Source.FEDERATION_LIST: _l("list of the Disabled Persons' Federation"),
    Source.HEALTH_LIST: _l("list of the health office"),
    Source.CIVIL_AFFAIRS_LIST: _l("list of civil affairs"),
    Source.ROLL_LIST: _l("school roll"),
    Source.SCHOOL_REPORT: _l("reported by a school"),
    Source.FAMILY_APPLIED: _l("the family applied"),
}
FORMS: Mapping[PlacementForm, Any] = {
    PlacementForm.HOME: _l("home teaching"),
    PlacementForm.SPECIAL_SCHOOL: _l("special school"),
    PlacementForm.MAINSTREAM: _l("ordinary school"),
    PlacementForm.SPECIAL_CLASS: _l("special class of an ordinary school"),
    PlacementForm.DISTANCE: _l("distance education"),
    PlacementForm.WELFARE_INSTITUTION: _l("welfare institution"),
    PlacementForm.REHABILITATION: _l("rehabilitation institution"),
    PlacementForm.DEFERRED: _l("schooling deferred"),
    PlacementForm.SCHOOLING_SUSPENDED: _l("schooling suspended"),
}
ROLLS: Mapping[RollHandling, Any] = {
    RollHandling.STAYS: _l("stays on the roll where it is"),
    RollHandling.TO_BE_MADE: _l("is put on a roll"),
    RollHandling.MOVES: _l("moves to the responsible school's roll"),
}
PAUSES: Mapping[PauseReason, Any] = {
    PauseReason.HOSPITAL: _l("in hospital"),
    PauseReason.MOVED_FOR_A_TIME: _l("away for a time"),
    PauseReason.INFECTIOUS_ILLNESS: _l("infectious illness"),
    PauseReason.DISASTER: _l("disaster"),
    PauseReason.UNSAFE_HOUSEHOLD: _l("not safe at the home"),
    PauseReason.OTHER: _l("another reason"),
}
EXITS: Mapping[ExitReason, Any] = {
    ExitReason.TO_SPECIAL_SCHOOL: _l("goes to a special school"),
    ExitReason.TO_MAINSTREAM: _l("goes to an ordinary school"),
    ExitReason.MOVED_OUT: _l("moved away"),
    ExitReason.GRADUATED: _l("finished compulsory education"),
    ExitReason.OVERAGE: _l("above the age"),
    ExitReason.WITHDRAWN: _l("family withdrew"),
    ExitReason.DECEASED: _l("died"),
    ExitReason.OTHER: _l("another reason"),
}
PROPOSALS: Mapping[Proposal, Any] = {
    Proposal.CONTINUE: _l("go on as now"),
    Proposal.CHANGE: _l("go on, more or less often"),
    Proposal.REASSESS: _l("assess the child again"),
    Proposal.END: _l("end home teaching"),
}
LINES: Mapping[YearLine, Any] = {
    YearLine.SPECIAL_SCHOOL: _l("At a special school"),
    YearLine.MAINSTREAM: _l("At an ordinary school"),
    YearLine.HOME: _l("Taught at home"),
    YearLine.OTHER: _l("Other"),
    YearLine.DEFERRED: _l("Schooling deferred"),
}
#: Every code that a move can carry; no two of these lists say different things by one code, or it is said alike.
_CODES: Mapping[str, Any] = {
    **{code.value: said for code, said in SOURCES.items()},
    **{code.value: said for code, said in FORMS.items()},
    **{code.value: said for code, said in PAUSES.items()},
    **{code.value: said for code, said in EXITS.items()},
    **{code.value: said for code, said in PROPOSALS.items()},
}
#: What the case waits for, in a few words.
NEXT: Mapping[CaseStatus, Any] = {
    CaseStatus.REGISTERED: _l("The school begins the home check."),
    CaseStatus.VERIFYING: _l("The school visits the home and records it; then the bureau commissions the assessment."),
    CaseStatus.ASSESSING: _l("The committee assesses the child; the bureau records its opinion."),
    CaseStatus.PLACEMENT_PENDING: _l("The bureau decides where the child is placed."),
    CaseStatus.PLACED_HOME: _l("The school proposes the agreement to the family."),
    CaseStatus.PLACED_OTHER: _l("Nothing is asked here, unless the child can no longer attend."),
    CaseStatus.AGREEMENT_PENDING: _l("The family and the school sign the agreement."),
    CaseStatus.REFUSED: _l("The bureau takes the refusal up."),
    CaseStatus.PLANNING: _l("The plan is approved and the schedule published; then teaching begins by itself."),
    CaseStatus.ACTIVE: _l("The child is taught by its schedule."),
    CaseStatus.SUSPENDED: _l("The teacher asks for the return when the child can be taught again."),
    CaseStatus.REVIEW_DUE: _l("The teacher writes the evaluation, the centre signs it, the bureau confirms."),
    CaseStatus.CLOSING: _l("The bureau closes the case or sends it back."),
    CaseStatus.CLOSED: _l("Nothing more is asked. The bureau can open the case again."),
}

_DECIDES_DISPUTE = _l("The family disagrees with the placement; the bureau decides.")
_ANSWERS_SUSPENSION = _l("A suspension is asked for; the head of the school or the bureau decides.")
#: What it waits for once a step was done that leaves it where it stands.
NEXT_AFTER: Mapping[tuple[CaseStatus, Event], Any] = {
    (CaseStatus.VERIFYING, Event.RECORD_HOME_CHECK): _l(
        "The home check is recorded; the bureau commissions the assessment."
    ),
    (CaseStatus.ASSESSING, Event.RECORD_ASSESSMENT): _l(
        "The assessment is recorded; the bureau records the committee's opinion."
    ),
    (CaseStatus.ACTIVE, Event.ASK_SUSPENSION): _ANSWERS_SUSPENSION,
    (CaseStatus.SUSPENDED, Event.ASK_SUSPENSION): _ANSWERS_SUSPENSION,
    (CaseStatus.SUSPENDED, Event.ASK_RETURN): _l("The return is asked for; the head of the school confirms it."),
    (CaseStatus.REVIEW_DUE, Event.WRITE_REVIEW): _l("The evaluation is written; the resource centre signs it."),
    (CaseStatus.REVIEW_DUE, Event.SIGN_REVIEW): _l("The evaluation is signed; the bureau confirms it."),
    **{(status, Event.RAISE_DISPUTE): _DECIDES_DISPUTE for status in MOVES[Event.RAISE_DISPUTE].sources},
}


def mover_words(mover: Mover) -> str:
    """Who it is that moves a case: 教育局, 学校."""
    return str(MOVERS[mover])


def code_words(code: str) -> str:
    """What a code says that stands with a move; empty where none does."""
    return str(_CODES.get(code, code))


def pause_words(reason: str | None) -> str:
    """Why teaching was suspended: a code of the application, or what a bureau's list says."""
    return str(PAUSES[PauseReason(reason)]) if reason in set(PauseReason) else reason or ""


def next_words(status: CaseStatus, holding: Iterable[Event]) -> str:
    """What a case that stands here waits for, by what was done there already, newest first."""
    after = (NEXT_AFTER[status, event] for event in holding if (status, event) in NEXT_AFTER)
    return str(next(after, NEXT[status]))
