"""After the password: a passkey in place of the code."""

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from hometeach.kernel import clock
from hometeach.people.entry.passkeys import actions
from hometeach.people.entry.second_factor import waiting_sign_in
from hometeach.web.base import keep_this_write, open_to_all, refusals_on
from hometeach.web.entry import own_page
from hometeach.web.forms import Form
from hometeach.web.passkeys import at_sign_in
from hometeach.web.relying_party import relying_party


@at_sign_in.post("")
@open_to_all("the password was given, the second factor not yet")
def ask() -> str | Response:
    """Have the browser ask the device."""
    return _asked(Form(formdata=None))


@at_sign_in.post("/check")
@open_to_all("the password was given, the second factor not yet")
def give() -> str | Response | tuple[str | Response, int]:
    """Let the person in whose device gave the right answer; else ask once more."""
    party, form = relying_party(), Form()
    if party is None or waiting_sign_in(session.get("token", "")) is None:
        return redirect(url_for("entry.sign_in"))
    with refusals_on(form):
        actions.give_passkey(session["token"], request.form.get("answer", ""), party=party, on=clock.today())
        return redirect(own_page(session.pop("after_sign_in", "")))
    keep_this_write()
    asked = _asked(form)
    return (asked, 422) if isinstance(asked, str) else asked


def _asked(form: Form) -> str | Response:
    """The page that asks the device, with a challenge of its own."""
    party = relying_party()
    if party is None or waiting_sign_in(session.get("token", "")) is None:
        return redirect(url_for("entry.sign_in"))
    options = actions.ask_for_passkey(session["token"], party=party)
    return render_template("entry/passkey.html", form=form, options=options)
