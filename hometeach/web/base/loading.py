"""Who asks, and what do they see? The loader is the guard: foreign and absent look the same."""

from typing import Any

from flask import g, request
from flask_babel import gettext as _
from sqlalchemy import Select, select

from hometeach.kernel import audit, clock
from hometeach.kernel.errors import NotFound, Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Scope, scope_of
from hometeach.people.entry.guardians.models import children_of_phone, reached_by
from hometeach.people.models import Child, Guardian, children_within
from hometeach.schedule.models import children_taught_by
from hometeach.web.asking import Family, Person


def person() -> Person:
    """Who asks. Only for views that are not open to all."""
    asking: Person = g.person
    return asking


def family() -> Family:
    """Which guardian asks. Only for views that are for guardians."""
    asking: Family = g.family
    return asking


def load_own_child(public_id: str) -> Child:
    """The child of this address, if the guardian who asks has it in care; opening its pages is logged.

    Raises: NotFound, alike for foreign and absent.
    """
    mine = children_of_phone(family().entered.phone_index)
    child = db.session.scalar(mine.where(Child.public_id == public_id))
    if child is None:
        raise NotFound
    g.opened.append((f"child:{child.public_id}", "file", ""))
    return child


def guardian_of(child: Child) -> Guardian:
    """As whom the person who asks speaks for a child: each child has its own entry of the family.

    Where two of a family share a phone, the one of the same name as came in.
    ``child`` comes from :func:`load_own_child`.

    Raises: Refused ``family:other_person`` for what is said where only others who share the phone have the child.
    """
    asking = family().entered
    here = select(Guardian).where(Guardian.child_id == child.id, reached_by(asking.phone_index))
    found = db.session.scalars(
        here.order_by(Guardian.id != asking.guardian_id, Guardian.name != asking.name, Guardian.id).limit(1)
    ).one()
    if request.method == "POST" and found.name != asking.name and found.id != asking.guardian_id:
        told = _("Somebody else who shares this phone is on this child's file. Say first who you are: switch person.")
        raise Refused("family:other_person", told)
    return found


def visible_children() -> Select[Child]:
    """The children whom the person sees today; the loader is the guard."""
    return select(Child).where(sees_child())


def scope_here() -> Scope:
    """Whose children the person sees by one of the roles that open this very page."""
    asking = person()
    return scope_of((one for one in asking.grants if one.role in g.opened_by), asking.signed_in.teacher_id)


def sees_child() -> Any:
    """The condition on ``Child`` that the person sees it today, by one of the roles that open this very page.

    Who audits the whole bureau and coordinates one school changes the plans of that one alone.
    """
    scope, today = scope_here(), clock.today()
    taught = children_taught_by(scope.teacher_id, today) if scope.teacher_id is not None else None
    return children_within(scope, today, taught=taught)


def load_child(public_id: str) -> Child:
    """The child of this address, if the person sees it; opening its file is logged.

    Raises: NotFound, alike for foreign and absent.
    """
    child = db.session.scalar(visible_children().where(Child.public_id == public_id))
    if child is None:
        raise NotFound
    g.opened.append((f"child:{child.public_id}", "file", ""))
    return child


def note_reveal(child: Child, what: str, reason: str) -> None:
    """Have it logged, with the change or after the page, that a masked field was shown."""
    audit.note_access(actor=person().actor, about=f"child:{child.public_id}", what=what, reason=reason)


def actor() -> str:
    """Who asks, as the logs name them; empty for nobody."""
    asking = g.get("person") or g.get("family")
    return asking.actor if asking else ""
