"""The first page: for each role that a person holds, the sentence that matters to it, and what stands behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Blueprint, current_app, render_template

from hometeach.kernel import clock
from hometeach.people.access import Role
from hometeach.web.base import ROLE_NAMES, allowed, also_without_role, chosen_locale, person
from hometeach.web.home import ahead, auditor, bureau, clerk, keeper, school, teacher
from hometeach.web.kept import while_unchanged
from hometeach.web.messages.inbox import unread

pages = Blueprint("home", __name__)


@dataclass(frozen=True)
class Part:
    """What the page says to one role, as HTML."""

    title: str
    lead: str
    #: The one button; empty where there is nothing to press.
    primary: str
    evidence: str


#: What each role is told, in the order of the roles.
TOLD: Mapping[Role, Callable[[date], Any]] = {
    Role.BUREAU_OFFICER: bureau.facts,
    Role.SCHOOL_COORDINATOR: school.facts,
    Role.TEACHER: teacher.facts,
    Role.AUDITOR: auditor.facts,
    Role.RELIEF_CLERK: clerk.facts,
    Role.ADMINISTRATOR: keeper.facts,
}


@pages.get("/")
@also_without_role("says so, and whom to ask")
@allowed(*Role)
@while_unchanged
def show() -> str:
    """Today, as it concerns the person who asks."""
    if not person().roles:
        return render_template("home/no_role.html")
    today = clock.today()
    parts = [_part(role, tell(today)) for role, tell in TOLD.items() if role in person().roles]
    return render_template("home/show.html", parts=parts, ahead=ahead.facts(today), unread=unread())


def _part(role: Role, facts: Any) -> Part:
    return _kept(role, facts, chosen_locale()) if role is Role.TEACHER else _said(role, facts)


@lru_cache(maxsize=256)
def _kept(role: Role, facts: teacher.TeacherToday, _language: str) -> Part:
    """The facts of a teacher are the same object as long as they say the same, so they are put into words once."""
    return _said(role, facts)


def _said(role: Role, facts: Any) -> Part:
    """What the template of the role's name says."""
    room: Any = current_app.jinja_env.get_template(f"home/{role}.html").module
    return Part(
        title=str(ROLE_NAMES[role]),
        lead=room.lead(facts).strip(),
        primary=room.primary(facts).strip(),
        evidence=room.evidence(facts),
    )
