"""One move of a case: what it asks, what it leads to, and the button."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from hometeach.cases.models import Case
from hometeach.cases.rules import MOVES, Event, Given, Need
from hometeach.cases.rules.needs import met_needs
from hometeach.cases.wording import DONE, FIELDS, MISSING
from hometeach.compliance.casework import carry_out
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import MAY_REVEAL
from hometeach.people.models import OrgUnit, units_in_order
from hometeach.people.rules import UnitKind
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.cases import pages
from hometeach.web.cases.asked import ASKED, Asked
from hometeach.web.cases.loading import acting_on, load_case
from hometeach.web.cases.next import asked_now, can_open, known_for
from hometeach.web.cases.on_file import on_file
from hometeach.web.editing import tidy
from hometeach.web.forms import Form
from hometeach.web.words import cases as said
from hometeach.workbook.keeping.sessions import drop_stale_plan

LONGEST = 4000
#: Ticks, by the fact that each of them states.
TICKS: Mapping[str, Any] = {
    Need.NOT_A_DUPLICATE: _l("I compared with the children of the same name and birth date: it is another child"),
    Need.GUARDIAN_INFORMED: _l("The guardian knows of the assessment"),
    Need.APPLICATION: _l("For schooling deferred or suspended: the guardian's application is on file"),
    Need.NOTICE_READ: _l("The privacy notice was read with the family, and its answer is on file, whatever it was"),
    Need.FAMILYS_WISH: _l("The wish is on file in writing"),
    Need.ROLL_DONE: _l("The child's place on the roll is settled"),
    Need.FILE_SEEN: _l("I looked the file through: it is complete, or what is missing is noted in it"),
}


class MoveForm(Form):
    """What is to be known for this move?"""

    #: How many moves the case had made when the page was opened.
    seen = HiddenField()
    guardian = SelectField(_l("Which guardian?"), choices=())
    code = SelectField("", choices=())
    decision_no = StringField(_l("What is the number of the decision?"), filters=[tidy], validators=[Length(max=80)])
    school = SelectField(_l("Which school answers for the child?"), choices=())
    roll = SelectField(
        _l("What becomes of the child's place on the roll?"),
        choices=[SelectChoice("", _l("Choose one")), *(SelectChoice(one.value, it) for one, it in said.ROLLS.items())],
    )
    done_on = DateField("", validators=[InputRequired(_l("Choose the day."))])
    until_on = DateField("", validators=[Optional()])
    receiving_unit = StringField(_l("Who receives the child?"), filters=[tidy], validators=[Length(max=80)])
    words = TextAreaField("", filters=[tidy], validators=[Length(max=LONGEST)])
    not_a_duplicate = BooleanField(TICKS[Need.NOT_A_DUPLICATE])
    guardian_informed = BooleanField(TICKS[Need.GUARDIAN_INFORMED])
    application = BooleanField(TICKS[Need.APPLICATION])
    notice_read = BooleanField(TICKS[Need.NOTICE_READ])
    familys_wish = BooleanField(TICKS[Need.FAMILYS_WISH])
    roll_done = BooleanField(TICKS[Need.ROLL_DONE])
    file_seen = BooleanField(TICKS[Need.FILE_SEEN])
    paper = FileField(_l("A scan or photo of the paper, if there is one"))

    def given(self) -> Given:
        """What was written into the form."""
        return Given(
            done_on=self._of("done_on") or clock.today(),
            code=self._of("code") or "",
            words=self._of("words") or "",
            until_on=self._of("until_on"),
            decision_no=self._of("decision_no") or "",
            school_id=_school_id(self._of("school")),
            roll=self._of("roll") or "",
            receiving_unit=self._of("receiving_unit") or "",
            guardian=self._of("guardian") or "",
            ticked=frozenset(Need(name) for name in TICKS if self._of(name)),
        )

    def scan(self) -> bytes:
        """The bytes of the paper that was handed in; empty where none was."""
        sent = self._of("paper")
        content: bytes = sent.read() if sent else b""
        return content

    @property
    def seen_moves(self) -> int | None:
        """How many moves the person saw."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None

    def _of(self, name: str) -> Any:
        return self[name].data if name in self else None


@pages.get("/<public_id>/do/<event>")
@allowed(*MAY_REVEAL)
def ask(public_id: str, event: str) -> str | Response:
    """Ask what the move needs; where it cannot be made now, the case's page says what can."""
    case, event_ = load_case(public_id), _event(event)
    if not can_open(case, event_, acting_on(case.child_id)):
        return redirect(url_for(".show", public_id=public_id))
    return _asked(case, event_, _form_of(case, event_))


@pages.post("/<public_id>/do/<event>")
@allowed(*MAY_REVEAL)
def do(public_id: str, event: str) -> Response | tuple[str, int]:
    """Make the move, and have everything computed anew that follows from it."""
    case, event_ = load_case(public_id), _event(event)
    form = _form_of(case, event_)
    if form.validate():
        with refusals_on(form):
            carry_out(
                case,
                event_,
                form.given(),
                acting=acting_on(case.child_id),
                on=clock.today(),
                seen=form.seen_moves,
                paper=form.scan(),
            )
            drop_stale_plan({case.child_id}, clock.today())
            flash(_("Saved: %(what)s.", what=str(DONE[event_])), "done")
            return redirect(_where_next(case))
    _say_what_else_is_missing(case, event_, form)
    return _asked(case, event_, form), 422


def _say_what_else_is_missing(case: Case, event: Event, form: MoveForm) -> None:
    """A refusal names the first fact that is missing; say the others beside their questions as well."""
    if form.form_errors:
        return
    met = met_needs(form.given(), known_for(event, case))
    for need in MOVES[event].needs:
        name = FIELDS.get(need, "")
        if need not in met and name in form and str(MISSING[need]) not in form[name].errors:
            form[name].errors = [*form[name].errors, str(MISSING[need])]


def _where_next(case: Case) -> str:
    """The case's page, or the list where the person no longer sees it."""
    try:
        load_case(case.child.public_id)
    except NotFound:
        return url_for(".index")
    return url_for(".show", public_id=case.child.public_id)


def _event(name: str) -> Event:
    """The move that an address names.

    Raises: NotFound where people make no such move.
    """
    if name not in {event.value for event in ASKED}:
        raise NotFound
    return Event(name)


def _form_of(case: Case, event: Event) -> MoveForm:
    """The form with the questions of this move alone."""
    form, asked = MoveForm(), ASKED[event]
    for name in [field.name for field in form if field.name not in (*asked.fields, "once", "seen", "csrf_token")]:
        del form[name]
    if not form.is_submitted():
        form.seen.data = str(case.moved)
    if "done_on" in form:
        form.done_on.label.text = asked.day
        form.done_on.data = form.done_on.data if form.is_submitted() else clock.today()
    if "until_on" in form:
        form.until_on.label.text = asked.until
    if "words" in form:
        form.words.label.text = asked.words
    _offer(form, case, asked)
    return form


def _offer(form: MoveForm, case: Case, asked: Asked) -> None:
    nothing = SelectChoice("", _("Choose one"))
    if "code" in form:
        form.code.label.text = asked.code
        form.code.choices = [nothing, *(SelectChoice(code.value, it) for code, it in (asked.choices or {}).items())]
    if "guardian" in form:
        named = [SelectChoice(one.public_id, f"{one.name}（{one.relation}）") for one in case.child.guardians]
        form.guardian.choices = [nothing, *named]
    if "school" in form:
        schools = [SelectChoice(one.public_id, one.name) for one in units_in_order() if one.kind is not UnitKind.BUREAU]
        form.school.choices = [nothing, *schools]


def _school_id(public_id: str | None) -> int | None:
    return db.session.scalar(select(OrgUnit.id).where(OrgUnit.public_id == public_id)) if public_id else None


def _asked(case: Case, event: Event, form: MoveForm) -> str:
    return render_template(
        "cases/move.html",
        case=case,
        asked=ASKED[event],
        form=form,
        waiting=asked_now(case, event),
        on_file=on_file(event, case),
        actor=person().actor,
        most=LONGEST,
        long=("words",),
    )
