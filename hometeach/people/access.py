"""Who may do what, and whose children may they see?

Pure. A person may hold several roles, each for some days and for one unit; what
they may see is the union. A page says which roles may open it; the loader asks
the scope, so that foreign and absent look the same.

Source: least privilege, Minors Network Protection Regulation art. 36; the
relief office and the administrator do not read children's files (REPD art. 20).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hometeach.kernel.clock import Span
from hometeach.people.rules import UnitKind


class Role(StrEnum):
    """What somebody is here to do."""

    BUREAU_OFFICER = "bureau_officer"
    SCHOOL_COORDINATOR = "school_coordinator"
    TEACHER = "teacher"
    AUDITOR = "auditor"
    RELIEF_CLERK = "relief_clerk"
    ADMINISTRATOR = "administrator"


#: Those who read children's files at all.
FILE_READERS = frozenset({Role.BUREAU_OFFICER, Role.SCHOOL_COORDINATOR, Role.TEACHER, Role.AUDITOR})
#: Those who see every child of the bureau.
BUREAU_WIDE = frozenset({Role.BUREAU_OFFICER, Role.AUDITOR})
#: Those who may ask to see a masked field, with a reason.
MAY_REVEAL = frozenset({Role.BUREAU_OFFICER, Role.SCHOOL_COORDINATOR, Role.TEACHER})
_SCHOOLS = frozenset({UnitKind.SCHOOL, UnitKind.SPECIAL_SCHOOL})
#: At which kinds of unit a role is held; all others at the bureau.
HELD_AT = {Role.SCHOOL_COORDINATOR: _SCHOOLS, Role.TEACHER: _SCHOOLS}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held for some days, at a unit (its id)."""

    role: Role
    unit_id: int
    span: Span
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose children a person sees on a day. Units: ids of schools and of the teacher."""

    everything: bool = False
    school_ids: frozenset[int] = frozenset()
    teacher_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no child at all is visible."""
        return not (self.everything or self.school_ids or self.teacher_id is not None)


def scope_of(grants: Iterable[Grant], teacher_id: int | None) -> Scope:
    """The union of what the roles in force let a person see."""
    held = list(grants)
    roles = {grant.role for grant in held}
    return Scope(
        everything=bool(roles & BUREAU_WIDE),
        school_ids=frozenset(grant.unit_id for grant in held if grant.role is Role.SCHOOL_COORDINATOR),
        teacher_id=teacher_id if Role.TEACHER in roles else None,
    )


def may_be_held_at(role: Role, kind: UnitKind) -> bool:
    """Whether a role can be held at a unit of this kind."""
    return kind in HELD_AT.get(role, frozenset({UnitKind.BUREAU}))
