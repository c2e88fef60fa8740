"""Who is on the phone? Asked where several people of a family share one number, so that each speaks for themselves."""

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from hometeach.people.entry.guardians.actions import Opened, speak_as
from hometeach.people.entry.guardians.models import people_on_phone
from hometeach.people.rules import masked_name
from hometeach.web.base import family, for_guardians
from hometeach.web.family import pages
from hometeach.web.forms import Form

#: In the cookie: where somebody goes once it is said who it is; and that several share the phone.
AFTER_WHO, SHARES = "after_who", "shares_phone"
#: What can be opened before it is said.
OPEN_BEFORE = frozenset({"family.who", "family.say_who", "family.leave"})


class WhoForm(Form):
    """Who is it?"""

    who = RadioField(_l("Who are you?"), validators=[InputRequired(_l("Choose who you are."))])


@pages.before_request
def ask_first() -> Response | None:
    """Lead whoever came in on a shared phone to the question, before anything is shown or said."""
    if family() is None or AFTER_WHO not in session or request.endpoint in OPEN_BEFORE:
        return None
    return redirect(url_for("family.who"))


@pages.get("/who")
@for_guardians
def who() -> str:
    """Ask who is on the phone."""
    return render_template("family/who.html", form=_form())


@pages.post("/who")
@for_guardians
def say_who() -> Response | tuple[str, int]:
    """Remember it for this session."""
    form = _form()
    if form.validate():
        if speak_as(session["guardian"], family().entered, form.who.data):
            return redirect(session.pop(AFTER_WHO, "") or url_for(".home"))
        form.who.errors = [_("Choose who you are.")]
    return render_template("family/who.html", form=form), 422


def begin_asking(opened: Opened, after: str) -> str:
    """Where somebody who came in goes first: to the question if several share the phone, else where they wanted."""
    people = people_on_phone(opened.guardian.phone_index or b"")
    if len(people) < 2:
        return after
    session[AFTER_WHO], session[SHARES] = after, True
    return url_for("family.who")


def _form() -> WhoForm:
    form = WhoForm()
    form.who.choices = [
        SelectChoice(one.public_id, f"{masked_name(one.name)}（{one.relation}）")
        for one in people_on_phone(family().entered.phone_index)
    ]
    return form
