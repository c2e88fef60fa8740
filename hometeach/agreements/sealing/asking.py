"""Does the seal with this code hold? Asked by anybody, therefore counted by the address that asks."""

from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from hometeach.agreements.sealing.keys import Trust
from hometeach.agreements.sealing.models import seal_by_code
from hometeach.agreements.sealing.rules import code_typed
from hometeach.agreements.sealing.verifying import Verdict, verify
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import whole_number
from hometeach.people.entry.actions import throttle_key
from hometeach.people.entry.models import SignInAttempt

#: What is answered to a code that no seal carries, and to words that are no code: the same.
UNKNOWN = Verdict(False, "unknown", "")


def count_question(address: str, on: date) -> None:
    """Count one question of an address; the uploads and codes of one window are together.

    Raises: Refused ``verify:wait`` after too many.
    """
    key, window = throttle_key("verify", address), timedelta(minutes=whole_number("attempt_window_minutes", on))
    statement = select(func.count()).where(SignInAttempt.key == key, SignInAttempt.at > machine_now() - window)
    if (db.session.scalar(statement) or 0) >= whole_number("checks_per_address", on):
        minutes = int(window.total_seconds()) // 60
        raise Refused("verify:wait", _("Too many documents were checked from here. Wait %(n)s minutes.", n=minutes))
    db.session.add(SignInAttempt(key=key, at=machine_now()))


def verdict_by_code(typed: str, trust: Trust) -> Verdict:
    """What is found of the sealed document that carries this code."""
    code = code_typed(typed)
    seal = seal_by_code(code) if code else None
    return UNKNOWN if seal is None else verify(seal.document.content, trust)
