"""Which move does a case make, who may make it, and what must be there before?

One table. Some moves leave the case where it stands: a paper is filed, or
somebody asks what another person has to answer. Whoever asked never answers.

Source: REPD art. 15, 17, 20, 21; CEL art. 11; the bureau's report, section 4.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hometeach.cases.rules.states import CaseStatus as S


class Mover(StrEnum):
    """As whom somebody moves a case."""

    OFFICER = "officer"
    HEAD = "head"
    COORDINATOR = "coordinator"
    TEACHER = "teacher"
    CENTRE = "centre"
    GUARDIAN = "guardian"
    SYSTEM = "system"


class Event(StrEnum):
    """What happens to a case. The audit log names it ``case:<event>``."""

    REGISTER = "register"
    BEGIN_CHECK = "begin_check"
    RECORD_HOME_CHECK = "record_home_check"
    COMMISSION_ASSESSMENT = "commission_assessment"
    RECORD_ASSESSMENT = "record_assessment"
    RECORD_OPINION = "record_opinion"
    PLACE_HOME = "place_home"
    PLACE_ELSEWHERE = "place_elsewhere"
    RETURN_TO_ASSESSMENT = "return_to_assessment"
    RAISE_DISPUTE = "raise_dispute"
    RECORD_SECOND_OPINION = "record_second_opinion"
    UPHOLD_PLACEMENT = "uphold_placement"
    CHANGE_PLACEMENT = "change_placement"
    PROPOSE_AGREEMENT = "propose_agreement"
    RECORD_ATTEMPT = "record_attempt"
    RECORD_REFUSAL = "record_refusal"
    TAKE_UP_REFUSAL = "take_up_refusal"
    ADOPT = "adopt"
    BEGIN_PLANNING = "begin_planning"
    ACTIVATE = "activate"
    ASK_SUSPENSION = "ask_suspension"
    SUSPEND = "suspend"
    DECLINE_SUSPENSION = "decline_suspension"
    ASK_RETURN = "ask_return"
    CONFIRM_RETURN = "confirm_return"
    CALL_REVIEW = "call_review"
    WRITE_REVIEW = "write_review"
    SIGN_REVIEW = "sign_review"
    CONTINUE_SERVICE = "continue_service"
    REASSESS = "reassess"
    WITHDRAW = "withdraw"
    TAKE_BACK = "take_back"
    ASK_CLOSING = "ask_closing"
    CLOSE = "close"
    REJECT_CLOSING = "reject_closing"
    REOPEN = "reopen"


class Need(StrEnum):
    """A fact that must be there before a move. A refusal names it ``case:<need>``."""

    SOURCE = "source"
    NOT_A_DUPLICATE = "not_a_duplicate"
    HOME_CHECK = "home_check"
    GUARDIAN_INFORMED = "guardian_informed"
    ASSESSMENT = "assessment"
    OPINION = "opinion"
    DECISION_NO = "decision_no"
    CANNOT_ATTEND = "cannot_attend"
    RESPONSIBLE_SCHOOL = "responsible_school"
    ROLL_HANDLING = "roll_handling"
    START = "start"
    OTHER_PLACEMENT = "other_placement"
    APPLICATION = "application"
    NOTICE_READ = "notice_read"
    FAMILY_ANSWERED = "family_answered"
    THREE_ATTEMPTS = "three_attempts"
    NO_OPEN_DISPUTE = "no_open_dispute"
    OPEN_DISPUTE = "open_dispute"
    SECOND_OPINION = "second_opinion"
    FROM_LISTS = "from_lists"
    AGREEMENT_IN_FORCE = "agreement_in_force"
    PLAN_APPROVED = "plan_approved"
    SCHEDULE_PUBLISHED = "schedule_published"
    PAUSE_REASON = "pause_reason"
    RETURN_DATE = "return_date"
    WITHIN_SCHOOLS_DAYS = "within_schools_days"
    WORDS = "words"
    FAMILYS_WISH = "familys_wish"
    WITHIN_A_DAY = "within_a_day"
    EXIT_REASON = "exit_reason"
    RECEIVING_UNIT = "receiving_unit"
    ROLL_DONE = "roll_done"
    FILE_SEEN = "file_seen"
    FILE_COMPLETE = "file_complete"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table."""

    event: Event
    #: From where; empty for the move with which a case begins.
    sources: tuple[S, ...]
    #: To where; empty where the case stays. Of several it goes back to the one from which it came.
    targets: tuple[S, ...]
    movers: tuple[Mover, ...]
    needs: tuple[Need, ...] = ()
    #: What must have been asked, and waits for an answer, by somebody else than who moves now.
    answers: tuple[Event, ...] = ()
    #: What some movers need beside.
    also: Mapping[Mover, tuple[Need, ...]] = field(default_factory=dict)

    @property
    def audit_action(self) -> str:
        """As the audit log names it."""
        return f"case:{self.event}"

    def target(self, status: S | None, came_from: S | None = None) -> S | None:
        """Where the case stands afterwards, from where it stands and where it stood before."""
        if not self.targets:
            return status
        return came_from if came_from in self.targets else self.targets[0]


@dataclass(frozen=True, slots=True)
class Acting:
    """Who moves, and as whom they may."""

    actor: str
    movers: frozenset[Mover]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a stable code, and the fact that is missing where it is that."""

    code: str
    need: Need | None = None


_DISPUTABLE = (S.PLACED_HOME, S.PLACED_OTHER, S.AGREEMENT_PENDING, S.REFUSED)
_O, _H, _C, _T = Mover.OFFICER, Mover.HEAD, Mover.COORDINATOR, Mover.TEACHER
_R, _G, _Y = Mover.CENTRE, Mover.GUARDIAN, Mover.SYSTEM
_E, _N = Event, Need

TABLE: tuple[Move, ...] = (
    Move(_E.REGISTER, (), (S.REGISTERED,), (_O, _C), (_N.SOURCE, _N.NOT_A_DUPLICATE)),
    Move(_E.BEGIN_CHECK, (S.REGISTERED,), (S.VERIFYING,), (_O, _C), (_N.NOT_A_DUPLICATE,)),
    Move(_E.RECORD_HOME_CHECK, (S.VERIFYING,), (), (_O, _C, _T), (_N.WORDS,)),
    Move(
        _E.COMMISSION_ASSESSMENT,
        (S.VERIFYING,),
        (S.ASSESSING,),
        (_O,),
        (_N.HOME_CHECK, _N.GUARDIAN_INFORMED),
    ),
    Move(_E.RECORD_ASSESSMENT, (S.ASSESSING,), (), (_O, _T), (_N.WORDS,)),
    Move(_E.RECORD_OPINION, (S.ASSESSING,), (S.PLACEMENT_PENDING,), (_O,), (_N.ASSESSMENT, _N.OPINION)),
    Move(
        _E.PLACE_HOME,
        (S.PLACEMENT_PENDING,),
        (S.PLACED_HOME,),
        (_O,),
        (_N.DECISION_NO, _N.CANNOT_ATTEND, _N.RESPONSIBLE_SCHOOL, _N.ROLL_HANDLING, _N.START),
    ),
    Move(
        _E.PLACE_ELSEWHERE,
        (S.PLACEMENT_PENDING,),
        (S.PLACED_OTHER,),
        (_O,),
        (_N.DECISION_NO, _N.OTHER_PLACEMENT, _N.ROLL_HANDLING, _N.START, _N.APPLICATION),
    ),
    Move(_E.RETURN_TO_ASSESSMENT, (S.PLACED_OTHER,), (S.ASSESSING,), (_O,), (_N.WORDS, _N.NO_OPEN_DISPUTE)),
    Move(_E.RAISE_DISPUTE, _DISPUTABLE, (), (_O, _C, _G), (_N.WORDS, _N.NO_OPEN_DISPUTE)),
    Move(_E.RECORD_SECOND_OPINION, _DISPUTABLE, (), (_O,), (_N.OPEN_DISPUTE, _N.OPINION)),
    Move(_E.UPHOLD_PLACEMENT, _DISPUTABLE, (), (_O,), (_N.OPEN_DISPUTE, _N.SECOND_OPINION, _N.WORDS)),
    Move(
        _E.CHANGE_PLACEMENT,
        _DISPUTABLE,
        (S.PLACEMENT_PENDING,),
        (_O,),
        (_N.OPEN_DISPUTE, _N.SECOND_OPINION, _N.WORDS),
    ),
    Move(
        _E.PROPOSE_AGREEMENT,
        (S.PLACED_HOME,),
        (S.AGREEMENT_PENDING,),
        (_C,),
        (_N.NOTICE_READ, _N.FAMILY_ANSWERED, _N.NO_OPEN_DISPUTE),
    ),
    Move(_E.RECORD_ATTEMPT, (S.AGREEMENT_PENDING,), (), (_C, _T), (_N.WORDS,)),
    Move(
        _E.RECORD_REFUSAL,
        (S.AGREEMENT_PENDING,),
        (S.REFUSED,),
        (_C,),
        (_N.THREE_ATTEMPTS, _N.WORDS, _N.NO_OPEN_DISPUTE),
    ),
    Move(
        _E.TAKE_UP_REFUSAL,
        (S.REFUSED,),
        (S.PLACEMENT_PENDING,),
        (_O,),
        (_N.WORDS, _N.NO_OPEN_DISPUTE),
    ),
    Move(_E.ADOPT, (S.AGREEMENT_PENDING,), (S.ACTIVE,), (_Y,), (_N.FROM_LISTS, _N.AGREEMENT_IN_FORCE)),
    Move(
        _E.BEGIN_PLANNING,
        (S.AGREEMENT_PENDING,),
        (S.PLANNING,),
        (_C, _Y),
        (_N.AGREEMENT_IN_FORCE, _N.NO_OPEN_DISPUTE),
    ),
    Move(
        _E.ACTIVATE,
        (S.PLANNING,),
        (S.ACTIVE,),
        (_Y,),
        (_N.AGREEMENT_IN_FORCE, _N.PLAN_APPROVED, _N.SCHEDULE_PUBLISHED),
    ),
    Move(_E.ASK_SUSPENSION, (S.ACTIVE, S.SUSPENDED), (), (_C, _T), (_N.PAUSE_REASON, _N.RETURN_DATE)),
    Move(
        _E.SUSPEND,
        (S.ACTIVE, S.SUSPENDED),
        (S.SUSPENDED,),
        (_O, _H),
        answers=(_E.ASK_SUSPENSION,),
        also={_H: (_N.WITHIN_SCHOOLS_DAYS,)},
    ),
    Move(
        _E.DECLINE_SUSPENSION,
        (S.ACTIVE, S.SUSPENDED),
        (),
        (_O, _H),
        (_N.WORDS,),
        answers=(_E.ASK_SUSPENSION,),
    ),
    Move(_E.ASK_RETURN, (S.SUSPENDED,), (), (_T,), (_N.START,)),
    Move(_E.CONFIRM_RETURN, (S.SUSPENDED,), (S.ACTIVE,), (_H,), answers=(_E.ASK_RETURN,)),
    Move(
        _E.CALL_REVIEW,
        (S.ACTIVE,),
        (S.REVIEW_DUE,),
        (_O, _C, _Y),
        also={_O: (_N.WORDS,), _C: (_N.WORDS,)},
    ),
    Move(_E.WRITE_REVIEW, (S.REVIEW_DUE,), (), (_T,), (_N.WORDS,)),
    Move(_E.SIGN_REVIEW, (S.REVIEW_DUE,), (), (_R,), answers=(_E.WRITE_REVIEW,)),
    Move(
        _E.CONTINUE_SERVICE,
        (S.REVIEW_DUE,),
        (S.ACTIVE,),
        (_O,),
        answers=(_E.WRITE_REVIEW, _E.SIGN_REVIEW),
    ),
    Move(
        _E.REASSESS,
        (S.REVIEW_DUE,),
        (S.ASSESSING,),
        (_O,),
        (_N.WORDS,),
        answers=(_E.WRITE_REVIEW, _E.SIGN_REVIEW),
    ),
    Move(
        _E.WITHDRAW,
        (S.AGREEMENT_PENDING, S.PLANNING, S.ACTIVE, S.SUSPENDED, S.REVIEW_DUE),
        (S.PLACEMENT_PENDING,),
        (_O, _C, _G),
        (_N.FAMILYS_WISH,),
    ),
    Move(
        _E.TAKE_BACK,
        (S.PLACEMENT_PENDING,),
        (S.ACTIVE, S.SUSPENDED, S.PLANNING, S.REVIEW_DUE, S.AGREEMENT_PENDING),
        (_C, _G),
        (_N.WITHIN_A_DAY,),
    ),
    Move(
        _E.ASK_CLOSING,
        (S.REVIEW_DUE, S.SUSPENDED),
        (S.CLOSING,),
        (_C,),
        (_N.EXIT_REASON, _N.RECEIVING_UNIT),
    ),
    Move(
        _E.CLOSE,
        (S.CLOSING,),
        (S.CLOSED,),
        (_O,),
        (_N.ROLL_DONE, _N.FILE_SEEN, _N.FILE_COMPLETE),
        answers=(_E.ASK_CLOSING,),
    ),
    Move(_E.REJECT_CLOSING, (S.CLOSING,), (S.ACTIVE,), (_O,), (_N.WORDS,), answers=(_E.ASK_CLOSING,)),
    Move(_E.REOPEN, (S.CLOSED,), (S.REGISTERED,), (_O,), (_N.WORDS,)),
)
MOVES: Mapping[Event, Move] = {move.event: move for move in TABLE}
#: What somebody asks and somebody else answers.
ASKS = frozenset(asked for move in TABLE for asked in move.answers)


def moves_from(status: S) -> list[Move]:
    """What can happen to a case that stands here, in the order of its life."""
    return [move for move in TABLE if status in move.sources]


def decide(
    move: Move, status: S | None, acting: Acting, met: frozenset[Need], asked: Mapping[Event, str]
) -> Refusal | None:
    """Why this person may not make this move now; None where they may.

    ``met`` are the facts that are there, ``asked`` who asked what waits for an answer.
    """
    if (status not in move.sources) if move.sources else status is not None:
        return Refusal("case:not_from_here")
    if not acting.movers & set(move.movers):
        return Refusal("case:not_yours")
    if any(event not in asked for event in move.answers):
        return Refusal("case:not_asked")
    if any(asked[event] == acting.actor for event in move.answers):
        return Refusal("case:both_sides")
    missing = next((need for need in _needed(move, acting) if need not in met), None)
    return Refusal(f"case:{missing}", missing) if missing else None


def acts_as(move: Move, acting: Acting, met: frozenset[Need]) -> Mover:
    """As whom somebody makes a move that they may make: the first who needs nothing that is missing."""
    return next(mover for mover in _able(move, acting) if met.issuperset(move.also.get(mover, ())))


def waiting(history: Iterable[tuple[Event, str, bool]]) -> dict[Event, str]:
    """Who asked what waits for an answer.

    ``history`` is (event, actor, whether the case went elsewhere), oldest
    first. What was asked is over once it is answered or the case went on.
    """
    asked: dict[Event, str] = {}
    for event, actor, went_elsewhere in history:
        if went_elsewhere:
            asked = {}
        elif event not in ASKS:
            asked = {one: by for one, by in asked.items() if one not in MOVES[event].answers}
        if event in ASKS:
            asked[event] = actor
    return asked


def _able(move: Move, acting: Acting) -> list[Mover]:
    return [mover for mover in move.movers if mover in acting.movers]


def _needed(move: Move, acting: Acting) -> tuple[Need, ...]:
    """The move's needs, and of those that depend on the mover the fewest that this person gets by with."""
    extra = min((move.also.get(mover, ()) for mover in _able(move, acting)), key=len)
    return (*move.needs, *extra)
