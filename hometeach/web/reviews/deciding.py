"""One account of a review: its roles, what it saw, and what is to become of it; or many that stay as they are."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account
from hometeach.people.reviewing import actions
from hometeach.people.reviewing.actions import Ending
from hometeach.people.reviewing.models import AccessReview
from hometeach.people.reviewing.rules import Outcome
from hometeach.web.base import ROLE_NAMES, allowed, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.reviews import REVIEWERS, pages
from hometeach.web.reviews.show import content_shown, load_review
from hometeach.web.words import reviews as said


class DecisionForm(Form):
    """What is to become of the account?"""

    outcome = RadioField(
        _l("What is to become of this account?"),
        choices=[SelectChoice(outcome.value, name) for outcome, name in said.OUTCOMES.items()],
        validators=[InputRequired(_l("Choose one of the three."))],
    )
    grant = SelectField(_l("Which role ends?"))
    last = DateField(_l("Which is its last day?"), validators=[Optional()])
    reason = TextAreaField(_l("Why?"), validators=[Optional(), Length(max=300)])


@pages.get("/<public_id>/<account>")
@allowed(*REVIEWERS)
def account(public_id: str, account: str) -> str:
    """One account, and the question about it."""
    review, looked_at = load_review(public_id), _load(account)
    return _shown(review, looked_at, _form_for(looked_at))


@pages.post("/<public_id>/<account>")
@allowed(*REVIEWERS)
def decide(public_id: str, account: str) -> Response | tuple[str, int]:
    """Decide about one account; it is done at once."""
    review, looked_at = load_review(public_id), _load(account)
    form = _form_for(looked_at)
    if form.validate():
        with refusals_on(form):
            _decide(review, looked_at, Outcome(form.outcome.data), _ending(looked_at, form), form.reason.data or "")
            flash(_("It is decided, and done: %(name)s.", name=looked_at.name), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _shown(review, looked_at, form), 422


@pages.post("/<public_id>")
@allowed(Role.ADMINISTRATOR)
def keep(public_id: str) -> Response:
    """Leave the ticked accounts as they are, all or none."""
    review = load_review(public_id)
    ticked = select(Account).where(Account.public_id.in_(request.form.getlist("account")))
    kept = db.session.scalars(ticked.order_by(Account.id)).all()
    for one in kept:
        _decide(review, one, Outcome.KEEP, None, "")
    told = ngettext("%(num)s account stays as it is.", "%(num)s accounts stay as they are.", len(kept))
    flash(told if kept else _("No account was ticked."), "done" if kept else "note")
    return redirect(url_for(".show", public_id=public_id))


def _decide(review: AccessReview, looked_at: Account, outcome: Outcome, ending: Ending | None, reason: str) -> None:
    actions.decide(
        review,
        looked_at,
        outcome,
        ending=ending,
        reason=reason,
        today=clock.today(),
        by=person().account,
        by_roles=person().roles,
    )


def _ending(looked_at: Account, form: DecisionForm) -> Ending:
    chosen = next((grant for grant in looked_at.grants if str(grant.id) == form.grant.data), None)
    last: date | None = form.last.data
    return Ending(chosen, last)


def _form_for(looked_at: Account) -> DecisionForm:
    form, today = DecisionForm(), clock.today()
    roles = [grant for grant in looked_at.grants if grant.span.last >= today]
    names = [(str(one.id), _("%(role)s, %(unit)s", role=ROLE_NAMES[one.role], unit=one.unit.name)) for one in roles]
    form.grant.choices = [SelectChoice(*pair) for pair in (("", _("no role ends")), *names)]
    return form


def _load(public_id: str) -> Account:
    account = db.session.scalar(select(Account).where(Account.public_id == public_id))
    if account is None:
        raise NotFound
    return account


def _shown(review: AccessReview, looked_at: Account, form: DecisionForm) -> str:
    content = content_shown(review)
    told: dict[str, Any] | None = next((one for one in content["accounts"] if one["id"] == looked_at.public_id), None)
    if told is None:
        raise NotFound
    return render_template(
        "reviews/account.html",
        review=review,
        content=content,
        told=told,
        form=form,
        is_signed=review.signature is not None,
        bar=_bar(looked_at),
        said=said,
    )


def _bar(looked_at: Account) -> str:
    """Why the person who asks may not decide about this account; empty where they may."""
    return actions.bar_words(looked_at, by=person().account, by_roles=person().roles, today=clock.today())
