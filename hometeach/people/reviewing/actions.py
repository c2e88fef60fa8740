"""Open the year's review, decide account by account, sign.

A decision is carried out at once: a right that is too much is not left until
the last account was looked at.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hometeach.kernel import audit
from hometeach.kernel.clock import ONE_DAY, machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.actions import disable_account, end_grant, other_administrators
from hometeach.people.models import Account, RoleGrant
from hometeach.people.reviewing.facts import (
    Content,
    concerns_about,
    content_of,
    state_of,
    undecided,
)
from hometeach.people.reviewing.models import AccessDecision, AccessReview, AccessSignature, last_signed_on
from hometeach.people.reviewing.rules import Bar, Outcome, bar_to_decide, needs_reason

A_YEAR = timedelta(days=365)
_BARRED = {
    Bar.OWN: _l("Nobody decides about their own account. Ask another administrator, or an officer of the bureau."),
    Bar.NOT_AN_ADMINISTRATOR: _l("An officer decides about administrators' accounts only. Leave this to them."),
}


@dataclass(frozen=True, slots=True)
class Ending:
    """Which role ends, and the last day on which it is held."""

    grant: RoleGrant | None
    last_on: date | None


def open_review(year: int, *, today: date, by: str) -> AccessReview:
    """Begin the review of a year. It looks back to the one signed before, or over a year.

    Raises: Refused ``access_review:there``.
    """
    review = AccessReview(year=year, since=last_signed_on() or today - A_YEAR, opened_by=by, opened_at=machine_now())
    try:
        with db.session.begin_nested():
            db.session.add(review)
    except IntegrityError as there:
        message = _("The review of this year was begun already. Load the page again.")
        raise Refused("access_review:there", message) from there
    audit.record("access_review:open", actor=by, about=_about(review), detail={"year": year, "since": review.since})
    return review


def decide(
    review: AccessReview,
    account: Account,
    outcome: Outcome,
    *,
    ending: Ending | None = None,
    reason: str,
    today: date,
    by: Account,
    by_roles: frozenset[Role],
) -> AccessDecision:
    """Decide about an account, and do it: end a role with a day, lock the account, or leave all as it is.

    Raises: Refused ``access_review:…``, ``role:…``, at the form's field.
    """
    _lock_unsigned(review)
    _refuse_bar(account, by=by, by_roles=by_roles, today=today)
    if needs_reason(outcome, concerns_about(account, today)) and not reason.strip():
        raise Refused("access_review:reason", _("Say why in a few words."), "reason")
    decision = AccessDecision(
        review_id=review.id,
        account_id=account.id,
        outcome=outcome,
        reason=reason.strip(),
        decided_by=by.public_id,
        decided_at=machine_now(),
    )
    if outcome is Outcome.END_ROLE:
        _end_role(decision, account, ending, today=today, by=by.public_id)
    elif outcome is Outcome.LOCK:
        _refuse_last_administrator(account, today)
        disable_account(account, by=by.public_id)
    db.session.add(decision)
    db.session.flush()
    detail = {"year": review.year, "outcome": outcome.value, "role": decision.role, "last": decision.last_on}
    audit.record("access_review:decide", actor=by.public_id, about=f"account:{account.public_id}", detail=detail)
    return decision


def sign_review(review: AccessReview, *, seen: str, today: date, by: str) -> AccessSignature:
    """Sign a review over what it says; nothing of it can be changed afterwards.

    ``seen`` is the state that the person looked at.

    Raises: Refused ``access_review:signed``, ``access_review:undecided``, ``access_review:moved``.
    """
    _lock_unsigned(review)
    content = content_of(review, today)
    _refuse_unready(content, seen)
    spelled = audit.canonical(content)
    signature = AccessSignature(
        review_id=review.id,
        content=spelled,
        sha256=hashlib.sha256(spelled.encode()).hexdigest(),
        signed_by=by,
        signed_on=today,
        signed_at=machine_now(),
    )
    db.session.add(signature)
    db.session.flush()
    detail = {"year": review.year, "sha256": signature.sha256}
    audit.record("access_review:sign", actor=by, about=_about(review), detail=detail)
    return signature


def bar_words(account: Account, *, by: Account, by_roles: frozenset[Role], today: date) -> str:
    """Why somebody may not decide about an account; empty where they may."""
    bar = _bar(account, by=by, by_roles=by_roles, today=today)
    return str(_BARRED[bar]) if bar is not None else ""


def _bar(account: Account, *, by: Account, by_roles: frozenset[Role], today: date) -> Bar | None:
    return bar_to_decide(
        is_own=account.id == by.id,
        is_administrator=Role.ADMINISTRATOR in by_roles,
        about_administrator=any(one.role is Role.ADMINISTRATOR and today in one.span for one in account.grants),
    )


def _refuse_bar(account: Account, *, by: Account, by_roles: frozenset[Role], today: date) -> None:
    bar = _bar(account, by=by, by_roles=by_roles, today=today)
    if bar is not None:
        raise Refused(f"access_review:{bar.value}", str(_BARRED[bar]))


def _end_role(decision: AccessDecision, account: Account, ending: Ending | None, *, today: date, by: str) -> None:
    if ending is None or ending.grant is None:
        raise Refused("access_review:role", _("Choose the role that ends."), "grant")
    grant, last_on = ending.grant, ending.last_on
    if last_on is None or last_on < today:
        raise Refused("access_review:last", _("Choose today or a later day: the last one of this role."), "last")
    if last_on >= grant.span.last:
        raise Refused(
            "access_review:ends_before", _("The role ends by that day anyway. Choose an earlier one."), "last"
        )
    if grant.role is Role.ADMINISTRATOR:
        _refuse_last_administrator(account, today)
    decision.role, decision.unit_id, decision.last_on = grant.role, grant.unit_id, last_on
    end_grant(grant, on=last_on + ONE_DAY, by=by)


def _refuse_last_administrator(account: Account, today: date) -> None:
    is_administrator = any(one.role is Role.ADMINISTRATOR and today in one.span for one in account.grants)
    if is_administrator and not other_administrators(account, today):
        raise Refused(
            "access_review:last_administrator",
            _("Nobody else is an administrator today. Have another one named first."),
        )


def _refuse_unready(content: Content, seen: str) -> None:
    if lacking := undecided(content):
        raise Refused(
            "access_review:undecided",
            _("Accounts without a decision: %(n)s. Decide about each of them first.", n=len(lacking)),
        )
    if state_of(content) != seen:
        raise Refused(
            "access_review:moved",
            _("Roles or decisions changed since you looked at them. Nothing is signed: look once more."),
        )


def _lock_unsigned(review: AccessReview) -> None:
    """Keep others from deciding or signing meanwhile.

    Raises: Refused ``access_review:signed``.
    """
    db.session.execute(select(AccessReview.id).where(AccessReview.id == review.id).with_for_update())
    if db.session.scalar(select(AccessSignature.id).where(AccessSignature.review_id == review.id)) is not None:
        raise Refused("access_review:signed", _("This review is signed. Nothing of it can be changed any more."))


def _about(review: AccessReview) -> str:
    return f"access_review:{review.public_id}"
