"""What have a child's guardians allowed, and what did the school take down from them?"""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField, SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired

from hometeach.kernel import clock, files, pictures
from hometeach.kernel.errors import Refused
from hometeach.kernel.settings import whole_number
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.consents.actions import PurposeStanding, Taken, answer_purposes, standings_of
from hometeach.people.consents.models import PrivacyNotice, consents_of, notice_on
from hometeach.people.consents.rules import Answer, ConsentRoute, Purpose, fourteenth
from hometeach.people.models import Child, Guardian
from hometeach.people.rules import Standing
from hometeach.schedule.models import the_calendar
from hometeach.web.base import allowed, load_child, person, refusals_on
from hometeach.web.consents import pages
from hometeach.web.forms import Form
from hometeach.web.words.consents import ANSWERS, PURPOSES, ROUTES, STATES


class TakeDownForm(Form):
    """What did a guardian answer, and how do we know?"""

    guardian = SelectField(_l("Which guardian answered?"), validators=[DataRequired(_l("Choose who answered."))])
    purpose = SelectField(
        _l("Which question was answered?"),
        choices=[SelectChoice("", ""), *(SelectChoice(one.value, word) for one, word in PURPOSES.items())],
        validators=[DataRequired(_l("Choose the question."))],
    )
    answer = RadioField(
        _l("What was the answer?"),
        choices=[
            SelectChoice(Answer.GIVEN.value, _l("They allow it")),
            SelectChoice(Answer.REFUSED.value, _l("They do not allow it")),
            SelectChoice(Answer.WITHDRAWN.value, _l("They take back what they allowed")),
        ],
        validators=[InputRequired(_l("Choose what was answered."))],
    )
    route = RadioField(
        _l("How was it given?"),
        choices=[
            SelectChoice(ConsentRoute.PAPER.value, _l("On a signed paper")),
            SelectChoice(ConsentRoute.IN_PERSON.value, _l("In person, before me")),
        ],
        validators=[InputRequired(_l("Choose how it was given."))],
    )
    paper = FileField(_l("A photo of the signed paper"))
    child_was_asked = BooleanField(_l("The child was asked as well, as far as it can say"))


@pages.get("/<public_id>")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """How each purpose stands, and all that was ever said."""
    child = load_child(public_id)
    return render_template(
        "consents/show.html",
        child=child,
        notice=notice_on(clock.today()),
        standings=standings_today(child),
        said=list(reversed(consents_of(child))),
        may_take_down=Role.SCHOOL_COORDINATOR in person().roles,
        **WORDS,
    )


@pages.get("/<public_id>/take-down")
@allowed(Role.SCHOOL_COORDINATOR)
def ask(public_id: str) -> str:
    """Take down what a guardian answered."""
    child = load_child(public_id)
    return _page(child, _form(child))


@pages.post("/<public_id>/take-down")
@allowed(Role.SCHOOL_COORDINATOR)
def take_down(public_id: str) -> Response | tuple[str, int]:
    """Keep the answer."""
    child = load_child(public_id)
    form = _form(child)
    if form.validate():
        with refusals_on(form):
            answers = {Purpose(form.purpose.data): Answer(form.answer.data)}
            answer_purposes(_guardian(child, form), answers, _taken(form), by=person().actor)
            flash(_("It is written down and holds from now on."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _page(child, form), 422


def standings_today(child: Child) -> list[PurposeStanding]:
    """How every purpose stands for a child; a no of the running term is not asked about again."""
    today = clock.today()
    term = the_calendar().term_of(today)
    return standings_of(child, today, term_began=term.span.first if term else None)


def _form(child: Child) -> TakeDownForm:
    form = TakeDownForm()
    may = [one for one in child.guardians if one.standing is Standing.GUARDIAN]
    form.guardian.choices = [
        SelectChoice("", ""),
        *(SelectChoice(one.public_id, f"{one.name} · {one.relation}") for one in may),
    ]
    if clock.today() < fourteenth(child.born_on):
        del form.child_was_asked
    return form


def _guardian(child: Child, form: TakeDownForm) -> Guardian:
    return next(one for one in child.guardians if one.public_id == form.guardian.data)


def _taken(form: TakeDownForm) -> Taken:
    route = ConsentRoute(form.route.data)
    asked = bool(form.child_was_asked and form.child_was_asked.data)
    return Taken(clock.today(), _notice(), route, person().actor, _paper(form, route), child_was_asked=asked)


def _notice() -> PrivacyNotice:
    notice = notice_on(clock.today())
    if notice is None:
        raise Refused("notice:none", _("The bureau has not published its notice yet: there is nothing to answer."))
    return notice


def _paper(form: TakeDownForm, route: ConsentRoute) -> files.StoredFile | None:
    """The signed paper, drawn anew."""
    if route is not ConsentRoute.PAPER:
        return None
    if not form.paper.data:
        raise Refused("consent:no_paper", _("Photograph the signed paper and add the picture."), "paper")
    most = whole_number("paper_megabytes", clock.today())
    return files.keep(pictures.redrawn(form.paper.data.read(), megabytes=most, field="paper"), "image/jpeg")


def _page(child: Child, form: TakeDownForm) -> str:
    return render_template("consents/take_down.html", child=child, form=form, notice=notice_on(clock.today()))


WORDS: dict[str, Any] = {"PURPOSES": PURPOSES, "STATES": STATES, "ANSWERS": ANSWERS, "ROUTES": ROUTES}
