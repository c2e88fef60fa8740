"""How is an absence told: how it stands, who said so, and what approving it would do?"""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hometeach.compliance.rules import LedgerRow, State
from hometeach.compliance.rules.consequence import Consequence
from hometeach.visits.absences.rules.states import AbsenceState, Reporter
from hometeach.visits.rules import ExcuseEffect
from hometeach.web import words
from hometeach.web.look import sentence_gap
from hometeach.web.standings.names import PeriodNames

STATE_WORDS = {
    AbsenceState.REPORTED: _l("waits for the school"),
    AbsenceState.APPROVED: _l("approved"),
    AbsenceState.REJECTED: _l("not approved"),
    AbsenceState.WITHDRAWN: _l("taken back"),
}
#: By which mark each stands.
MARKED = {
    AbsenceState.REPORTED: State.OPEN,
    AbsenceState.APPROVED: State.EXCUSED,
    AbsenceState.REJECTED: State.KNOWN_CAUSE,
    AbsenceState.WITHDRAWN: State.NOTHING_OWED,
}
REPORTER_WORDS = {
    Reporter.TEACHER: _l("teacher"),
    Reporter.SCHOOL: _l("school"),
    Reporter.GUARDIAN: _l("family"),
    Reporter.BUREAU: _l("bureau"),
}
EFFECT_WORDS = {
    ExcuseEffect.REDUCES: _l("takes the lesson off"),
    ExcuseEffect.MAKE_UP: _l("asks for a make-up"),
}


def consequence_words(found: Consequence, effect: ExcuseEffect, names: PeriodNames, today: date) -> str:
    """What the ledger will say once the absence is approved, before anybody presses."""
    pairs = found.leading
    if not pairs:
        return _("No rule asks for anything on this day, so nothing changes.")
    if effect is ExcuseEffect.MAKE_UP:
        return _made_up(found, pairs[0][1], names, today)
    said = [_taken_off(before, after, names) for before, after in pairs]
    return sentence_gap().join(dict.fromkeys(said))


def _taken_off(before: LedgerRow, after: LedgerRow, names: PeriodNames) -> str:
    period = names(after.quota.period, after.period)
    if before.excused == after.excused:
        return _("%(period)s asks for nothing that could be taken off.", period=period)
    owed, excused = after.required, after.excused
    facts = _("%(period)s: %(owed)s owed, %(excused)s excused", period=period, owed=owed, excused=excused)
    return _("%(facts)s; %(rest)s.", facts=facts, rest=_rest(after))


def _rest(row: LedgerRow) -> str:
    if row.unaccounted:
        return _("%(amount)s still to be given", amount=words.amount_words(row.unaccounted, row.quota.metric))
    return _("nothing more is owed")


def _made_up(found: Consequence, row: LedgerRow, names: PeriodNames, today: date) -> str:
    period, until = names(row.quota.period, row.period), found.until
    if until is None:
        return _("Nothing is missing in %(period)s, so no make-up is needed.", period=period)
    if until < today:
        return _("Nothing is taken off, and the last day for a make-up, %(day)s, is over.", day=words.day_words(until))
    return _("Nothing is taken off: it has to be made up, by %(day)s at the latest.", day=words.day_words(until))
