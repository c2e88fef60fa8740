"""Write one clause of a draft, add one, take one out, or move it up."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from hometeach.agreements.templates import actions
from hometeach.agreements.templates.models import Clause, Template
from hometeach.agreements.templates.rules import IN_PRINT, PLACEHOLDERS, Block
from hometeach.agreements.templates.wording import BLOCKS
from hometeach.people.access import Role
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.editing import EditedForm, tidy
from hometeach.web.wording import pages
from hometeach.web.wording.loading import load_clause, load_draft

MOST_TEXT = 2000


class ClauseForm(EditedForm):
    """One clause."""

    block = SelectField(
        _l("To which part does it belong?"), choices=[SelectChoice(one.value, BLOCKS[one]) for one in IN_PRINT]
    )
    text = TextAreaField(
        _l("What does the clause say?"),
        filters=[tidy],
        validators=[DataRequired(_l("Write the clause.")), Length(max=MOST_TEXT)],
    )
    limits = SelectField(
        _l("Does it limit somebody's rights, or weigh heavily?"),
        choices=[
            SelectChoice("no", _l("no")),
            SelectChoice("yes", _l("yes: it stands in a frame and is opened by itself before signing")),
        ],
    )

    @property
    def draft(self) -> actions.ClauseDraft:
        """What was written."""
        return actions.ClauseDraft(Block(self.block.data), self.text.data or "", self.limits.data == "yes")


@pages.get("/<int:version>/clauses/new")
@allowed(Role.BUREAU_OFFICER)
def new_clause(version: int) -> str:
    """Ask for a clause more."""
    return _asked(load_draft(version), ClauseForm(), None)


@pages.post("/<int:version>/clauses/new")
@allowed(Role.BUREAU_OFFICER)
def add(version: int) -> Response | tuple[str, int]:
    """Add the clause at the end of its part."""
    template, form = load_draft(version), ClauseForm()
    if form.validate():
        with refusals_on(form):
            actions.add_clause(template, form.draft, by=person().actor)
            return _done(version, _("The clause is added."))
    return _asked(template, form, None), 422


@pages.get("/<int:version>/clauses/<public_id>")
@allowed(Role.BUREAU_OFFICER)
def clause(version: int, public_id: str) -> str:
    """The form over one clause."""
    row, form = load_clause(version, public_id), ClauseForm()
    form.open_on(_texts(row), row.revision)
    return _asked(row.template, form, row)


@pages.post("/<int:version>/clauses/<public_id>")
@allowed(Role.BUREAU_OFFICER)
def save_clause(version: int, public_id: str) -> Response | tuple[str, int]:
    """Save the clause; where somebody saved meanwhile, show both."""
    row, form = load_clause(version, public_id), ClauseForm()
    form.open_on(_texts(row), row.revision)
    if form.validate():
        with refusals_on(form):
            actions.write_clause(row, form.draft, seen=form.seen_revision, by=person().actor)
            return _done(version, _("The clause is saved."))
    form.show_both(_texts(row), row.revision)
    return _asked(row.template, form, row), 422


@pages.post("/<int:version>/clauses/<public_id>/up")
@allowed(Role.BUREAU_OFFICER)
def up(version: int, public_id: str) -> Response:
    """Exchange it with the one before it."""
    actions.move_up(load_clause(version, public_id), by=person().actor)
    return _done(version, _("The clause stands one place higher."))


@pages.post("/<int:version>/clauses/<public_id>/remove")
@allowed(Role.BUREAU_OFFICER)
def remove(version: int, public_id: str) -> Response:
    """Take it out of the draft."""
    actions.remove_clause(load_clause(version, public_id), by=person().actor)
    return _done(version, _("The clause is taken out of the draft."))


def _done(version: int, message: str) -> Response:
    flash(message, "done")
    return redirect(url_for(".show", version=version))


def _texts(row: Clause) -> dict[str, str]:
    return {"block": row.block.value, "text": row.text, "limits": "yes" if row.limits_rights else "no"}


def _asked(template: Template, form: ClauseForm, row: Clause | None) -> str:
    return render_template("wording/clause.html", template=template, form=form, clause=row, placeholders=PLACEHOLDERS)
