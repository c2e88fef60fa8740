"""What waits for a decision, oldest first, with what each would do; and what was decided before."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response

from hometeach.compliance.actions import rebuild_ledger
from hometeach.people.access import FILE_READERS, Role
from hometeach.visits.absences import actions
from hometeach.visits.absences.rules.states import AbsenceState
from hometeach.visits.models import Absence, is_waiting
from hometeach.web.absences import pages, shown, told
from hometeach.web.base import allowed, person
from hometeach.web.forms import Form
from hometeach.web.lists import Asked, Filter, page_of

DECIDERS = (Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER)
WAITING = AbsenceState.REPORTED
#: So many are approved by one press at most.
MOST_AT_ONCE = 200


@pages.get("")
@allowed(*FILE_READERS)
def index() -> str:
    """The absences that the person sees: those that wait, unless the address asks for others."""
    asked = Asked("absences.index", (_states(),))
    state = AbsenceState(asked["state"])
    oldest_first = state is WAITING
    order = (Absence.missed_on, Absence.id) if oldest_first else (Absence.missed_on.desc(), Absence.id.desc())
    page = page_of(shown.read(shown.lines(_is(state)).order_by(*order)), asked)
    listed = shown.shown(page.items)
    return render_template(
        "absences/index.html",
        asked=asked,
        page=page,
        listed=listed,
        is_waiting=oldest_first,
        to_decide=sum(one.may_decide for one in listed),
        form=Form(),
        children=url_for("children.index") + "/",
    )


@pages.post("/approve")
@allowed(*DECIDERS)
def approve_chosen() -> Response:
    """Approve those that are ticked: all of them, or none and say why."""
    chosen = [shown.load(public_id).absence for public_id in request.form.getlist("chosen")[:MOST_AT_ONCE]]
    for absence in chosen:
        actions.approve_absence(absence, by=person().actor, is_officer=is_officer())
    if not chosen:
        flash(_("Nothing is ticked, so nothing was approved. Tick those that you approve."), "refused")
        return redirect(url_for(".index"))
    rebuild_ledger({absence.child_id for absence in chosen})
    flash(ngettext("%(num)s absence is approved.", "%(num)s absences are approved.", len(chosen)), "done")
    return redirect(url_for(".index"))


def is_officer() -> bool:
    """Whether the person decides where a school has nobody else."""
    return Role.BUREAU_OFFICER in person().roles


def next_waiting() -> str:
    """Where to go on: the next that waits for this person, else the list."""
    found = shown.read(shown.lines(is_waiting()).order_by(Absence.missed_on, Absence.id))
    waiting = next((one for one in shown.shown(found) if one.may_decide), None)
    return url_for(".show", public_id=waiting.public_id) if waiting else url_for(".index")


def _states() -> Filter:
    options = [(state.value, str(told.STATE_WORDS[state])) for state in AbsenceState]
    return Filter("state", _("State"), options, default=WAITING.value)


def _is(state: AbsenceState) -> ColumnElement[bool]:
    """The condition that an absence stands so; the same as ``rules.states.state_of`` says."""
    not_approved = Absence.is_approved.is_(False)
    return {
        AbsenceState.REPORTED: is_waiting(),
        AbsenceState.APPROVED: Absence.is_approved.is_(True),
        AbsenceState.WITHDRAWN: not_approved & Absence.withdrawn_at.is_not(None),
        AbsenceState.REJECTED: not_approved & Absence.withdrawn_at.is_(None) & Absence.refusal.is_not(None),
    }[state]
