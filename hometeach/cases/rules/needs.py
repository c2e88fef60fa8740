"""Is a fact there that a move needs? One named predicate for each.

What somebody writes into the form comes as :class:`Given`, what is on file as :class:`Known`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import takewhile

from hometeach.cases.rules.codes import ON_APPLICATION, WITH_RECEIVER, ExitReason, PauseReason, PlacementForm
from hometeach.cases.rules.moves import ASKS, Acting, Event, Move, Need, Refusal, decide, waiting
from hometeach.cases.rules.states import CaseStatus

#: So many contact attempts, each on a day of its own, come before a refusal is recorded.
ATTEMPTS = 3
#: So long one who withdrew can take it back.
TAKE_BACK_WITHIN = timedelta(hours=24)
_ABOUT_A_DISPUTE = (Event.RAISE_DISPUTE, Event.UPHOLD_PLACEMENT)
_IN_A_DISPUTE = (Event.RAISE_DISPUTE, Event.RECORD_SECOND_OPINION)


@dataclass(frozen=True, slots=True)
class Past:
    """A move that was made."""

    event: Event
    actor: str
    source: CaseStatus | None
    target: CaseStatus
    at: datetime
    done_on: date
    code: str = ""
    until_on: date | None = None

    @property
    def went_elsewhere(self) -> bool:
        """Whether the case stood elsewhere before."""
        return self.source is not self.target


@dataclass(frozen=True, slots=True)
class Given:
    """What is written into the form of a move. Which of it matters is the move's."""

    #: The day on which it happened, or from which it holds.
    done_on: date
    #: A source, placement, reason or proposal, by its code.
    code: str = ""
    #: In somebody's own words: a report, an opinion, a reason. Kept sealed.
    words: str = ""
    until_on: date | None = None
    decision_no: str = ""
    school_id: int | None = None
    roll: str = ""
    receiving_unit: str = ""
    #: The public id of the guardian whose wish it is.
    guardian: str = ""
    #: What is ticked: that this fact is so.
    ticked: frozenset[Need] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What is on file."""

    #: Oldest first.
    history: Sequence[Past] = ()
    now: datetime | None = None
    id_number_on_file: bool = False
    agreement_in_force: bool = False
    plan_approved: bool = False
    schedule_published: bool = False
    #: Whether the family has answered the privacy notice, either way.
    family_answered: bool = True
    #: The forms that must be in the file by now and are not, by number.
    file_missing: tuple[str, ...] = ()
    #: Days of the suspension that is asked for, from its first day, and how many the school may grant.
    days_asked: int = 0
    days_by_school: int = 0
    #: Guardians by public id.
    guardians: frozenset[str] = field(default_factory=frozenset)

    @property
    def here(self) -> list[Past]:
        """What happened since the case came to where it stands."""
        found: list[Past] = []
        for past in self.history:
            found = [] if past.went_elsewhere else [*found, past]
        return found

    @property
    def came_by_lists(self) -> bool:
        """Whether the case was not registered here: what its file lacks is a finding, and no bar."""
        return not any(past.event is Event.REGISTER for past in self.history)

    @property
    def came_here(self) -> Past | None:
        """The move with which the case came to where it stands."""
        return next((past for past in reversed(self.history) if past.went_elsewhere), None)


def met_needs(given: Given, known: Known) -> frozenset[Need]:
    """The facts that are there."""
    return frozenset(need for need, is_met in NEEDS.items() if is_met(given, known))


def standing_needs(known: Known, on: date) -> frozenset[Need]:
    """The facts that are there before anything is written into a form."""
    return met_needs(Given(done_on=on), known)


def open_dispute(known: Known) -> Past | None:
    """The dispute of the placement that nobody has decided yet."""
    last = next((past for past in reversed(known.here) if past.event in _ABOUT_A_DISPUTE), None)
    return last if last and last.event is Event.RAISE_DISPUTE else None


def holding(known: Known) -> list[Event]:
    """What was done since the case came to where it stands and still holds, newest first.

    A question that was answered and a dispute that was decided hold no longer.
    """
    asked = waiting((past.event, past.actor, past.went_elsewhere) for past in known.history)
    is_disputed = open_dispute(known) is not None
    return [
        past.event
        for past in reversed(known.here)
        if (past.event in asked or past.event not in ASKS) and (is_disputed or past.event not in _IN_A_DISPUTE)
    ]


def is_done_here(move: Move, known: Known) -> bool:
    """Whether a move that leaves the case where it stands was made already, so that it is not what is waited for."""
    since = takewhile(lambda past: past.event is not Event.RAISE_DISPUTE, reversed(known.here))
    return not move.targets and any(past.event is move.event for past in since)


def last_change(history: Sequence[Past], on: date) -> date | None:
    """The day on which the case came to where it stands; None where no move brought it there.

    A move can hold from a later day on: then the day on which it was made.
    """
    came = next((past for past in reversed(history) if past.went_elsewhere), None)
    return min(came.done_on, came.at.date(), on) if came else None


def days_tried(history: Iterable[Past]) -> int:
    """On how many days the family was tried to be reached."""
    return len({past.done_on for past in history if past.event is Event.RECORD_ATTEMPT})


def _has_happened(event: Event) -> Callable[[Given, Known], bool]:
    return lambda _given, known: any(past.event is event for past in known.here)


def _is_ticked(need: Need) -> Callable[[Given, Known], bool]:
    return lambda given, _known: need in given.ticked


def _has_second_opinion(_given: Given, known: Known) -> bool:
    raised = open_dispute(known)
    since = takewhile(lambda past: past is not raised, reversed(known.here))
    return raised is not None and any(past.event is Event.RECORD_SECOND_OPINION for past in since)


def _has_receiver(given: Given, _known: Known) -> bool:
    return given.code not in set(WITH_RECEIVER) or bool(given.receiving_unit)


def _applied_where_it_must(given: Given, _known: Known) -> bool:
    return given.code not in set(ON_APPLICATION) or Need.APPLICATION in given.ticked


def _is_within_a_day(_given: Given, known: Known) -> bool:
    last = known.came_here
    if last is None or known.now is None or last.event is not Event.WITHDRAW:
        return False
    return known.now - last.at <= TAKE_BACK_WITHIN


NEEDS: Mapping[Need, Callable[[Given, Known], bool]] = {
    Need.SOURCE: lambda given, _known: bool(given.code),
    Need.NOT_A_DUPLICATE: lambda given, known: known.id_number_on_file or Need.NOT_A_DUPLICATE in given.ticked,
    Need.HOME_CHECK: _has_happened(Event.RECORD_HOME_CHECK),
    Need.GUARDIAN_INFORMED: _is_ticked(Need.GUARDIAN_INFORMED),
    Need.ASSESSMENT: _has_happened(Event.RECORD_ASSESSMENT),
    Need.OPINION: lambda given, _known: bool(given.words) and given.code in set(PlacementForm),
    Need.DECISION_NO: lambda given, _known: bool(given.decision_no),
    Need.CANNOT_ATTEND: lambda given, _known: bool(given.words),
    Need.RESPONSIBLE_SCHOOL: lambda given, _known: given.school_id is not None,
    Need.ROLL_HANDLING: lambda given, _known: bool(given.roll),
    Need.START: lambda given, _known: given.done_on is not None,
    Need.OTHER_PLACEMENT: lambda given, _known: given.code in set(PlacementForm) - {PlacementForm.HOME},
    Need.APPLICATION: _applied_where_it_must,
    Need.NOTICE_READ: _is_ticked(Need.NOTICE_READ),
    Need.FAMILY_ANSWERED: lambda _given, known: known.family_answered,
    Need.THREE_ATTEMPTS: lambda _given, known: days_tried(known.here) >= ATTEMPTS,
    Need.NO_OPEN_DISPUTE: lambda _given, known: open_dispute(known) is None,
    Need.OPEN_DISPUTE: lambda _given, known: open_dispute(known) is not None,
    Need.SECOND_OPINION: _has_second_opinion,
    Need.FROM_LISTS: lambda _given, known: not known.history,
    Need.AGREEMENT_IN_FORCE: lambda _given, known: known.agreement_in_force,
    Need.PLAN_APPROVED: lambda _given, known: known.plan_approved,
    Need.SCHEDULE_PUBLISHED: lambda _given, known: known.schedule_published,
    Need.PAUSE_REASON: lambda given, _known: given.code in set(PauseReason),
    Need.RETURN_DATE: lambda given, _known: given.until_on is not None and given.until_on > given.done_on,
    Need.WITHIN_SCHOOLS_DAYS: lambda _given, known: 0 < known.days_asked <= known.days_by_school,
    Need.WORDS: lambda given, _known: bool(given.words),
    Need.FAMILYS_WISH: lambda given, known: given.guardian in known.guardians and Need.FAMILYS_WISH in given.ticked,
    Need.WITHIN_A_DAY: _is_within_a_day,
    Need.EXIT_REASON: lambda given, _known: given.code in set(ExitReason),
    Need.RECEIVING_UNIT: _has_receiver,
    Need.ROLL_DONE: _is_ticked(Need.ROLL_DONE),
    Need.FILE_SEEN: _is_ticked(Need.FILE_SEEN),
    Need.FILE_COMPLETE: lambda _given, known: known.came_by_lists or not known.file_missing,
}
#: What is on file already or not there; all others are written into the form, or said beside a tick of it.
STANDING = frozenset(
    {
        Need.HOME_CHECK,
        Need.ASSESSMENT,
        Need.THREE_ATTEMPTS,
        Need.NO_OPEN_DISPUTE,
        Need.OPEN_DISPUTE,
        Need.SECOND_OPINION,
        Need.FROM_LISTS,
        Need.AGREEMENT_IN_FORCE,
        Need.PLAN_APPROVED,
        Need.SCHEDULE_PUBLISHED,
        Need.WITHIN_SCHOOLS_DAYS,
        Need.WITHIN_A_DAY,
    }
)


def hurdle(move: Move, status: CaseStatus, acting: Acting, known: Known, on: date) -> Refusal | None:
    """Why it is no use to fill in the form of a move now; None where all that is missing is asked there."""
    asked = waiting((past.event, past.actor, past.went_elsewhere) for past in known.history)
    met = standing_needs(known, on) | (frozenset(Need) - STANDING)
    return decide(move, status, acting, met, asked)
