"""Let a guardian in by a code, see who it is, let them out."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update

from hometeach.kernel import audit
from hometeach.kernel.clock import aware, machine_now
from hometeach.kernel.extensions import db
from hometeach.people.entry.guardians.actions.codes import Proved, checked, use_up
from hometeach.people.entry.guardians.actions.links import hash_of, revoke_links
from hometeach.people.entry.guardians.models import (
    BY_TOKEN,
    GuardianCode,
    GuardianLink,
    GuardianSignIn,
    people_on_phone,
)
from hometeach.people.models import Guardian


@dataclass(frozen=True, slots=True)
class Entered:
    """The guardian behind a request: read at every one, so it is columns and no entity."""

    guardian_id: int
    public_id: str
    name: str
    phone_index: bytes
    came_by_link: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """Who was let in, the token that the cookie keeps, and what the link that brought them leads to."""

    guardian: Guardian
    token: str
    subject: str


def accept_code(asked: str, entered: str, *, on: date) -> Opened:
    """Let in whoever enters the code that was sent.

    Raises: Refused ``code:over`` where it expired or was used, ``code:locked`` after
    too many wrong ones, ``code:wrong`` with how many tries are left.
    """
    code, guardian = checked(asked, entered, on)
    return _let_in(code, guardian)


def proof_of(token: str) -> Proved | None:
    """By which code the guardian of this session came in."""
    session = db.session.scalar(select(GuardianSignIn).where(GuardianSignIn.token_hash == hash_of(token)))
    if session is None:
        return None
    statement = select(GuardianCode).where(
        GuardianCode.phone_index == session.phone_index, GuardianCode.accepted_at == session.began_at
    )
    code = db.session.scalars(statement.limit(1)).first()
    if code is None or code.guardian is None:
        return None
    return Proved(code.guardian, aware(code.made_at), aware(session.began_at))


def who_entered(token: str, *, at_most: timedelta) -> Entered | None:
    """Whose session this token is; None where it does not hold, or the guardian has another phone by now."""
    row = db.session.execute(BY_TOKEN, {"token_hash": hash_of(token)}).one_or_none()
    if row is None or machine_now() - aware(row.began_at) > at_most:
        return None
    return Entered(row.id, row.public_id, row.name, row.phone_index, row.came_by_link)


def speak_as(token: str, entered: Entered, public_id: str) -> bool:
    """Let the rest of this session speak as another person on record with the same phone.

    False where nobody of that name is. What was said before stays with whoever said it.
    """
    chosen = next((one for one in people_on_phone(entered.phone_index) if one.public_id == public_id), None)
    if chosen is None:
        return False
    statement = update(GuardianSignIn).where(GuardianSignIn.token_hash == hash_of(token))
    db.session.execute(statement.values(guardian_id=chosen.id))
    audit.record(
        "guardian:speak_as",
        actor=f"guardian:{chosen.public_id}",
        about=f"child:{chosen.child.public_id}",
        detail={"entered_as": entered.public_id},
    )
    return True


def leave(token: str) -> None:
    """End this session at once."""
    _revoke_sign_ins(GuardianSignIn.token_hash == hash_of(token))


def shut_out(guardian: Guardian) -> None:
    """End every session and link of a guardian at once: the phone changed, or the person must not be contacted."""
    revoke_links(GuardianLink.guardian_id == guardian.id)
    _revoke_sign_ins(GuardianSignIn.guardian_id == guardian.id)
    if guardian.phone_index is not None:
        _revoke_sign_ins(GuardianSignIn.phone_index == guardian.phone_index)


def _let_in(code: GuardianCode, guardian: Guardian) -> Opened:
    now, token = machine_now(), secrets.token_urlsafe(32)
    use_up(code, now)
    link = code.link
    db.session.add(
        GuardianSignIn(
            token_hash=hash_of(token),
            guardian_id=guardian.id,
            phone_index=code.phone_index,
            came_by_link=link is not None,
            began_at=now,
        )
    )
    audit.record(
        "guardian:enter",
        actor=f"guardian:{guardian.public_id}",
        about=f"child:{guardian.child.public_id}",
        detail={"by": "link" if link else "door"},
    )
    return Opened(guardian, token, link.subject if link else "")


def _revoke_sign_ins(*conditions: object) -> None:
    statement = update(GuardianSignIn).where(GuardianSignIn.revoked_at.is_(None), *conditions)  # type: ignore[arg-type]
    db.session.execute(statement.values(revoked_at=machine_now()))
