"""Send a code, and say whether what was entered is it.

Whoever asks for a code is told the same whether the number is on record or
not: an unknown number gets a row like any other, and no message.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from hometeach.kernel import audit, outbox
from hometeach.kernel.clock import aware, machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel
from hometeach.kernel.sealing import blind_index
from hometeach.kernel.settings import whole_number
from hometeach.people.entry.actions import refuse_too_many, throttle_key
from hometeach.people.entry.guardians.actions.links import messages_go, opens, revoke_links, tell
from hometeach.people.entry.guardians.guessing import is_guessed_at, note_wrong_code
from hometeach.people.entry.guardians.models import (
    GuardianCode,
    GuardianLink,
    guardians_by_phone,
)
from hometeach.people.entry.guardians.rules import CODE_DIGITS, LinkPurpose, may_come_in
from hometeach.people.entry.models import SignInAttempt
from hometeach.people.models import Guardian, phone_index


@dataclass(frozen=True, slots=True)
class Proved:
    """Whose phone it was that a code went to, and when it was sent and entered."""

    guardian: Guardian
    sent_at: datetime
    entered_at: datetime


def send_code_by_link(link: GuardianLink, *, address: str, on: date) -> str:
    """Send a code to the phone of the link's guardian. Gives the name under which it is entered.

    Raises: Refused ``code:no_gateway``, ``code:too_many``, ``sign_in:wait``.
    """
    return _send_code(link.guardian.phone_index or b"", link.guardian, link, address=address, on=on)


def send_code_to(phone: str, *, address: str, on: date) -> str:
    """Send a code to this phone if it is on record; the answer is the same if it is not.

    Raises: Refused ``code:no_gateway``, ``code:too_many``, ``sign_in:wait``.
    """
    index = phone_index(phone)
    known = guardians_by_phone(index)
    return _send_code(index, known[0] if known else None, None, address=address, on=on)


def send_code_for(guardian: Guardian, *, address: str, on: date) -> str:
    """Send a code to the phone of somebody who is present, and sign on a device of the school.

    Raises: Refused ``code:no_phone``, ``code:no_gateway``, ``code:too_many``, ``code:guessed``, ``sign_in:wait``.
    """
    if guardian.phone_index is None or not may_come_in(guardian.contact_rule):
        raise Refused("code:no_phone", _("No phone is on record to which a code could go."))
    return _send_code(guardian.phone_index, guardian, None, address=address, on=on)


def send_code_again(asked: str, *, address: str, on: date) -> str:
    """Send another code to the phone that was asked for before.

    Raises: Refused ``code:over`` where nothing was asked for, ``code:too_many``, ``sign_in:wait``.
    """
    code = _code_of(asked)
    if code is None:
        raise _over()
    return _send_code(code.phone_index, code.guardian, code.link, address=address, on=on)


def prove_by_code(asked: str, entered: str, *, on: date) -> Proved:
    """Take a code for proof of whose phone it went to, and let nobody in.

    Raises: Refused, as :func:`accept_code`.
    """
    code, guardian = checked(asked, entered, on)
    now = machine_now()
    use_up(code, now)
    return Proved(guardian, aware(code.made_at), now)


def checked(asked: str, entered: str, on: date) -> tuple[GuardianCode, Guardian]:
    """The code that was asked for, if this is it, and whom it lets in."""
    code = _code_of(asked)
    if code is None or code.accepted_at is not None or aware(code.expires_at) <= machine_now():
        raise _over()
    if code.link is not None and code.link.purpose is LinkPurpose.SIGN and not opens(code.link):
        raise _over()
    most = whole_number("code_tries", on)
    if not _takes_a_try(code, most) or is_guessed_at(code.phone_index, on, but=code):
        raise _locked()
    right = hmac.compare_digest(code.code_hash, _code_hash(code.public_id, entered))
    guardian = _still_there(code)
    if right and guardian is not None:
        return code, guardian
    raise _wrong(code, most, on)


def use_up(code: GuardianCode, now: datetime) -> None:
    """Let the code, and the signing link that it was asked by, never open anything again."""
    if not _is_accepted_now(code, now):
        raise _over()
    outbox.wipe(_key_of(code))
    if code.link is not None and code.link.purpose is LinkPurpose.SIGN:
        revoke_links(GuardianLink.id == code.link_id)


def forget_old_codes(on: date) -> int:
    """Delete the codes that are kept no longer; of each there is only a hash. Returns how many."""
    before = machine_now() - timedelta(days=whole_number("codes_kept_days", on))
    gone = db.session.scalars(delete(GuardianCode).where(GuardianCode.made_at < before).returning(GuardianCode.id))
    return len(gone.all())


def _wrong(code: GuardianCode, most: int, on: date) -> Refused:
    """Why a wrong code is refused; after the last try the code, its link and its phone are locked for a time."""
    left = most - code.tries
    if note_wrong_code(code, on):
        for guardian in guardians_by_phone(code.phone_index)[:1]:
            _tell_of_guesses(code, guardian)
    if left > 0 and not is_guessed_at(code.phone_index, on):
        told = _("This is not the code. Look at the message again; %(n)s tries are left.", n=left)
        return Refused("code:wrong", told, "code")
    outbox.wipe(_key_of(code))
    return _locked()


def _tell_of_guesses(code: GuardianCode, guardian: Guardian) -> None:
    """The owner of the phone is told, and the log keeps it: somebody tried codes that were wrong."""
    body = _(
        "Somebody entered wrong codes for your phone and was shut out. Nobody came in. "
        "If it was you, wait a while and ask for a new code; if not, tell the school."
    )
    tell(guardian, key=f"codes_guessed:{code.public_id}", kind="codes_guessed", body=body)
    audit.record(
        "guardian:shut_out_for_guessing",
        actor="application",
        about=f"child:{guardian.child.public_id}",
        detail={"guardian": guardian.public_id, "by": "link" if code.link else "door"},
    )


def _send_code(index: bytes, guardian: Guardian | None, link: GuardianLink | None, *, address: str, on: date) -> str:
    if not messages_go():
        raise Refused(
            "code:no_gateway", _("No message can be sent from here yet. Ask the school to show you the records.")
        )
    at_address = throttle_key("family_address", address)
    refuse_too_many({"attempts_per_address": at_address}, on)
    _refuse_too_many_codes(index, on)
    now, life = machine_now(), whole_number("code_minutes", on)
    code = GuardianCode(
        phone_index=index,
        code_hash=b"",
        guardian_id=guardian.id if guardian else None,
        link_id=link.id if link else None,
        made_at=now,
        expires_at=now + timedelta(minutes=life),
        tries=0,
    )
    digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    code.code_hash = _code_hash(code.public_id, digits)
    db.session.add_all([code, SignInAttempt(key=at_address, at=now)])
    db.session.flush()
    if guardian is not None:
        _post_code(code, guardian, digits, life)
    return code.public_id


def _post_code(code: GuardianCode, guardian: Guardian, digits: str, life: int) -> None:
    """By message whatever the contact rule says: the person asked for it just now. Never by voice."""
    outbox.post(
        _key_of(code),
        kind="guardian_code",
        to=f"guardian:{guardian.public_id}",
        channel=Channel.SMS,
        address=guardian.phone or "",
        body=_(
            "Your code is %(code)s. It holds for %(n)s minutes. Nobody of the school will ask you for it.",
            code=digits,
            n=life,
        ),
        expires_at=code.expires_at,
        is_secret=True,
    )


def _refuse_too_many_codes(index: bytes, on: date) -> None:
    minutes = whole_number("code_window_minutes", on)
    if is_guessed_at(index, on):
        raise Refused(
            "code:guessed",
            _("Too many wrong codes were entered for this phone. Wait %(n)s minutes, then ask again.", n=minutes),
            field="phone",
        )
    since = machine_now() - timedelta(minutes=minutes)
    statement = select(func.count()).where(GuardianCode.phone_index == index, GuardianCode.made_at > since)
    if (db.session.scalar(statement) or 0) >= whole_number("codes_per_phone", on):
        raise Refused(
            "code:too_many",
            _("Too many codes were asked for with this phone. Wait %(n)s minutes, then ask again.", n=minutes),
            field="phone",
        )


def _takes_a_try(code: GuardianCode, most: int) -> bool:
    """Use a try up before the code is looked at, so that many at once do not get more of them."""
    statement = (
        update(GuardianCode)
        .where(GuardianCode.id == code.id, GuardianCode.tries < most, GuardianCode.accepted_at.is_(None))
        .values(tries=GuardianCode.tries + 1)
        .returning(GuardianCode.tries)
    )
    tries = db.session.scalar(statement)
    if tries is not None:
        code.tries = tries
    return tries is not None


def _still_there(code: GuardianCode) -> Guardian | None:
    """Whom the code lets in, if the phone is still theirs."""
    guardian = code.guardian
    holds = guardian is not None and guardian.phone_index == code.phone_index and may_come_in(guardian.contact_rule)
    return guardian if holds else None


def _is_accepted_now(code: GuardianCode, now: datetime) -> bool:
    """Whether it was this request that used the code up: of two at the same time one is."""
    statement = update(GuardianCode).where(GuardianCode.id == code.id, GuardianCode.accepted_at.is_(None))
    return db.session.scalar(statement.values(accepted_at=now).returning(GuardianCode.id)) is not None


def _code_of(asked: str) -> GuardianCode | None:
    return db.session.scalar(select(GuardianCode).where(GuardianCode.public_id == asked)) if asked else None


def _over() -> Refused:
    return Refused("code:over", _("This code does not hold any more. Ask for a new one."), "code")


def _locked() -> Refused:
    return Refused("code:locked", _("Too many wrong codes. This one is worth nothing now: ask for a new one."), "code")


def _key_of(code: GuardianCode) -> str:
    return f"guardian_code:{code.public_id}"


def _code_hash(public_id: str, code: str) -> bytes:
    return blind_index(f"{public_id}:{code}", purpose="guardian_code")
