"""How does a family come in? By a link or by the phone number, and in either case by the code that is sent there.

Looking changes nothing: a robot that previews a link sends no code and uses
nothing up. The link's token leaves the address with the first press.
"""

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from hometeach.kernel import clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.settings import whole_number
from hometeach.people.entry.guardians import actions
from hometeach.people.entry.guardians.models import GuardianLink
from hometeach.people.entry.guardians.rules import CODE_DIGITS, plain_phone
from hometeach.people.rules import is_phone, masked_phone
from hometeach.web.base import family, for_guardians, keep_this_write, open_to_all, refusals_on
from hometeach.web.entry import end_sessions
from hometeach.web.family import pages
from hometeach.web.family.agreements import note_link_opened
from hometeach.web.family.who import begin_asking
from hometeach.web.forms import BareForm

NOBODY_YET = "whoever comes here has not shown yet who it is"


class DoorForm(BareForm):
    """Which phone is on record?"""

    phone = StringField(
        _l("What is your mobile number?"),
        validators=[DataRequired(_l("Enter your mobile number.")), Length(max=30)],
    )

    def validate_phone(self, field: StringField) -> None:
        """A mobile number, however it is grouped."""
        if not is_phone(plain_phone(field.data or "")):
            raise ValidationError(_("This is no mobile number. Enter its eleven digits."))


class CodeForm(BareForm):
    """What does the message say?"""

    code = StringField(
        _l("Which six digits does the message show?"),
        filters=[lambda text: "".join((text or "").split())],
        validators=[
            DataRequired(_l("Enter the six digits.")),
            Regexp(rf"^[0-9]{{{CODE_DIGITS}}}$", message=_l("The code has six digits.")),
        ],
    )


@pages.get("")
@open_to_all(NOBODY_YET)
def door() -> str | Response:
    """The door without a link."""
    return redirect(url_for(".home")) if family() else render_template("family/door.html", form=DoorForm())


@pages.post("")
@open_to_all(NOBODY_YET)
def ask() -> Response | tuple[str, int]:
    """Send a code to the phone if it is on record. The answer is the same if it is not."""
    form = DoorForm()
    if form.validate():
        with refusals_on(form):
            phone = plain_phone(form.phone.data or "")
            asked = actions.send_code_to(phone, address=request.remote_addr or "", on=clock.today())
            return _to_the_code(asked, phone)
    return render_template("family/door.html", form=form), 422


@pages.get("/to/<token>")
@open_to_all(NOBODY_YET)
def link(token: str) -> str | tuple[str, int]:
    """What a link opens: the question whether the code shall be sent. Changes nothing."""
    found = actions.link_of(token)
    if found is None:
        return render_template("family/no_link.html"), 404
    return render_template("family/link.html", token=token, phone=_phone_of(found))


@pages.post("/to/<token>")
@open_to_all(NOBODY_YET)
def ask_by_link(token: str) -> Response | tuple[str, int]:
    """Send the code; from here on the token stands in no address."""
    found = actions.link_of(token)
    if found is None:
        return render_template("family/no_link.html"), 404
    try:
        asked = actions.send_code_by_link(found, address=request.remote_addr or "", on=clock.today())
    except Refused as refused:
        return render_template("family/link.html", token=token, phone=_phone_of(found), refused=refused.message), 422
    return _to_the_code(asked, found.guardian.phone or "")


@pages.get("/code")
@open_to_all(NOBODY_YET)
def code() -> str | Response:
    """The page on which the code is entered."""
    return _code_page(CodeForm()) if session.get("asked") else redirect(url_for(".door"))


@pages.post("/code")
@open_to_all(NOBODY_YET)
def check() -> Response | tuple[str, int]:
    """Let in whoever knows the code."""
    form = CodeForm()
    if not session.get("asked"):
        return redirect(url_for(".door"))
    if form.validate():
        with refusals_on(form):
            return _enter(actions.accept_code(session["asked"], form.code.data or "", on=clock.today()))
        keep_this_write()
    return _code_page(form), 422


@pages.post("/code/again")
@open_to_all(NOBODY_YET)
def send_again() -> Response | tuple[str, int]:
    """Send another code to the same phone."""
    form = CodeForm(formdata=None)
    if not session.get("asked"):
        return redirect(url_for(".door"))
    with refusals_on(form):
        session["asked"] = actions.send_code_again(
            session["asked"], address=request.remote_addr or "", on=clock.today()
        )
        flash(_("Another code is on its way. Only the newest one holds."), "done")
        return redirect(url_for(".code"))
    return _code_page(form), 422


@pages.post("/leave")
@for_guardians
def leave() -> Response:
    """End this session."""
    end_sessions()
    response = redirect(url_for(".door"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _to_the_code(asked: str, phone: str) -> Response:
    session["asked"], session["asked_phone"] = asked, masked_phone(phone)
    return redirect(url_for(".code"))


def _code_page(form: CodeForm) -> str:
    return render_template(
        "family/code.html",
        form=form,
        phone=session.get("asked_phone", ""),
        minutes=whole_number("code_minutes", clock.today()),
        outbox=url_for("outbox.show") if current_app.config["DEMONSTRATION"] else "",
    )


def _phone_of(found: GuardianLink) -> str:
    return masked_phone(found.guardian.phone) or ""


def _enter(opened: actions.Opened) -> Response:
    """Begin a session of its own: whatever the cookie held before, also of the staff, ends."""
    after = session.get("after_code", "")
    end_sessions()
    session.update(guardian=opened.token, seen=clock.machine_now().timestamp())
    note_link_opened(opened)
    return redirect(begin_asking(opened, _wanted(opened.subject, after)))


def _wanted(subject: str, after: str) -> str:
    """Where the link leads, or where somebody wanted to go before the code was asked."""
    kind, _colon, public_id = subject.partition(":")
    if kind == "visit":
        return url_for(".visit", public_id=public_id)
    if kind == "offer":
        return url_for(".agreement", public_id=public_id)
    return after if after.startswith("/family/") else url_for(".home")
