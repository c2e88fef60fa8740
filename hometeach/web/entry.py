"""Sign in, sign out, choose the language."""

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length

from hometeach.kernel import clock
from hometeach.people.access import Role
from hometeach.people.entry import actions, second_factor
from hometeach.people.entry.guardians import actions as guardians
from hometeach.people.entry.interrupted import interrupted_form, words_in
from hometeach.people.entry.passkeys.models import passkeys_of
from hometeach.web.base import allowed, keep_this_write, open_to_all, person, refusals_on
from hometeach.web.forms import BareForm
from hometeach.web.relying_party import relying_party

pages = Blueprint("entry", __name__)


class SignInForm(BareForm):
    """Who is there?"""

    name = StringField(
        _l("What is your sign-in name?"), validators=[DataRequired(_l("Enter your sign-in name.")), Length(max=64)]
    )
    password = PasswordField(
        _l("What is your password?"), validators=[DataRequired(_l("Enter your password.")), Length(max=200)]
    )


class CodeForm(BareForm):
    """What does the app show?"""

    code = StringField(
        _l("Which code does your authenticator app show?"),
        validators=[DataRequired(_l("Enter the six digits.")), Length(max=16)],
    )


@pages.get("/sign-in")
@open_to_all("nobody has signed in yet")
def sign_in() -> str:
    """The page on which one signs in."""
    return render_template("entry/sign_in.html", form=SignInForm())


@pages.post("/sign-in")
@open_to_all("nobody has signed in yet")
def begin() -> Response | tuple[str, int]:
    """Let the person in, to the page that was asked for before."""
    form = SignInForm()
    if form.validate():
        with refusals_on(form):
            token = actions.sign_in(
                form.name.data or "",
                form.password.data or "",
                address=request.remote_addr or "",
                on=clock.today(),
                demonstration=current_app.config["DEMONSTRATION"] or current_app.testing,
            )
            return _enter(token)
        keep_this_write()
    return render_template("entry/sign_in.html", form=form), 422


@pages.get("/sign-in/code")
@open_to_all("the password was given, the code of the second factor not yet")
def code() -> str | Response:
    """Ask for the code of the second factor."""
    if second_factor.waiting_sign_in(session.get("token", "")) is None:
        return redirect(url_for(".sign_in"))
    return _ask_code(CodeForm())


@pages.post("/sign-in/code")
@open_to_all("the password was given, the code of the second factor not yet")
def give_code() -> Response | tuple[str, int]:
    """Let the person in whose code is right."""
    form = CodeForm()
    if form.validate():
        with refusals_on(form):
            second_factor.give_code(session.get("token", ""), form.code.data or "", on=clock.today())
            return redirect(own_page(session.pop("after_sign_in", "")))
        keep_this_write()
    return _ask_code(form), 422


@pages.get("/interrupted")
@allowed(*Role)
def interrupted() -> str | Response:
    """What was about to be sent when the sign-in ran out: to be sent now, or to be copied."""
    kept = interrupted_form(person().signed_in.account_id)
    if kept is None:
        return redirect(url_for("home.show"))
    return render_template("entry/interrupted.html", kept=kept, words=words_in(kept.typed))


@pages.post("/sign-out")
@open_to_all("ends a sign-in, also one that has run out")
def sign_out() -> Response:
    """End this sign-in."""
    end_sessions()
    response = redirect(url_for("entry.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@pages.post("/language")
@open_to_all("a reader chooses the language before signing in as well")
def choose_language() -> Response:
    """Show the pages in another language and return to where the reader was."""
    if request.form.get("language") in current_app.config["LANGUAGES"]:
        session["language"] = request.form["language"]
    return redirect(own_page(request.form.get("back", "")))


def _enter(token: str) -> Response:
    """Begin a session of its own: whatever the cookie held before is worth nothing any more."""
    back = session.get("after_sign_in", "")
    end_sessions()
    session.update(token=token, seen=clock.machine_now().timestamp())
    if second_factor.waiting_sign_in(token) is not None:
        session["after_sign_in"] = back
        return redirect(url_for(".code"))
    return redirect(own_page(back))


def _ask_code(form: CodeForm) -> str:
    """The page that asks for the code, and offers the person's passkeys in its place."""
    waiting = second_factor.waiting_sign_in(session.get("token", ""))
    has_passkey = waiting is not None and relying_party() is not None and bool(passkeys_of(waiting.account_id))
    return render_template("entry/code.html", form=form, has_passkey=has_passkey)


def end_sessions() -> None:
    """End whatever this browser is signed in as, staff or guardian; the language stays."""
    if session.get("token"):
        actions.sign_out(session["token"])
    if session.get("guardian"):
        guardians.leave(session["guardian"])
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def own_page(path: str) -> str:
    """A path of this site, or home: never an address somebody else wrote."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own else url_for("home.show")
