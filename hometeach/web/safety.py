"""What must whoever goes to the child's home know to be safe there? Read before the visit; each reading is logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound, Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import MAY_REVEAL, Role
from hometeach.people.models import Account, Child, ResponsibleSpan, ServingSpan, in_force
from hometeach.visits.safety.actions import confirm_safety_notes, write_safety_notes
from hometeach.visits.safety.models import SafetyNote, safety_note_of
from hometeach.visits.safety.rules import MOST, QUESTIONS, may_edit
from hometeach.web.base import allowed, load_child, person
from hometeach.web.forms import Form

pages = Blueprint("safety", __name__, url_prefix="/safety")

#: Who writes the notes: the school's coordinator, and the teacher who answers for the child.
KEEPERS = (Role.TEACHER, Role.SCHOOL_COORDINATOR)
LABELS: Mapping[str, Any] = {
    "way": _l("The way and the house: dogs, roads, other dangers"),
    "behaviour": _l("Behaviour: what upsets the child, what calms it"),
    "seizures": _l("Seizures: how they look, how long they last, what to do"),
    "allergies": _l("Allergies"),
    "never": _l("What must never be done or given"),
    "health": _l("Health and medicines"),
    "emergency": _l("What to do in an emergency, and which hospital is near"),
    "contact": _l("Emergency contact: who, and which number"),
}


@dataclass(frozen=True)
class SafetyTold:
    """The notes that hold, ready to be read."""

    #: What is noted, with what was asked.
    answers: Sequence[tuple[str, str]]
    written_by: str
    written_at: datetime
    confirmed_by: str
    confirmed_at: datetime


class SafetyForm(Form):
    """What must be heeded? Everything may stay empty."""

    seen = HiddenField(default="0")
    way = TextAreaField(LABELS["way"], validators=[Length(max=MOST)])
    behaviour = TextAreaField(LABELS["behaviour"], validators=[Length(max=MOST)])
    seizures = TextAreaField(LABELS["seizures"], validators=[Length(max=MOST)])
    allergies = TextAreaField(LABELS["allergies"], validators=[Length(max=MOST)])
    never = TextAreaField(LABELS["never"], validators=[Length(max=MOST)])
    health = TextAreaField(LABELS["health"], validators=[Length(max=MOST)])
    emergency = TextAreaField(LABELS["emergency"], validators=[Length(max=MOST)])
    contact = TextAreaField(LABELS["contact"], validators=[Length(max=MOST)])

    @property
    def over(self) -> int:
        """The version that the writer had before them."""
        seen = self.seen.data or ""
        return int(seen) if seen.isdecimal() and len(seen) < 9 else 0


@pages.get("/<public_id>")
@allowed(*MAY_REVEAL)
def show(public_id: str) -> str:
    """What is noted for a safe visit."""
    child = load_child(public_id)
    return render_template("safety/show.html", child=child, told=safety_told(child), may_edit=_may_edit(child))


@pages.get("/<public_id>/edit")
@allowed(*KEEPERS)
def ask(public_id: str) -> str:
    """Write the notes anew over those that hold."""
    child = _load_to_edit(public_id)
    note = safety_note_of(child.id)
    form = SafetyForm(formdata=None, seen=str(note.version if note else 0), **(note.answers if note else {}))
    _log_reading(child)
    return _edit_page(child, form, None)


@pages.post("/<public_id>/edit")
@allowed(*KEEPERS)
def write(public_id: str) -> Response | tuple[str, int]:
    """Keep the notes as written."""
    child, form = _load_to_edit(public_id), SafetyForm()
    theirs = None
    if form.validate():
        typed = {name: form[name].data or "" for name in QUESTIONS}
        try:
            write_safety_notes(child, typed, over=form.over, by=person().actor)
        except Refused as refused:
            form.form_errors.append(refused.message)
            theirs = safety_told(child)
            form.seen.data = str(_version_of(child))
        else:
            flash(_("The safety notes are saved."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _edit_page(child, form, theirs), 422


@pages.post("/<public_id>/confirm")
@allowed(*KEEPERS)
def confirm(public_id: str) -> Response:
    """Say that what is noted is still so."""
    confirm_safety_notes(_load_to_edit(public_id), by=person().actor)
    flash(_("Noted: the safety notes are still right."), "done")
    return redirect(url_for(".show", public_id=public_id))


def safety_told(child: Child) -> SafetyTold | None:
    """The notes of a child, whose reading is logged; None where nobody has written any."""
    note = safety_note_of(child.id)
    if note is None:
        return None
    _log_reading(child)
    return _told(note)


def _told(note: SafetyNote) -> SafetyTold:
    names = _names({note.written_by, note.confirmed_by})
    return SafetyTold(
        [(str(LABELS[name]), note.answers[name]) for name in QUESTIONS if name in note.answers],
        names.get(note.written_by, ""),
        note.written_at,
        names.get(note.confirmed_by, ""),
        note.confirmed_at,
    )


def _log_reading(child: Child) -> None:
    g.opened.append((f"child:{child.public_id}", "safety", ""))


def _names(accounts: set[str]) -> dict[str, str]:
    found = db.session.execute(select(Account.public_id, Account.name).where(Account.public_id.in_(accounts)))
    return {row.public_id: row.name for row in found}


def _version_of(child: Child) -> int:
    note = safety_note_of(child.id)
    return note.version if note else 0


def _load_to_edit(public_id: str) -> Child:
    """The child, if the person may write its safety notes.

    Raises: NotFound, alike for foreign and absent, and for who only stands in.
    """
    child = load_child(public_id)
    if not _may_edit(child):
        raise NotFound
    return child


def _may_edit(child: Child) -> bool:
    today, scope = clock.today(), person().scope
    served = select(ServingSpan.id).where(
        ServingSpan.child_id == child.id, ServingSpan.school_id.in_(scope.school_ids), in_force(ServingSpan, today)
    )
    answers = select(ResponsibleSpan.teacher_id).where(
        ResponsibleSpan.child_id == child.id, in_force(ResponsibleSpan, today)
    )
    return may_edit(
        is_school=db.session.scalar(served.limit(1)) is not None,
        teaches=scope.teacher_id,
        responsible=db.session.scalar(answers.limit(1)),
    )


def _edit_page(child: Child, form: SafetyForm, theirs: SafetyTold | None) -> str:
    return render_template("safety/edit.html", child=child, form=form, theirs=theirs, most=MOST)
