"""Change the calendar: look first at what would come out otherwise, then do all of it or nothing.

Looking writes nothing and is a GET, so that it can be loaded again. A schedule
may not know of the ledger: the verb and what follows from it meet here.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from hometeach.compliance.actions import plan_ahead, rebuild_ledger
from hometeach.compliance.trial import try_calendar
from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.schedule.calendar import actions
from hometeach.schedule.calendar.rules import CalendarKind, Entry, with_entry
from hometeach.schedule.models import CalendarEntry, calendar_from, written_entries
from hometeach.visits.models import held_sessions
from hometeach.web import words
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.calendar import pages, told
from hometeach.web.calendar.months import KIND_WORDS
from hometeach.web.forms import Form
from hometeach.web.look import sentence_gap
from hometeach.web.trials import balance_changes, children_told
from hometeach.workbook.keeping.sessions import drop_stale_plan


class EntryForm(Form):
    """Which days are they?"""

    kind = SelectField(
        _l("What kind of days are they?"),
        choices=[SelectChoice(kind.value, said) for kind, said in KIND_WORDS.items()],
    )
    name = StringField(
        _l("What are they called?"), validators=[DataRequired(_l("Write what the days are called.")), Length(max=80)]
    )
    first = DateField(_l("Which is the first day?"), validators=[InputRequired(_l("Choose the first day."))])
    last = DateField(_l("Which is the last day?"), validators=[InputRequired(_l("Choose the last day."))])

    @property
    def entry(self) -> Entry:
        """What was written into the form."""
        span = Span(self.first.data, self.last.data)
        return Entry(CalendarKind(self.kind.data), (self.name.data or "").strip(), span)


@pages.get("/new")
@allowed(Role.BUREAU_OFFICER)
def new() -> str | tuple[str, int]:
    """Ask which days; once they are there, show what adding them would change."""
    return _ask_or_look(None)


@pages.post("/new")
@allowed(Role.BUREAU_OFFICER)
def add() -> Response | str | tuple[str, int]:
    """Add the days, and have everything that follows computed anew."""
    form = EntryForm()
    if form.validate():
        with refusals_on(form):
            actions.refuse_moved(request.form.get("seen", ""))
            actions.add_entry(form.entry, by=person().actor)
            return _done(_("%(name)s stands in the calendar now.", name=form.entry.name))
    return _asked(form, None), 422


@pages.get("/<public_id>")
@allowed(Role.BUREAU_OFFICER)
def change(public_id: str) -> str | tuple[str, int]:
    """Ask how the entry should read; once that is there, show what it would change."""
    return _ask_or_look(_load(public_id))


@pages.post("/<public_id>")
@allowed(Role.BUREAU_OFFICER)
def make_change(public_id: str) -> Response | str | tuple[str, int]:
    """Write the entry anew, and have everything that follows computed anew."""
    row, form = _load(public_id), EntryForm()
    if form.validate():
        with refusals_on(form):
            actions.refuse_moved(request.form.get("seen", ""))
            actions.change_entry(row, form.entry, by=person().actor)
            return _done(_("%(name)s is changed.", name=row.name))
    return _asked(form, row), 422


@pages.get("/<public_id>/remove")
@allowed(Role.BUREAU_OFFICER)
def removal(public_id: str) -> str:
    """Show what taking the entry out would change."""
    row = _load(public_id)
    return _looked_at(row.as_entry(), None, address=request.path, form=None)


@pages.post("/<public_id>/remove")
@allowed(Role.BUREAU_OFFICER)
def remove(public_id: str) -> Response:
    """Take the entry out, and have everything that follows computed anew."""
    row = _load(public_id)
    actions.refuse_moved(request.form.get("seen", ""))
    actions.remove_entry(row, by=person().actor)
    return _done(_("%(name)s is taken out of the calendar.", name=row.name))


def _ask_or_look(row: CalendarEntry | None) -> str | tuple[str, int]:
    before = row.as_entry() if row else None
    if "first" not in request.args:
        return _asked(_form_of(before), row)
    form = EntryForm(request.args, meta={"csrf": False})
    if form.validate():
        others = with_entry(written_entries(), without=before)
        with refusals_on(form):
            actions.refuse_misfit(form.entry, others)
            return _looked_at(before, form.entry, address=request.path, form=form)
    return _asked(form, row), 422


def _form_of(entry: Entry | None) -> EntryForm:
    if entry is None:
        return EntryForm(formdata=None, kind=request.args.get("kind"), meta={"csrf": False})
    first, last = entry.span.first, entry.span.last
    return EntryForm(
        formdata=None, kind=entry.kind.value, name=entry.name, first=first, last=last, meta={"csrf": False}
    )


def _asked(form: EntryForm, row: CalendarEntry | None) -> str:
    return render_template("calendar/entry.html", form=form, row=row, address=request.path)


def _looked_at(before: Entry | None, after: Entry | None, *, address: str, form: EntryForm | None) -> str:
    """The page that says what would change. Nothing is written."""
    today, entries = clock.today(), written_entries()
    calendar = calendar_from(with_entry(entries, without=before, added=after))
    trial = try_calendar(calendar, today)
    withdrawn = actions.untaught_plans(calendar, today, held=held_sessions())
    return render_template(
        "calendar/preview.html",
        before=before,
        after=after,
        days=list(told.day_changes(calendar_from(entries), calendar, before, after)),
        sums=list(balance_changes(trial.balances)),
        children=children_told(trial),
        trial=trial,
        withdrawn=sum(len(days) for days in withdrawn.values()),
        falling_out={child_id: words.listed(map(words.day_words, days)) for child_id, days in withdrawn.items()},
        seen=actions.calendar_state(),
        address=address,
        form=form,
    )


def _done(message: str) -> Response:
    """Have everything computed anew that follows from the calendar, and say how much came out otherwise."""
    rows = rebuild_ledger()
    drop_stale_plan(None, clock.today())
    planned = plan_ahead(clock.today())
    follows = _(
        "Rows of the ledger and verdicts that came out otherwise: %(rows)s. Sessions newly planned: %(planned)s.",
        rows=words.number(rows),
        planned=words.number(planned),
    )
    flash(message + sentence_gap() + follows, "done")
    return redirect(url_for(".show"))


def _load(public_id: str) -> CalendarEntry:
    row = db.session.scalar(select(CalendarEntry).where(CalendarEntry.public_id == public_id))
    if row is None:
        raise NotFound
    return row
