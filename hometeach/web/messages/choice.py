"""By what way, and at what hour, do I want to be reminded?"""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from hometeach.kernel import clock
from hometeach.kernel.outbox import Channel
from hometeach.kernel.settings import whole_number
from hometeach.people.access import Role
from hometeach.people.rules import is_phone
from hometeach.reminders import actions
from hometeach.reminders.models import choice_of
from hometeach.reminders.reaching import may_choose
from hometeach.reminders.rules import is_quiet
from hometeach.web.base import allowed, person
from hometeach.web.forms import Form
from hometeach.web.messages import pages

WAYS = {
    Channel.INBOX: _l("On my own page here"),
    Channel.EMAIL: _l("By e-mail, and on my page"),
    Channel.SMS: _l("By SMS, and on my page"),
}


class ChoiceForm(Form):
    """How do you want to be reminded?"""

    channel = RadioField(_l("How do you want to be reminded?"), validators=[InputRequired(_l("Choose one."))])
    mail = StringField(
        _l("What is your e-mail address?"),
        validators=[
            Optional(),
            Length(max=120),
            Regexp(r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+$", message=_l("Write an address such as name@example.org.")),
        ],
    )
    phone = StringField(_l("What is your mobile number?"), validators=[Optional(), Length(max=20)])
    hour = SelectField(_l("At what hour?"), validators=[Optional()])

    @property
    def address(self) -> str:
        """The address that belongs to the way that was chosen."""
        given = {Channel.EMAIL.value: self.mail.data, Channel.SMS.value: self.phone.data}
        return (given.get(self.channel.data) or "").strip()

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether what was chosen comes with the address that it needs."""
        if not super().validate(extra_validators):
            return False
        if self.channel.data == Channel.EMAIL.value and not self.address:
            self.mail.errors = [_("Enter your e-mail address.")]
        elif self.channel.data == Channel.SMS.value and not is_phone(self.address):
            self.phone.errors = [_("Enter the eleven digits of your mobile number.")]
        return not self.errors


@pages.get("/choice")
@allowed(*Role)
def choose() -> str:
    """What was chosen, and what else can be."""
    form, choice = _form(), choice_of(person().signed_in.account_id)
    if choice is not None:
        form.channel.data, form.hour.data = choice.channel.value, "" if choice.hour is None else str(choice.hour)
        form.mail.data = choice.address if choice.channel is Channel.EMAIL else ""
        form.phone.data = choice.address if choice.channel is Channel.SMS else ""
    else:
        form.channel.data, form.hour.data = Channel.INBOX.value, ""
    return _show(form)


@pages.post("/choice")
@allowed(*Role)
def keep_choice() -> Response | tuple[str, int]:
    """Keep it."""
    form = _form()
    if form.validate():
        actions.choose_contact(
            person().account,
            channel=Channel(form.channel.data),
            address=form.address,
            hour=int(form.hour.data) if form.hour.data else None,
        )
        flash(_("Kept. The next reminder comes this way."), "done")
        return redirect(url_for(".inbox"))
    return _show(form), 422


def _form() -> ChoiceForm:
    """The form with what the bureau allows: its ways, and the hours that are not quiet."""
    today = clock.today()
    form = ChoiceForm()
    form.channel.choices = [(way.value, str(WAYS[way])) for way in may_choose(today)]
    usual = whole_number("staff_reminder_hour", today)
    ends = whole_number("quiet_from_hour", today), whole_number("quiet_until_hour", today)
    hours = [hour for hour in range(24) if not is_quiet(hour, *ends)]
    form.hour.choices = [("", _("As the bureau does: %(hour)s:00", hour=usual))]
    form.hour.choices += [(str(hour), f"{hour}:00") for hour in hours]
    return form


def _show(form: ChoiceForm) -> str:
    ways = {value for value, _words in form.channel.choices}
    return render_template("messages_list/choice.html", form=form, ways=ways)
