"""Does somebody have a second factor, and how is one set up? Only for oneself; the administrator can take one away."""

import segno
from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hometeach.kernel import clock
from hometeach.people.access import Role
from hometeach.people.entry import second_factor
from hometeach.people.entry.models import factor_of
from hometeach.web.base import NEEDS_SECOND_FACTOR, allowed, keep_this_write, person, refusals_on
from hometeach.web.entry import CodeForm
from hometeach.web.forms import Form

pages = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")


@pages.get("")
@allowed(*Role)
def show() -> str:
    """Whether there is one, and what to do next."""
    return _show(CodeForm())


@pages.post("/prepare")
@allowed(*Role)
def prepare() -> Response:
    """Make a secret for the app to take."""
    second_factor.prepare(person().account)
    return redirect(url_for(".show"))


@pages.post("/confirm")
@allowed(*Role)
def confirm() -> Response | tuple[str, int]:
    """Take the factor into use, once the app shows a right code."""
    form = CodeForm()
    if form.validate():
        with refusals_on(form):
            second_factor.confirm(person().account, form.code.data or "", token=session["token"], on=clock.today())
            flash(_("The second factor is set up. From now on you are asked for a code when you sign in."), "done")
            return redirect(url_for("account.show"))
        keep_this_write()
    return _show(form), 422


def _show(form: CodeForm) -> str:
    account, again = person().account, Form()
    factor = factor_of(account.id)
    waiting = factor if factor is not None and factor.confirmed_at is None else None
    return render_template(
        "account/second_factor.html",
        form=form,
        again=again,
        confirmed_at=factor.confirmed_at if factor else None,
        secret=waiting.secret if waiting else "",
        picture=segno.make(second_factor.address_of(waiting, account)).svg_data_uri(scale=5) if waiting else "",
        needed=bool(person().roles & NEEDS_SECOND_FACTOR),
    )
