"""Give a child a weekly hour, change it "this and later", or end it: look first, then do it."""

from datetime import time

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import DateField, SelectChoice, SelectField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.people.models import Child
from hometeach.schedule.models import SlotRow
from hometeach.schedule.planning import hours as verbs
from hometeach.schedule.planning.hours import Hour
from hometeach.schedule.planning.rules import is_change_of_terms, new_part_begins
from hometeach.schedule.rules import Mode
from hometeach.web import words
from hometeach.web.base import allowed, load_child, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.look import sentence_gap
from hometeach.web.schedule import PLANNERS, hours, of_child
from hometeach.web.schedule.follow import HELD, follow_up
from hometeach.web.schedule.grid import week_grid
from hometeach.web.schedule.looking import Looked, least_minutes, look
from hometeach.web.schedule.said import hour_words, weekday_words
from hometeach.web.schedule.scope import load_hour, teachers_offered

#: So long a lesson is proposed where no rule says how long it has to be.
USUAL_MINUTES = 60


class HourForm(Form):
    """Which hour of the week?"""

    teacher = SelectField(_l("Who teaches?"))
    weekday = SelectField(_l("On which day of the week?"), coerce=int)
    start = TimeField(_l("When does it begin?"), validators=[InputRequired(_l("Write when it begins."))])
    end = TimeField(_l("When does it end?"), validators=[InputRequired(_l("Write when it ends."))])
    mode = SelectField(_l("Where is it held?"))
    first = DateField(_l("From which day on?"), validators=[InputRequired(_l("Choose the first day."))])
    last = DateField(_l("Until which day?"), validators=[Optional()])
    short_reason = TextAreaField(_l("Why is it shorter than the rule asks?"), validators=[Optional(), Length(max=200)])

    def offer(self, besides: int | None = None) -> None:
        """Offer the teachers whom the person may choose, the days, and the ways of teaching."""
        self.known = {one.public_id: one for one in teachers_offered(besides)}
        self.teacher.choices = [SelectChoice(key, one.name) for key, one in self.known.items()]
        self.weekday.choices = [SelectChoice(n, weekday_words(n)) for n in range(7)]
        self.mode.choices = [SelectChoice(mode.value, words.mode_words(mode)) for mode in Mode]

    @property
    def hour(self) -> Hour:
        """What was written into the form."""
        return Hour(
            self.known[self.teacher.data].id,
            self.weekday.data,
            _minute(self.start.data),
            _minute(self.end.data),
            Mode(self.mode.data),
            self.short_reason.data or "",
        )


@of_child.get("/<public_id>")
@allowed(*PLANNERS)
def ask(public_id: str) -> str | tuple[str, int]:
    """Ask which hour; once it is there, show what it would bring."""
    return _ask_or_look(load_child(public_id), None)


@of_child.post("/<public_id>")
@allowed(*PLANNERS)
def make(public_id: str) -> Response | tuple[str, int]:
    """Give the child the hour, and plan its sessions."""
    child, form = load_child(public_id), _form(request.form, None)
    if form.validate():
        with refusals_on(form):
            hour, first = form.hour, form.first.data
            least = least_minutes(child, first)
            verbs.make_hour(child.id, hour, first, form.last.data, least_minutes=least, by=person().actor)
            follow_up(child.id)
            return _done(child, _("The weekly hour is set, and its sessions are planned."), is_new=True)
    return _looked_or_asked(child, None, form), 422


@hours.get("/<public_id>")
@allowed(*PLANNERS)
def change(public_id: str) -> str | tuple[str, int]:
    """Ask how the hour should be from a day on; once that is there, show what it would bring."""
    slot, child = load_hour(public_id)
    return _ask_or_look(child, slot)


@hours.post("/<public_id>")
@allowed(*PLANNERS)
def make_change(public_id: str) -> Response | tuple[str, int]:
    """Change the hour from a day on; what was before stays."""
    slot, child = load_hour(public_id)
    form = _form(request.form, slot)
    if form.validate():
        with refusals_on(form):
            hour, first = form.hour, form.first.data
            is_new = _is_change_of_terms(slot, hour)
            least = least_minutes(child, first)
            verbs.change_hour(slot, hour, first, least_minutes=least, by=person().actor, held=HELD)
            follow_up(child.id)
            return _done(child, _("The weekly hour is changed. What was before stays as it was."), is_new=is_new)
    return _looked_or_asked(child, slot, form), 422


class EndForm(Form):
    """When does it end?"""

    last = DateField(_l("Which is the last day?"), validators=[InputRequired(_l("Choose the last day."))])


@hours.get("/<public_id>/end")
@allowed(*PLANNERS)
def ask_end(public_id: str) -> str:
    """Ask with which day the hour ends."""
    slot, child = load_hour(public_id)
    form = EndForm(last=clock.today())
    return render_template("schedule/end.html", form=form, slot=slot, child=child, told=hour_words(slot))


@hours.post("/<public_id>/end")
@allowed(*PLANNERS)
def end(public_id: str) -> Response | tuple[str, int]:
    """End the hour with a day; what was planned after it goes."""
    slot, child = load_hour(public_id)
    form = EndForm()
    if form.validate():
        with refusals_on(form):
            verbs.end_hour(slot, form.last.data, by=person().actor, held=HELD)
            follow_up(child.id)
            return _done(child, _("The weekly hour ends on %(day)s.", day=words.day_words(form.last.data)), is_new=True)
    page = render_template("schedule/end.html", form=form, slot=slot, child=child, told=hour_words(slot))
    return page, 422


def _ask_or_look(child: Child, slot: SlotRow | None) -> str | tuple[str, int]:
    if "first" not in request.args:
        return _asked(child, slot, _proposed(child, slot))
    form = _form(request.args, slot)
    if not form.validate():
        return _asked(child, slot, form), 422
    return _looked_or_asked(child, slot, form)


def _looked_or_asked(child: Child, slot: SlotRow | None, form: HourForm) -> str:
    """What the hour would bring, where it is one at all; else the questions with what is wrong."""
    wrong = {name for name, errors in form.errors.items() if errors} - {None, "short_reason"}
    if wrong or form.start.data >= form.end.data:
        if not wrong:
            form.end.errors = [_("The end lies before the beginning. Exchange the two.")]
        return _asked(child, slot, form)
    hour, first = form.hour, form.first.data
    if slot is not None:
        first = new_part_begins(first, slot.weekday, hour.weekday, clock.today())
    looked = look(child, hour, Span.of(first, form.last.data), slot)
    return render_template(
        "schedule/look.html",
        child=child,
        slot=slot,
        form=form,
        looked=looked,
        first=first,
        hour=hour,
        told=hour_words(hour),
        before=hour_words(slot) if slot else "",
        new_terms=slot is None or _is_change_of_terms(slot, hour),
        address=request.path,
        summary=_summary(looked),
    )


def _summary(looked: Looked) -> str:
    """ "2 次在假期，1 次与 T014 冲突；40 分钟，少于规则的 60 分钟"."""
    return words.listed(looked.sentences())


def _asked(child: Child, slot: SlotRow | None, form: HourForm) -> str:
    teacher = form.known.get(form.teacher.data or "") or next(iter(form.known.values()), None)
    day = form.first.data or clock.today()
    minutes = least_minutes(child, max(day, clock.today())) or USUAL_MINUTES
    grid = week_grid(child, teacher, day, minutes, request.path)
    return render_template(
        "schedule/hour.html", child=child, slot=slot, form=form, grid=grid, address=request.path, teacher=teacher
    )


def _form(typed: MultiDict[str, str] | None, slot: SlotRow | None, **values: object) -> HourForm:
    """The form with what was typed: into the page's address, or sent to be done."""
    is_sent = typed is request.form
    form = HourForm(typed, meta={} if is_sent else {"csrf": False}, **values)
    form.offer(slot.teacher_id if slot else None)
    return form


def _proposed(child: Child, slot: SlotRow | None) -> HourForm:
    """The hour as it stands, or as a free place of the grid was chosen."""
    if slot is None:
        form = _form(None, None, first=clock.today())
        form.process(request.args, first=clock.today(), mode=Mode.HOME.value)
        if "first" not in request.args:
            form.first.data = clock.today()
        form.mode.data = form.mode.data or Mode.HOME.value
        return form
    form = _form(
        None,
        slot,
        weekday=slot.weekday,
        start=_time(slot.start_minute),
        end=_time(slot.end_minute),
        mode=slot.mode.value,
        first=max(clock.today(), slot.effective_from),
        last=slot.effective_to,
    )
    form.teacher.data = next((key for key, one in form.known.items() if one.id == slot.teacher_id), None)
    for name in ("weekday", "start", "end", "teacher"):
        if name in request.args:
            form[name].process(request.args)
    return form


def _is_change_of_terms(slot: SlotRow, hour: Hour) -> bool:
    return is_change_of_terms((slot.as_slot().minutes, hour.minutes), (slot.mode.value, hour.mode.value))


def _done(child: Child, message: str, *, is_new: bool) -> Response:
    if is_new:
        message += sentence_gap() + _(
            "How often, how long or where the child is taught is part of the agreement: a new agreement is needed."
        )
    flash(message, "done")
    return redirect(url_for("children.show", public_id=child.public_id))


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _time(minute: int) -> time:
    return time(min(minute // 60, 23), minute % 60 if minute < 24 * 60 else 59)
