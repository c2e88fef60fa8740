"""What does each move of a case ask, and what is said before it is made?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from hometeach.cases.rules import Event
from hometeach.web.words import cases as said

NOTED, DAY = _l("What is to be noted?"), _l("On which day?")


@dataclass(frozen=True)
class Asked:
    """One move as a page: its button, what it leads to, and its questions in order."""

    button: Any
    consequence: Any
    fields: tuple[str, ...] = ()
    words: Any = NOTED
    day: Any = DAY
    until: Any = ""
    code: Any = ""
    choices: Mapping[Any, Any] | None = None
    destroys: bool = False


_WHY = _l("Why?")
ASKED: Mapping[Event, Asked] = {
    Event.BEGIN_CHECK: Asked(
        _l("Begin the home check"),
        _l("The school then visits the home and records what it finds."),
        ("not_a_duplicate",),
    ),
    Event.RECORD_HOME_CHECK: Asked(
        _l("Record the home check"),
        _l("The bureau can then commission the assessment."),
        ("done_on", "words", "paper"),
        words=_l("What was found at the home: the child, the room, light and safety, who cares for it?"),
        day=_l("On which day was the home visited?"),
    ),
    Event.COMMISSION_ASSESSMENT: Asked(
        _l("Commission the assessment"),
        _l("The expert committee is asked to assess the child."),
        ("guardian_informed",),
    ),
    Event.RECORD_ASSESSMENT: Asked(
        _l("Record the assessment"),
        _l("It is kept sealed; only those who teach the child and the bureau read it."),
        ("done_on", "words", "paper"),
        words=_l("What can the child do, what does it need, by which tool was it assessed?"),
        day=_l("On which day was the child assessed?"),
    ),
    Event.RECORD_OPINION: Asked(
        _l("Record the committee's opinion"),
        _l("The case then waits for the bureau's decision. The opinion is kept sealed."),
        ("done_on", "code", "words", "paper"),
        words=_l("What is the committee's opinion?"),
        day=_l("On which day was it given?"),
        code=_l("Which placement does it advise?"),
        choices=said.FORMS,
    ),
    Event.PLACE_HOME: Asked(
        _l("Place in home teaching"),
        _l("From its first day the school that you choose answers for the child and sees its file."),
        ("decision_no", "school", "roll", "done_on", "until_on", "words", "paper"),
        words=_l("Why can the child not attend school?"),
        day=_l("From which day?"),
        until=_l("When is the placement looked at again?"),
    ),
    Event.PLACE_ELSEWHERE: Asked(
        _l("Place the child elsewhere"),
        _l("The child is not taught at home. Its case stays open here."),
        ("code", "decision_no", "roll", "done_on", "until_on", "application", "words", "paper"),
        words=_l("What is to be noted? It may stay empty."),
        day=_l("From which day?"),
        until=_l("When is the placement looked at again?"),
        code=_l("Where is the child placed?"),
        choices={code: words for code, words in said.FORMS.items() if code != "home"},
    ),
    Event.RETURN_TO_ASSESSMENT: Asked(
        _l("Assess the child again"),
        _l("The placement ends, and the committee is asked again."),
        ("words",),
        words=_l("Why can the child no longer attend?"),
    ),
    Event.RAISE_DISPUTE: Asked(
        _l("Record that the family disagrees"),
        _l("The bureau hears the committee and decides within the time that it set. Until then the case stays here."),
        ("done_on", "words", "paper"),
        words=_l("With what does the family disagree, and what does it wish?"),
        day=_l("On which day did the family say so?"),
    ),
    Event.RECORD_SECOND_OPINION: Asked(
        _l("Record the committee's second opinion"),
        _l("The bureau can then decide on the disagreement."),
        ("done_on", "code", "words", "paper"),
        words=_l("What is the committee's opinion?"),
        day=_l("On which day was it given?"),
        code=_l("Which placement does it advise?"),
        choices=said.FORMS,
    ),
    Event.UPHOLD_PLACEMENT: Asked(
        _l("Uphold the placement"),
        _l("The disagreement is decided, the placement stays. Tell the family why."),
        ("words", "paper"),
        words=_WHY,
    ),
    Event.CHANGE_PLACEMENT: Asked(
        _l("Decide the placement anew"),
        _l("The case goes back to wait for a new decision."),
        ("words", "paper"),
        words=_WHY,
    ),
    Event.PROPOSE_AGREEMENT: Asked(
        _l("Propose the agreement"),
        _l("The family is then asked to sign. Planning begins by itself once the agreement is in force."),
        ("notice_read",),
    ),
    Event.RECORD_ATTEMPT: Asked(
        _l("Record an attempt to reach the family"),
        _l("Attempts on three different days allow a refusal to be recorded."),
        ("done_on", "words"),
        words=_l("How was it tried, and what came of it?"),
    ),
    Event.RECORD_REFUSAL: Asked(
        _l("Record the refusal"),
        _l("The bureau is told at once and has to act: the duty to educate the child goes on."),
        ("words", "paper"),
        words=_l("What does the family say?"),
    ),
    Event.TAKE_UP_REFUSAL: Asked(
        _l("Take the refusal up"),
        _l("The case waits for placement again and stays on the follow-up list."),
        ("words",),
        words=_l("What was talked over with the family?"),
    ),
    Event.BEGIN_PLANNING: Asked(_l("Begin planning"), _l("The agreement is in force: plan and schedule can be made.")),
    Event.ASK_SUSPENSION: Asked(
        _l("Ask for a suspension"),
        _l("Once it is granted, nothing is owed on these days. A longer one is granted by the bureau."),
        ("code", "done_on", "until_on", "words", "paper"),
        words=_l("What is to be noted? It may stay empty."),
        day=_l("From which day?"),
        until=_l("On which day is the child expected back?"),
        code=_l("For which reason?"),
        choices=said.PAUSES,
    ),
    Event.SUSPEND: Asked(
        _l("Grant the suspension"),
        _l("Nothing is owed from its first day up to the day before the return. After that lessons are owed again."),
    ),
    Event.DECLINE_SUSPENSION: Asked(
        _l("Decline the suspension"), _l("Teaching goes on as planned."), ("words",), words=_WHY
    ),
    Event.ASK_RETURN: Asked(
        _l("Ask for the return"),
        _l("Once the head confirms it, lessons are owed again from this day on."),
        ("done_on",),
        day=_l("From which day can the child be taught again?"),
    ),
    Event.CONFIRM_RETURN: Asked(_l("Confirm the return"), _l("Lessons are owed again from the day asked for.")),
    Event.CALL_REVIEW: Asked(
        _l("Call a review"),
        _l("The teacher is asked for an evaluation. Teaching goes on meanwhile."),
        ("words",),
        words=_WHY,
    ),
    Event.WRITE_REVIEW: Asked(
        _l("Write the term evaluation"),
        _l("The resource centre signs it, then the bureau confirms."),
        ("code", "words", "paper"),
        words=_l("What did the child reach, and what does the family say?"),
        code=_l("What do you propose?"),
        choices=said.PROPOSALS,
    ),
    Event.SIGN_REVIEW: Asked(
        _l("Sign the evaluation"),
        _l("The bureau is asked to confirm."),
        ("words",),
        words=_l("What does the centre add? It may stay empty."),
    ),
    Event.CONTINUE_SERVICE: Asked(_l("Let teaching go on"), _l("The child is taught as before.")),
    Event.REASSESS: Asked(
        _l("Have the child assessed again"), _l("The committee is asked again."), ("words",), words=_WHY
    ),
    Event.WITHDRAW: Asked(
        _l("Record the withdrawal"),
        _l(
            "The agreement ends with this day, and the bureau is told. The child waits for placement again: the duty "
            "to educate it goes on. It can be taken back within 24 hours."
        ),
        ("guardian", "familys_wish", "done_on", "words", "paper"),
        words=_l("What does the family say? It may stay empty."),
        day=_l("With which day does the agreement end?"),
        destroys=True,
    ),
    Event.TAKE_BACK: Asked(
        _l("Take the withdrawal back"), _l("Case and agreement stand as they did before the withdrawal.")
    ),
    Event.ASK_CLOSING: Asked(
        _l("Ask to close the case"),
        _l("The bureau closes the case, or sends it back with a reason."),
        ("code", "receiving_unit", "words", "paper"),
        words=_l("What is to be noted? It may stay empty."),
        code=_l("Why does the case end?"),
        choices=said.EXITS,
    ),
    Event.CLOSE: Asked(
        _l("Close the case"),
        _l("Teaching at home ends, and the agreement with it. Only the bureau can open the case again."),
        ("roll_done", "file_seen"),
        destroys=True,
    ),
    Event.REJECT_CLOSING: Asked(
        _l("Send it back to the school"),
        _l("The case runs on; a suspension that still runs ends today."),
        ("words",),
        words=_WHY,
    ),
    Event.REOPEN: Asked(
        _l("Open the case again"), _l("The case begins again with the home check."), ("words",), words=_WHY
    ),
}
