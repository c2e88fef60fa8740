"""Who may use a view? It says so, or it answers like an absent page."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l

from hometeach.people.access import Role

View = TypeVar("View", bound=Callable[..., Any])

ROLE_NAMES = {
    Role.BUREAU_OFFICER: _l("Bureau officer"),
    Role.SCHOOL_COORDINATOR: _l("School coordinator"),
    Role.TEACHER: _l("Teacher"),
    Role.AUDITOR: _l("Auditor"),
    Role.RELIEF_CLERK: _l("Relief-office clerk"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
#: Whose password alone would open too much.
NEEDS_SECOND_FACTOR = frozenset({Role.BUREAU_OFFICER, Role.ADMINISTRATOR})


def allowed(*roles: Role) -> Callable[[View], View]:
    """Say that a view is for those who hold one of the roles today."""

    def mark(view: View) -> View:
        view.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def also_without_role(reason: str) -> Callable[[View], View]:
    """Say, with the reason, that a view answers as well to those who have signed in and hold no role today."""

    def mark(view: View) -> View:
        view.also_without_role = reason  # type: ignore[attr-defined]
        return view

    return mark


def open_to_all(reason: str) -> Callable[[View], View]:
    """Say, with the reason, that a view is open to anybody: the written exception."""

    def mark(view: View) -> View:
        view.open_because = reason  # type: ignore[attr-defined]
        return view

    return mark


def for_guardians(view: View) -> View:
    """Say that a view is for guardians and carers who came in with a code, and for nobody of the staff."""
    view.for_guardians = True  # type: ignore[attr-defined]
    return view
