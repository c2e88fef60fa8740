"""How is said what happened to a case, and why it does not move?"""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from hometeach.cases.rules import Event, Need

#: What was done, for time lines and for who comes second.
DONE: Mapping[Event, Any] = {
    Event.REGISTER: _l("Child registered"),
    Event.BEGIN_CHECK: _l("Home check begun"),
    Event.RECORD_HOME_CHECK: _l("Home check recorded"),
    Event.COMMISSION_ASSESSMENT: _l("Assessment commissioned"),
    Event.RECORD_ASSESSMENT: _l("Assessment recorded"),
    Event.RECORD_OPINION: _l("Committee's opinion recorded"),
    Event.PLACE_HOME: _l("Placed in home teaching by the bureau"),
    Event.PLACE_ELSEWHERE: _l("Placed elsewhere by the bureau"),
    Event.RETURN_TO_ASSESSMENT: _l("Assessed again, because the child can no longer attend"),
    Event.RAISE_DISPUTE: _l("Family disagrees with the placement"),
    Event.RECORD_SECOND_OPINION: _l("Committee heard on the disagreement"),
    Event.UPHOLD_PLACEMENT: _l("Placement upheld by the bureau"),
    Event.CHANGE_PLACEMENT: _l("Placement taken up anew by the bureau"),
    Event.PROPOSE_AGREEMENT: _l("Agreement proposed to the family"),
    Event.RECORD_ATTEMPT: _l("Attempt to reach the family recorded"),
    Event.RECORD_REFUSAL: _l("Refusal by the family recorded"),
    Event.TAKE_UP_REFUSAL: _l("Refusal taken up by the bureau"),
    Event.ADOPT: _l("Taken over from the bureau's lists as being taught"),
    Event.BEGIN_PLANNING: _l("Planning begun, the agreement is in force"),
    Event.ACTIVATE: _l("Teaching begun: agreement, plan and schedule are there"),
    Event.ASK_SUSPENSION: _l("Suspension asked for"),
    Event.SUSPEND: _l("Teaching suspended"),
    Event.DECLINE_SUSPENSION: _l("Suspension declined"),
    Event.ASK_RETURN: _l("Return to teaching asked for"),
    Event.CONFIRM_RETURN: _l("Return to teaching confirmed"),
    Event.CALL_REVIEW: _l("Review called"),
    Event.WRITE_REVIEW: _l("Term evaluation written"),
    Event.SIGN_REVIEW: _l("Term evaluation signed by the resource centre"),
    Event.CONTINUE_SERVICE: _l("Teaching goes on after the review"),
    Event.REASSESS: _l("Assessed again after the review"),
    Event.WITHDRAW: _l("Family withdrew"),
    Event.TAKE_BACK: _l("Withdrawal taken back"),
    Event.ASK_CLOSING: _l("Closing asked for by the school"),
    Event.CLOSE: _l("Case closed by the bureau"),
    Event.REJECT_CLOSING: _l("Closing not agreed to by the bureau"),
    Event.REOPEN: _l("Case opened again"),
}

#: What is missing, and what to do about it.
MISSING: Mapping[Need, Any] = {
    Need.SOURCE: _l("Choose from where the child is known."),
    Need.NOT_A_DUPLICATE: _l(
        "No ID number is on file. Compare with the other children of this name and birth date, then tick that it is "
        "another child."
    ),
    Need.HOME_CHECK: _l("Record the visit to the child's home first."),
    Need.GUARDIAN_INFORMED: _l("Tell the guardian of the assessment first, then tick it."),
    Need.ASSESSMENT: _l("Record the assessment first."),
    Need.OPINION: _l("Write the committee's opinion and choose the placement that it advises."),
    Need.DECISION_NO: _l("Enter the number of the decision."),
    Need.CANNOT_ATTEND: _l("Write why the child cannot attend school."),
    Need.RESPONSIBLE_SCHOOL: _l("Choose the school that answers for the child."),
    Need.ROLL_HANDLING: _l("Choose what becomes of the child's place on the roll."),
    Need.START: _l("Choose the day from which it holds."),
    Need.OTHER_PLACEMENT: _l("Choose where the child is placed."),
    Need.APPLICATION: _l(
        "Schooling is put off or suspended only on the guardian's application. Tick that it is on file."
    ),
    Need.NOTICE_READ: _l("Read the privacy notice with the family and note its answer first, then tick it."),
    Need.FAMILY_ANSWERED: _l(
        "The family's answer to the privacy notice (F06) is not on record. Take it down under the consents, or enter "
        "the signed paper into the file."
    ),
    Need.THREE_ATTEMPTS: _l("Record attempts to reach the family on three different days first."),
    Need.NO_OPEN_DISPUTE: _l("The family disagrees with the placement. The bureau decides on that first."),
    Need.OPEN_DISPUTE: _l("No disagreement with the placement is open."),
    Need.SECOND_OPINION: _l("Hear the committee on the disagreement first, and record its opinion."),
    Need.FROM_LISTS: _l("This case was already moved here."),
    Need.AGREEMENT_IN_FORCE: _l("No agreement is in force today."),
    Need.PLAN_APPROVED: _l("No approved plan holds today."),
    Need.SCHEDULE_PUBLISHED: _l("The term's schedule is not published with this child in it."),
    Need.PAUSE_REASON: _l("Choose the reason for the suspension."),
    Need.RETURN_DATE: _l("Choose a day of return that lies after the first day."),
    Need.WITHIN_SCHOOLS_DAYS: _l("It is longer than the school may grant. The bureau decides."),
    Need.WORDS: _l("Write it down: a sentence is enough."),
    Need.FAMILYS_WISH: _l("Choose the guardian, and tick that the written wish is on file."),
    Need.WITHIN_A_DAY: _l("A withdrawal can be taken back within 24 hours only."),
    Need.EXIT_REASON: _l("Choose the reason why the case ends."),
    Need.RECEIVING_UNIT: _l("Name who receives the child: the school, or the bureau of the new place."),
    Need.ROLL_DONE: _l("Settle the child's place on the roll first, then tick it."),
    Need.FILE_SEEN: _l("Look the file through first, then tick it."),
    Need.FILE_COMPLETE: _l("Forms are missing in the file: see above which. Enter them there first."),
}

#: Every other reason, by its code.
WHY_NOT: Mapping[str, Any] = {
    "case:not_from_here": _l("The case does not stand where this can be done. Look at its page for what comes next."),
    "case:not_yours": _l("Somebody else has to do this. The case's page says who."),
    "case:not_asked": _l("Nobody has asked for this, or it was answered already."),
    "case:both_sides": _l("You asked for this yourself. Somebody else has to decide it."),
    "case:in_future": _l("This day is still to come. Choose today or a day before."),
    "case:before_birth": _l("The child was not born yet on this day."),
    "case:not_yet_suspended": _l("The suspension begins later. Choose a day after its first."),
}
#: Beside which question a missing fact is said.
FIELDS: Mapping[Need, str] = {
    Need.SOURCE: "code",
    Need.NOT_A_DUPLICATE: "not_a_duplicate",
    Need.GUARDIAN_INFORMED: "guardian_informed",
    Need.OPINION: "words",
    Need.DECISION_NO: "decision_no",
    Need.CANNOT_ATTEND: "words",
    Need.RESPONSIBLE_SCHOOL: "school",
    Need.ROLL_HANDLING: "roll",
    Need.START: "done_on",
    Need.OTHER_PLACEMENT: "code",
    Need.APPLICATION: "application",
    Need.NOTICE_READ: "notice_read",
    Need.FAMILY_ANSWERED: "notice_read",
    Need.PAUSE_REASON: "code",
    Need.RETURN_DATE: "until_on",
    Need.WORDS: "words",
    Need.FAMILYS_WISH: "guardian",
    Need.EXIT_REASON: "code",
    Need.RECEIVING_UNIT: "receiving_unit",
    Need.ROLL_DONE: "roll_done",
    Need.FILE_SEEN: "file_seen",
    Need.FILE_COMPLETE: "file_seen",
}
#: What a bureau officer finds in the inbox.
TOLD: Mapping[Event, Any] = {
    Event.RECORD_REFUSAL: _l("A family declines home teaching. The bureau has to act: take the case up again."),
    Event.WITHDRAW: _l("A family has withdrawn. Its child waits for placement again: the duty to educate it goes on."),
    Event.TAKE_BACK: _l("A family has taken its withdrawal back. Teaching goes on as before."),
    Event.RAISE_DISPUTE: _l(
        "A family disagrees with a placement. Hear the committee, then decide within the time set."
    ),
    Event.ASK_CLOSING: _l("A school asks to close a case. Look at the reason, then close it or send it back."),
    Event.ASK_SUSPENSION: _l("A suspension longer than a school may grant is asked for. The bureau decides."),
    Event.SIGN_REVIEW: _l("A term evaluation is written and signed. Say whether teaching goes on."),
}
#: What the other guardians are told when one withdraws.
TOLD_TO_FAMILY = _l(
    "The other guardian has ended the agreement on home teaching. Within 24 hours it can be taken back."
)
