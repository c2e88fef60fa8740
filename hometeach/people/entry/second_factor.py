"""Something that a person has, beside the password: codes of an authenticator app (TOTP, RFC 6238)."""

from datetime import date, timedelta

import pyotp
from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db, hold
from hometeach.people.entry.actions import refuse_too_many, throttle_key, token_hash
from hometeach.people.entry.models import SecondFactor, SignIn, SignInAttempt, factor_of
from hometeach.people.entry.passkeys.models import Passkey
from hometeach.people.models import Account

STEP_SECONDS = 30
#: A phone's clock may stand so many steps apart from ours.
STEPS_APART = 1
#: Between the password and the code.
CODE_WITHIN = timedelta(minutes=10)
#: As the app lists it.
ISSUER = "HomeTeach"


def prepare(account: Account) -> SecondFactor:
    """Give the account a secret to be taken into an app; an unconfirmed earlier one is void.

    Raises: Refused ``second_factor:there``.
    """
    factor = factor_of(account.id)
    if factor is not None and factor.confirmed_at is not None:
        raise Refused("second_factor:there", _("There is a second factor already. Take it away first."))
    db.session.execute(delete(SecondFactor).where(SecondFactor.account_id == account.id))
    factor = SecondFactor(account_id=account.id, made_at=machine_now(), last_step=0)
    factor.secret = pyotp.random_base32()
    db.session.add(factor)
    db.session.flush()
    return factor


def address_of(factor: SecondFactor, account: Account) -> str:
    """What the app reads off the screen."""
    return pyotp.TOTP(factor.secret).provisioning_uri(name=account.sign_in_name, issuer_name=ISSUER)


def confirm(account: Account, code: str, *, token: str, on: date) -> None:
    """Take the factor into use with a first code; the running sign-in counts as one with code.

    Raises: Refused ``second_factor:none``, ``second_factor:wrong``, ``sign_in:wait``.
    """
    factor = factor_of(account.id)
    if factor is None:
        raise Refused("second_factor:none", _("Begin once more: there is no secret waiting to be confirmed."))
    _take(factor, account, code, on)
    factor.confirmed_at = machine_now()
    db.session.execute(update(SignIn).where(SignIn.token_hash == token_hash(token)).values(with_code=True))
    audit.record("second_factor:confirm", actor=account.public_id, about=f"account:{account.public_id}")


def give_code(token: str, code: str, *, on: date) -> None:
    """Let the sign-in hold that waits for this code.

    Raises: Refused ``second_factor:over`` where none waits any more, ``second_factor:wrong``, ``sign_in:wait``.
    """
    waiting = waiting_sign_in(token)
    if waiting is None:
        raise Refused("second_factor:over", _("It took too long. Sign in again with your password."))
    factor = factor_of(waiting.account_id)
    if factor is not None:
        _take(factor, waiting.account, code, on)
    waiting.waits_for_code, waiting.with_code = False, factor is not None
    audit.record("second_factor:give", actor=waiting.account.public_id, about=f"account:{waiting.account.public_id}")


def waiting_sign_in(token: str) -> SignIn | None:
    """The sign-in of this token, if its password was given just now and its code was not."""
    return db.session.scalar(
        select(SignIn).where(
            SignIn.token_hash == token_hash(token),
            SignIn.waits_for_code.is_(True),
            SignIn.revoked_at.is_(None),
            SignIn.began_at > machine_now() - CODE_WITHIN,
        )
    )


def take_away(account: Account, *, by: str) -> None:
    """Let the account be without a second factor, on a new phone, say; passkeys stand in for it, so they go too."""
    db.session.execute(delete(Passkey).where(Passkey.account_id == account.id))
    if db.session.execute(delete(SecondFactor).where(SecondFactor.account_id == account.id)).rowcount:  # type: ignore[attr-defined]
        audit.record("second_factor:take_away", actor=by, about=f"account:{account.public_id}")


def _take(factor: SecondFactor, account: Account, code: str, on: date) -> None:
    """Accept a code of about now that was not accepted before.

    Raises: Refused ``second_factor:wrong``, ``sign_in:wait``.
    """
    hold(factor)  # of two who enter one code at once, the second finds it used
    key = throttle_key("code", account.sign_in_name)
    refuse_too_many({"attempts_per_account": key}, on)
    step = _step_of(factor.secret, "".join(code.split()))
    if step is None or step <= factor.last_step:
        db.session.add(SignInAttempt(key=key, at=machine_now()))
        raise Refused(
            "second_factor:wrong",
            _("This code is not right, or was used before. Wait for the next one in your app and enter it."),
            field="code",
        )
    factor.last_step = step


def _step_of(secret: str, code: str) -> int | None:
    """The half-minute about now to which the code belongs."""
    now, app = int(machine_now().timestamp()), pyotp.TOTP(secret)
    around = range(-STEPS_APART, STEPS_APART + 1)
    steps = [now // STEP_SECONDS + apart for apart in around]
    return next((step for step in steps if app.verify(code, for_time=step * STEP_SECONDS)), None)
