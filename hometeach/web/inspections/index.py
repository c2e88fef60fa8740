"""Which samples were drawn? Draw another one."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length

from hometeach.cases.models import is_on_the_list
from hometeach.compliance.findings.facts import findings_on
from hometeach.compliance.findings.models import standings_of
from hometeach.compliance.findings.rules import Standing
from hometeach.compliance.sampling import actions
from hometeach.compliance.sampling.models import samples
from hometeach.compliance.sampling.rules import weights_of
from hometeach.kernel import clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.editing import tidy
from hometeach.web.forms import Form
from hometeach.web.inspections import pages
from hometeach.web.standings.listed import children_listed

READERS = (Role.AUDITOR, Role.BUREAU_OFFICER)


class DrawForm(Form):
    """How many children, and with which seed?"""

    count = IntegerField(_l("How many children?"), validators=[InputRequired(_l("Write a number."))])
    seed = StringField(_l("Which seed?"), filters=[tidy], validators=[Length(max=40)])


@pages.get("")
@allowed(*READERS)
def index() -> str:
    """Every sample, the newest first."""
    form = DrawForm(formdata=None)
    form.count.data = 6
    return _shown(form)


@pages.post("")
@allowed(Role.AUDITOR)
def draw() -> Response | tuple[str, int]:
    """Draw a sample of today, the likelier the more was found of a child."""
    form = DrawForm()
    if form.validate():
        with refusals_on(form):
            weights, ids = _weights()
            if not weights:
                raise Refused("sample:nobody", _("There are no children to draw from."))
            sample = actions.draw_sample(
                weights,
                ids,
                count=form.count.data or 0,
                seed=form.seed.data or "",
                on=clock.today(),
                by=person().actor,
            )
            flash(_("The sample is drawn. Its seed stands on the sheet."), "done")
            return redirect(url_for(".show", public_id=sample.public_id))
    return _shown(form), 422


def _weights() -> tuple[dict[str, int], dict[str, int]]:
    """What each child weighs, by its code, and its id: whoever is served by a school today can be drawn."""
    today = clock.today()
    children = {one.id: one.code for one in children_listed(today, is_on_the_list()) if one.school_id is not None}
    found = findings_on(today)
    standings = standings_of(found)
    counted = [
        (children[one.child_id], one)
        for one in found
        if one.child_id in children and standings[one.key] is not Standing.EXPLAINED
    ]
    return weights_of(children.values(), counted), {code: child for child, code in children.items()}


def _shown(form: DrawForm) -> str:
    drawn = db.session.scalars(samples().limit(50)).all()
    may_draw = Role.AUDITOR in person().roles
    return render_template("inspections/index.html", samples=drawn, form=form, may_draw=may_draw)
