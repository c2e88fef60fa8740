"""Tell the bureau at once what only it can act on, and the other guardians of a withdrawal."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from hometeach.cases.models import Case, CaseMove
from hometeach.cases.rules import Event
from hometeach.cases.wording import TOLD, TOLD_TO_FAMILY
from hometeach.kernel import outbox
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account, RoleGrant, in_force
from hometeach.people.rules import ContactRule, Standing


def tell_bureau(case: Case, made: CaseMove, on: date) -> None:
    """Put a word into the inbox of every bureau officer, once."""
    for account in _officers(on):
        outbox.post(
            f"case:{made.public_id}:{account}",
            kind=f"case:{made.event}",
            to=f"account:{account}",
            channel=outbox.Channel.INBOX,
            about=f"child:{case.child.public_id}",
            body=str(TOLD[made.event]),
        )


def tell_other_guardians(case: Case, made: CaseMove, withdrawn_by: str) -> None:
    """Have the school ring up the guardians who did not withdraw."""
    for guardian in case.child.guardians:
        is_other = guardian.standing is Standing.GUARDIAN and guardian.public_id != withdrawn_by
        if is_other and guardian.contact_rule is not ContactRule.NEVER:
            outbox.post(
                f"case:{made.public_id}:{guardian.public_id}",
                kind=f"case:{Event.WITHDRAW}",
                to=f"guardian:{guardian.public_id}",
                channel=outbox.Channel.CALL_LIST,
                about=f"child:{case.child.public_id}",
                body=str(TOLD_TO_FAMILY),
            )


def _officers(on: date) -> Sequence[str]:
    held = select(RoleGrant.account_id).where(RoleGrant.role == Role.BUREAU_OFFICER, in_force(RoleGrant, on))
    statement = select(Account.public_id).where(Account.id.in_(held), Account.disabled_at.is_(None))
    return db.session.scalars(statement.order_by(Account.id)).all()
