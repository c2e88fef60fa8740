"""How does an agreement stand, and what happened to it, in words?"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hometeach.agreements.offers.choices import Choice
from hometeach.agreements.offers.wording import QUESTIONS
from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing.rules import AgreementState as S
from hometeach.agreements.signing.rules import Answer, Method, Outcome, SigningEvent
from hometeach.web.words.days import day_words

STATES = {
    S.NOT_SENT: _l("not sent to the family yet"),
    S.PHONE_NOT_CHECKED: _l("phone not checked yet: check it, or sign in person or on paper"),
    S.NO_WAY_TO_REACH: _l("no way to reach by message: sign in person or on paper"),
    S.SENT: _l("sent, not opened yet"),
    S.OPENED: _l("opened, not answered yet"),
    S.SIGNED_BY_SOME: _l("signed by some, others are still asked"),
    S.CONFLICT: _l("the family disagrees"),
    S.REFUSED: _l("refused"),
    S.SIGNED_BY_ALL: _l("signed by the family, waits for the school's countersignature"),
    S.NOT_YET_BEGUN: _l("concluded, not yet begun"),
    S.COUNTERSIGNED: _l("in force, evidence not sealed yet"),
    S.SEALED: _l("in force, evidence sealed"),
    S.EXPIRING: _l("in force, ends soon"),
    S.EXPIRED: _l("over: its last day has passed"),
    S.WITHDRAWN: _l("ended by the family's withdrawal"),
    S.TERMINATED: _l("ended"),
    S.SUPERSEDED: _l("replaced by a newer agreement"),
    S.RECALLED: _l("recalled before it was concluded"),
}
#: The same to the family: in plain words, and what it may do.
TO_THE_FAMILY = {
    S.SIGNED_BY_SOME: _l("One of you has signed. Another signature is still needed."),
    S.CONFLICT: _l("One of you has signed and one has not agreed. The school will talk with you."),
    S.REFUSED: _l("It was not agreed to. The school will talk with you."),
    S.SIGNED_BY_ALL: _l("Signed. Now the school signs."),
    S.NOT_YET_BEGUN: _l("Concluded. It begins on its first day."),
    S.COUNTERSIGNED: _l("In force."),
    S.SEALED: _l("In force, and sealed."),
    S.EXPIRING: _l("In force. It ends soon."),
    S.EXPIRED: _l("Over."),
    S.WITHDRAWN: _l("You have left it."),
    S.TERMINATED: _l("Ended."),
    S.SUPERSEDED: _l("Replaced by a newer one."),
    S.RECALLED: _l("Taken back by the school. Nothing is to be signed."),
}
CHOSE_DIFFERENTLY = _l("You have signed, and chosen differently. The school will talk with you.")
WAITS_FOR_YOU = _l("It waits for your word.")
EVENTS = {
    SigningEvent.SENT: _l("Link sent, or a call put on the list"),
    SigningEvent.OPENED: _l("Opened"),
    SigningEvent.SUMMARY_READ: _l("Summary read"),
    SigningEvent.CLAUSE_OPENED: _l("Clause that limits rights opened"),
    SigningEvent.TALK_ASKED: _l("Wants to talk first"),
    SigningEvent.SIGNED: _l("Signed"),
    SigningEvent.REFUSED: _l("Refused"),
    SigningEvent.FOLLOWED_UP: _l("Refusal followed up"),
    SigningEvent.COUNTERSIGNED: _l("Countersigned by the school"),
    SigningEvent.RECALLED: _l("Recalled"),
    SigningEvent.WITHDRAWN: _l("The family withdrew"),
    SigningEvent.TAKEN_BACK: _l("Withdrawal taken back"),
    SigningEvent.TERMINATED: _l("Ended with the case"),
    SigningEvent.SUPERSEDED: _l("Replaced by a newer agreement"),
}
ANSWERS = {
    Answer.NONE: _l("no answer yet"),
    Answer.SIGNED: _l("signed"),
    Answer.REFUSED: _l("refused, to be talked over"),
    Answer.REFUSED_FINALLY: _l("refused, and stays with it"),
    Answer.LEAVES_IT: _l("leaves it to the other guardian"),
}
OUTCOMES = {
    Outcome.WILL_SIGN: _l("Will sign after all"),
    Outcome.STANDS: _l("Stays with the refusal"),
    Outcome.LEAVES_IT: _l("Does not sign, and leaves it to the other guardian"),
}
METHODS = {
    Method.DRAWN: _l("drawn by hand"),
    Method.TYPED: _l("typed"),
    Method.PAPER: _l("on paper"),
    Method.FINGERPRINT: _l("fingerprint on paper"),
}
ROUTES = {
    SigningRoute.PHONE: _l("on the signer's own phone"),
    SigningRoute.IN_PERSON: _l("in person, on the teacher's device"),
    SigningRoute.OFFICE: _l("in the office"),
    SigningRoute.PAPER: _l("on paper"),
}


def agreement_words(state: S) -> str:
    """How an agreement stands."""
    return str(STATES[state])


def answer_words(answer: Answer) -> str:
    """What somebody who was asked has answered."""
    return str(ANSWERS[answer])


def choices_words(detail: Mapping[str, Any]) -> str:
    """What somebody chose with a signature, in one line; empty where nothing was asked."""
    chosen: Mapping[str, str] = detail.get("choices", {})
    return " · ".join(f"{QUESTIONS[Choice(name)]} {choice}" for name, choice in sorted(chosen.items()))


def detail_words(event: SigningEvent, detail: Mapping[str, Any]) -> str:
    """What else was said with an event, in words; empty where nothing was."""
    if event is SigningEvent.SUMMARY_READ:
        return _("%(n)s seconds", n=detail.get("seconds", 0))
    if event is SigningEvent.SIGNED:
        how = (ROUTES[SigningRoute(str(detail["route"]))], METHODS[Method(str(detail["method"]))])
        return " · ".join(str(part) for part in (*how, choices_words(detail)) if part)
    if event is SigningEvent.REFUSED and detail.get("follow_up_on"):
        until = day_words(date.fromisoformat(str(detail["follow_up_on"])))
        return _("%(reason)s · to be talked over by %(day)s", reason=detail.get("reason", ""), day=until)
    if event is SigningEvent.FOLLOWED_UP:
        return f"{OUTCOMES[Outcome(str(detail['outcome']))]} · {detail.get('words', '')}"
    return str(detail.get("reason", ""))
