"""Add a reason of absences, or let one end. The effect of a reason never changes: end it and add another.

What it does to the ledger is ``compliance``'s work: whoever calls these verbs
has it computed again in the same transaction.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select

from hometeach.kernel import audit
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.files import new_public_id
from hometeach.visits.models import ExcuseReason, excuse_reasons
from hometeach.visits.rules import ExcuseEffect


@dataclass(frozen=True, slots=True)
class Written:
    """A reason as the bureau writes it. ``first`` and ``last``: the missed days that it excuses; empty is open."""

    name_zh: str
    name_en: str
    effect: ExcuseEffect
    first: date
    last: date | None
    source: str


def add_reason(written: Written, *, by: str) -> ExcuseReason:
    """Add a reason, after all others.

    Raises: Refused ``excuse_reason:name_taken``, ``excuse_reason:reversed``, at the form's field.
    """
    refuse_misfit(written)
    after = db.session.scalar(select(func.max(ExcuseReason.position))) or 0
    reason = ExcuseReason(
        code=new_public_id(),
        name_zh=written.name_zh,
        name_en=written.name_en or written.name_zh,
        effect=written.effect,
        position=after + 1,
        effective_from=written.first,
        effective_to=written.last,
        source=written.source,
    )
    db.session.add(reason)
    db.session.flush()
    detail = {"effect": written.effect.value, "from": written.first, "to": written.last}
    audit.record("excuse_reason:add", actor=by, about=f"excuse_reason:{reason.code}", detail=detail)
    return reason


def end_reason(reason: ExcuseReason, last: date | None, *, source: str, by: str) -> None:
    """Let a reason end with a day, or leave it open; a later absence is not excused by it.

    Raises: Refused ``excuse_reason:reversed``, at the form's field.
    """
    refuse_reversed(reason, last)
    detail = {"before": reason.effective_to, "after": last}
    reason.effective_to, reason.source = last, source
    db.session.flush()
    audit.record("excuse_reason:end", actor=by, about=f"excuse_reason:{reason.code}", detail=detail)


def refuse_misfit(written: Written) -> None:
    """Refuse a reason that cannot stand beside the others.

    Raises: Refused ``excuse_reason:name_taken``, ``excuse_reason:reversed``, at the form's field.
    """
    if any(one.name_zh == written.name_zh for one in excuse_reasons()):
        raise Refused("excuse_reason:name_taken", _("Another reason has this name. Choose another one."), "name_zh")
    if written.last is not None and written.last < written.first:
        raise _reversed()


def refuse_reversed(reason: ExcuseReason, last: date | None) -> None:
    """Refuse an end that lies before the beginning.

    Raises: Refused ``excuse_reason:reversed``, at the form's field.
    """
    if last is not None and last < reason.span.first:
        raise _reversed()


def refuse_moved(seen: str) -> None:
    """Refuse where the reasons are others by now than those that somebody looked at.

    Raises: Refused ``excuse_reason:moved``.
    """
    audit.turn_first()
    if reasons_state() != seen:
        raise Refused(
            "excuse_reason:moved",
            _("Somebody changed the reasons since you looked at them. Nothing is changed: look once more."),
        )


def reasons_state() -> str:
    """Names exactly the reasons that stand now."""
    stand = [
        (one.code, one.name_zh, one.effect.value, one.effective_from, one.effective_to) for one in excuse_reasons()
    ]
    return hashlib.sha256(repr(stand).encode()).hexdigest()


def _reversed() -> Refused:
    message = _("The last day lies before the first. Exchange the two.")
    return Refused("excuse_reason:reversed", message, "last")
