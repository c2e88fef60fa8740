"""Which wordings are there, and which is offered to families today?"""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hometeach.agreements.templates import actions
from hometeach.agreements.templates.models import template_on, templates_in_order
from hometeach.agreements.templates.rules import TemplateState
from hometeach.kernel import clock
from hometeach.people.access import Role
from hometeach.people.models import the_bureau
from hometeach.web.base import allowed, person
from hometeach.web.forms import Form
from hometeach.web.wording import READERS, pages
from hometeach.web.wording.loading import load_version


@pages.get("")
@allowed(*READERS)
def index() -> str:
    """Every version, the newest first."""
    versions = templates_in_order()
    may_write = Role.BUREAU_OFFICER in person().roles
    return render_template(
        "wording/index.html",
        versions=versions,
        in_force=template_on(clock.today()),
        draft=next((one for one in versions if one.state is TemplateState.DRAFT), None),
        form=Form(),
        may_write=may_write,
        bureau=the_bureau(),
    )


@pages.post("/<int:version>/begin")
@allowed(Role.BUREAU_OFFICER)
def begin(version: int) -> Response:
    """Begin a new version with the words of this one."""
    draft = actions.begin_draft(load_version(version), by=person().actor)
    flash(_("Version %(n)s is begun. Families see it once it is published.", n=draft.version), "done")
    return redirect(url_for(".show", version=draft.version))
