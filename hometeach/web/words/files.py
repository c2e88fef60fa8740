"""How is a form of a child's file, and how it stands, said in words?"""

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hometeach.cases.file.rules import Brings, FileForm, FileItem, ItemState
from hometeach.web.words.days import day_words

_STATES = {
    ItemState.THERE: _l("there"),
    ItemState.EXPIRING: _l("runs out soon"),
    ItemState.EXPIRED: _l("has run out"),
    ItemState.MISSING: _l("missing"),
    ItemState.NOT_YET: _l("not needed yet"),
    ItemState.NO_OCCASION: _l("only where there is occasion"),
}
_BRINGS = {
    Brings.TEACHER: _l("the teacher"),
    Brings.SCHOOL: _l("the school"),
    Brings.BUREAU: _l("the bureau"),
}


def form_name(form: FileForm) -> str:
    """What a form is called."""
    return form.zh if _is_chinese() else form.en


def form_approval(form: FileForm) -> str:
    """Who makes a form, and who approves it."""
    makes, approves = (form.makes_zh, form.approves_zh) if _is_chinese() else (form.makes_en, form.approves_en)
    return f"{makes} → {approves}" if approves else makes


def item_state_words(state: ItemState) -> str:
    """How a form stands in a file."""
    return str(_STATES[state])


def brings_words(brings: Brings) -> str:
    """Who must bring a form."""
    return str(_BRINGS[brings])


def proof_words(item: FileItem) -> str:
    """What shows that a form is there, and until when."""
    if item.proof is None:
        return ""
    what = _("on paper, by %(who)s", who=item.proof.made_by) if item.proof.is_paper else _("recorded here")
    until = _("valid until %(day)s", day=day_words(item.until, weekday=False)) if item.until else ""
    return (
        "，".join(part for part in (what, until) if part) if _is_chinese() else ", ".join(filter(None, (what, until)))
    )


def _is_chinese() -> bool:
    return str(get_locale()).startswith("zh")
