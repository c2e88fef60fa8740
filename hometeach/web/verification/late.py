"""Give leave to write down a visit although the bureau's days for it are over."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import DateField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import whole_number
from hometeach.people.access import Role
from hometeach.people.models import Child
from hometeach.visits.recording.actions import permit_late_entry
from hometeach.web import words
from hometeach.web.base import allowed, person, refusals_on, visible_children
from hometeach.web.forms import Form
from hometeach.web.verification import pages


class LateForm(Form):
    """Which visit may be written down late, and why?"""

    child = SelectField(_l("Whose visit is it?"), validators=[InputRequired(_l("Choose the child."))])
    day = DateField(_l("On which day was the visit?"), validators=[InputRequired(_l("Choose the day of the visit."))])
    why = TextAreaField(
        _l("Why is it permitted?"),
        validators=[
            InputRequired(_l("Write why it is permitted, so that an auditor understands it.")),
            Length(max=300),
        ],
        render_kw={"rows": 3},
    )


@pages.get("/late")
@allowed(Role.SCHOOL_COORDINATOR)
def late() -> str:
    """Ask which visit."""
    return _page(_form())


@pages.post("/late")
@allowed(Role.SCHOOL_COORDINATOR)
def permit() -> Response | tuple[str, int]:
    """Give leave."""
    form = _form()
    if form.validate():
        child = db.session.scalars(select(Child).where(Child.public_id == form.child.data)).one()
        with refusals_on(form):
            permit_late_entry(child, form.day.data, why=form.why.data or "", by=person().actor)
            told = _("The visit to %(child)s on %(day)s may be written down now.")
            flash(told % {"child": child.name, "day": words.day_words(form.day.data)}, "done")
            return redirect(url_for(".show", day=form.day.data))
    return _page(form), 422


def _form() -> LateForm:
    """Only children whom the person sees can be chosen."""
    form = LateForm()
    children = db.session.scalars(visible_children().order_by(Child.code)).all()
    form.child.choices = [SelectChoice(one.public_id, one.name) for one in children]
    return form


def _page(form: LateForm) -> str:
    days = whole_number("late_entry_days", clock.today())
    return render_template("verification/late.html", form=form, days=days)
