"""What has the bureau set, since when, and by which document? Dated values, written from a day on."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from hometeach.kernel import clock, settings
from hometeach.kernel.errors import NotFound
from hometeach.people.access import Role
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.words.settings import GROUPS, NAMES

pages = Blueprint("settings", __name__, url_prefix="/settings")


class SettingForm(Form):
    """Which value, from when, and why?"""

    value = StringField(
        _l("Which value will hold?"), validators=[DataRequired(_l("Write the value.")), Length(max=200)]
    )
    first = DateField(_l("From which day on?"), validators=[InputRequired(_l("Choose the first day."))])
    source = StringField(
        _l("Which document or decision sets it?"),
        validators=[DataRequired(_l("Name the document, or who decided it.")), Length(max=200)],
    )


@pages.get("")
@allowed(Role.BUREAU_OFFICER, Role.ADMINISTRATOR)
def index() -> str:
    """Every setting with the value in force today."""
    since = settings.in_force(clock.today())
    values = {name: since[name].value if name in since else settings.DEFAULTS[name].value for name in NAMES}
    return render_template("settings/index.html", groups=GROUPS, values=values, since=since)


@pages.get("/<name>")
@allowed(Role.BUREAU_OFFICER, Role.ADMINISTRATOR)
def show(name: str) -> str:
    """One setting: what holds, what held, and a form for what will hold."""
    return _show(_known(name), SettingForm(first=clock.today()))


@pages.post("/<name>")
@allowed(Role.BUREAU_OFFICER, Role.ADMINISTRATOR)
def write(name: str) -> Response | tuple[str, int]:
    """Set another value from a day on."""
    form = SettingForm()
    if form.validate():
        with refusals_on(form):
            settings.write_setting(
                _known(name),
                (form.value.data or "").strip(),
                first=form.first.data,
                source=(form.source.data or "").strip(),
                today=clock.today(),
                by=person().actor,
            )
            flash(_("The setting is written."), "done")
            return redirect(url_for(".show", name=name))
    return _show(_known(name), form), 422


def _known(name: str) -> str:
    if name not in NAMES:
        raise NotFound
    return name


def _show(name: str, form: SettingForm) -> str:
    return render_template(
        "settings/show.html",
        name=name,
        title=NAMES[name],
        value=settings.setting(name, clock.today()),
        default=settings.DEFAULTS[name].value,
        history=settings.history(name),
        form=form,
    )
