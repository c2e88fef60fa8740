"""One incident: what happened, who knows of it, what became of it, and what can be done next."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from hometeach.kernel.clock import machine_now
from hometeach.visits.incidents import actions
from hometeach.visits.incidents.models import Incident
from hometeach.visits.incidents.rules import MOVES, IncidentState, Party, may_move
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import Form, MomentField, meant
from hometeach.web.incidents import pages, told
from hometeach.web.incidents.report import MOST
from hometeach.web.incidents.told import STAFF, headed, is_officer, load_incident
from hometeach.web.visits.loading import sees_the_child

ASKED = {
    IncidentState.HANDLED: _l("It is handled"),
    IncidentState.CLOSED: _l("Close it"),
    IncidentState.OPEN: _l("It is not over: take it up again"),
}


class ToldForm(Form):
    """Who was told, and when?"""

    party = RadioField(_l("Who was told?"), validators=[InputRequired(_l("Choose who was told."))])
    told_at = MomentField(_l("When? Leave it empty if it was just now."), validators=[Optional(), meant])
    words = TextAreaField(_l("Who answered, and what was said?"), validators=[Length(max=300)])


class FollowUpForm(Form):
    """What became of it?"""

    words = TextAreaField(
        _l("What was done, or found, since?"),
        validators=[InputRequired(_l("Write what was done, or what was found.")), Length(max=MOST)],
    )


class MoveForm(Form):
    """How does it stand now, and why?"""

    after = RadioField(_l("How does it stand now?"), validators=[InputRequired(_l("Choose one."))])
    reason = TextAreaField(_l("Why?"), validators=[InputRequired(_l("Write the reason.")), Length(max=MOST)])


@pages.get("/<public_id>")
@allowed(*STAFF)
def show(public_id: str) -> str:
    """One incident."""
    return _page(load_incident(public_id))


@pages.post("/<public_id>/told")
@allowed(*STAFF)
def note_told(public_id: str) -> Response | tuple[str, int]:
    """Note that somebody was told."""
    incident, form = load_incident(public_id), _told_form()
    if form.validate():
        with refusals_on(form):
            moment = form.told_at.moment or machine_now()
            actions.note_told(incident, Party(form.party.data), moment, by=person().actor, words=form.words.data or "")
            flash(_("Noted who was told."), "done")
            return _back(incident)
    return _page(incident, telling=form), 422


@pages.post("/<public_id>/follow-up")
@allowed(*STAFF)
def follow_up(public_id: str) -> Response | tuple[str, int]:
    """Add what became of it."""
    incident, form = load_incident(public_id), FollowUpForm()
    if form.validate():
        with refusals_on(form):
            actions.follow_up(incident, form.words.data or "", by=person().actor)
            flash(_("Added. It stays as it is for ever."), "done")
            return _back(incident)
    return _page(incident, following=form), 422


@pages.post("/<public_id>/move")
@allowed(*STAFF)
def move(public_id: str) -> Response | tuple[str, int]:
    """Call it handled, close it, or take it up again."""
    incident = load_incident(public_id)
    form = _move_form(incident)
    if form.validate():
        with refusals_on(form):
            actions.move_incident(
                incident,
                IncidentState(form.after.data),
                form.reason.data or "",
                by=person().actor,
                is_head=incident.school_id in headed(),
                is_officer=is_officer(),
            )
            flash(_("Noted how it stands now."), "done")
            return _back(incident)
    return _page(incident, moving=form), 422


def _back(incident: Incident) -> Response:
    return redirect(url_for(".show", public_id=incident.public_id))


def _told_form(form: ToldForm | None = None) -> ToldForm:
    form = form or ToldForm()
    form.party.choices = [SelectChoice(party.value, str(told.PARTIES[party])) for party in Party]
    return form


def _move_form(incident: Incident, form: MoveForm | None = None) -> MoveForm:
    """Offers what this person may do next."""
    form, is_head = form or MoveForm(), incident.school_id in headed()
    form.after.choices = [
        SelectChoice(after.value, str(ASKED[after]))
        for after in MOVES[incident.state]
        if may_move(after, is_head=is_head, is_officer=is_officer())
    ]
    return form


def _page(
    incident: Incident,
    *,
    telling: ToldForm | None = None,
    following: FollowUpForm | None = None,
    moving: MoveForm | None = None,
) -> str:
    return render_template(
        "incidents/show.html",
        one=incident,
        told=told,
        refused=telling or following or moving,
        telling=telling or _told_form(ToldForm(formdata=None)),
        following=following or FollowUpForm(formdata=None),
        moving=moving or _move_form(incident, MoveForm(formdata=None)),
        opens_file=sees_the_child(incident.child),
        most=MOST,
    )
