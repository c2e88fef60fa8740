"""Add a reason, or let one end: look first at what would come out otherwise, then do all of it or nothing."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.trial import Trial, try_reason_end
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.visits.models import ExcuseReason, used_after
from hometeach.visits.reasons import actions
from hometeach.visits.reasons.actions import Written
from hometeach.visits.rules import ExcuseEffect
from hometeach.web import words
from hometeach.web.absences.told import EFFECT_WORDS
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.editing import tidy
from hometeach.web.forms import Form
from hometeach.web.look import sentence_gap
from hometeach.web.reasons import pages
from hometeach.web.reasons.index import days_words, name_of
from hometeach.web.trials import Change, balance_changes, children_told


class EndForm(Form):
    """Until which missed day does the reason hold, and who says so?"""

    last = DateField(_l("Which is the last missed day that it excuses?"), validators=[Optional()])
    source = StringField(
        _l("Which document or decision sets it?"),
        filters=[tidy],
        validators=[DataRequired(_l("Name the document, or who decided it.")), Length(max=200)],
    )


class ReasonForm(EndForm):
    """What is the reason called, what does it do, and since when?"""

    name_zh = StringField(
        _l("What is the reason called, in Chinese?"),
        filters=[tidy],
        validators=[DataRequired(_l("Give the reason a name.")), Length(max=40)],
    )
    name_en = StringField(_l("And in English?"), filters=[tidy], validators=[Optional(), Length(max=60)])
    effect = RadioField(
        _l("What does an approved absence with this reason do?"),
        choices=[SelectChoice(effect.value, said) for effect, said in EFFECT_WORDS.items()],
        validators=[InputRequired(_l("Choose one of the two."))],
    )
    first = DateField(
        _l("Which is the first missed day that it excuses?"), validators=[InputRequired(_l("Choose the first day."))]
    )

    @property
    def written(self) -> Written:
        """What was written into the form."""
        return Written(
            name_zh=self.name_zh.data or "",
            name_en=self.name_en.data or "",
            effect=ExcuseEffect(self.effect.data),
            first=self.first.data,
            last=self.last.data,
            source=self.source.data or "",
        )


@pages.get("/new")
@allowed(Role.BUREAU_OFFICER)
def new() -> str:
    """Ask what the reason is and what it does."""
    return render_template("reasons/new.html", form=ReasonForm(first=clock.today()))


@pages.post("/new")
@allowed(Role.BUREAU_OFFICER)
def add() -> Response | str | tuple[str, int]:
    """Show what would be offered from then on; once that was looked at, add it."""
    form = ReasonForm()
    if form.validate():
        with refusals_on(form):
            written, seen = form.written, request.form.get("seen", "")
            actions.refuse_misfit(written)
            if not seen:
                told = words.listed((str(EFFECT_WORDS[written.effect]), days_words(written.first, written.last)))
                return _looked_at([Change(written.name_zh, _("the whole reason"), "", told)], Trial(), 0)
            actions.refuse_moved(seen)
            reason = actions.add_reason(written, by=person().actor)
            flash(_("The reason %(name)s is offered for these days.", name=name_of(reason)), "done")
            return redirect(url_for(".index"))
    return render_template("reasons/new.html", form=form), 422


@pages.get("/<reason>/end")
@allowed(Role.BUREAU_OFFICER)
def ending(reason: str) -> str:
    """Ask until which missed day the reason holds."""
    row = _load(reason)
    return _asked(row, EndForm(last=row.effective_to))


@pages.post("/<reason>/end")
@allowed(Role.BUREAU_OFFICER)
def end(reason: str) -> Response | str | tuple[str, int]:
    """Show what another end would change; once that was looked at, write it."""
    row, form = _load(reason), EndForm()
    if form.validate():
        with refusals_on(form):
            seen, last = request.form.get("seen", ""), form.last.data
            actions.refuse_reversed(row, last)
            if not seen:
                trial = try_reason_end(row.code, last, clock.today())
                before, after = (days_words(row.effective_from, day) for day in (row.effective_to, last))
                return _looked_at([Change(name_of(row), _("days"), before, after)], trial, used_after(row, last))
            actions.refuse_moved(seen)
            actions.end_reason(row, last, source=form.source.data or "", by=person().actor)
            rows = words.number(rebuild_ledger())
            done = _("The days of the reason %(name)s are changed.", name=name_of(row))
            follows = _("Rows of the ledger and verdicts that came out otherwise: %(rows)s.", rows=rows)
            flash(done + sentence_gap() + follows, "done")
            return redirect(url_for(".index"))
    return _asked(row, form), 422


def _asked(row: ExcuseReason, form: EndForm) -> str:
    return render_template("reasons/end.html", row=row, name=name_of(row), form=form)


def _looked_at(changed: list[Change], trial: Trial, affected: int) -> str:
    """The page that says what would change. Nothing is written."""
    return render_template(
        "reasons/preview.html",
        changed=changed,
        trial=trial,
        affected=affected,
        sums=list(balance_changes(trial.balances)),
        children=children_told(trial),
        sent=[(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "seen")],
        seen=actions.reasons_state(),
    )


def _load(code: str) -> ExcuseReason:
    reason = db.session.get(ExcuseReason, code)
    if reason is None:
        raise NotFound
    return reason
