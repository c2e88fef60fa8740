"""Change this one session: move it, or cancel it. All others stay."""

from datetime import time

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, HiddenField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length

from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.schedule.models import Occurrence, OccurrenceState, SlotRow
from hometeach.schedule.planning import actions
from hometeach.visits.recording.models import visit_of_occurrence
from hometeach.web import words
from hometeach.web.base import allowed, person, refusals_on, sees_child
from hometeach.web.forms import Form
from hometeach.web.schedule import PLANNERS, planned
from hometeach.web.schedule.follow import HELD, follow_up
from hometeach.web.schedule.obstacles import in_the_way_words
from hometeach.web.schedule.scope import load_session
from hometeach.web.standings.missed import approved_among, missed_why


class MoveForm(Form):
    """When is it instead?"""

    seen = HiddenField()
    on = DateField(_l("On which day is it instead?"), validators=[InputRequired(_l("Choose the day."))])
    start = TimeField(_l("When does it begin?"), validators=[InputRequired(_l("Write when it begins."))])
    end = TimeField(_l("When does it end?"), validators=[InputRequired(_l("Write when it ends."))])
    reason = TextAreaField(
        _l("Why is it moved?"), validators=[InputRequired(_l("Say why in a few words.")), Length(max=200)]
    )


class CancelForm(Form):
    """Why does it not take place?"""

    seen = HiddenField()
    reason = TextAreaField(
        _l("Why does it not take place?"), validators=[InputRequired(_l("Say why in a few words.")), Length(max=200)]
    )


@planned.get("/<public_id>")
@allowed(*PLANNERS)
def show(public_id: str) -> str:
    """One planned session: when it is, and what can be changed of it alone."""
    occurrence, child = load_session(public_id)
    return _shown(occurrence, child, _move_form(occurrence))


@planned.post("/<public_id>")
@allowed(*PLANNERS)
def move(public_id: str) -> Response | tuple[str, int]:
    """Move it to another day or time."""
    occurrence, child = load_session(public_id)
    form = MoveForm()
    if form.validate():
        with refusals_on(form):
            actions.move_occurrence(
                occurrence,
                form.on.data,
                _minute(form.start.data),
                _minute(form.end.data),
                reason=form.reason.data,
                by=person().actor,
                seen=_version(form.seen.data),
                held=HELD,
                sees=sees_child(),
            )
            return _done(child, occurrence, _("The session is moved. All others stay as they are."))
    return _shown(occurrence, child, form), 422


@planned.get("/<public_id>/cancel")
@allowed(*PLANNERS)
def ask_cancel(public_id: str) -> str | Response:
    """Ask why it does not take place; one that was held did."""
    occurrence, child = load_session(public_id)
    if visit_of_occurrence(occurrence.id):
        return redirect(url_for(".show", public_id=public_id))
    return _cancelling(occurrence, child, CancelForm(formdata=None, seen=str(occurrence.version)))


@planned.post("/<public_id>/cancel")
@allowed(*PLANNERS)
def cancel(public_id: str) -> Response | tuple[str, int]:
    """Take it out of the plan."""
    occurrence, child = load_session(public_id)
    form = CancelForm()
    if form.validate():
        with refusals_on(form):
            actions.cancel_occurrence(
                occurrence, reason=form.reason.data, by=person().actor, seen=_version(form.seen.data), held=HELD
            )
            return _done(child, occurrence, _("The session is cancelled. What the rule asks stays the same."))
    return _cancelling(occurrence, child, form), 422


def _cancelling(occurrence: Occurrence, child: Child, form: CancelForm) -> str:
    return render_template("schedule/cancel.html", one=occurrence, child=child, form=form, when=when_words(occurrence))


def _shown(occurrence: Occurrence, child: Child, form: MoveForm) -> str:
    slot = db.session.get(SlotRow, occurrence.slot_id) if occurrence.slot_id else None
    day = occurrence.planned_on
    missed = approved_among({child.id}, Span(day, day))
    return render_template(
        "schedule/session.html",
        one=occurrence,
        child=child,
        slot=slot,
        form=form,
        visit=visit_of_occurrence(occurrence.id),
        is_over=day < clock.today(),
        missed=missed_why(missed, child.id, day, occurrence.state),
        when=when_words(occurrence),
        first=day.isoformat(),
        obstacles=in_the_way_words(occurrence) if occurrence.state is OccurrenceState.CLASHING else "",
        OccurrenceState=OccurrenceState,
    )


def when_words(occurrence: Occurrence) -> str:
    """When a session is planned: 11月24日 周二 15:00–16:15."""
    hours = words.hours_words(occurrence.start_minute * 60, occurrence.end_minute * 60)
    return f"{words.day_words(occurrence.planned_on)} {hours}"


def _move_form(occurrence: Occurrence) -> MoveForm:
    return MoveForm(
        formdata=None,
        on=occurrence.planned_on,
        start=_time(occurrence.start_minute),
        end=_time(occurrence.end_minute),
        seen=str(occurrence.version),
    )


def _version(seen: str | None) -> int:
    return int(seen) if seen and seen.isdecimal() and len(seen) < 9 else 0


def _done(child: Child, occurrence: Occurrence, message: str) -> Response:
    follow_up(child.id)
    flash(message, "done")
    return redirect(url_for("schedule.index", week=occurrence.planned_on.isoformat()))


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _time(minute: int) -> time:
    return time(min(minute // 60, 23), minute % 60 if minute < 24 * 60 else 59)
