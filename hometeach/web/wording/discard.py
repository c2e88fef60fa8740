"""Throw a draft of the wording away, after one more look at what goes with it."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import HiddenField

from hometeach.agreements.templates import actions
from hometeach.agreements.templates.models import Template, templates_in_order
from hometeach.people.access import Role
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.wording import pages
from hometeach.web.wording.loading import load_draft


class DiscardForm(Form):
    """What was seen of the draft when it was asked."""

    seen = HiddenField()


@pages.get("/<int:version>/discard")
@allowed(Role.BUREAU_OFFICER)
def discarding(version: int) -> str:
    """Say what is lost with it."""
    template = load_draft(version)
    return _asked(template, DiscardForm(seen=template.stamp))


@pages.post("/<int:version>/discard")
@allowed(Role.BUREAU_OFFICER)
def discard(version: int) -> Response | tuple[str, int]:
    """Throw it away."""
    template, form = load_draft(version), DiscardForm()
    if form.validate():
        with refusals_on(form):
            actions.discard_draft(template, seen=form.seen.data or "", by=person().actor)
            flash(_("The draft of version %(n)s is thrown away. What is published stays as it is.", n=version), "done")
            return redirect(url_for(".index"))
    form.seen.process(None, template.stamp)
    return _asked(template, form), 422


def _asked(template: Template, form: DiscardForm) -> str:
    is_only_one = len(templates_in_order()) == 1
    return render_template("wording/discard.html", template=template, form=form, is_only_one=is_only_one)
