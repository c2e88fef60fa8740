"""Enter a paper into a child's file, or take one out that was entered by mistake."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from hometeach.cases.file.dictionary import form_of
from hometeach.cases.file.models import FileItem
from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db, hold
from hometeach.people.models import Child


@dataclass(frozen=True, slots=True)
class PaperDraft:
    """A paper as it was written into a form."""

    code: str
    dated_on: date
    made_by: str
    valid_to: date | None = None
    note: str = ""


def enter_paper(child: Child, draft: PaperDraft, *, by: str, on: date) -> FileItem:
    """Enter that a paper lies in the file.

    Raises: Refused ``file:no_such_form``, ``file:later_than_today``, ``file:reversed``.
    """
    if form_of(draft.code) is None:
        raise Refused("file:no_such_form", _("No form has this number. Choose one of the list."), field="code")
    if draft.dated_on > on:
        raise Refused("file:later_than_today", _("This day lies ahead. Enter the day on the paper."), field="dated_on")
    if draft.valid_to is not None and draft.valid_to < draft.dated_on:
        raise Refused(
            "file:reversed", _("It runs out before the day on the paper. Correct one of the two."), field="valid_to"
        )
    paper = FileItem(
        child_id=child.id,
        code=draft.code,
        dated_on=draft.dated_on,
        valid_to=draft.valid_to,
        made_by=draft.made_by.strip(),
        note=draft.note.strip(),
        entered_by=by,
    )
    db.session.add(paper)
    db.session.flush()
    audit.record("file:enter", actor=by, about=f"child:{child.public_id}", detail={"form": draft.code})
    return paper


def take_out(paper: FileItem, child: Child, *, by: str) -> None:
    """Take a paper out that was entered by mistake; that it was there stays on record.

    Raises: Refused ``file:taken_out``.
    """
    hold(paper)
    if paper.taken_out_at is not None:
        raise Refused("file:taken_out", _("This paper was taken out already. Load the page again."))
    paper.taken_out_by, paper.taken_out_at = by, machine_now()
    db.session.flush()
    audit.record("file:take_out", actor=by, about=f"child:{child.public_id}", detail={"form": paper.code})
