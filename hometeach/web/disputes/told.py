"""How is a dispute told: what it is about, how it stands, and how long there is still time?"""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hometeach.visits.confirming.models import Dispute
from hometeach.visits.confirming.rules import Answer, DisputeKind, DisputeState, Route
from hometeach.web import words

KINDS = {
    DisputeKind.SHORTER: _l("came, but for a shorter time"),
    DisputeKind.DID_NOT_COME: _l("nobody came"),
    DisputeKind.COMPLAINT: _l("something else"),
    DisputeKind.FROM_LIST: _l("disputed in the bureau's own list"),
}
STATES = {
    DisputeState.OPEN: _l("waits for the bureau"),
    DisputeState.REJECTED: _l("rejected, the record stands"),
    DisputeState.UPHELD: _l("upheld, the record does not count"),
    DisputeState.CORRECTED: _l("the record was corrected"),
    DisputeState.WITHDRAWN: _l("taken back by the family"),
}
ANSWERS = {
    Answer.AS_WRITTEN: _l("as written"),
    Answer.SHORTER: _l("came, but for a shorter time"),
    Answer.DID_NOT_COME: _l("nobody came"),
}
ROUTES = {
    Route.LINK: _l("by a link"),
    Route.DOOR: _l("with the phone number"),
    Route.STAFF_CALL: _l("when the family was rung up"),
}


def kind_words(dispute: Dispute) -> str:
    """What the family says, with the minutes where it named some."""
    said = str(KINDS[dispute.kind])
    if dispute.minutes_claimed is None:
        return said
    return _("%(said)s: about %(n)s minutes", said=said, n=dispute.minutes_claimed)


def clock_words(dispute: Dispute, today: date) -> str:
    """How long there is still time, or how late it is."""
    left = (dispute.due_on - today).days
    if left < 0:
        return ngettext("%(num)s day late", "%(num)s days late", -left)
    if left == 0:
        return _("today is the last day")
    return ngettext("%(num)s day left", "%(num)s days left", left) + f" · {words.day_words(dispute.due_on)}"
