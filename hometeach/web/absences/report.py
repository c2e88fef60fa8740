"""Report that a lesson was missed, or will be: the day first, then why."""

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.people.access import Role
from hometeach.people.models import Child
from hometeach.visits.absences.actions import add_to_report, report_absence
from hometeach.visits.absences.rules.states import Reporter
from hometeach.visits.models import Absence, ExcuseReason, excuse_reasons
from hometeach.web import words
from hometeach.web.absences import reporting, told
from hometeach.web.absences.again import adds_to, first_of, reported_already
from hometeach.web.base import allowed, chosen_locale, load_child, person, refusals_on
from hometeach.web.forms import Form, day_named
from hometeach.web.standings.file import PlannedLine, planned_of

#: Sessions that were planned since, or are planned until, so many days from today are offered.
BACK, AHEAD = timedelta(days=14), timedelta(days=21)
ANOTHER = "another"
#: As what somebody with several roles reports: the first that they hold.
REPORTS_AS = {
    Role.SCHOOL_COORDINATOR: Reporter.SCHOOL,
    Role.TEACHER: Reporter.TEACHER,
    Role.BUREAU_OFFICER: Reporter.BUREAU,
}


class ReportForm(Form):
    """Which lesson, and why?"""

    session = RadioField(
        _l("Which lesson is missed?"), validators=[InputRequired(_l("Choose the lesson, or another day."))]
    )
    day = DateField(_l("Which other day?"), validators=[Optional()])
    knows_unplanned = BooleanField(_l("No session is planned on this day, and it is to be reported all the same"))
    reason = RadioField(_l("Why?"), validators=[InputRequired(_l("Choose a reason."))])
    note = TextAreaField(_l("What else should the school know?"), validators=[Optional(), Length(max=200)])

    @property
    def missed_on(self) -> date | None:
        """The day that was chosen or written."""
        if self.session.data in (None, ANOTHER):
            day: date | None = self.day.data
            return day
        return date.fromisoformat(self.session.data)


@reporting.get("/<public_id>")
@allowed(*REPORTS_AS)
def ask(public_id: str) -> str:
    """Ask which lesson is missed, and why; the day in the address is that of the lesson whose page led here."""
    child = load_child(public_id)
    form = _form_for(child)
    _choose(form, request.args.get("day", ""))
    return _ask(child, form)


@reporting.post("/<public_id>")
@allowed(*REPORTS_AS)
def report(public_id: str) -> Response | tuple[str, int]:
    """Report it; the school decides."""
    child = load_child(public_id)
    form = _form_for(child)
    if not (form.validate() and _names_a_day(form)):
        return _ask(child, form), 422
    first = reported_already(child, form.missed_on)
    if first is not None and not adds_to(first):
        return _ask(child, form, first), 422
    with refusals_on(form):
        if first is not None:
            return _added(first, form)
        absence = report_absence(
            child,
            form.missed_on or clock.today(),
            form.reason.data,
            note=form.note.data or "",
            knows_unplanned=bool(form.knows_unplanned.data),
            by=person().actor,
            reported_as=_as_what(),
        )
        rebuild_ledger({child.id})
        flash(_("The absence is reported. The school decides, and you see here what it says."), "done")
        return redirect(url_for("absences.show", public_id=absence.public_id))
    return _ask(child, form, first), 422


def _added(first: Absence, form: ReportForm) -> Response:
    """Put what was written beside the first report, or in its place where it was one's own."""
    add_to_report(first, form.reason.data, by=person().actor, reported_as=_as_what(), note=form.note.data or "")
    rebuild_ledger({first.child_id})
    flash(_("It is added to the report of that day. The school reads both."), "done")
    return redirect(url_for("absences.show", public_id=first.public_id))


def _choose(form: ReportForm, asked: str) -> None:
    """Choose the lesson that the address names; one that lies further back is written as another day."""
    day = day_named(asked)
    if day is None:
        return
    is_near = any(choice.value == asked for choice in form.session.choices)
    form.session.data = asked if is_near else ANOTHER
    form.day.data = None if is_near else day


def _names_a_day(form: ReportForm) -> bool:
    if form.missed_on is None:
        form.day.errors = [_("Choose the other day.")]
    return form.missed_on is not None


def _as_what() -> Reporter:
    return next(reporter for role, reporter in REPORTS_AS.items() if role in person().roles)


def _form_for(child: Child) -> ReportForm:
    form = ReportForm()
    form.session.choices = [*_sessions_near(child), SelectChoice(ANOTHER, _("Another day"))]
    form.reason.choices = [SelectChoice(one.code, _reason_words(one)) for one in excuse_reasons(_days_near())]
    return form


def _sessions_near(child: Child) -> list[SelectChoice]:
    """The child's planned sessions around today, one a day."""
    by_day = {one.day: one for one in reversed(planned_of(child, _days_near()))}
    return [SelectChoice(day.isoformat(), _when(one)) for day, one in sorted(by_day.items())]


def _days_near() -> Span:
    return Span(clock.today() - BACK, clock.today() + AHEAD)


def _when(one: PlannedLine) -> str:
    hours = words.hours_words(one.start_minute * 60, one.end_minute * 60)
    return f"{words.day_words(one.day)} {hours}"


def _reason_words(one: ExcuseReason) -> str:
    name = one.name_zh if chosen_locale().startswith("zh") else one.name_en
    return _("%(reason)s (%(effect)s)", reason=name, effect=told.EFFECT_WORDS[one.effect])


def _ask(child: Child, form: ReportForm, first: Absence | None = None) -> str:
    return render_template(
        "absences/report.html",
        child=child,
        form=form,
        first=first_of(first, person().actor, by_name=True) if first else None,
        back=url_for("children.show", public_id=child.public_id),
    )
