"""Who am I here? The own password, the own roles, and where one is signed in."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import DataRequired, EqualTo, Length

from hometeach.kernel import clock
from hometeach.people.access import Role
from hometeach.people.entry import actions
from hometeach.web.addresses import number_kept
from hometeach.web.base import ROLE_NAMES, allowed, keep_this_write, person, refusals_on
from hometeach.web.forms import Form

pages = Blueprint("account", __name__, url_prefix="/account")


class PasswordForm(Form):
    """Which password shall it be from now on?"""

    old = PasswordField(_l("What is your password now?"), validators=[DataRequired(_l("Enter your password."))])
    password = PasswordField(
        _l("What shall it be?"),
        validators=[
            DataRequired(_l("Enter a new password.")),
            Length(max=200),
            EqualTo("again", _l("The two new passwords differ. Enter both again.")),
        ],
    )
    again = PasswordField(_l("Once more, so that no slip stays unseen"))


@pages.get("")
@allowed(*Role)
def show() -> str:
    """The own account."""
    return _show(PasswordForm())


@pages.post("/password")
@allowed(*Role)
def change_password() -> Response | tuple[str, int]:
    """Change the own password; the other sign-ins end."""
    form = PasswordForm()
    if form.validate():
        with refusals_on(form):
            actions.change_password(
                person().account,
                old=form.old.data or "",
                new=form.password.data or "",
                token=session["token"],
                on=clock.today(),
            )
            flash(_("The password is changed. Everywhere else you were signed in, you are signed out."), "done")
            return redirect(url_for(".show"))
        keep_this_write()
    return _show(form), 422


@pages.post("/sign-ins/end")
@allowed(*Role)
def end_sign_in() -> Response:
    """End one of the own sign-ins, on a phone that was lost, say."""
    actions.end_sign_in(person().account, request.form.get("sign_in", default=0, type=number_kept))
    flash(_("That sign-in has ended."), "done")
    return redirect(url_for(".show"))


def _show(form: PasswordForm) -> str:
    account = person().account
    running = actions.running_sign_ins(account, at_most=current_app.config["SIGN_IN_AT_MOST"])
    today = clock.today()
    return render_template(
        "account/show.html",
        form=form,
        account=account,
        grants=[grant for grant in account.grants if grant.span.last >= today],
        sign_ins=[(one, actions.is_sign_in_of(one, session["token"])) for one in running],
        names=ROLE_NAMES,
        least=actions.MIN_PASSWORD,
    )
