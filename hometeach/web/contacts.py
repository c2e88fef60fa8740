"""Where is a school, or the bureau, and where is it called? As agreements print it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.contact import write_contact
from hometeach.people.models import OrgUnit
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.editing import tidy
from hometeach.web.forms import Form

pages = Blueprint("contacts", __name__)


class ContactForm(Form):
    """Where and by what number."""

    address = StringField(_l("What is the address?"), filters=[tidy], validators=[Length(max=200)])
    phone = StringField(
        _l("By what telephone number can a family call?"),
        filters=[tidy],
        validators=[DataRequired(_l("Write the number: a family has to know whom to call.")), Length(max=40)],
    )


@pages.get("/contacts/<public_id>")
@allowed(Role.BUREAU_OFFICER, Role.SCHOOL_COORDINATOR)
def ask(public_id: str) -> str:
    """Ask for address and number."""
    unit = _load(public_id)
    return render_template("contacts/write.html", unit=unit, form=ContactForm(address=unit.address, phone=unit.phone))


@pages.post("/contacts/<public_id>")
@allowed(Role.BUREAU_OFFICER, Role.SCHOOL_COORDINATOR)
def write(public_id: str) -> Response | tuple[str, int]:
    """Write them down."""
    unit, form = _load(public_id), ContactForm()
    if form.validate():
        with refusals_on(form):
            write_contact(unit, address=form.address.data or "", phone=form.phone.data or "", by=person().actor)
            flash(_("Written down. Agreements drawn up from now on print it."), "done")
            return redirect(url_for(".ask", public_id=public_id))
    return render_template("contacts/write.html", unit=unit, form=form), 422


def _load(public_id: str) -> OrgUnit:
    """A unit whose contact the person keeps: an officer any, a coordinator that of the own school."""
    unit = db.session.scalar(select(OrgUnit).where(OrgUnit.public_id == public_id))
    asking = person()
    mine = unit is not None and unit.id in asking.scope.school_ids
    if unit is None or not (mine or Role.BUREAU_OFFICER in asking.roles):
        raise NotFound
    return unit
