"""Register a passkey, and let it stand in place of the code of an app.

A challenge is kept on the server, holds for a few minutes, for one sign-in and
one purpose, and is gone once it is answered, rightly or wrongly: whoever calls
these verbs commits the refusal too.
"""

import json
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.entry.actions import refuse_too_many, refuse_wrong_password, throttle_key, token_hash
from hometeach.people.entry.models import SignIn, SignInAttempt, factor_of
from hometeach.people.entry.passkeys.models import Ceremony, Passkey, PasskeyChallenge, passkeys_of
from hometeach.people.entry.passkeys.rules import RelyingParty, fell_back
from hometeach.people.entry.second_factor import ISSUER, waiting_sign_in
from hometeach.people.models import Account

#: Between the question and the device's answer.
ANSWER_WITHIN = timedelta(minutes=5)
MOST_PASSKEYS = 10
#: What reading a made-up answer may raise where it is ours to read.
BROKEN = (ValueError, KeyError, TypeError, RecursionError)


def begin_registering(account: Account, name: str, password: str, *, token: str, party: RelyingParty, on: date) -> str:
    """Ask the device for a new key. Returns the options for the browser, as JSON.

    Raises: Refused ``passkey:no_app``, ``passkey:many``, ``password:wrong``, ``sign_in:wait``.
    """
    factor, known = factor_of(account.id), passkeys_of(account.id)
    if factor is None or factor.confirmed_at is None:
        raise Refused("passkey:no_app", _("Set up the authenticator app first: it lets you in where no passkey does."))
    if len(known) >= MOST_PASSKEYS:
        raise Refused("passkey:many", _("You have %(n)s passkeys. Remove one first.", n=len(known)))
    refuse_wrong_password(account, password, on=on)
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=ISSUER,
        user_name=account.sign_in_name,
        user_display_name=account.name,
        user_id=account.public_id.encode(),
        exclude_credentials=_descriptors(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    _keep(_sign_in_of(token), Ceremony.REGISTER, options.challenge, name.strip())
    return options_to_json(options)


def register(account: Account, answer: str, *, token: str, party: RelyingParty) -> Passkey:
    """Keep the key that the device made.

    Raises: Refused ``passkey:over``, ``passkey:wrong``.
    """
    asked = _take(_sign_in_of(token), Ceremony.REGISTER)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=asked.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
    except Exception as wrong:  # whatever the readers of seven kinds of vouching raise, which the browser leaves out
        raise _wrong() from wrong
    if db.session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)) is not None:
        raise _wrong()
    passkey = Passkey(
        account_id=account.id,
        name=asked.name,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        made_at=machine_now(),
    )
    db.session.add(passkey)
    db.session.flush()
    audit.record("passkey:register", actor=account.public_id, about=f"account:{account.public_id}")
    return passkey


def remove(passkey: Passkey, account: Account) -> None:
    """Take a passkey away: the app's code is asked for in its place."""
    db.session.delete(passkey)
    db.session.flush()
    audit.record("passkey:remove", actor=account.public_id, about=f"account:{account.public_id}")


def ask_for_passkey(token: str, *, party: RelyingParty) -> str:
    """Ask the device of the person whose password was right. Returns the options for the browser, as JSON.

    Raises: Refused ``second_factor:over`` where no sign-in waits any more.
    """
    waiting = _waiting(token)
    options = generate_authentication_options(
        rp_id=party.id,
        allow_credentials=_descriptors(passkeys_of(waiting.account_id)),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    _keep(waiting, Ceremony.SIGN_IN, options.challenge)
    return options_to_json(options)


def give_passkey(token: str, answer: str, *, party: RelyingParty, on: date) -> None:
    """Let the sign-in hold that waits, by the answer of a passkey in place of a code.

    Raises: Refused ``second_factor:over``, ``passkey:over``, ``passkey:wrong``, ``passkey:copied``, ``sign_in:wait``.
    """
    waiting = _waiting(token)
    account, key = waiting.account, throttle_key("code", waiting.account.sign_in_name)
    refuse_too_many({"attempts_per_account": key}, on)
    asked = _take(waiting, Ceremony.SIGN_IN)
    passkey = _named_in(answer, account)
    if passkey is None or (count := _count_of(passkey, answer, asked, party)) is None:
        db.session.add(SignInAttempt(key=key, at=machine_now()))
        raise _wrong()
    if fell_back(count, passkey.sign_count):
        audit.record("passkey:copied", actor=account.public_id, about=f"account:{account.public_id}")
        raise Refused(
            "passkey:copied",
            _("This passkey may have been copied, so it opens nothing any more. Use the code, and tell your bureau."),
        )
    passkey.sign_count, passkey.last_used_at = count, machine_now()
    waiting.waits_for_code, waiting.with_code = False, True
    audit.record("passkey:give", actor=account.public_id, about=f"account:{account.public_id}")


def _count_of(passkey: Passkey, answer: str, asked: PasskeyChallenge, party: RelyingParty) -> int | None:
    """How often the device says it has signed; None where the answer is not right.

    The library compares counters as well, but tells that apart from nothing else: so it is asked without one.
    """
    try:
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=asked.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,
        )
    except Exception:  # as above
        return None
    return verified.new_sign_count


def _named_in(answer: str, account: Account) -> Passkey | None:
    """The passkey of this account that an answer says it is from, kept from others meanwhile."""
    try:
        credential_id = base64url_to_bytes(json.loads(answer)["id"])
    except BROKEN:
        return None
    mine = select(Passkey).where(Passkey.credential_id == credential_id, Passkey.account_id == account.id)
    return db.session.scalar(mine.with_for_update())


def _descriptors(known: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.credential_id) for one in known]


def _keep(sign_in: SignIn, ceremony: Ceremony, challenge: bytes, name: str = "") -> None:
    db.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.sign_in_id == sign_in.id))
    db.session.add(
        PasskeyChallenge(
            sign_in_id=sign_in.id, ceremony=ceremony, challenge=challenge, name=name, made_at=machine_now()
        )
    )
    db.session.flush()


def _take(sign_in: SignIn, ceremony: Ceremony) -> PasskeyChallenge:
    """The challenge that waits, gone for whoever comes second.

    Raises: Refused ``passkey:over``.
    """
    waits = select(PasskeyChallenge).where(
        PasskeyChallenge.sign_in_id == sign_in.id,
        PasskeyChallenge.ceremony == ceremony,
        PasskeyChallenge.made_at > machine_now() - ANSWER_WITHIN,
    )
    asked = db.session.scalar(waits.with_for_update())
    if asked is None:
        raise Refused("passkey:over", _("It took too long, or was answered already. Begin once more."))
    db.session.delete(asked)
    db.session.flush()
    return asked


def _waiting(token: str) -> SignIn:
    waiting = waiting_sign_in(token)
    if waiting is None:
        raise Refused("second_factor:over", _("It took too long. Sign in again with your password."))
    return waiting


def _sign_in_of(token: str) -> SignIn:
    return db.session.scalars(select(SignIn).where(SignIn.token_hash == token_hash(token))).one()


def _wrong() -> Refused:
    return Refused("passkey:wrong", _("This passkey was not accepted. Try once more, or use the code of your app."))
