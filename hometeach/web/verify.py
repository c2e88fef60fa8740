"""Does this agreement hold? Open to all: whoever has a sealed document, or the code printed on it, may ask.

What is uploaded is looked at in memory and forgotten. The answer says valid or
not, when, by whom in initials, and the number; nothing else.
"""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import FileField, StringField
from wtforms.validators import Length, Optional

from hometeach.agreements.sealing.keys import trust
from hometeach.kernel import clock
from hometeach.web.base import open_to_all, refusals_on
from hometeach.web.forms import BareForm

pages = Blueprint("verify", __name__, url_prefix="/verify")

WHY = "whoever holds a sealed agreement can check it without an account"
#: No sealed agreement is larger, in bytes.
LARGEST = 5 * 1024 * 1024


class VerifyForm(BareForm):
    """Which document, or which code?"""

    document = FileField(_l("The sealed document (PDF)"))
    code = StringField(_l("Or the code for checking that is printed on it"), validators=[Optional(), Length(max=40)])


@pages.get("")
@open_to_all(WHY)
def show() -> str:
    """Ask for the document or its code."""
    return render_template("verify/show.html", form=VerifyForm())


@pages.post("")
@open_to_all(WHY)
def check() -> str | tuple[str, int]:
    """Say what is found. What was uploaded is kept nowhere."""
    from hometeach.agreements.sealing.asking import count_question, verdict_by_code  # pyHanko, which few pages need
    from hometeach.agreements.sealing.verifying import verify

    form = VerifyForm()
    if form.validate():
        with refusals_on(form):
            content = _uploaded(form)
            if content is not None or form.code.data:
                count_question(request.remote_addr or "", clock.today())
                found = verdict_by_code(form.code.data or "", trust()) if content is None else verify(content, trust())
                return render_template("verify/found.html", found=found)
            if not form.document.errors:
                form.document.errors = [_("Choose the document, or enter its code.")]
    return render_template("verify/show.html", form=form), 422


def _uploaded(form: VerifyForm) -> bytes | None:
    """The bytes of the file, None where none was chosen or it is too large."""
    file = form.document.data
    if not isinstance(file, FileStorage) or not file.filename:
        return None
    content = file.stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        form.document.errors = [_("The file is larger than any sealed agreement. Choose the PDF that you were given.")]
        return None
    return content
