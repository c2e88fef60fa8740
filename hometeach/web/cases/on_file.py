"""What does the child's file know that a tick of a move speaks of? Said beside it, computed and never typed."""

from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _

from hometeach.cases.file.dictionary import form_of
from hometeach.cases.models import Case
from hometeach.cases.rules import Event, Known
from hometeach.web import words
from hometeach.web.cases.next import known_for
from hometeach.web.words.files import form_name


class OnFile(NamedTuple):
    """One fact, and the page on which it is made another."""

    what: str
    standing: str
    href: str
    change: str


def on_file(event: Event, case: Case) -> list[OnFile]:
    """What is known of what the move asks to be ticked; empty where it asks nothing that a file knows."""
    if event is Event.PROPOSE_AGREEMENT:
        return [_answer(case, known_for(event, case))]
    if event is Event.CLOSE:
        return [_forms(case, known_for(event, case)), _roll(case)]
    return []


def _answer(case: Case, known: Known) -> OnFile:
    standing = _("on record") if known.family_answered else _("not on record")
    address = url_for("consents.show", public_id=case.child.public_id)
    return OnFile(_("The family's answer to the privacy notice (F06)"), standing, address, _("Look at the consents"))


def _forms(case: Case, known: Known) -> OnFile:
    address = url_for("files.show", public_id=case.child.public_id)
    return OnFile(_("The child's file"), _missing_words(known), address, _("Open the file"))


def _missing_words(known: Known) -> str:
    if not known.file_missing:
        return _("nothing is missing")
    forms = [form for code in known.file_missing if (form := form_of(code)) is not None]
    named = words.enumerated([f"{form.code} {form_name(form)}" for form in forms])
    if known.came_by_lists:
        return _("missing: %(forms)s. The case came with the bureau's lists, so this is no bar.", forms=named)
    return _("missing: %(forms)s", forms=named)


def _roll(case: Case) -> OnFile:
    standing = _("on record") if case.child.roll_no else _("not on record")
    address = url_for("children.show", public_id=case.child.public_id)
    return OnFile(_("Roll number"), standing, address, _("Open the child's file"))
