"""One absence: what was reported, what approving it would do, and the decision."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel.errors import Refused
from hometeach.people.access import FILE_READERS, Role
from hometeach.visits.absences import actions
from hometeach.visits.absences.models import AbsenceReport, reports_of
from hometeach.visits.absences.rules.states import AbsenceState
from hometeach.visits.models import Absence, ExcuseReason
from hometeach.web import words
from hometeach.web.absences import pages, shown, told
from hometeach.web.absences.again import added_to
from hometeach.web.absences.index import DECIDERS, is_officer, next_waiting
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.words.coded import named

#: Stands in the form for the reason that the absence itself says.
FIRST = "first"
#: Those who may have reported it, and the school.
WITHDRAWERS = (Role.TEACHER, Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER)


class ReasonForm(Form):
    """For which of the reported reasons is it approved?"""

    reason = RadioField(
        _l("For which of the reported reasons?"), validators=[InputRequired(_l("Choose one of the reasons."))]
    )


class RefusalForm(Form):
    """Why not?"""

    why = TextAreaField(
        _l("Why is it not approved?"),
        validators=[
            DataRequired(_l("Write why, so that the person who reported it understands.")),
            Length(max=200),
        ],
    )


@pages.get("/<public_id>")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """What was reported, with what approving it would do."""
    return _show(shown.load(public_id), RefusalForm())


@pages.post("/<public_id>/approve")
@allowed(*DECIDERS)
def approve(public_id: str) -> Response:
    """Approve it, for the reason that was chosen where several were reported, and go on to the next one."""
    line = shown.load(public_id)
    _choose(line)
    actions.approve_absence(line.absence, by=person().actor, is_officer=is_officer())
    rebuild_ledger({line.child.id})
    flash(_("%(absence)s is approved, and the weeks are counted anew.", absence=_named(line)), "done")
    return redirect(next_waiting())


@pages.post("/<public_id>/reason")
@allowed(*DECIDERS)
def change_reason(public_id: str) -> Response:
    """Let an absence that is approved stand for another one of the reported reasons."""
    line = shown.load(public_id)
    _choose(line)
    rebuild_ledger({line.child.id})
    flash(_("The reason is changed, and the weeks are counted anew."), "done")
    return redirect(url_for(".show", public_id=public_id))


@pages.post("/<public_id>/reject")
@allowed(*DECIDERS)
def reject(public_id: str) -> Response | tuple[str, int]:
    """Do not approve it, and say why."""
    line, form = shown.load(public_id), RefusalForm()
    if form.validate():
        with refusals_on(form):
            actions.reject_absence(line.absence, form.why.data or "", by=person().actor, is_officer=is_officer())
            rebuild_ledger({line.child.id})
            flash(_("%(absence)s is not approved. Whoever reported it reads why.", absence=_named(line)), "done")
            return redirect(next_waiting())
    return _show(line, form), 422


@pages.post("/<public_id>/withdraw")
@allowed(*WITHDRAWERS)
def withdraw(public_id: str) -> Response:
    """Take the report back."""
    absence = shown.load(public_id).absence
    actions.withdraw_absence(absence, by=person().actor)
    rebuild_ledger({absence.child_id})
    flash(_("The report is taken back. A session that was planned on that day is planned again."), "done")
    return redirect(url_for(".show", public_id=public_id))


def _choose(line: shown.Line) -> None:
    """Take the reason of the form, where it names another one than the absence says itself."""
    chosen = request.form.get("reason", FIRST)
    if chosen == FIRST:
        return
    report = dict(_offers(line.absence)).get(chosen)
    if report is None:
        raise Refused("absence:no_reason", _("This reason stands there no longer. Look at the absence once more."))
    actions.choose_reason(line.absence, report, by=person().actor, is_officer=is_officer())


def _offers(absence: Absence) -> list[tuple[str, AbsenceReport]]:
    """The reasons beside the absence's own, by their place, which never changes; nobody's own among them."""
    numbered = [(str(place), one) for place, one in enumerate(reports_of(absence), 1)]
    return [(key, one) for key, one in numbered if not one.stands_in(absence) and one.reported_by != person().actor]


def _reason_form(line: shown.Line, one: shown.Shown) -> ReasonForm | None:
    """Offers each reported reason with what it would do; none where there is only one, or nothing to decide."""
    added = _offers(line.absence)
    if not (added and one.may_decide):
        return None
    form = ReasonForm(formdata=None, reason=FIRST)
    reasons = [(FIRST, line.reason), *((key, report.reason) for key, report in added)]
    form.reason.choices = [SelectChoice(key, _offered(line, reason)) for key, reason in reasons]
    return form


def _offered(line: shown.Line, reason: ExcuseReason) -> str:
    name = _("%(reason)s (%(effect)s)", reason=named(reason), effect=told.EFFECT_WORDS[reason.effect])
    if line.absence.state is not AbsenceState.REPORTED:
        return name
    return _("%(reason)s. %(consequence)s", reason=name, consequence=shown.consequence_of(line, reason))


def _named(line: shown.Line) -> str:
    """The absence by child and day: the page that says what became of it shows the next one."""
    return _("The absence of %(name)s on %(day)s", name=line.child.name, day=words.day_words(line.absence.missed_on))


def _show(line: shown.Line, form: RefusalForm) -> str:
    (one,) = shown.shown([line])
    return render_template(
        "absences/show.html",
        one=one,
        form=form,
        added=added_to(line.absence),
        reasons=_reason_form(line, one),
        child=url_for("children.show", public_id=one.child_key),
    )
