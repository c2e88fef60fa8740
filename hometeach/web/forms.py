"""What every form that changes something carries, and which days people mean when they write one."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import DateField, DateTimeLocalField, FileField, HiddenField, SelectMultipleField
from wtforms import Form as WTForm
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from hometeach.kernel.clock import SHANGHAI, local, machine_now

#: Days outside these years are a slip of the keyboard, and the calendar's end cannot be counted on from.
FIRST_YEAR, LAST_YEAR = 1900, 2199


class BareForm(FlaskForm):
    """A form that may be sent again: it looks something up, or lets somebody in."""

    class Meta(FlaskForm.Meta):
        """How what was sent becomes what the fields read."""

        def wrap_formdata(self, form: WTForm, formdata: Any) -> Any:
            """What was sent, files only where a file is asked for: a field for text cannot read one."""
            sent = super().wrap_formdata(form, formdata)
            if not isinstance(sent, CombinedMultiDict):
                return sent
            files = request.files.items(multi=True)
            asked_for = [(name, file) for name, file in files if name in form and isinstance(form[name], FileField)]
            return CombinedMultiDict((MultiDict(asked_for), request.form))


class Form(BareForm):
    """A form that does its work once, however often it is sent: see ``kernel/receipts.py``.

    The word is made when the form is first shown and comes back with it, also
    after an error; ``form.hidden_tag()`` writes it.
    """

    once = HiddenField(default=lambda: secrets.token_urlsafe(12))

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether every field holds what it asks for, every day among them one that people mean."""
        is_valid: bool = super().validate(extra_validators)
        for field in self:
            if isinstance(field, DateField) and field.data is not None and not is_meant(field.data):
                field.errors = [
                    *field.errors,
                    _("Enter a day between the years %(first)s and %(last)s.", first=FIRST_YEAR, last=LAST_YEAR),
                ]
                is_valid = False
        return is_valid


class ChecksField(SelectMultipleField):
    """Several of a few, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class MomentField(DateTimeLocalField):
    """A day and a time of Shanghai."""

    @property
    def moment(self) -> datetime | None:
        """The moment, None where nothing was written."""
        written: datetime | None = self.data
        return written.replace(tzinfo=SHANGHAI) if written else None


def meant(_form: WTForm, field: MomentField) -> None:
    """Refuse a moment on a day that nobody means."""
    if field.data is not None and not is_meant(field.data.date()):
        raise ValidationError(_("Write the day and the time."))


def latest_moment() -> str:
    """The last moment that a field for what is over offers: the minute that runs."""
    return f"{local(machine_now()) + timedelta(minutes=1):%Y-%m-%dT%H:%M}"


def is_meant(day: date) -> bool:
    """Whether somebody may mean this day."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def day_named(text: str) -> date | None:
    """The day that an address names, None where it names none that people mean."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_meant(day) else None
