"""What happens when two people edit one thing? The second sees both, field by field, and chooses.

A form says which revision it was filled from. Where somebody saved since, the
action refuses; the page then shows each field that differs, mine and theirs,
with what I typed still in the form. Sent again, what I chose is what is saved.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from hometeach.web.forms import Form

#: Under this name the form says in which fields the other's text is taken.
THEIRS = "theirs"


@dataclass(frozen=True)
class Differing:
    """One field that two people wrote differently."""

    name: str
    label: str
    mine: str
    theirs: str


class EditedForm(Form):
    """A form over something that others may be editing as well."""

    seen = HiddenField(default="0")
    differing: tuple[Differing, ...] = ()

    @property
    def seen_revision(self) -> int:
        """The revision that the form was filled from; one that nothing has where it was tampered with."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    def open_on(self, stored: Mapping[str, str], revision: int) -> None:
        """Fill the form from what is stored; one that was sent only takes over what was chosen as theirs.

        Call it before the form is validated.
        """
        if not self.is_submitted():
            chosen = set(stored)
            self.seen.data = str(revision)
        elif self.seen_revision == revision:
            chosen = set(request.form.getlist(THEIRS)) & set(stored)
        else:
            chosen = set()
        for name in chosen:
            _write(self[name], stored[name])

    def show_both(self, stored: Mapping[str, str], revision: int) -> None:
        """Where somebody saved since the form was filled, tell each field that differs, and go on from there."""
        if self.seen_revision == revision:
            return
        self.differing = tuple(_differing(self, stored))
        self.seen.data = str(revision)


def tidy(text: str | None) -> str:
    """The text as it is kept: one kind of line end, no space around it."""
    return (text or "").replace("\r\n", "\n").replace("\x00", "").strip()


def narrow(text: str) -> str:
    """Digits and letters as they are counted with, where somebody typed them full width."""
    return unicodedata.normalize("NFKC", text)


def _differing(form: EditedForm, stored: Mapping[str, str]) -> list[Differing]:
    found = []
    for name, text in stored.items():
        mine, theirs = tidy(_typed(form[name])), tidy(text)
        if mine != theirs:
            found.append(
                Differing(name, str(form[name].label.text), _said(form[name], mine), _said(form[name], theirs))
            )
    return found


def _typed(field: Any) -> str:
    return str(field.raw_data[0]) if field.raw_data else ""


def _said(field: Any, text: str) -> str:
    """A choice is told by its words, anything else as it was typed."""
    words = {str(choice.value): str(choice.label) for choice in getattr(field, "choices", None) or ()}
    return words.get(text, text)


def _write(field: Any, text: str) -> None:
    field.process(MultiDict({field.name: [text]} if text else {}))
