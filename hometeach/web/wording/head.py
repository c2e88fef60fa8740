"""Write title, source and the page in plain words of a draft."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from hometeach.agreements.templates import actions
from hometeach.agreements.templates.models import Template
from hometeach.agreements.templates.rules import PLACEHOLDERS
from hometeach.people.access import Role
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.editing import EditedForm, tidy
from hometeach.web.wording import pages
from hometeach.web.wording.loading import load_draft

MOST_SUMMARY, MOST_SOURCE = 4000, 500


class HeadForm(EditedForm):
    """What holds for the version as a whole."""

    title = StringField(
        _l("What stands at the head of the agreement?"),
        filters=[tidy],
        validators=[DataRequired(_l("Write the title.")), Length(max=80)],
    )
    source = TextAreaField(
        _l("On what does this wording rest?"),
        filters=[tidy],
        validators=[DataRequired(_l("Name the document, or who decided it.")), Length(max=MOST_SOURCE)],
    )
    summary = TextAreaField(
        _l("What does a guardian read first, in plain words?"),
        filters=[tidy],
        validators=[DataRequired(_l("Write the page in plain words.")), Length(max=MOST_SUMMARY)],
    )


@pages.get("/<int:version>/head")
@allowed(Role.BUREAU_OFFICER)
def head(version: int) -> str:
    """The form over the head of a draft."""
    template, form = load_draft(version), HeadForm()
    form.open_on(_texts(template), template.revision)
    return _asked(template, form)


@pages.post("/<int:version>/head")
@allowed(Role.BUREAU_OFFICER)
def save_head(version: int) -> Response | tuple[str, int]:
    """Save the head; where somebody saved meanwhile, show both."""
    template, form = load_draft(version), HeadForm()
    form.open_on(_texts(template), template.revision)
    if form.validate():
        with refusals_on(form):
            draft = actions.HeadDraft(form.title.data or "", form.source.data or "", form.summary.data or "")
            actions.write_head(template, draft, seen=form.seen_revision, by=person().actor)
            flash(_("The head of version %(n)s is saved.", n=version), "done")
            return redirect(url_for(".show", version=version))
    form.show_both(_texts(template), template.revision)
    return _asked(template, form), 422


def _texts(template: Template) -> dict[str, str]:
    return {"title": template.title, "source": template.source, "summary": template.summary}


def _asked(template: Template, form: HeadForm) -> str:
    return render_template("wording/head.html", template=template, form=form, placeholders=PLACEHOLDERS)
