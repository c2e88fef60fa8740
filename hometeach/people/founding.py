"""How does a deployment begin? With the bureau itself and one administrator."""

import re
from datetime import date

from sqlalchemy import func, inspect, select

from hometeach.kernel import audit
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.entry.actions import set_password
from hometeach.people.models import (
    LONGEST_NAME,
    SIGN_IN_NAME,
    Account,
    OrgUnit,
    RoleGrant,
    the_bureau,
)
from hometeach.people.rules import UnitKind

BUREAU_CODE = "BUREAU"


def found_bureau(name: str) -> OrgUnit:
    """The bureau of this deployment, made on first use."""
    bureau = the_bureau()
    if bureau is None:
        bureau = OrgUnit(code=BUREAU_CODE, name=name, kind=UnitKind.BUREAU)
        db.session.add(bureau)
        db.session.flush()
    return bureau


def holds_demonstration_accounts() -> bool:
    """Whether the database holds an account that the demonstration made; False before it has any table."""
    if not inspect(db.engine).has_table(Account.__tablename__):
        return False
    found = db.session.scalar(select(func.count()).where(Account.is_demonstration))
    db.session.rollback()
    return bool(found)


def make_first_administrator(sign_in_name: str, password: str, bureau_name: str, on: date) -> Account:
    """The account from which all others are made; only while there is no account at all.

    Raises: Refused ``account:not_first`` once somebody can sign in, ``account:name``.
    """
    wanted = sign_in_name.strip().lower()
    if not re.fullmatch(SIGN_IN_NAME, wanted):
        raise Refused("account:name", "A sign-in name has 2 to 64 letters, digits, dots or hyphens, no spaces.")
    if db.session.scalar(select(func.count()).select_from(Account)):
        raise Refused("account:not_first", "There are accounts already: an administrator makes further ones on a page.")
    account = Account(sign_in_name=wanted, name=sign_in_name.strip()[:LONGEST_NAME], password_hash="")
    set_password(account, password)
    account.grants = [RoleGrant(role=Role.ADMINISTRATOR, unit_id=found_bureau(bureau_name).id, effective_from=on)]
    db.session.add(account)
    db.session.flush()
    audit.record("account:make", actor="set-up", about=f"account:{account.public_id}")
    return account
