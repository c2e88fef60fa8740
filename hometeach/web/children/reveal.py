"""What of a child is masked, who may see it, and for which reason?

The reason is asked for before anything is shown, and kept in the access log. What was
shown stands in that one answer only: not in an address, not in a session.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length

from hometeach.kernel.errors import NotFound, Refused
from hometeach.people.access import MAY_REVEAL
from hometeach.people.models import Child
from hometeach.people.rules import masked_id_number, masked_phone
from hometeach.web.base import allowed, load_child, note_reveal, refusals_on
from hometeach.web.children import pages
from hometeach.web.forms import Form

OTHER = "other"
#: Why somebody needs to see it. The code goes into the log.
REASONS = (
    ("visit", _l("To get to the child's home")),
    ("contact", _l("To speak with the family")),
    ("check", _l("To compare it with a paper")),
    (OTHER, _l("For another reason, which I write below")),
)


@dataclass(frozen=True)
class MaskedField:
    """A field that is shown masked: what it is called, how it looks masked, and what it says."""

    what: str
    name: Any
    masked: Callable[[Child], str | None]
    values: Callable[[Child], list[tuple[str, str]]]


@dataclass(frozen=True)
class Masked:
    """A masked field of one child, as its file shows it."""

    what: str
    name: str
    #: Empty where nothing is on file.
    shown: str


class RevealForm(Form):
    """Why do you need to see it?"""

    reason = RadioField(
        _l("Why do you need to see it?"),
        choices=[SelectChoice(code, words) for code, words in REASONS],
        validators=[InputRequired(_l("Choose a reason."))],
    )
    note = StringField(_l("Which reason?"), validators=[Length(max=100)])

    @property
    def told(self) -> str:
        """The reason as the log keeps it.

        Raises: Refused if another reason is meant and not written.
        """
        note = (self.note.data or "").strip()
        if self.reason.data == OTHER and not note:
            raise Refused("reveal:no_reason", _("Write the reason, so that it can be understood later."), field="note")
        return f"{self.reason.data}: {note}" if note else str(self.reason.data)


@pages.get("/<public_id>/reveal/<what>")
@allowed(*MAY_REVEAL)
def ask(public_id: str, what: str) -> str:
    """Ask why the field is to be seen."""
    child, masked = load_child(public_id), _field(what)
    return render_template("children/reveal.html", child=child, masked=masked, form=RevealForm(), values=None)


@pages.post("/<public_id>/reveal/<what>")
@allowed(*MAY_REVEAL)
def reveal(public_id: str, what: str) -> str | tuple[str, int]:
    """Show the field once, and have it logged with the reason."""
    child, masked, form = load_child(public_id), _field(what), RevealForm()
    if form.validate():
        with refusals_on(form):
            note_reveal(child, what, form.told)
            return render_template(
                "children/reveal.html", child=child, masked=masked, form=form, values=masked.values(child)
            )
    return render_template("children/reveal.html", child=child, masked=masked, form=form, values=None), 422


def masked_fields(child: Child) -> list[Masked]:
    """The masked fields of a child."""
    return [Masked(one.what, str(one.name), one.masked(child) or "") for one in FIELDS.values()]


def _field(what: str) -> MaskedField:
    if what not in FIELDS:
        raise NotFound
    return FIELDS[what]


def _phones(child: Child) -> list[tuple[str, str]]:
    return [(f"{one.name}（{one.relation}）", one.phone) for one in child.guardians if one.phone]


def _masked_phones(child: Child) -> str:
    return " ".join(str(masked_phone(one.phone)) for one in child.guardians if one.phone)


def _one(value: Callable[[Child], str | None]) -> Callable[[Child], list[tuple[str, str]]]:
    return lambda child: [(child.name, text)] if (text := value(child)) else []


def _masked_address(child: Child) -> str | None:
    """The township alone."""
    return None if child.visit_address_sealed is None else f"{child.township or ''}****"


def _masked_reason(child: Child) -> str | None:
    return None if child.cannot_attend_reason_sealed is None else "****"


FIELDS: Mapping[str, MaskedField] = {
    one.what: one
    for one in (
        MaskedField("phone", _l("Phone of the family"), _masked_phones, _phones),
        MaskedField("visit_address", _l("Address"), _masked_address, _one(lambda child: child.visit_address)),
        MaskedField(
            "id_number",
            _l("ID number"),
            lambda child: masked_id_number(child.id_number),
            _one(lambda child: child.id_number),
        ),
        MaskedField(
            "roll_no",
            _l("Roll number"),
            lambda child: masked_id_number(child.roll_no),
            _one(lambda child: child.roll_no),
        ),
        MaskedField(
            "disability_cert_no",
            _l("Number of the disability certificate"),
            lambda child: masked_id_number(child.disability_cert_no),
            _one(lambda child: child.disability_cert_no),
        ),
        MaskedField(
            "cannot_attend_reason",
            _l("Why the child cannot go to school"),
            _masked_reason,
            _one(lambda child: child.cannot_attend_reason),
        ),
    )
}
