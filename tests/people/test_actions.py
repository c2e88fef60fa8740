"""An administrator makes accounts and gives roles; nobody gives any to themself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people import actions
from hometeach.people.access import Role
from hometeach.people.entry.actions import sign_in, who_signed_in
from hometeach.people.models import Account, OrgUnit, RoleGrant
from hometeach.people.rules import UnitKind
from tests import factories

TODAY = date(2026, 11, 23)
FROM_TODAY = Span(TODAY)


@dataclass
class Office:
    """The bureau, a school, administrator Guan, and Lin, who teaches there."""

    bureau: OrgUnit
    school: OrgUnit
    guan: Account
    lin: Account

    @property
    def by(self) -> str:
        return self.guan.public_id


def signed_in(token: str) -> int | None:
    """The account that the token stands for, by its id."""
    found = who_signed_in(token, at_most=timedelta(hours=1))
    return found.account_id if found else None


@pytest.fixture
def office(app: Flask) -> Office:
    with committed():
        bureau, school = factories.make_unit("J00", UnitKind.BUREAU), factories.make_unit("S1")
        guan = factories.make_account("guan", bureau, Role.ADMINISTRATOR)
        lin = factories.make_account("lin", school, teacher=factories.make_teacher("T1", school))
        return Office(bureau, school, guan, lin)


def code_of(refused: Callable[[], object]) -> str:
    with pytest.raises(Refused) as told, committed():
        refused()
    return told.value.code


def last_event() -> AuditEvent:
    return db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.seq.desc())).first()  # type: ignore[return-value]


def let_in(name: str, password: str) -> str:
    with committed():
        return sign_in(name, password, address="10.0.0.1", on=TODAY, demonstration=True)


def test_a_new_account_comes_in_with_the_password_that_was_shown_once(office: Office) -> None:
    with committed():
        account, password = actions.make_account(" Bai.Min ", "白敏", staff_code="", by=office.by)
    assert account.sign_in_name == "bai.min"
    assert account.grants == []
    assert signed_in(let_in("bai.min", password)) == account.id
    assert db.session.scalar(
        sa.select(AuditEvent.actor).where(
            AuditEvent.action == "account:make", AuditEvent.about == f"account:{account.public_id}"
        )
    ) == (office.by)


def test_two_start_passwords_are_never_alike(office: Office) -> None:
    with committed():
        passwords = {actions.make_account(f"p{n}", "某人", staff_code="", by=office.by)[1] for n in range(5)}
    assert len(passwords) == 5
    assert all(len(password) == 14 for password in passwords)


def test_a_staff_number_ties_the_account_to_its_teacher(office: Office) -> None:
    with committed():
        teacher = factories.make_teacher("T2", office.school)
        account, _password = actions.make_account("shi", "石老师", staff_code=" T2 ", by=office.by)
    assert account.teacher is teacher


@pytest.mark.parametrize(
    ("name", "staff_code", "code"),
    [
        ("LIN", "", "account:name_taken"),
        ("new", "T99", "account:no_such_teacher"),
        ("new", "T1", "account:teacher_has_one"),
    ],
    ids=["the name is taken", "no such staff number", "the teacher has an account"],
)
def test_an_account_is_not_made(office: Office, name: str, staff_code: str, code: str) -> None:
    assert code_of(lambda: actions.make_account(name, "某人", staff_code=staff_code, by=office.by)) == code


def test_a_role_is_given_with_dates_and_written_down(office: Office) -> None:
    days = Span(TODAY, date(2027, 1, 22))
    with committed():
        actions.grant_role(office.lin, Role.TEACHER, office.school, days, is_head=False, by=office.by)
        actions.grant_role(office.lin, Role.SCHOOL_COORDINATOR, office.school, days, is_head=True, by=office.by)
    held = [(grant.role, grant.span, grant.is_head) for grant in office.lin.grants]
    assert held == [(Role.TEACHER, days, False), (Role.SCHOOL_COORDINATOR, days, True)]
    event = last_event()
    assert (event.action, event.actor, event.about) == ("role:grant", office.by, f"account:{office.lin.public_id}")
    assert '"role":"school_coordinator"' in event.detail


def test_nobody_gives_roles_to_themself_nor_takes_them(office: Office) -> None:
    own = office.guan
    attempts: tuple[Callable[[], object], ...] = (
        lambda: actions.grant_role(own, Role.AUDITOR, office.bureau, FROM_TODAY, is_head=False, by=office.by),
        lambda: actions.end_grant(own.grants[0], on=TODAY, by=office.by),
        lambda: actions.disable_account(own, by=office.by),
        lambda: actions.enable_account(own, by=office.by),
        lambda: actions.reset_password(own, by=office.by),
    )
    assert [code_of(attempt) for attempt in attempts] == ["role:self"] * 5


@pytest.mark.parametrize(
    ("role", "at_bureau", "is_head", "days", "code"),
    [
        (Role.BUREAU_OFFICER, False, False, FROM_TODAY, "role:wrong_unit"),
        (Role.AUDITOR, False, False, FROM_TODAY, "role:wrong_unit"),
        (Role.TEACHER, True, False, FROM_TODAY, "role:wrong_unit"),
        (Role.SCHOOL_COORDINATOR, True, False, FROM_TODAY, "role:wrong_unit"),
        (Role.TEACHER, False, True, FROM_TODAY, "role:not_a_head"),
        (Role.TEACHER, False, False, Span(TODAY, date(2026, 11, 22)), "role:reversed"),
    ],
    ids=[
        "an officer at a school",
        "an auditor at a school",
        "a teacher at the bureau",
        "a coordinator at the bureau",
        "a teacher as head",
        "an end before the beginning",
    ],
)
def test_a_role_is_not_given(office: Office, role: Role, at_bureau: bool, is_head: bool, days: Span, code: str) -> None:
    unit = office.bureau if at_bureau else office.school
    given = code_of(lambda: actions.grant_role(office.lin, role, unit, days, is_head=is_head, by=office.by))
    assert given == code
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RoleGrant)) == 1


def test_an_account_without_staff_number_does_not_teach(office: Office) -> None:
    with committed():
        account, _password = actions.make_account("new", "某人", staff_code="", by=office.by)
    refused = code_of(
        lambda: actions.grant_role(account, Role.TEACHER, office.school, FROM_TODAY, is_head=False, by=office.by)
    )
    assert refused == "role:no_staff_number"


def test_one_role_is_not_held_twice_on_one_day_and_may_follow_itself(office: Office) -> None:
    def give(first: date, last: date | None) -> None:
        days = Span.of(first, last)
        actions.grant_role(office.lin, Role.TEACHER, office.school, days, is_head=False, by=office.by)

    with committed():
        give(date(2026, 9, 1), date(2026, 11, 30))
    assert code_of(lambda: give(date(2026, 11, 30), None)) == "role:held_already"
    with committed():
        give(date(2026, 12, 1), None)
    assert len(office.lin.grants) == 2


def test_a_role_that_is_taken_away_is_not_held_from_that_day_on(office: Office) -> None:
    with committed():
        grant = actions.grant_role(
            office.lin, Role.TEACHER, office.school, Span(date(2026, 9, 1)), is_head=False, by=office.by
        )
    with committed():
        actions.end_grant(grant, on=TODAY, by=office.by)
    assert grant.span == Span(date(2026, 9, 1), date(2026, 11, 22))
    assert last_event().action == "role:end"
    assert code_of(lambda: actions.end_grant(grant, on=TODAY, by=office.by)) == "role:ended"


@pytest.mark.parametrize("first", [TODAY, date(2027, 3, 1)], ids=["from today", "from next term"])
def test_a_role_that_has_not_been_held_is_taken_back_whole_and_stays_in_the_log(office: Office, first: date) -> None:
    with committed():
        grant = actions.grant_role(office.lin, Role.TEACHER, office.school, Span(first), is_head=False, by=office.by)
    with committed():
        actions.end_grant(grant, on=TODAY, by=office.by)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RoleGrant)) == 1
    assert office.lin.grants == []
    assert last_event().action == "role:end"


def test_a_disabled_account_is_out_at_once_and_gets_no_role(office: Office) -> None:
    token = let_in("lin", factories.PASSWORD)
    with committed():
        actions.disable_account(office.lin, by=office.by)
    assert signed_in(token) is None
    assert code_of(lambda: let_in("lin", factories.PASSWORD)) == "sign_in:wrong"
    refused = code_of(
        lambda: actions.grant_role(office.lin, Role.TEACHER, office.school, FROM_TODAY, is_head=False, by=office.by)
    )
    assert refused == "role:disabled"
    with committed():
        actions.enable_account(office.lin, by=office.by)
    assert signed_in(token) is None, "the old sign-in stays dead"
    assert let_in("lin", factories.PASSWORD)


def test_a_reset_password_ends_the_sign_ins_and_the_old_password(office: Office) -> None:
    token = let_in("lin", factories.PASSWORD)
    with committed():
        password = actions.reset_password(office.lin, by=office.by)
    assert signed_in(token) is None
    assert code_of(lambda: let_in("lin", factories.PASSWORD)) == "sign_in:wrong"
    assert let_in("lin", password)
    assert db.session.scalar(sa.select(AuditEvent).where(AuditEvent.action == "account:reset_password"))


def test_two_administrators_do_not_end_each_other_with_the_same_day(office: Office) -> None:
    first, second = factories.make_account("one", office.bureau, Role.ADMINISTRATOR), office.guan
    db.session.commit()
    with committed():
        actions.end_grant(first.grants[0], on=date(2027, 1, 1), by=second.public_id)
    assert (
        code_of(lambda: actions.end_grant(second.grants[0], on=date(2027, 1, 1), by=first.public_id))
        == "role:last_administrator"
    )
