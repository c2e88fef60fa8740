"""The first page: for each role that a person holds, the sentence that matters to it, and what stands behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template

from hometeach.kernel import clock
from hometeach.people.access import Role
from hometeach.web.base import ROLE_NAMES, allowed, also_without_role, person
from hometeach.web.home import ahead, auditor, bureau, clerk, keeper, school, teacher
from hometeach.web.messages.inbox import unread

pages = Blueprint("home", __name__)


@dataclass(frozen=True)
class Part:
    """What the page says to one role; the template's name is the role's."""

    role: Role
    title: str
    facts: Any


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
def show() -> str:
    """Today, as it concerns the person who asks."""
    if not person().roles:
        return render_template("home/no_role.html")
    today = clock.today()
    parts = [Part(role, ROLE_NAMES[role], tell(today)) for role, tell in TOLD.items() if role in person().roles]
    return render_template("home/show.html", parts=parts, ahead=ahead.facts(today), unread=unread())
