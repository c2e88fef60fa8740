"""Something happened: report it, from the child's page or from the record of a visit."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField, SelectChoice, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from hometeach.kernel import clock
from hometeach.people.models import Child
from hometeach.reminders.at_once import call_to_open
from hometeach.visits.incidents.actions import Happened, report_incident
from hometeach.visits.incidents.rules import AT_ONCE, Party
from hometeach.visits.models import Visit
from hometeach.visits.recording.models import facts_of
from hometeach.web import words
from hometeach.web.base import allowed, load_child, person, refusals_on
from hometeach.web.forms import Form, MomentField, latest_moment, meant
from hometeach.web.incidents import pages
from hometeach.web.incidents.told import NAMES, PARTIES, STAFF
from hometeach.web.visits.loading import load_visit

#: So many characters an answer takes.
MOST = 1000
YES, NO = "yes", "no"
#: The harm that the law speaks of, and what is done then.
HARM = _l("Is it possible that the child was harmed, neglected, locked up or left alone?")


class ReportForm(Form):
    """What happened, when, to whom, and who knows of it?"""

    day = DateField(_l("On which day did it happen?"), validators=[InputRequired(_l("Choose the day."))])
    time = TimeField(_l("At what time? Leave it empty if nobody knows."), validators=[Optional()])
    place = TextAreaField(NAMES["place"], validators=[Length(max=200)])
    persons = TextAreaField(NAMES["persons"], validators=[Length(max=300)])
    facts = TextAreaField(NAMES["facts"], validators=[InputRequired(_l("Write what happened.")), Length(max=MOST)])
    measures = TextAreaField(NAMES["measures"], validators=[Length(max=MOST)])
    harm = RadioField(HARM, validators=[InputRequired(_l("Choose one."))])
    guardian = MomentField(_l("When was the guardian told?"), validators=[Optional(), meant])
    police = MomentField(_l("When were the police (110) told?"), validators=[Optional(), meant])
    ambulance = MomentField(_l("When was the ambulance (120) called?"), validators=[Optional(), meant])
    civil_affairs = MomentField(_l("When was civil affairs told?"), validators=[Optional(), meant])

    @property
    def happened(self) -> Happened:
        """What was filled in."""
        told = {party: self[party.value].moment for party in Party if party.value in self}
        return Happened(
            on=self.day.data,
            minute=self.time.data.hour * 60 + self.time.data.minute if self.time.data else None,
            harm_suspected=self.harm.data == YES,
            words={name: self[name].data or "" for name in NAMES},
            told={party: moment for party, moment in told.items() if moment is not None},
        )


@pages.get("/of/<public_id>")
@allowed(*STAFF)
def ask(public_id: str) -> str:
    """Report something that happened, from the child's page."""
    return _page(load_child(public_id), None, _form(day=clock.today()))


@pages.post("/of/<public_id>")
@allowed(*STAFF)
def report(public_id: str) -> Response | tuple[str, int]:
    """Keep it, and tell the head and the bureau at once."""
    return _take(load_child(public_id), None)


@pages.get("/after-visit/<public_id>")
@allowed(*STAFF)
def ask_after_visit(public_id: str) -> str:
    """Report something that happened on a visit, with what its record says of it."""
    visit, child = load_visit(public_id)
    told = facts_of(visit).words
    return _page(child, visit, _form(day=visit.held_on, place=told.get("place", ""), facts=told.get("incident", "")))


@pages.post("/after-visit/<public_id>")
@allowed(*STAFF)
def report_after_visit(public_id: str) -> Response | tuple[str, int]:
    """Keep it with the visit, and tell the head and the bureau at once."""
    visit, child = load_visit(public_id)
    return _take(child, visit)


def _take(child: Child, visit: Visit | None) -> Response | tuple[str, int]:
    form = _with_choices(ReportForm())
    if form.validate():
        with refusals_on(form):
            incident = report_incident(child, form.happened, by=person().actor, visit=visit)
            call_to_open(f"incident:{incident.public_id}", on=clock.today())
            flash(_("The incident is reported. The head of the school and the bureau have been told."), "done")
            return redirect(url_for(".show", public_id=incident.public_id))
    return _page(child, visit, form), 422


def _form(**begun: object) -> ReportForm:
    return _with_choices(ReportForm(formdata=None, **begun))


def _with_choices(form: ReportForm) -> ReportForm:
    form.harm.choices = [SelectChoice(YES, _("Yes, it is possible")), SelectChoice(NO, _("No, nothing points to it"))]
    return form


def _page(child: Child, visit: Visit | None, form: ReportForm) -> str:
    return render_template(
        "incidents/report.html",
        child=child,
        visit=visit,
        form=form,
        most=MOST,
        latest=latest_moment(),
        at_once=words.enumerated([str(PARTIES[party]) for party in AT_ONCE]),
        action=url_for(".report_after_visit", public_id=visit.public_id)
        if visit
        else url_for(".report", public_id=child.public_id),
        back=url_for("visits.show", public_id=visit.public_id)
        if visit
        else url_for("children.show", public_id=child.public_id),
    )
