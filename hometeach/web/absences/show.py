"""One absence: what was reported, what approving it would do, and the decision."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from hometeach.compliance.actions import rebuild_ledger
from hometeach.people.access import FILE_READERS, Role
from hometeach.visits.absences import actions
from hometeach.web import words
from hometeach.web.absences import pages, shown
from hometeach.web.absences.again import added_to
from hometeach.web.absences.index import DECIDERS, is_officer, next_waiting
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import Form

#: Those who may have reported it, and the school.
WITHDRAWERS = (Role.TEACHER, Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER)


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
    """Approve it and go on to the next one."""
    line = shown.load(public_id)
    actions.approve_absence(line.absence, by=person().actor, is_officer=is_officer())
    rebuild_ledger({line.child.id})
    flash(_("%(absence)s is approved, and the weeks are counted anew.", absence=_named(line)), "done")
    return redirect(next_waiting())


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
        child=url_for("children.show", public_id=one.child_key),
    )
