"""What is disputed, what does the record say, and how does it end?"""

from datetime import time

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel import clock
from hometeach.people.access import Role
from hometeach.visits.confirming.actions import decide
from hometeach.visits.confirming.models import Dispute, answers_to
from hometeach.visits.confirming.rules import DisputeState
from hometeach.visits.models import Visit
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.disputes import pages, told
from hometeach.web.disputes.index import load
from hometeach.web.forms import Form
from hometeach.web.recording.form import TimeOfDay
from hometeach.web.standings.sessions import recorded_sessions, sessions_held

OF_A_RECORD = (
    (DisputeState.REJECTED.value, _l("Rejected: the record stands, and counts as confirmed")),
    (DisputeState.UPHELD.value, _l("Upheld: the record stays, and does not count")),
    (DisputeState.CORRECTED.value, _l("Corrected: the record is put right, and judged anew")),
)
OF_A_COMPLAINT = (
    (DisputeState.REJECTED.value, _l("Looked into: there is nothing to change")),
    (DisputeState.UPHELD.value, _l("Looked into: the family is right")),
)


class DecisionForm(Form):
    """How does it end, and why?"""

    outcome = RadioField(_l("How does it end?"), validators=[InputRequired(_l("Choose how it ends."))])
    left = TimeOfDay(_l("If it is corrected: when did the teacher really leave?"), validators=[Optional()])
    reason = TextAreaField(
        _l("Why? The family reads this."),
        validators=[DataRequired(_l("Write the reason: the family reads it.")), Length(max=500)],
    )


@pages.get("/<public_id>")
@allowed(Role.BUREAU_OFFICER)
def show(public_id: str) -> str:
    """One dispute beside the record that it is about."""
    dispute = load(public_id)
    return _page(dispute, _form(dispute))


@pages.post("/<public_id>/decide")
@allowed(Role.BUREAU_OFFICER)
def end(public_id: str) -> Response | tuple[str, int]:
    """Decide it. The verdict and the ledger follow at once."""
    dispute = load(public_id)
    form = _form(dispute)
    if form.validate():
        with refusals_on(form):
            decide(
                dispute,
                DisputeState(form.outcome.data),
                form.reason.data or "",
                by=person().actor,
                left=_seconds(form.left.data),
            )
            rebuild_ledger({dispute.child_id})
            flash(_("Decided. The family reads the reason on its own page."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _page(dispute, form), 422


def _seconds(moment: time | None) -> int | None:
    """A time of the day as seconds after midnight."""
    return None if moment is None else moment.hour * 3600 + moment.minute * 60


def _form(dispute: Dispute) -> DecisionForm:
    form = DecisionForm()
    offered = OF_A_RECORD if dispute.visit else OF_A_COMPLAINT
    form.outcome.choices = [SelectChoice(code, words) for code, words in offered]
    return form


def _page(dispute: Dispute, form: DecisionForm) -> str:
    visit = dispute.visit
    return render_template(
        "disputes/show.html",
        form=form,
        dispute=dispute,
        child=dispute.child,
        held=sessions_held(recorded_sessions(Visit.id == visit.id))[0] if visit else None,
        answers=answers_to(visit) if visit else [],
        clock=told.clock_words(dispute, clock.today()),
        told=told,
    )
