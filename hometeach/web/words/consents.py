"""How are purposes, answers and standings of consents said?"""

from flask_babel import lazy_gettext as _l

from hometeach.people.consents.rules import Answer, ConsentRoute, ConsentState, Purpose

PURPOSES = {
    Purpose.PHOTOS: _l("Photos of the lesson"),
    Purpose.VISIT_LOCATION: _l("The place of the visit, by the phone"),
    Purpose.PUBLICITY: _l("Photos in publicity"),
    Purpose.CHARITIES: _l("Passing data to charities"),
    Purpose.VOICE: _l("Recording voices"),
    Purpose.RESEARCH: _l("Research"),
}
ANSWERS = {
    Answer.GIVEN: _l("allowed"),
    Answer.REFUSED: _l("not allowed"),
    Answer.WITHDRAWN: _l("no longer allowed"),
}
STATES = {
    ConsentState.NOT_ASKED: _l("Nobody has answered yet: it is not done"),
    ConsentState.GIVEN: _l("Allowed"),
    ConsentState.REFUSED: _l("Not allowed"),
    ConsentState.WITHDRAWN: _l("No longer allowed"),
    ConsentState.CONFLICT: _l("The guardians do not agree: it is not done"),
    ConsentState.NOTICE_CHANGED: _l("The notice has changed since: it is not done until somebody allows it anew"),
    ConsentState.TURNED_FOURTEEN: _l("The child has turned fourteen since: it is not done until all are asked anew"),
}
ROUTES = {
    ConsentRoute.OWN_PHONE: _l("on the own phone"),
    ConsentRoute.PAPER: _l("on paper"),
    ConsentRoute.IN_PERSON: _l("in person"),
}
