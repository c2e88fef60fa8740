"""Who can sign in, and as what? An administrator's verbs.

Nobody changes what they themselves may do: another administrator does. So one
administrator always remains; of two who shut each other out at the same moment
the second is refused.
"""

import secrets
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hometeach.kernel import audit, clock
from hometeach.kernel.clock import LAST_DAY, ONE_DAY, Span, machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Role, may_be_held_at
from hometeach.people.entry.actions import end_all_sign_ins, set_password
from hometeach.people.models import (
    LONGEST_SIGN_IN_NAME,
    Account,
    OrgUnit,
    RoleGrant,
    Teacher,
    account_by_sign_in_name,
    in_force,
)

#: Without the characters that are taken for each other when a password is read from paper.
START_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

_WHY_NOT = {
    "role:disabled": _l("This account is disabled. Let the person sign in again first."),
    "role:wrong_unit": _l(
        "Teachers and coordinators belong to a school, all others to the bureau. Choose the unit that fits."
    ),
    "role:no_staff_number": _l(
        "This account has no staff number, so nobody knows which teacher it is. Make an account with the number."
    ),
    "role:not_a_head": _l("Only a school coordinator can be the head of a school. Take the tick off."),
    "role:reversed": _l("The last day lies before the first. Exchange the two, or leave the last day empty."),
    "role:held_already": _l("This role is held there on some of these days. End it first, or choose later days."),
}


def make_account(sign_in_name: str, name: str, *, staff_code: str, by: str) -> tuple[Account, str]:
    """Make an account that holds no role yet, and the password to begin with.

    ``staff_code`` ties it to a teacher; empty for somebody who does not teach.

    Raises: Refused ``account:name_long``, ``account:name_taken``, ``account:no_such_teacher``,
    ``account:teacher_has_one``.
    """
    wanted = sign_in_name.strip().lower()
    if len(wanted) > LONGEST_SIGN_IN_NAME:  # in small letters some grow
        raise Refused("account:name_long", _("Choose a shorter sign-in name."), field="sign_in_name")
    if account_by_sign_in_name(wanted) is not None:
        raise Refused(
            "account:name_taken",
            _("Somebody signs in with this name already. Choose another one."),
            field="sign_in_name",
        )
    account = Account(sign_in_name=wanted, name=name.strip(), password_hash="", teacher=_teacher_of(staff_code.strip()))
    password = _start_password()
    set_password(account, password)
    try:
        with db.session.begin_nested():
            db.session.add(account)
    except IntegrityError as taken:
        raise Refused(
            "account:just_made", _("Somebody made this account at the same moment. Look at the list of accounts.")
        ) from taken
    audit.record("account:make", actor=by, about=_about(account))
    return account, password


def grant_role(account: Account, role: Role, unit: OrgUnit, days: Span, *, is_head: bool, by: str) -> RoleGrant:
    """Give an account a role at a unit for some days.

    Raises: Refused ``role:self``, ``role:disabled``, ``role:wrong_unit``, ``role:no_staff_number``,
    ``role:not_a_head``, ``role:reversed``, ``role:held_already``.
    """
    audit.turn_first()
    _refuse_oneself(account, by)
    last = None if days.last == LAST_DAY else days.last
    grant = RoleGrant(role=role, unit=unit, effective_from=days.first, effective_to=last, is_head=is_head)
    with db.session.no_autoflush:
        _refuse_grant(account, grant)
    account.grants.append(grant)
    db.session.flush()
    audit.record("role:grant", actor=by, about=_about(account), detail=_told(grant))
    return grant


def end_grant(grant: RoleGrant, *, on: date, by: str) -> None:
    """Take a role away: it is held no more from that day on. One that has not begun is taken back whole.

    Raises: Refused ``role:self``, ``role:ended``, ``role:last_administrator``.
    """
    audit.turn_first()
    account = grant.account
    _refuse_oneself(account, by)
    if grant.role is Role.ADMINISTRATOR and grant.effective_from < on:
        _refuse_nobody_left(account, on)
    if grant.span.last < on:
        raise Refused("role:ended", _("This role has ended already. Load the page again."))
    if grant.effective_from >= on:
        account.grants.remove(grant)
        db.session.delete(grant)
    else:
        grant.effective_to = on - ONE_DAY
    db.session.flush()
    audit.record("role:end", actor=by, about=_about(account), detail=_told(grant) | {"held_no_more_from": on})


def disable_account(account: Account, *, by: str) -> None:
    """Let somebody in no more; every sign-in ends at once. The roles stay, for whoever reads the log.

    Raises: Refused ``role:self``, ``role:last_administrator``.
    """
    _refuse_oneself(account, by)
    today = clock.today()
    if any(one.role is Role.ADMINISTRATOR and today in one.span for one in account.grants):
        _refuse_nobody_left(account, today)
    account.disabled_at = account.disabled_at or machine_now()
    audit.record("account:disable", actor=by, about=_about(account))
    end_all_sign_ins(account, actor=by)


def enable_account(account: Account, *, by: str) -> None:
    """Let somebody in again who was disabled.

    Raises: Refused ``role:self``.
    """
    _refuse_oneself(account, by)
    account.disabled_at = None
    audit.record("account:enable", actor=by, about=_about(account))


def reset_password(account: Account, *, by: str) -> str:
    """Give somebody who forgot it a new password to begin with; every sign-in ends at once.

    Raises: Refused ``role:self``.
    """
    _refuse_oneself(account, by)
    password = _start_password()
    set_password(account, password)
    audit.record("account:reset_password", actor=by, about=_about(account))
    end_all_sign_ins(account, actor=by)
    return password


def _refuse_grant(account: Account, grant: RoleGrant) -> None:
    refusals = (
        ("role:disabled", None, account.disabled_at is not None),
        ("role:wrong_unit", "unit", not may_be_held_at(grant.role, grant.unit.kind)),
        ("role:no_staff_number", "role", grant.role is Role.TEACHER and account.teacher is None),
        ("role:not_a_head", "is_head", grant.is_head and grant.role is not Role.SCHOOL_COORDINATOR),
        ("role:reversed", "last", grant.span.last < grant.span.first),
        ("role:held_already", "first", any(_is_same_role(grant, held) for held in account.grants)),
    )
    for code, field, applies in refusals:
        if applies:
            raise Refused(code, str(_WHY_NOT[code]), field=field)


def _is_same_role(grant: RoleGrant, held: RoleGrant) -> bool:
    return held.role is grant.role and held.unit is grant.unit and held.span.meets(grant.span)


def _refuse_oneself(account: Account, by: str) -> None:
    if account.public_id == by:
        raise Refused("role:self", _("Nobody changes the rights of their own account. Ask another administrator."))


def other_administrators(account: Account, on: date) -> bool:
    """Whether somebody else is an administrator on a day and can sign in."""
    statement = (
        select(RoleGrant.id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(RoleGrant.role == Role.ADMINISTRATOR, in_force(RoleGrant, on))
        .where(Account.disabled_at.is_(None), Account.id != account.id)
    )
    return db.session.scalar(statement.limit(1)) is not None


def _refuse_nobody_left(account: Account, on: date) -> None:
    """Keep an administrator. Who shuts somebody out at the same moment waits, and sees what the other did."""
    audit.take_turn()
    if not other_administrators(account, on):
        raise Refused(
            "role:last_administrator", _("Nobody else would be an administrator then. Have another one named first.")
        )


def _teacher_of(staff_code: str) -> Teacher | None:
    if not staff_code:
        return None
    teacher = db.session.scalar(select(Teacher).where(Teacher.code == staff_code))
    if teacher is None:
        raise Refused(
            "account:no_such_teacher",
            _("No teacher has this staff number. Check it in the workbook, or leave it empty."),
            field="staff_code",
        )
    if db.session.scalar(select(Account.id).where(Account.teacher_id == teacher.id)):
        raise Refused(
            "account:teacher_has_one",
            _("This teacher has an account already. Look for it in the list of accounts."),
            field="staff_code",
        )
    return teacher


def _start_password() -> str:
    """Twelve characters in groups of four, to be read from paper once."""
    drawn = "".join(secrets.choice(START_ALPHABET) for _n in range(12))
    return "-".join(drawn[start : start + 4] for start in range(0, 12, 4))


def _about(account: Account) -> str:
    return f"account:{account.public_id}"


def _told(grant: RoleGrant) -> dict[str, object]:
    return {
        "role": grant.role.value,
        "unit": grant.unit.code,
        "from": grant.effective_from,
        "to": grant.effective_to,
        "head": grant.is_head,
    }
