"""Write a child's safety notes, and say that they are still so. The audit log keeps the questions, never the words."""

import json
from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.visits.safety.models import SafetyNote, safety_note_of
from hometeach.visits.safety.rules import answers_in


def write_safety_notes(child: Child, typed: Mapping[str, str], *, over: int, by: str) -> SafetyNote:
    """Write the notes anew. ``over``: the version that the writer had before them, 0 for none.

    Notes without a word say that there is nothing to heed.

    Raises: Refused ``safety:changed`` where somebody else wrote meanwhile.
    """
    before = safety_note_of(child.id)
    if (before.version if before else 0) != over:
        raise _changed()
    answers, now = answers_in(typed), machine_now()
    note = SafetyNote(child_id=child.id, version=over + 1, written=json.dumps(answers, ensure_ascii=False))
    note.written_by = note.confirmed_by = by
    note.written_at = note.confirmed_at = now
    try:
        with db.session.begin_nested():
            db.session.add(note)
    except IntegrityError as written_meanwhile:
        raise _changed() from written_meanwhile
    _record("safety:write", child, note, by, answered=list(answers))
    return note


def confirm_safety_notes(child: Child, *, by: str) -> SafetyNote:
    """Say that what is noted is still so.

    Raises: Refused ``safety:nothing`` where nothing is noted.
    """
    note = safety_note_of(child.id)
    if note is None:
        raise Refused("safety:nothing", _("No safety notes are written yet. Write them first."))
    note.confirmed_by, note.confirmed_at = by, machine_now()
    _record("safety:confirm", child, note, by)
    return note


def _changed() -> Refused:
    return Refused(
        "safety:changed",
        _("Somebody else wrote these notes anew while you were writing. Theirs stand below: compare, then save again."),
    )


def _record(action: str, child: Child, note: SafetyNote, by: str, **detail: object) -> None:
    about = f"child:{child.public_id}"
    audit.record(action, actor=by, about=about, detail={"notes": note.public_id, "version": note.version, **detail})
