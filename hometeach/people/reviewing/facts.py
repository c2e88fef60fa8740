"""What a review says of each account: gathered while it is open, and exactly this is signed."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select

from hometeach.kernel.audit import AccessLog, canonical
from hometeach.kernel.clock import LAST_DAY, SHANGHAI, Span, aware, local
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import whole_number
from hometeach.people.access import Grant, Role
from hometeach.people.entry.models import last_sign_ins
from hometeach.people.models import Account
from hometeach.people.reviewing.models import (
    AccessDecision,
    AccessReview,
    accounts_under,
    decisions_in,
    files_opened,
    first_account_at,
    last_signed_on,
    reveals,
)
from hometeach.people.reviewing.rules import Concern, Standing, both_sides, concerns_of, due_on

#: Plain values, as they are written into the signature.
Content = dict[str, Any]


def content_of(review: AccessReview, today: date) -> Content:
    """All that a review says today: every account with its roles, what it saw, and what was decided."""
    since = midnight(review.since)
    decided, shown = defaultdict(list), defaultdict(list)
    for decision in decisions_in(review):
        decided[decision.account_id].append(decision)
    for row in reveals(since):
        shown[row.actor].append(row)
    names = {row.public_id: row.name for row in db.session.execute(select(Account.public_id, Account.name))}
    opened, signed_in = files_opened(since), last_sign_ins()
    return {
        "year": review.year,
        "since": review.since.isoformat(),
        "as_of": today.isoformat(),
        "opened_at": aware(review.opened_at).isoformat(),
        "opened_by": names.get(review.opened_by, review.opened_by),
        "unused_days": whole_number("account_unused_days", today),
        "accounts": [
            _account(one, today, signed_in.get(one.id))
            | {
                "files_opened": opened.get(one.public_id, 0),
                "reveals": [_reveal(row) for row in shown[one.public_id]],
                "decisions": [_decision(made, names) for made in decided[one.id]],
            }
            for one in accounts_under(review)
        ],
    }


def undecided(content: Content) -> list[str]:
    """The public ids of the accounts about which nothing was decided."""
    return [one["id"] for one in content["accounts"] if not one["decisions"]]


def state_of(content: Content) -> str:
    """Names exactly the roles and decisions that somebody looked at."""
    looked = [(one["id"], one["roles"], one["decisions"]) for one in content["accounts"]]
    return hashlib.sha256(canonical({"looked": looked}).encode()).hexdigest()


def concerns_about(account: Account, today: date) -> Sequence[Concern]:
    """What is to be looked at in an account before it is decided about."""
    return _concerns(account, today, last_sign_ins().get(account.id))


def review_due_on(today: date) -> date:
    """The day by which the next review is to be signed."""
    began = first_account_at()
    began_on = local(aware(began)).date() if began else today
    return due_on(last_signed_on(), min(began_on, today), whole_number("access_review_days", today))


def midnight(day: date) -> datetime:
    """The moment at which a civil day begins, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def _account(account: Account, today: date, signed_in_at: datetime | None) -> Content:
    held = [grant for grant in account.grants if grant.span.last >= today]
    return {
        "id": account.public_id,
        "name": account.name,
        "sign_in_name": account.sign_in_name,
        "is_locked": account.disabled_at is not None,
        "last_sign_in": aware(signed_in_at).isoformat() if signed_in_at else None,
        "roles": [_role(grant.role, grant.unit.name, grant.span) | {"is_head": grant.is_head} for grant in held],
        "concerns": [concern.value for concern in _concerns(account, today, signed_in_at)],
        "both_sides": both_sides({grant.role for grant in held if today in grant.span}),
    }


def _concerns(account: Account, today: date, signed_in_at: datetime | None) -> Sequence[Concern]:
    grants = [Grant(grant.role, grant.unit_id, grant.span, grant.is_head) for grant in account.grants]
    used_on = local(aware(signed_in_at or account.made_at)).date()
    return concerns_of(Standing(grants, used_on), today, whole_number("account_unused_days", today))


def _role(role: Role, unit: str, span: Span) -> Content:
    last = None if span.last == LAST_DAY else span.last.isoformat()
    return {"role": role.value, "unit": unit, "from": span.first.isoformat(), "to": last}


def _reveal(row: AccessLog) -> Content:
    return {"at": aware(row.at).isoformat(), "what": row.what, "reason": row.reason}


def _decision(made: AccessDecision, names: Mapping[str, str]) -> Content:
    return {
        "outcome": made.outcome.value,
        "role": made.role.value if made.role else None,
        "unit": made.unit.name if made.unit else None,
        "last": made.last_on.isoformat() if made.last_on else None,
        "reason": made.reason,
        "by": names.get(made.decided_by, made.decided_by),
        "at": aware(made.decided_at).isoformat(),
    }
