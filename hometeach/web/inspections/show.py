"""One sample: its children with what was found of each, and what call-backs and unannounced visits gave."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import DateField, IntegerField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from hometeach.compliance.sampling import actions
from hometeach.compliance.sampling.models import Drawn, Sample, drawn_in, sample_of
from hometeach.compliance.sampling.rules import CheckKind
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account, Child
from hometeach.web.base import allowed, load_child, person, refusals_on
from hometeach.web.editing import tidy
from hometeach.web.findings.seen import Seen, findings_seen
from hometeach.web.forms import Form
from hometeach.web.inspections import pages
from hometeach.web.inspections.index import READERS
from hometeach.web.standings.listed import Listed, children_listed

YES, NO, OPEN = "yes", "no", "open"
ANSWERS = {YES: True, NO: False, OPEN: None}
CHECKS = {CheckKind.PHONE: _l("Call-back"), CheckKind.VISIT: _l("Unannounced visit")}
WORDS = {YES: _l("Yes, so"), NO: _l("No, not so"), OPEN: _l("Not known")}
CHOICES = [SelectChoice(code, said) for code, said in WORDS.items()]


class CheckForm(Form):
    """What did the check give?"""

    kind = RadioField(
        _l("How was it checked?"),
        choices=[SelectChoice(kind.value, said) for kind, said in CHECKS.items()],
        validators=[InputRequired(_l("Choose how it was checked."))],
    )
    checked_on = DateField(_l("On which day?"), validators=[InputRequired(_l("Choose the day."))])
    reached = StringField(_l("Who was reached?"), filters=[tidy], validators=[Length(max=80)])
    took_place = RadioField(_l("Did the sessions take place as recorded?"), choices=CHOICES, default=OPEN)
    minutes = IntegerField(
        _l("How many minutes did the last one last, as was said?"),
        validators=[Optional(), NumberRange(0, 1440, _l("Write the minutes of one day."))],
    )
    is_satisfied = RadioField(_l("Is the family satisfied?"), choices=CHOICES, default=OPEN)
    note = TextAreaField(_l("What else is to be noted?"), filters=[tidy], validators=[Length(max=500)])


class Inspected(NamedTuple):
    """A child of a sample with what is found of it today and what was noted."""

    drawn: Drawn
    listed: Listed
    findings: Sequence[Seen]


@pages.get("/<public_id>")
@allowed(*READERS)
def show(public_id: str) -> str:
    """One sample and how far its inspection is."""
    sample = load_sample(public_id)
    inspected = inspected_in(sample)
    return render_template(
        "inspections/show.html",
        sample=sample,
        inspected=inspected,
        checked=sum(bool(one.drawn.results) for one in inspected),
        name=name_of(sample.drawn_by),
        may_note=Role.AUDITOR in person().roles,
        checks=CHECKS,
        answer=answer_words,
    )


@pages.get("/<public_id>/children/<int:place>")
@allowed(Role.AUDITOR)
def ask(public_id: str, place: int) -> str:
    """The form for what a check of one child gave."""
    sample = load_sample(public_id)
    form = CheckForm(formdata=None)
    form.checked_on.data = clock.today()
    return _form_page(sample, _child_at(sample, place), place, form)


@pages.post("/<public_id>/children/<int:place>")
@allowed(Role.AUDITOR)
def note(public_id: str, place: int) -> Response | tuple[str, int]:
    """Note what a check of one child gave. What is noted stays."""
    sample = load_sample(public_id)
    child, form = _child_at(sample, place), CheckForm()
    if form.validate():
        with refusals_on(form):
            actions.note_check(sample, child, _said(form), by=person().actor, on=clock.today())
            flash(_("The result is noted."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _form_page(sample, child, place, form), 422


def load_sample(public_id: str) -> Sample:
    """The sample of this address.

    Raises: NotFound.
    """
    sample = sample_of(public_id)
    if sample is None:
        raise NotFound
    return sample


def inspected_in(sample: Sample) -> list[Inspected]:
    """The children of a sample, in the order in which they were drawn."""
    drawn = drawn_in(sample)
    listed = {
        one.id: one for one in children_listed(clock.today(), Child.id.in_([one.place.child_id for one in drawn]))
    }
    found: defaultdict[int, list[Seen]] = defaultdict(list)
    for one in findings_seen():
        found[one.finding.child_id or 0].append(one)
    return [Inspected(one, listed[one.place.child_id], found[one.place.child_id]) for one in drawn]


def name_of(actor: str) -> str:
    """The name of an account, by its public id; empty where it has none."""
    return db.session.scalar(select(Account.name).where(Account.public_id == actor)) or ""


def answer_words(answer: bool | None) -> str:
    """Yes, no, or that nobody knows."""
    return str(WORDS[next(word for word, value in ANSWERS.items() if value is answer)])


def _said(form: CheckForm) -> actions.CheckNote:
    return actions.CheckNote(
        kind=CheckKind(form.kind.data),
        checked_on=form.checked_on.data,
        reached=form.reached.data or "",
        took_place=ANSWERS[form.took_place.data],
        minutes=form.minutes.data,
        is_satisfied=ANSWERS[form.is_satisfied.data],
        note=form.note.data or "",
    )


def _child_at(sample: Sample, place: int) -> Child:
    """The child that was drawn at this place, counted from 1; opening it is logged.

    Raises: NotFound.
    """
    child = next((one.place.child for one in drawn_in(sample) if one.place.position == place - 1), None)
    if child is None:
        raise NotFound
    return load_child(child.public_id)


def _form_page(sample: Sample, child: Child, place: int, form: CheckForm) -> str:
    return render_template("inspections/note.html", sample=sample, child=child, place=place, form=form)
