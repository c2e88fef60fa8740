"""Which passkeys do I have? Register one more, remove one."""

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length

from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound, Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.entry.models import factor_of
from hometeach.people.entry.passkeys import actions
from hometeach.people.entry.passkeys.models import Passkey, passkeys_of
from hometeach.people.entry.passkeys.rules import RelyingParty
from hometeach.web.base import allowed, keep_this_write, person, refusals_on
from hometeach.web.editing import tidy
from hometeach.web.forms import Form
from hometeach.web.passkeys import pages
from hometeach.web.relying_party import relying_party


class PasskeyForm(Form):
    """What is it called, and is it really you?"""

    name = StringField(
        _l("How shall this passkey be called?"),
        filters=[tidy],
        validators=[DataRequired(_l("Give it a name: my phone, say.")), Length(max=40)],
    )
    password = PasswordField(
        _l("What is your password?"), validators=[DataRequired(_l("Enter your password.")), Length(max=200)]
    )


@pages.get("")
@allowed(*Role)
def show() -> str:
    """The own passkeys, with when each was last used."""
    return _show(PasskeyForm())


@pages.post("/new")
@allowed(*Role)
def begin() -> str | tuple[str, int]:
    """Check the password, then have the browser ask the device."""
    form, party = PasskeyForm(), _party()
    if form.validate():
        with refusals_on(form):
            options = actions.begin_registering(
                person().account,
                form.name.data or "",
                form.password.data or "",
                token=session["token"],
                party=party,
                on=clock.today(),
            )
            return render_template("passkeys/make.html", form=Form(), options=options)
        keep_this_write()
    return _show(form), 422


@pages.post("/keep")
@allowed(*Role)
def keep() -> Response | tuple[str, int]:
    """Keep the key that the device made."""
    form, party = PasskeyForm(formdata=None), _party()
    with refusals_on(form):
        answer = request.form.get("answer", "")
        passkey = actions.register(person().account, answer, token=session["token"], party=party)
        flash(_("The passkey %(name)s is registered.", name=passkey.name), "done")
        return redirect(url_for(".show"))
    keep_this_write()
    return _show(form), 422


@pages.post("/<public_id>/remove")
@allowed(*Role)
def remove(public_id: str) -> Response:
    """Take one of the own passkeys away."""
    account = person().account
    mine = select(Passkey).where(Passkey.public_id == public_id, Passkey.account_id == account.id)
    passkey = db.session.scalar(mine)
    if passkey is None:
        raise NotFound
    actions.remove(passkey, account)
    flash(_("The passkey %(name)s is removed.", name=passkey.name), "done")
    return redirect(url_for(".show"))


def _party() -> RelyingParty:
    """For whom the passkey is.

    Raises: Refused ``passkey:no_address``.
    """
    party = relying_party()
    if party is None:
        raise Refused("passkey:no_address", _("Passkeys are not possible here: the system was told no address."))
    return party


def _show(form: PasskeyForm) -> str:
    account = person().account
    factor = factor_of(account.id)
    return render_template(
        "passkeys/show.html",
        form=form,
        passkeys=passkeys_of(account.id),
        has_app=factor is not None and factor.confirmed_at is not None,
        is_possible=relying_party() is not None,
    )
