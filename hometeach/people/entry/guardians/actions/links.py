"""Make a link, send it, say what it opens; and tell a guardian something by the way that is left open."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import date, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, update

from hometeach.kernel import audit, outbox
from hometeach.kernel.clock import aware, machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel
from hometeach.kernel.settings import whole_number
from hometeach.people.entry.guardians.models import (
    GuardianLink,
)
from hometeach.people.entry.guardians.rules import LinkPurpose, Reach, may_come_in, reach_of
from hometeach.people.models import Guardian

#: How long a link lives: the setting that says so, and the unit of its number.
LIVES = {
    LinkPurpose.HOME: ("home_link_days", timedelta(days=1)),
    LinkPurpose.CONFIRM_VISIT: ("confirm_link_days", timedelta(days=1)),
    LinkPurpose.SIGN: ("sign_link_hours", timedelta(hours=1)),
}
CHANNELS = {Reach.MESSAGE: Channel.SMS, Reach.CALL: Channel.CALL_LIST}


def messages_go() -> bool:
    """Whether anything can be sent to a phone from here: a gateway, or the demonstration's own page."""
    return bool(current_app.config["SMS_URL"] or current_app.config["DEMONSTRATION"])


def way_to(guardian: Guardian) -> Reach:
    """By what way a guardian is told something."""
    return reach_of(guardian.contact_rule, guardian.phone, messages_go=messages_go())


def new_token() -> str:
    """128 random bits, as they stand in a link's address."""
    return secrets.token_urlsafe(16)


def issue_link(guardian: Guardian, purpose: LinkPurpose, *, on: date, subject: str = "", token: str = "") -> str:
    """Make a link and give its token, which is kept nowhere; an older one for the same thing opens no more.

    ``token``: the one that a message carries already, from :func:`new_token`.
    """
    revoke_links(
        GuardianLink.guardian_id == guardian.id, GuardianLink.purpose == purpose, GuardianLink.subject == subject
    )
    token, now = token or new_token(), machine_now()
    life, unit = LIVES[purpose]
    db.session.add(
        GuardianLink(
            token_hash=hash_of(token),
            guardian_id=guardian.id,
            purpose=purpose,
            subject=subject,
            phone_index=guardian.phone_index if purpose is LinkPurpose.SIGN else None,
            made_at=now,
            expires_at=now + whole_number(life, on) * unit,
        )
    )
    db.session.flush()
    return token


def close_links_of(guardian: Guardian, subject: str) -> None:
    """Let no link of this guardian to this subject open any more."""
    revoke_links(GuardianLink.guardian_id == guardian.id, GuardianLink.subject == subject)


def close_links(subject: str) -> None:
    """Let no link to this subject open any more."""
    revoke_links(GuardianLink.subject == subject)


def send_home_link(guardian: Guardian, *, address_of: Callable[[str], str], door: str, by: str, on: date) -> Reach:
    """Send the link to the family's first page, or put the call on the school's list. Says which.

    ``address_of`` makes the address of a token; ``door`` is the address that needs none.

    Raises: Refused ``guardian:never``.
    """
    reach = way_to(guardian)
    if reach is Reach.NOT_AT_ALL:
        raise Refused("guardian:never", _("This person must not be contacted. Choose somebody else of the family."))
    if reach is Reach.MESSAGE:
        address = address_of(issue_link(guardian, LinkPurpose.HOME, on=on))
        body = _("Your family's page: the next lesson, and what was written down. %(address)s", address=address)
    else:
        body = _("Call the family: their page is at %(address)s, with the phone that is on record.", address=door)
    tell(guardian, key=f"home_link:{guardian.public_id}:{secrets.token_hex(6)}", kind="home_link", body=body)
    audit.record(
        "guardian:send_link",
        actor=by,
        about=f"child:{guardian.child.public_id}",
        detail={"guardian": guardian.public_id, "by": reach.value},
    )
    return reach


def tell(guardian: Guardian, *, key: str, kind: str, body: str, about: str = "") -> bool:
    """Post a message to a guardian by the way that the family's contact rule leaves open. Says whether one is."""
    reach = way_to(guardian)
    if reach is Reach.NOT_AT_ALL:
        return False
    return outbox.post(
        key,
        kind=kind,
        to=f"guardian:{guardian.public_id}",
        channel=CHANNELS[reach],
        address=guardian.phone or "",
        body=body,
        about=about,
    )


def link_of(token: str) -> GuardianLink | None:
    """The link that this token opens; None where it is wrong, over, replaced, or its phone is gone. Changes nothing."""
    link = db.session.scalar(select(GuardianLink).where(GuardianLink.token_hash == hash_of(token)))
    return link if link is not None and opens(link) else None


def opens(link: GuardianLink) -> bool:
    """Whether a link still opens: not over, not replaced, and for the phone it was made for."""
    guardian = link.guardian
    holds = link.revoked_at is None and aware(link.expires_at) > machine_now()
    same_phone = guardian.phone_index is not None and link.phone_index in (None, guardian.phone_index)
    return holds and same_phone and may_come_in(guardian.contact_rule)


def revoke_links(*conditions: object) -> None:
    """Let the links of these conditions open nothing any more."""
    statement = update(GuardianLink).where(GuardianLink.revoked_at.is_(None), *conditions)  # type: ignore[arg-type]
    db.session.execute(statement.values(revoked_at=machine_now()))


def hash_of(token: str) -> bytes:
    """As a token is kept."""
    return hashlib.sha256(token.encode()).digest()
