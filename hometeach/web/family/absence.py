"""Does a day not suit the family? It says so before the teacher sets out; the school reads it at once."""

from datetime import date, timedelta

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.people.models import Child
from hometeach.visits.absences.actions import add_to_report, report_absence
from hometeach.visits.absences.rules.states import Reporter
from hometeach.visits.models import Absence
from hometeach.web import words
from hometeach.web.absences.again import adds_to, first_of, reported_already
from hometeach.web.base import family, for_guardians, guardian_of, load_own_child, refusals_on
from hometeach.web.family import pages
from hometeach.web.forms import Form
from hometeach.web.standings import file

#: Lessons of so many days ahead are offered.
AHEAD = timedelta(days=21)
#: What a family says of itself, in its own words, by the code of the reason; the others are the school's.
REASONS = (
    ("ill", _l("The child is ill or in hospital")),
    ("family_away", _l("We are away")),
    ("refused", _l("This day does not suit us")),
    ("other", _l("For another reason, which I write below")),
)


class AbsenceForm(Form):
    """Which day does not suit, and why?"""

    day = RadioField(_l("Which lesson cannot be?"), validators=[InputRequired(_l("Choose the day."))])
    reason = RadioField(
        _l("Why?"),
        choices=[SelectChoice(code, words) for code, words in REASONS],
        validators=[InputRequired(_l("Choose why."))],
    )
    note = StringField(_l("What should the school know? You may leave this empty."), validators=[Length(max=200)])


@pages.get("/children/<public_id>/absence")
@for_guardians
def ask_absence(public_id: str) -> str:
    """Choose a planned lesson that cannot be."""
    child = load_own_child(public_id)
    return _page(child, _form(child))


@pages.post("/children/<public_id>/absence")
@for_guardians
def say_absence(public_id: str) -> Response | tuple[str, int]:
    """Tell the school that a lesson cannot be."""
    child = load_own_child(public_id)
    form = _form(child)
    if not form.validate():
        return _page(child, form), 422
    day = date.fromisoformat(form.day.data)
    first = reported_already(child, day)
    if first is not None and not adds_to(first):
        return _page(child, form, first), 422
    with refusals_on(form):
        _tell_school(child, day, form, first)
        rebuild_ledger({child.id})
        flash(_("The school has been told that %(day)s cannot be.", day=words.day_words(day)), "done")
        return redirect(url_for(".child", public_id=public_id))
    return _page(child, form, first), 422


def _tell_school(child: Child, day: date, form: AbsenceForm, first: Absence | None) -> None:
    """Report the day, or add to the report that stands."""
    actor, note = f"guardian:{guardian_of(child).public_id}", form.note.data or ""
    if first is None:
        report_absence(child, day, form.reason.data, by=actor, reported_as=Reporter.GUARDIAN, note=note)
    else:
        add_to_report(first, form.reason.data, by=actor, reported_as=Reporter.GUARDIAN, note=note)


def _form(child: Child) -> AbsenceForm:
    """Offers the lessons that are planned, and nothing else: a family need not know dates by heart."""
    today = clock.today()
    form = AbsenceForm()
    planned = {one.day: one for one in file.planned_of(child, Span(today, today + AHEAD))}
    form.day.choices = [
        SelectChoice(day.isoformat(), f"{words.day_words(day)} {words.clock_words(one.start_minute * 60)}")
        for day, one in planned.items()
    ]
    return form


def _page(child: Child, form: AbsenceForm, first: Absence | None = None) -> str:
    return render_template(
        "family/absence.html",
        form=form,
        child=child,
        several=len(family().children) > 1,
        first=first_of(first, f"guardian:{guardian_of(child).public_id}", by_name=False) if first else None,
    )
