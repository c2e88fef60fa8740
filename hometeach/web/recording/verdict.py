"""Would it count? The verdict of a visit as it is typed, with its arithmetic, before anything is saved."""

from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from hometeach.compliance.session_trial import judge_trial
from hometeach.people.models import Child
from hometeach.visits.models import Visit
from hometeach.visits.recording.models import sharing_time
from hometeach.visits.recording.rules import VisitFacts
from hometeach.visits.rules import Confirmation, Session
from hometeach.web import words
from hometeach.web.recording.subject import Subject
from hometeach.web.states import State, verdict_state


@dataclass(frozen=True)
class Told:
    """A verdict as the page shows it, before or after saving."""

    state: State
    said: str
    sentence: str
    #: Records that share time with it, each in a line.
    shares: list[str] = field(default_factory=list)


def trial_told(subject: Subject, facts: VisitFacts) -> Told:
    """What a visit would come to, were it saved now."""
    return told_of(facts, child=subject.child, day=subject.day)


def told_of(facts: VisitFacts, *, child: Child, day: date, instead_of: Visit | None = None) -> Told:
    """What these facts would come to, ``instead_of`` the record that they correct."""
    shared = sharing_time(facts, child.id, day, except_id=instead_of.id if instead_of else None)
    session = Session(
        "",
        child.code,
        day,
        facts.arrived,
        facts.left,
        facts.teachers,
        facts.mode,
        # What the family will say is not known yet; a rule that asks for it is told by its own verdict.
        instead_of.confirmation if instead_of else Confirmation.UNCONFIRMED,
        makes_up_for=facts.makes_up_for,
    )
    judged = judge_trial(session, child.id, clashes=bool(shared), instead_of=instead_of.number if instead_of else "")
    return Told(
        verdict_state(judged.verdict),
        words.verdict_words(judged.verdict),
        words.verdict_sentence(judged),
        [_shared_words(one, child) for one in shared],
    )


def not_known_yet() -> Told:
    """While a time is missing."""
    return Told(State.OPEN, _("not known yet"), _("Whether it counts stands here as soon as both times are there."))


def _shared_words(other: Visit, child: Child) -> str:
    """Another child of the same teacher is not named: whoever asks may not see it."""
    hours = words.hours_words(other.arrived_second, other.left_second)
    if other.child_id == child.id:
        return _("%(hours)s: another record of the same child", hours=hours)
    return _("%(hours)s: a record of one of the teachers with another child", hours=hours)
