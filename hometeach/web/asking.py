"""Who asks? Somebody of the staff with a password, or a guardian with a code: each by a token in the cookie."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TypeVar

from flask import current_app, session

from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.people.access import Grant, Role, Scope, scope_of
from hometeach.people.entry.actions import SignedIn, who_signed_in
from hometeach.people.entry.guardians.actions import Entered, who_entered
from hometeach.people.entry.guardians.models import children_of_phone
from hometeach.people.models import Account, Child

Known = TypeVar("Known")
#: That somebody is still there is written into the cookie no more often.
NOTED_EVERY = timedelta(seconds=60)


@dataclass(frozen=True)
class Person:
    """Who asks, with the roles in force today."""

    signed_in: SignedIn
    grants: tuple[Grant, ...]

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles in force."""
        return frozenset(grant.role for grant in self.grants)

    @cached_property
    def scope(self) -> Scope:
        """Whose children this person sees."""
        return scope_of(self.grants, self.signed_in.teacher_id)

    @property
    def actor(self) -> str:
        """As the audit log names the person."""
        return self.signed_in.public_id

    @property
    def name(self) -> str:
        """As the page greets the person."""
        return self.signed_in.name

    @property
    def account(self) -> Account:
        """The account itself, for the pages that change it."""
        return db.session.get_one(Account, self.signed_in.account_id)


@dataclass(frozen=True)
class Family:
    """Who asks with a code: a guardian or carer, on the phone that is on record."""

    entered: Entered

    @property
    def actor(self) -> str:
        """As the audit log names the guardian."""
        return f"guardian:{self.entered.public_id}"

    @property
    def name(self) -> str:
        """As the page greets the guardian."""
        return self.entered.name

    @property
    def children(self) -> list[Child]:
        """The children in this person's care, the eldest first."""
        return list(db.session.scalars(children_of_phone(self.entered.phone_index)))


def who_asks() -> Person | None:
    """The person of the staff who has signed in here, with the roles of today."""
    config = current_app.config
    signed_in = _known_by(
        "token", config["SIGN_IN_IDLE"], lambda token: who_signed_in(token, at_most=config["SIGN_IN_AT_MOST"])
    )
    if signed_in is None:
        return None
    today = clock.today()
    return Person(signed_in, tuple(grant for grant in signed_in.grants if today in grant.span))


def which_guardian() -> Family | None:
    """The guardian who came in here with a code."""
    config = current_app.config
    entered = _known_by(
        "guardian", config["GUARDIAN_IDLE"], lambda token: who_entered(token, at_most=config["GUARDIAN_AT_MOST"])
    )
    return None if entered is None else Family(entered)


def _known_by(cookie: str, idle: timedelta, find: Callable[[str], Known | None]) -> Known | None:
    """Whose token the cookie holds, unless too long has passed without a request."""
    token, seen = session.get(cookie), session.get("seen", 0.0)
    now = clock.machine_now().timestamp()
    if not token or now - seen > idle.total_seconds():
        return None
    known = find(token)
    if known is not None and now - seen > NOTED_EVERY.total_seconds():
        session["seen"] = now
    return known
