"""Let a person in, see who it is, let them out."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from hometeach.kernel import audit
from hometeach.kernel.clock import Span, aware, machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.sealing import blind_index
from hometeach.kernel.settings import whole_number
from hometeach.people.access import Grant
from hometeach.people.entry.models import BY_TOKEN, SignIn, SignInAttempt, factor_of
from hometeach.people.models import Account, account_by_sign_in_name

#: argon2id with the parameters that OWASP gives for a server that verifies many at once (19 MiB, 2 passes).
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: Verified in place of a password hash that does not exist, so that both answers take as long.
NO_HASH = HASHER.hash(secrets.token_hex(16))
MIN_PASSWORD = 10


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The account behind a request: read at every one, so it is columns and no entity."""

    account_id: int
    public_id: str
    name: str
    teacher_id: int | None
    grants: tuple[Grant, ...]
    #: Whether the code of a second factor was given.
    with_code: bool = False


def sign_in(name: str, password: str, *, address: str, on: date, demonstration: bool) -> str:
    """Let somebody in and give the token that the cookie keeps; with a second factor it holds once its code is given.

    Raises: Refused ``sign_in:wait`` after too many attempts, ``sign_in:wrong``
    with one answer for an unknown name, a wrong password and a disabled account.
    """
    keys = {
        "attempts_per_account": throttle_key("account", name.strip().lower()),
        "attempts_per_address": throttle_key("address", address),
    }
    refuse_too_many(keys, on)
    account = account_by_sign_in_name(name)
    known = account is not None and account.disabled_at is None and (demonstration or not account.is_demonstration)
    right = _verifies(account.password_hash if account and known else "", password)
    if account is None or not (known and right):
        db.session.add_all(SignInAttempt(key=key, at=machine_now()) for key in keys.values())
        raise Refused("sign_in:wrong", _("Name or password is not right. Check both and sign in again."))
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.key == keys["attempts_per_account"]))
    audit.record("sign_in:begin", actor=account.public_id, about=f"account:{account.public_id}")
    return _begin(account)


def sign_out(token: str) -> None:
    """End this sign-in at once."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.token_hash == token_hash(token), SignIn.revoked_at.is_(None))
        .values(revoked_at=machine_now())
    )


def end_all_sign_ins(account: Account, *, actor: str) -> None:
    """End every sign-in of an account at once."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.account_id == account.id, SignIn.revoked_at.is_(None))
        .values(revoked_at=machine_now())
    )
    audit.record("sign_in:end_all", actor=actor, about=f"account:{account.public_id}")


def end_sign_in(account: Account, sign_in_id: int) -> None:
    """End one of a person's own sign-ins; somebody else's, or one that has ended, stays as it is."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.account_id == account.id, SignIn.revoked_at.is_(None))
        .values(revoked_at=machine_now())
    )


def running_sign_ins(account: Account, *, at_most: timedelta) -> list[SignIn]:
    """The sign-ins of an account that still hold, newest first."""
    statement = (
        select(SignIn)
        .where(
            SignIn.account_id == account.id,
            SignIn.revoked_at.is_(None),
            SignIn.began_at > machine_now() - at_most,
        )
        .order_by(SignIn.began_at.desc(), SignIn.id.desc())
    )
    return list(db.session.scalars(statement))


def is_sign_in_of(sign_in: SignIn, token: str) -> bool:
    """Whether this is the sign-in that the token stands for."""
    return hmac.compare_digest(sign_in.token_hash, token_hash(token))


def who_signed_in(token: str, *, at_most: timedelta) -> SignedIn | None:
    """Whose sign-in this token is, with every role ever granted; None where it does not hold."""
    rows = db.session.connection().execute(BY_TOKEN, {"token_hash": token_hash(token)}).all()
    if not rows or machine_now() - aware(rows[0].began_at) > at_most:
        return None
    first = rows[0]
    grants = tuple(
        Grant(row.role, row.unit_id, Span.of(row.effective_from, row.effective_to), row.is_head)
        for row in rows
        if row.role is not None
    )
    return SignedIn(first.id, first.public_id, first.name, first.teacher_id, grants, first.with_code)


def set_password(account: Account, password: str) -> None:
    """Give an account a new password.

    Raises: Refused ``password:short``.
    """
    if len(password) < MIN_PASSWORD:
        raise Refused(
            "password:short",
            _("The password has %(n)s characters. Use at least %(least)s.", n=len(password), least=MIN_PASSWORD),
            field="password",
        )
    account.password_hash = HASHER.hash(password)


def change_password(account: Account, *, old: str, new: str, token: str, on: date) -> None:
    """Give oneself a new password; every other sign-in ends, so that whoever knew the old one is out.

    Raises: Refused ``sign_in:wait`` after too many attempts, ``password:wrong``, ``password:same``, ``password:short``.
    """
    refuse_wrong_password(account, old, on=on, field="old")
    if new == old:
        raise Refused("password:same", _("This is the old password. Choose another one."), field="password")
    set_password(account, new)
    db.session.execute(
        update(SignIn)
        .where(SignIn.account_id == account.id, SignIn.token_hash != token_hash(token), SignIn.revoked_at.is_(None))
        .values(revoked_at=machine_now())
    )
    audit.record("account:change_password", actor=account.public_id, about=f"account:{account.public_id}")


def refuse_wrong_password(account: Account, password: str, *, on: date, field: str = "password") -> None:
    """Refuse whoever sits at somebody's desk and does not know the password; attempts are counted.

    Raises: Refused ``sign_in:wait`` after too many attempts, ``password:wrong`` at the form's field.
    """
    key = throttle_key("account", account.sign_in_name)
    refuse_too_many({"attempts_per_account": key}, on)
    if not _verifies(account.password_hash, password):
        db.session.add(SignInAttempt(key=key, at=machine_now()))
        raise Refused("password:wrong", _("This is not the password you signed in with. Enter it again."), field=field)


def forget_old_attempts(on: date) -> int:
    """Delete the attempts that no longer count. Returns how many."""
    before = machine_now() - _window(on)
    gone = db.session.scalars(delete(SignInAttempt).where(SignInAttempt.at < before).returning(SignInAttempt.id))
    return len(gone.all())


def _begin(account: Account) -> str:
    token, factor = secrets.token_urlsafe(32), factor_of(account.id)
    waits = factor is not None and factor.confirmed_at is not None
    db.session.add(
        SignIn(token_hash=token_hash(token), account_id=account.id, began_at=machine_now(), waits_for_code=waits)
    )
    return token


def refuse_too_many(keys: Mapping[str, bytes], on: date) -> None:
    """Refuse where one of the keys has used up the attempts that the setting of its name allows."""
    window = _window(on)
    for limit, key in keys.items():
        statement = select(func.count()).where(SignInAttempt.key == key, SignInAttempt.at > machine_now() - window)
        if (db.session.scalar(statement) or 0) >= whole_number(limit, on):
            minutes = int(window.total_seconds()) // 60
            raise Refused("sign_in:wait", _("Too many attempts. Wait %(n)s minutes, then sign in again.", n=minutes))


def _window(on: date) -> timedelta:
    return timedelta(minutes=whole_number("attempt_window_minutes", on))


def _verifies(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash or NO_HASH, password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def throttle_key(kind: str, value: str) -> bytes:
    """By which attempts of one account, phone or address are counted, without its name."""
    return blind_index(f"{kind}:{value}", purpose="sign_in_attempt")


def token_hash(token: str) -> bytes:
    """As which a token is stored."""
    return hashlib.sha256(token.encode()).digest()
