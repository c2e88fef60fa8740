"""Write a rule, or let one end: look first at what would come out otherwise, then do all of it or nothing."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import DateField
from wtforms.validators import Optional

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.trial import try_rules
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.schedule.models import RuleRow, all_rules, scope_names
from hometeach.schedule.rulebook import actions
from hometeach.schedule.rulebook.rules import with_end
from hometeach.schedule.rules import DeliveryRule
from hometeach.web import words
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.look import sentence_gap
from hometeach.web.rules import pages
from hometeach.web.rules.form import new_form
from hometeach.web.trials import Change, balance_changes, children_told
from hometeach.web.words.rules import quotas_words, scope_words


class EndForm(Form):
    """Until which day does the rule hold?"""

    last = DateField(_l("Which is the last day on which it holds?"), validators=[Optional()])


@pages.get("/new")
@allowed(Role.BUREAU_OFFICER)
def new() -> str:
    """Ask what the document sets; what another rule sets is filled in, where the address names one."""
    like = db.session.scalar(select(RuleRow).where(RuleRow.public_id == request.args.get("like", "")))
    return render_template("rules/new.html", form=new_form(like.as_rule() if like else None))


@pages.post("/new")
@allowed(Role.BUREAU_OFFICER)
def write() -> Response | str | tuple[str, int]:
    """Show what the rule would change; once that was looked at, write it."""
    form = new_form()
    if form.validate():
        with refusals_on(form):
            rule, seen = form.rule, request.form.get("seen", "")
            actions.refuse_misfit(rule)
            if not seen:
                return _looked_at([_as_change(rule)], [*all_rules(), rule])
            actions.refuse_moved(seen)
            row = actions.write_rule(rule, by=person().actor)
            return _done(_("The rule %(code)s stands in the book now.", code=row.code), row)
    return render_template("rules/new.html", form=form), 422


@pages.get("/<public_id>/end")
@allowed(Role.BUREAU_OFFICER)
def ending(public_id: str) -> str:
    """Ask until which day the rule holds."""
    row = _load(public_id)
    return render_template("rules/end.html", row=row, form=EndForm(last=row.effective_to))


@pages.post("/<public_id>/end")
@allowed(Role.BUREAU_OFFICER)
def end(public_id: str) -> Response | str | tuple[str, int]:
    """Show what another end would change; once that was looked at, write it."""
    row, form = _load(public_id), EndForm()
    if form.validate():
        with refusals_on(form):
            seen, last = request.form.get("seen", ""), form.last.data
            if not seen:
                actions.refuse_reversed(row, last)
                rules = with_end(all_rules(), row.code, last)
                after = next(rule for rule in rules if rule.code == row.code)
                return _looked_at([_end_change(row.as_rule(), after)], rules)
            actions.refuse_moved(seen)
            actions.end_rule(row, last, by=person().actor)
            return _done(_("The days of the rule %(code)s are changed.", code=row.code), row)
    return render_template("rules/end.html", row=row, form=form), 422


def _looked_at(changed: Sequence[Change], rules: Sequence[DeliveryRule]) -> str:
    """The page that says what would change. Nothing is written."""
    trial = try_rules(rules, clock.today())
    return render_template(
        "rules/preview.html",
        changed=changed,
        trial=trial,
        sums=list(balance_changes(trial.balances)),
        children=children_told(trial),
        sent=_sent(request.form),
        seen=actions.book_state(),
    )


def _sent(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in form.items(multi=True) if name not in ("csrf_token", "seen")]


def _as_change(rule: DeliveryRule) -> Change:
    told = words.listed((quotas_words(rule), scope_words(rule, scope_names()), words.span_words(rule.span)))
    return Change(rule.code, _("What it asks"), "", told)


def _end_change(before: DeliveryRule, after: DeliveryRule) -> Change:
    return Change(before.code, _("Days"), words.span_words(before.span), words.span_words(after.span))


def _done(message: str, row: RuleRow) -> Response:
    """Have everything judged anew that rests on the rules, and say how much came out otherwise."""
    rows = words.number(rebuild_ledger())
    follows = _("Rows of the ledger and verdicts that came out otherwise: %(rows)s.", rows=rows)
    flash(message + sentence_gap() + follows, "done")
    return redirect(url_for(".show", public_id=row.public_id))


def _load(public_id: str) -> RuleRow:
    row = db.session.scalar(select(RuleRow).where(RuleRow.public_id == public_id))
    if row is None:
        raise NotFound
    return row
