"""Does the machine run? The scheduler, the accounts and their review, the last import and the audit chain."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from hometeach.kernel import audit
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import Heartbeat, is_late
from hometeach.people.models import Account
from hometeach.people.reviewing.facts import review_due_on
from hometeach.workbook.models import last_runs


@dataclass(frozen=True)
class KeeperToday:
    """What an administrator is told."""

    is_late: bool
    beat_at: datetime | None
    accounts: int
    disabled: int
    imported_at: datetime | None
    chain_length: int
    chain_head: str
    #: By when the next access review is to be signed.
    review_due_on: date
    is_review_overdue: bool


def facts(today: date) -> KeeperToday:
    """What the administrator who asks is told today."""
    disabled = func.count(Account.disabled_at)
    accounts, gone = db.session.execute(select(func.count(Account.id), disabled)).one()
    runs = last_runs(1)
    length, head = audit.head()
    due_on = review_due_on(today)
    return KeeperToday(
        is_late=is_late("scheduler"),
        beat_at=db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == "scheduler")),
        accounts=accounts - gone,
        disabled=gone,
        imported_at=runs[0].at if runs else None,
        chain_length=length,
        chain_head=head,
        review_due_on=due_on,
        is_review_overdue=due_on < today,
    )
