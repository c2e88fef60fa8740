"""How does an agreement stand? Computed from what happened, in a fixed order, never typed.

What ended it comes first, then what it was concluded for and until when; before
that the families' answers, a disagreement ahead of everything; and where nobody
has answered, how far the question came. "No way to reach" and "phone not
checked" are states of their own: a silent gap becomes a list of work.

Source: issue of the agreements, part 2; domain.md 5.3; the order is that of
consents in the English vaccination service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from hometeach.agreements.offers.rules import WhoSigns
from hometeach.agreements.signing.rules.codes import AgreementState as S
from hometeach.agreements.signing.rules.codes import Contact, Outcome
from hometeach.agreements.signing.rules.codes import SigningEvent as E
from hometeach.kernel.clock import Span


@dataclass(frozen=True, slots=True)
class Asked:
    """One of those who are asked to sign: the signer's id, and whether a link can be sent."""

    id: int
    contact: Contact = Contact.READY


@dataclass(frozen=True, slots=True)
class Happened:
    """One event. What else was said with it, by name: ``outcome``, ``from``, choices."""

    event: E
    signer: int | None = None
    outcome: str = ""
    #: The day from which it holds, where it has one.
    first: date | None = None
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the state depends on. Days: both ends included; ``expiring_days`` before the last one."""

    span: Span
    who_signs: WhoSigns
    asked: Sequence[Asked]
    #: In the order in which they happened.
    events: Sequence[Happened] = ()
    is_sealed: bool = False
    expiring_days: int = 30


class Answer(StrEnum):
    """The last word of somebody who was asked."""

    NONE = "none"
    SIGNED = "signed"
    REFUSED = "refused"
    #: The refusal was followed up, and stands.
    REFUSED_FINALLY = "refused_finally"
    LEAVES_IT = "leaves_it"


_REFUSALS = (Answer.REFUSED, Answer.REFUSED_FINALLY)
_AFTER_FOLLOW_UP = {
    Outcome.WILL_SIGN: Answer.NONE,
    Outcome.STANDS: Answer.REFUSED_FINALLY,
    Outcome.LEAVES_IT: Answer.LEAVES_IT,
}


def state_of(facts: Facts, today: date) -> S:
    """How an agreement stands on a day."""
    return _ended(facts, today) or _concluded(facts, today) or _answered(facts) or _asked(facts)


def answers_of(facts: Facts) -> dict[int, Answer]:
    """The last word of each who was asked, by signer."""
    answers = {one.id: Answer.NONE for one in facts.asked}
    for happened in facts.events:
        if happened.signer not in answers:
            continue
        if happened.event is E.SIGNED:
            answers[happened.signer] = Answer.SIGNED
        elif happened.event is E.REFUSED:
            answers[happened.signer] = Answer.REFUSED
        elif happened.event is E.FOLLOWED_UP:
            answers[happened.signer] = _AFTER_FOLLOW_UP[Outcome(happened.outcome)]
    return answers


def differences(facts: Facts) -> dict[str, dict[int, str]]:
    """In what those who signed chose differently, by what was asked: the choice of each, by signer."""
    answers = answers_of(facts)
    chosen: dict[str, dict[int, str]] = {}
    last = {one.signer: one.choices for one in facts.events if one.event is E.SIGNED}
    for signer, choices in last.items():
        if signer is not None and answers.get(signer) is Answer.SIGNED:
            for name, choice in choices.items():
                chosen.setdefault(name, {})[signer] = choice
    return {name: choices for name, choices in chosen.items() if len(set(choices.values())) > 1}


def _ended(facts: Facts, today: date) -> S | None:
    """What put an end to it, or to its being offered."""
    ended: S | None = None
    replaced: S | None = None
    for happened in facts.events:
        if happened.event is E.RECALLED:
            return S.RECALLED
        if happened.event is E.TERMINATED:
            ended = S.TERMINATED
        elif happened.event is E.WITHDRAWN:
            ended = S.WITHDRAWN
        elif happened.event is E.TAKEN_BACK and ended is S.WITHDRAWN:
            ended = None
        elif happened.event is E.SUPERSEDED and (happened.first is None or today >= happened.first):
            replaced = S.SUPERSEDED
    return ended or replaced or (S.EXPIRED if today > facts.span.last else None)


def _concluded(facts: Facts, today: date) -> S | None:
    if not any(happened.event is E.COUNTERSIGNED for happened in facts.events):
        return None
    if today < facts.span.first:
        return S.NOT_YET_BEGUN
    if facts.span.last - today <= timedelta(days=facts.expiring_days):
        return S.EXPIRING
    return S.SEALED if facts.is_sealed else S.COUNTERSIGNED


def _answered(facts: Facts) -> S | None:
    answers = list(answers_of(facts).values())
    signed, refused = answers.count(Answer.SIGNED), sum(answers.count(one) for one in _REFUSALS)
    if signed and (refused or differences(facts)):
        return S.CONFLICT
    if refused:
        return S.REFUSED
    if not signed:
        return None
    enough = 1 if facts.who_signs is WhoSigns.ANY_ONE else len(answers)
    return S.SIGNED_BY_ALL if signed >= enough else S.SIGNED_BY_SOME


def _asked(facts: Facts) -> S:
    happened = {one.event for one in facts.events}
    if happened & {E.OPENED, E.SUMMARY_READ, E.CLAUSE_OPENED, E.TALK_ASKED}:
        return S.OPENED
    if E.SENT in happened:
        return S.SENT
    contacts = {one.contact for one in facts.asked}
    if Contact.READY in contacts:
        return S.NOT_SENT
    return S.PHONE_NOT_CHECKED if Contact.UNCHECKED in contacts else S.NO_WAY_TO_REACH
