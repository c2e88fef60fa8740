"""What did the family say on the telephone? Written down by whoever rang up, never by who was there or recorded it."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import IntegerField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel import clock
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.people.access import Role
from hometeach.people.models import Child, Guardian
from hometeach.people.rules import ContactRule
from hometeach.visits.confirming.actions import Call, Said, answer_by_telephone
from hometeach.visits.confirming.rules import Answer, Route
from hometeach.visits.models import Visit
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.disputes.told import ANSWERS
from hometeach.web.forms import Form, MomentField, latest_moment, meant
from hometeach.web.standings.sessions import recorded_sessions, sessions_held
from hometeach.web.visits import pages
from hometeach.web.visits.loading import load_visit

#: Who rings families up.
MAY_RING = frozenset({Role.SCHOOL_COORDINATOR, Role.AUDITOR})


class CallForm(Form):
    """Who answered, when, and what was said?"""

    guardian = RadioField(_l("Who answered?"), validators=[InputRequired(_l("Choose who answered."))])
    called_at = MomentField(_l("When did you ring? Leave it empty if it was just now."), validators=[Optional(), meant])
    answer = RadioField(_l("What does the family say of this visit?"), validators=[InputRequired(_l("Choose one."))])
    minutes = IntegerField(
        _l("If it was shorter: about how many minutes?"), validators=[Optional(), NumberRange(min=0, max=1440)]
    )
    words = TextAreaField(_l("In their own words"), validators=[Length(max=500)])

    @property
    def said(self) -> Said:
        """The answer as it was given."""
        return Said(Answer(self.answer.data), self.minutes.data, self.words.data or "", Route.STAFF_CALL)


@pages.get("/<public_id>/telephone")
@allowed(*MAY_RING)
def ask_by_telephone(public_id: str) -> str:
    """Note what the family said on the telephone."""
    visit, child = load_visit(public_id)
    return _page(visit, child, _form(child))


@pages.post("/<public_id>/telephone")
@allowed(*MAY_RING)
def answer_on_telephone(public_id: str) -> Response | tuple[str, int]:
    """Write it down; it stays marked as taken by telephone."""
    visit, child = load_visit(public_id)
    form = _form(child)
    if form.validate():
        with refusals_on(form):
            call = Call(form.called_at.moment or machine_now(), person().actor, person().signed_in.teacher_id)
            answer_by_telephone(visit, _spoken_with(child, form.guardian.data), form.said, call, on=clock.today())
            rebuild_ledger({child.id})
            flash(_("Noted what the family said on the telephone."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _page(visit, child, form), 422


def _spoken_with(child: Child, public_id: str) -> Guardian:
    found = next((one for one in _reachable(child) if one.public_id == public_id), None)
    if found is None:
        raise Refused("visit:nobody_answered", _("Choose who answered."), field="guardian")
    return found


def _reachable(child: Child) -> list[Guardian]:
    return [one for one in child.guardians if one.contact_rule is not ContactRule.NEVER]


def _form(child: Child) -> CallForm:
    form = CallForm()
    form.guardian.choices = [SelectChoice(one.public_id, f"{one.name}（{one.relation}）") for one in _reachable(child)]
    form.answer.choices = [SelectChoice(answer.value, str(ANSWERS[answer])) for answer in Answer]
    return form


def _page(visit: Visit, child: Child, form: CallForm) -> str:
    return render_template(
        "visits/telephone.html",
        visit=visit,
        child=child,
        form=form,
        held=sessions_held(recorded_sessions(Visit.id == visit.id))[0],
        latest=latest_moment(),
        audits=Role.AUDITOR in person().roles,
    )
