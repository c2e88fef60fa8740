"""Publish a draft: from which day on is it offered to families?"""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField
from wtforms.validators import InputRequired

from hometeach.agreements.templates import actions
from hometeach.agreements.templates.models import Template
from hometeach.kernel import clock
from hometeach.people.access import Role
from hometeach.web import words
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.wording import pages
from hometeach.web.wording.loading import load_draft


class PublishForm(Form):
    """From which day on?"""

    first = DateField(
        _l("From which first day of an agreement on is it used?"),
        validators=[InputRequired(_l("Choose the first day."))],
    )


@pages.get("/<int:version>/publish")
@allowed(Role.BUREAU_OFFICER)
def publishing(version: int) -> str:
    """Ask from which day on, and say what still keeps it from being published."""
    return _asked(load_draft(version), PublishForm(first=clock.today()))


@pages.post("/<int:version>/publish")
@allowed(Role.BUREAU_OFFICER)
def publish(version: int) -> Response | tuple[str, int]:
    """Publish it."""
    template, form = load_draft(version), PublishForm()
    if form.validate():
        with refusals_on(form):
            actions.publish(template, form.first.data, on=clock.today(), by=person().actor)
            day = words.day_words(template.effective_from)
            flash(
                _(
                    "Version %(n)s is published: it is used for agreements that begin on %(day)s or later.",
                    n=version,
                    day=day,
                ),
                "done",
            )
            return redirect(url_for(".show", version=version))
    return _asked(template, form), 422


def _asked(template: Template, form: PublishForm) -> str:
    faults = actions.faults_told(template)
    return render_template("wording/publish.html", template=template, form=form, faults=faults)
