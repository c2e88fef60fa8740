"""What does a family want to tell by itself? Something for the bureau to look into."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from hometeach.kernel import clock
from hometeach.kernel.settings import whole_number
from hometeach.visits.confirming.actions import complain
from hometeach.web.base import for_guardians, guardian_of, load_own_child, refusals_on
from hometeach.web.family import pages
from hometeach.web.forms import Form


class ComplaintForm(Form):
    """What should the bureau know?"""

    words = TextAreaField(
        _l("What should the bureau know?"),
        validators=[DataRequired(_l("Write what the bureau should know.")), Length(max=500)],
    )


@pages.get("/children/<public_id>/complaint")
@for_guardians
def ask_complaint(public_id: str) -> str:
    """Write to the bureau."""
    return _page(public_id, ComplaintForm())


@pages.post("/children/<public_id>/complaint")
@for_guardians
def say_complaint(public_id: str) -> Response | tuple[str, int]:
    """Tell the bureau."""
    child, form = load_own_child(public_id), ComplaintForm()
    if form.validate():
        with refusals_on(form):
            complain(child, guardian_of(child), form.words.data or "", on=clock.today())
            flash(_("The bureau has been told. You will read here what it found."), "done")
            return redirect(url_for(".child", public_id=public_id))
    return _page(public_id, form), 422


def _page(public_id: str, form: ComplaintForm) -> str:
    return render_template(
        "family/complaint.html",
        form=form,
        child=load_own_child(public_id),
        days=whole_number("dispute_days", clock.today()),
    )
