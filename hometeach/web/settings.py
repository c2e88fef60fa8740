"""What has the bureau set, since when, and by which document? Dated values, written from a day on."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from hometeach.compliance.findings.trial import try_setting
from hometeach.kernel import clock, settings
from hometeach.kernel.errors import NotFound
from hometeach.people.access import Role
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.findings.told import KINDS
from hometeach.web.forms import Form
from hometeach.web.trials import Change
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
def write(name: str) -> Response | str | tuple[str, int]:
    """Set another value from a day on."""
    form, today = SettingForm(), clock.today()
    if form.validate():
        with refusals_on(form):
            value, first = (form.value.data or "").strip(), form.first.data or today
            settings.refuse_value(_known(name), value, first=first, today=today)
            if request.form.get("step") == "look":
                return _preview(name, form, value)
            source = (form.source.data or "").strip()
            settings.write_setting(name, value, first=first, source=source, today=today, by=person().actor)
            flash(_("The setting is written."), "done")
            return redirect(url_for(".show", name=name))
    return _show(_known(name), form), 422


def _preview(name: str, form: SettingForm, value: str) -> str:
    """What would be found today if the value held already. Nothing of it stays written."""
    found = [
        Change(str(KINDS[one.kind].name), field, str(pair[0]), str(pair[1]))
        for one in try_setting(name, value, clock.today())
        for field, pair in ((_("findings"), one.found), (_("of them past their day"), one.overdue))
        if pair[0] != pair[1]
    ]
    title, before = NAMES[name], settings.setting(name, clock.today())
    return render_template("settings/preview.html", name=name, title=title, form=form, before=before, found=found)


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
