"""The words in which the evidence page and the list of what is stuck speak."""

from flask_babel import lazy_gettext as _l

from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.sealing.rules import Level, Step
from hometeach.agreements.signing.rules import Method, SigningEvent

EVENTS = {
    SigningEvent.SENT: _l("Link to sign was sent"),
    SigningEvent.OPENED: _l("Agreement was opened"),
    SigningEvent.SUMMARY_READ: _l("Summary in plain words was read"),
    SigningEvent.CLAUSE_OPENED: _l("A clause that limits rights was opened"),
    SigningEvent.TALK_ASKED: _l("The family asked to talk first"),
    SigningEvent.SIGNED: _l("Signed"),
    SigningEvent.REFUSED: _l("Refused to sign"),
    SigningEvent.FOLLOWED_UP: _l("The school followed up a refusal"),
    SigningEvent.COUNTERSIGNED: _l("Countersigned by the school"),
    SigningEvent.RECALLED: _l("Recalled by the school"),
    SigningEvent.WITHDRAWN: _l("Withdrawn by the guardian"),
    SigningEvent.TAKEN_BACK: _l("The withdrawal was taken back"),
    SigningEvent.TERMINATED: _l("Ended"),
    SigningEvent.SUPERSEDED: _l("Replaced by a newer agreement"),
}
ROUTES = {
    SigningRoute.PHONE: _l("on the guardian's own phone"),
    SigningRoute.IN_PERSON: _l("in person, on the teacher's device"),
    SigningRoute.PAPER: _l("on paper"),
    SigningRoute.OFFICE: _l("in the office"),
}
METHODS = {
    Method.DRAWN: _l("drawn by hand on the screen"),
    Method.TYPED: _l("typed name"),
    Method.PAPER: _l("signed on paper"),
    Method.FINGERPRINT: _l("fingerprint on paper"),
}
LEVELS = {
    Level.B_B: _l("PAdES B-B: sealed, without a timestamp of an authority"),
    Level.B_T: _l("PAdES B-T: sealed, with a timestamp of an authority (RFC 3161)"),
    Level.B_LT: _l("PAdES B-LT: sealed, with timestamp and what is needed to check it later"),
}
STEPS = {
    Step.RENDER: _l("printing the evidence page"),
    Step.SIGN: _l("sealing with the bureau's key"),
    Step.TIMESTAMP: _l("asking the authorities: for the time, and whether certificates were revoked"),
    Step.VERIFY: _l("checking the sealed document"),
    Step.KEEP: _l("keeping the sealed document"),
}
#: What a person can do about it; the machine goes on trying in any case.
NEXT_STEPS = {
    Step.RENDER: _l(
        "Look at the words below: a character without a glyph, or evidence that is missing. The school corrects it, "
        "or the administrator looks into the log."
    ),
    Step.SIGN: _l("The administrator looks at the certificate and key in the deployment's settings."),
    Step.TIMESTAMP: _l(
        "Nothing to do if the authority comes back. Else the administrator looks at its address, or the bureau lets "
        "level B-B suffice in the settings."
    ),
    Step.VERIFY: _l("The administrator looks into the log: a document that does not verify is never kept."),
    Step.KEEP: _l("Nothing to do: it is tried again. If it stays, the administrator looks at the database's disk."),
}
