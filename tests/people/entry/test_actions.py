"""Who comes in, who waits, and when a sign-in is over."""

from collections.abc import Callable
from datetime import date, timedelta
from time import perf_counter

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.kernel import clock
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.settings import Setting
from hometeach.people.access import Role
from hometeach.people.entry import actions
from hometeach.people.entry.models import SignIn, SignInAttempt
from hometeach.people.models import Account
from tests import factories
from tests.factories import PASSWORD

DAY = date(2026, 11, 23)
AT_MOST = timedelta(hours=12)
WRONG = "not the password"


def signed_in(token: str) -> int | None:
    """The account that the token stands for, by its id."""
    found = actions.who_signed_in(token, at_most=AT_MOST)
    return found.account_id if found else None


@pytest.fixture
def lin(app: Flask) -> Account:
    """Teacher Lin, who can sign in."""
    with committed():
        return factories.make_account("lin", factories.make_unit("S1"), Role.TEACHER)


def enter(name: str = "lin", password: str = PASSWORD, *, address: str = "10.0.0.1", demonstration: bool = True) -> str:
    """Sign in and keep what comes of it, also when it is refused, as the page does."""
    refused = None
    with committed():
        try:
            return actions.sign_in(name, password, address=address, on=DAY, demonstration=demonstration)
        except Refused as told:
            refused = told
    raise refused


def code_of(refused: Callable[[], object]) -> str:
    with pytest.raises(Refused) as told:
        refused()
    return told.value.code


def test_the_right_password_lets_in_whatever_the_capitals_of_the_name(lin: Account) -> None:
    token = enter(" LIN ")
    assert signed_in(token) == lin.id
    events = db.session.scalars(sa.select(AuditEvent.action)).all()
    assert "sign_in:begin" in events


def test_the_database_never_holds_the_token_itself(lin: Account) -> None:
    token = enter()
    kept = db.session.scalars(sa.select(SignIn.token_hash)).one()
    assert token.encode() not in kept
    assert len(kept) == 32


def refuse(account: Account | None, name: str, *, demonstration: bool = True) -> tuple[str, str]:
    password = WRONG if account is None or account.disabled_at is None else PASSWORD
    with pytest.raises(Refused) as told:
        enter(name, password, demonstration=demonstration)
    return told.value.code, told.value.message


def test_unknown_wrong_disabled_and_demonstration_accounts_are_told_alike(lin: Account) -> None:
    wrong = refuse(lin, "lin")
    unknown = refuse(None, "nobody")
    with pytest.raises(Refused) as told:
        enter("lin", PASSWORD, demonstration=False)
    demonstration = (told.value.code, told.value.message)
    with committed():
        lin.disabled_at = clock.machine_now()
    disabled = refuse(lin, "lin")
    assert wrong == unknown == disabled == demonstration
    assert wrong[0] == "sign_in:wrong"


def test_an_unknown_name_takes_as_long_as_a_wrong_password(lin: Account) -> None:
    def seconds(name: str, place: int) -> float:
        start = perf_counter()
        with pytest.raises(Refused):
            enter(name, WRONG, address=f"10.0.1.{place}")
        return perf_counter() - start

    known = min(seconds("lin", place) for place in range(4))
    unknown = min(seconds("nobody", place) for place in range(4, 8))
    assert unknown > known / 3


def test_the_sixth_attempt_on_an_account_waits_from_wherever_it_comes(lin: Account) -> None:
    for place in range(5):
        assert code_of(lambda place=place: enter("lin", WRONG, address=f"10.0.0.{place}")) == "sign_in:wrong"
    assert code_of(lambda: enter("lin", PASSWORD, address="10.9.9.9")) == "sign_in:wait"


def test_a_name_that_nobody_has_waits_as_well(lin: Account) -> None:
    for _n in range(5):
        assert code_of(lambda: enter("nobody", WRONG)) == "sign_in:wrong"
    assert code_of(lambda: enter("nobody", WRONG)) == "sign_in:wait"


def test_an_address_that_tries_many_names_waits_and_another_address_does_not(lin: Account) -> None:
    with committed():
        db.session.add(
            Setting(
                name="attempts_per_address", value="3", effective_from=date(2026, 1, 1), source="letter of the bureau"
            )
        )
    for n in range(3):
        assert code_of(lambda n=n: enter(f"name-{n}", WRONG, address="10.0.0.1")) == "sign_in:wrong"
    assert code_of(lambda: enter("lin", PASSWORD, address="10.0.0.1")) == "sign_in:wait"
    assert enter("lin", PASSWORD, address="10.0.0.2")


def test_attempts_are_forgotten_after_the_window(lin: Account) -> None:
    for _n in range(5):
        assert code_of(lambda: enter("lin", WRONG)) == "sign_in:wrong"
    with committed():
        earlier = clock.machine_now() - timedelta(minutes=16)
        db.session.execute(sa.update(SignInAttempt).values(at=earlier))
    assert enter("lin", PASSWORD)
    with committed():
        assert actions.forget_old_attempts(DAY) == 5  # those of the address; the account's went with the sign-in


def test_a_sign_in_that_succeeds_clears_the_account_and_not_the_address(lin: Account) -> None:
    for _n in range(4):
        assert code_of(lambda: enter("lin", WRONG)) == "sign_in:wrong"
    enter("lin", PASSWORD)
    left = db.session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt))
    assert left == 4


def test_names_and_addresses_of_attempts_are_kept_as_keyed_hashes_only(lin: Account) -> None:
    assert code_of(lambda: enter("lin", WRONG, address="203.0.113.77")) == "sign_in:wrong"
    for key in db.session.scalars(sa.select(SignInAttempt.key)):
        assert len(key) == 32
        assert b"lin" not in key
        assert b"203" not in key


def test_signing_out_ends_the_sign_in_on_the_server(lin: Account) -> None:
    token, other = enter(), enter()
    with committed():
        actions.sign_out(token)
    assert signed_in(token) is None
    assert signed_in(other) == lin.id


def test_a_sign_in_ends_after_its_longest_time_also_when_it_was_never_idle(lin: Account) -> None:
    token = enter()
    with committed():
        db.session.execute(sa.update(SignIn).values(began_at=clock.machine_now() - AT_MOST - timedelta(seconds=1)))
    assert signed_in(token) is None
    assert actions.running_sign_ins(lin, at_most=AT_MOST) == []


def test_a_disabled_account_is_out_at_once(lin: Account) -> None:
    token = enter()
    with committed():
        lin.disabled_at = clock.machine_now()
    assert signed_in(token) is None


def test_somebody_elses_sign_in_cannot_be_ended(lin: Account) -> None:
    with committed():
        he = factories.make_account("he", factories.make_unit("S2"), Role.TEACHER)
    token = enter()
    sign_in = actions.running_sign_ins(lin, at_most=AT_MOST)[0]
    with committed():
        actions.end_sign_in(he, sign_in.id)
    assert signed_in(token) == lin.id
    with committed():
        actions.end_sign_in(lin, sign_in.id)
    assert signed_in(token) is None


def test_a_changed_password_ends_every_other_sign_in_and_is_the_only_one_that_lets_in(lin: Account) -> None:
    here, there = enter(), enter()
    with committed():
        actions.change_password(lin, old=PASSWORD, new="another long password", token=here, on=DAY)
    assert signed_in(here) == lin.id
    assert signed_in(there) is None
    assert code_of(lambda: enter("lin", PASSWORD)) == "sign_in:wrong"
    assert enter("lin", "another long password")
    assert db.session.scalar(sa.select(AuditEvent).where(AuditEvent.action == "account:change_password"))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (WRONG, "another long password", "password:wrong"),
        (PASSWORD, PASSWORD, "password:same"),
        (PASSWORD, "too short", "password:short"),
    ],
    ids=["the old one is wrong", "the new one is the old one", "the new one is short"],
)
def test_a_password_is_not_changed(lin: Account, old: str, new: str, code: str) -> None:
    token = enter()
    assert code_of(lambda: actions.change_password(lin, old=old, new=new, token=token, on=DAY)) == code


def test_whoever_guesses_at_the_old_password_waits(lin: Account) -> None:
    token = enter()
    for _n in range(5):
        with committed():
            code_of(lambda: actions.change_password(lin, old=WRONG, new="another long password", token=token, on=DAY))
    with committed():
        guess = code_of(
            lambda: actions.change_password(lin, old=PASSWORD, new="another long password", token=token, on=DAY)
        )
    assert guess == "sign_in:wait"
