"""One finding: its rule, its facts, who must act by when, what clears it; explain it, decide on an explanation."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from hometeach.compliance.findings import actions
from hometeach.compliance.findings.models import Explained, explanations_of
from hometeach.compliance.findings.rules import Finding, Standing
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.models import Account, Child, Teacher
from hometeach.schedule.models import RuleRow
from hometeach.visits.models import Visit
from hometeach.web import words
from hometeach.web.base import allowed, person, refusals_on, sees_child
from hometeach.web.editing import tidy
from hometeach.web.findings import pages, told
from hometeach.web.findings.seen import Seen, load_finding
from hometeach.web.forms import Form

EXPLAINERS = (Role.TEACHER, Role.SCHOOL_COORDINATOR)
DECIDERS = (Role.BUREAU_OFFICER, Role.AUDITOR)


class ExplanationForm(Form):
    """Why is it as it is?"""

    words = TextAreaField(
        _l("Why is it as it is?"),
        filters=[tidy],
        validators=[DataRequired(_l("Write why it is as it is.")), Length(max=500)],
    )


class DecisionForm(Form):
    """Does the explanation suffice, and why?"""

    explanation = HiddenField()
    outcome = RadioField(
        _l("Does the explanation suffice?"),
        choices=[
            SelectChoice("accepted", _l("Yes: it is explained as long as its facts stay")),
            SelectChoice("rejected", _l("No: it stays open")),
        ],
        validators=[InputRequired(_l("Choose whether it suffices."))],
    )
    reason = TextAreaField(
        _l("Why?"), filters=[tidy], validators=[DataRequired(_l("Write why, in a sentence.")), Length(max=500)]
    )


class Link(NamedTuple):
    """A record that a finding rests on."""

    href: str
    words: str


@pages.get("/<public_id>")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """One finding."""
    seen = load_finding(public_id)
    return _shown(seen, ExplanationForm(formdata=None), _decision_form(seen.finding))


@pages.post("/<public_id>/explain")
@allowed(*EXPLAINERS)
def explain(public_id: str) -> Response | tuple[str, int]:
    """Explain it: somebody else decides."""
    seen, form = load_finding(public_id), ExplanationForm()
    if form.validate():
        with refusals_on(form):
            actions.explain(seen.finding, form.words.data or "", by=person().actor)
            flash(_("The explanation is handed in. The bureau or the auditor decides on it."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _shown(seen, form, None), 422


@pages.post("/<public_id>/decide")
@allowed(*DECIDERS)
def decide(public_id: str) -> Response | tuple[str, int]:
    """Accept or reject the explanation that waits."""
    seen, form = load_finding(public_id), DecisionForm()
    explained = _waiting(seen.finding, form.explanation.data or "")
    if form.validate():
        with refusals_on(form):
            if explained is None:
                form.form_errors.append(_("This explanation does not wait for a decision any more."))
                return _shown(seen, ExplanationForm(formdata=None), form), 422
            actions.decide(
                explained,
                seen.finding,
                is_accepted=form.outcome.data == "accepted",
                reason=form.reason.data or "",
                by=person().actor,
            )
            flash(_("Decided. The school and the teacher read the reason here."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _shown(seen, ExplanationForm(formdata=None), form), 422


def _waiting(finding: Finding, public_id: str) -> Explained | None:
    said = explanations_of(finding.key)
    return next((one for one in said if one.explanation.public_id == public_id), None)


def _decision_form(finding: Finding) -> DecisionForm:
    form = DecisionForm(formdata=None)
    newest = next(iter(explanations_of(finding.key)), None)
    form.explanation.data = newest.explanation.public_id if newest else ""
    return form


def _shown(seen: Seen, form: ExplanationForm, deciding: DecisionForm | None) -> str:
    finding, roles = seen.finding, person().roles
    said = explanations_of(finding.key)
    rule = db.session.scalar(select(RuleRow).where(RuleRow.code == finding.rule_code)) if finding.rule_code else None
    is_own = bool(said) and said[0].explanation.explained_by == person().actor
    return render_template(
        "findings/show.html",
        seen=seen,
        finding=finding,
        kind=told.KINDS[finding.kind],
        rule=rule,
        links=_links(finding),
        said=said,
        names=_names(said),
        form=form if seen.standing is Standing.OPEN and roles & set(EXPLAINERS) else None,
        deciding=deciding if seen.standing is Standing.WAITING and roles & set(DECIDERS) and not is_own else None,
        told=told,
    )


def _links(finding: Finding) -> Sequence[Link]:
    """The records that it rests on, as far as the person may open them."""
    child = db.session.get(Child, finding.child_id) if finding.child_id is not None else None
    links = [Link(url_for("children.show", public_id=child.public_id), child.name)] if child else []
    statement = (
        select(Visit.public_id, Visit.held_on, Visit.arrived_second, Visit.left_second)
        .join(Child, Child.id == Visit.child_id)
        .where(Visit.public_id.in_(finding.visits), sees_child())
        .order_by(Visit.held_on, Visit.arrived_second, Visit.id)
    )
    for key, day, arrived, left in db.session.execute(statement):
        said = f"{words.day_words(day)} {words.hours_words(arrived, left)}"
        links.append(Link(url_for("visits.show", public_id=key), said))
    if child is not None and "form" in finding.facts:
        links.append(Link(url_for("files.show", public_id=child.public_id), _("The child's file")))
    if child is None and finding.teacher_id is not None:
        teacher = db.session.get_one(Teacher, finding.teacher_id)
        links.append(Link(url_for("teachers.show", public_id=teacher.public_id), teacher.name))
    return links


def _names(said: Sequence[Explained]) -> dict[str, str]:
    """The names of those who explained and decided, by the public ids of their accounts."""
    keys = {one.explanation.explained_by for one in said} | {one.decision.decided_by for one in said if one.decision}
    named = select(Account).where(Account.public_id.in_(keys))
    return {account.public_id: account.name for account in db.session.scalars(named)}
