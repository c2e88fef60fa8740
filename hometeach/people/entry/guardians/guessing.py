"""Does somebody guess codes? Wrong ones are counted by phone and by link, on whatever code they were tried.

Five wrong entries close a signing link for good, and a phone for the window in
which codes are counted; a new code does not begin the count anew.

Source: issue of the agreements, part 3 (five tries for a link and for a phone).
"""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, case, func, select

from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import whole_number
from hometeach.people.entry.guardians.models import GuardianCode, GuardianLink
from hometeach.people.entry.guardians.rules import LinkPurpose

#: An entry that was right is no wrong one.
_WRONG = GuardianCode.tries - case((GuardianCode.accepted_at.is_not(None), 1), else_=0)


def is_guessed_at(phone_index: bytes, on: date, *, but: GuardianCode | None = None) -> bool:
    """Whether so many wrong codes were entered for this phone that nobody comes in by it for now.

    ``but``: a code whose entry of this moment is not counted, because it may be right.
    """
    wrong = _wrong_entries(GuardianCode.phone_index == phone_index, GuardianCode.made_at > _window(on))
    return wrong - (1 if but else 0) >= whole_number("wrong_codes_per_phone", on)


def note_wrong_code(code: GuardianCode, on: date) -> bool:
    """Close what was guessed at too often. Returns whether it was this entry that closed it."""
    most = whole_number("wrong_codes_per_phone", on)
    link = code.link
    if (
        link is not None
        and link.purpose is LinkPurpose.SIGN
        and _wrong_entries(GuardianCode.link_id == link.id) >= most
    ):
        _close(link)
    return _wrong_entries(GuardianCode.phone_index == code.phone_index, GuardianCode.made_at > _window(on)) == most


def _close(link: GuardianLink) -> None:
    if link.revoked_at is None:
        link.revoked_at = machine_now()
        db.session.flush()


def _wrong_entries(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.coalesce(func.sum(_WRONG), 0)).where(*conditions)) or 0


def _window(on: date):
    return machine_now() - timedelta(minutes=whole_number("code_window_minutes", on))
