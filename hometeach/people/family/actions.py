"""Put somebody on a child's file as guardian or carer, and change how they are reached.

A phone is what lets a guardian in: another one needs a reason, and ends every
session and link of the old one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.entry.guardians.actions import shut_out
from hometeach.people.entry.guardians.rules import plain_phone
from hometeach.people.models import Child, Guardian, phone_index
from hometeach.people.rules import ContactRule, Standing, is_phone


@dataclass(frozen=True, slots=True)
class Described:
    """Somebody of the family, as the school writes them down. An empty phone is none."""

    name: str
    relation: str
    standing: Standing
    phone: str
    contact_rule: ContactRule
    #: For a carer: the paper by which the guardians entrusted the child.
    entrusted_by: str = ""


def add_guardian(child: Child, described: Described, *, by: str) -> Guardian:
    """Put somebody on the child's file.

    Raises: Refused ``guardian:no_phone_number``, ``guardian:there_already``.
    """
    guardian = Guardian(child_id=child.id, **_plain(described))
    _give_phone(guardian, _phone(described))
    try:
        with db.session.begin_nested():
            db.session.add(guardian)
    except IntegrityError as taken:
        raise _there_already() from taken
    _record("guardian:add", child, guardian, by, {})
    return guardian


def change_guardian(guardian: Guardian, described: Described, *, reason: str, by: str) -> None:
    """Write somebody down otherwise. Another phone, or none, ends what the old one opened.

    Raises: Refused ``guardian:no_phone_number``, ``guardian:no_reason`` where the phone changes
    without one, ``guardian:there_already``.
    """
    phone, before = _phone(described), guardian.phone
    if phone != before and not reason.strip():
        raise Refused(
            "guardian:no_reason", _("Write why the phone changes: it is what lets this person in."), field="reason"
        )
    closes = phone != before or described.contact_rule is ContactRule.NEVER
    if closes:
        shut_out(guardian)
    changed = sorted(name for name, value in _plain(described).items() if getattr(guardian, name) != value)
    try:
        with db.session.begin_nested():
            for name, value in _plain(described).items():
                setattr(guardian, name, value)
            if phone != before:
                _give_phone(guardian, phone)
            db.session.flush()
    except IntegrityError as taken:
        raise _there_already() from taken
    told = {"changed": [*changed, *(["phone"] if phone != before else [])], "reason": reason.strip() or None}
    _record("guardian:change", guardian.child, guardian, by, told)


def check_phone(guardian: Guardian, *, how: str, by: str) -> None:
    """Write down that somebody of the school saw this phone in the person's hand: links to sign may go to it now.

    Raises: Refused ``guardian:no_phone``, ``guardian:no_way_of_checking``.
    """
    if guardian.phone_index is None:
        raise Refused("guardian:no_phone", _("No phone is on record. Write it down first."))
    if not how.strip():
        raise Refused("guardian:no_way_of_checking", _("Write how you know that the phone is theirs."), field="how")
    guardian.phone_checked_at, guardian.phone_checked_by = machine_now(), by
    db.session.flush()
    _record("guardian:phone_checked", guardian.child, guardian, by, {"how": how.strip()})


def _plain(described: Described) -> dict[str, object]:
    return {
        "name": described.name.strip(),
        "relation": described.relation.strip(),
        "standing": described.standing,
        "contact_rule": described.contact_rule,
        "entrusted_by": described.entrusted_by.strip() or None,
    }


def _phone(described: Described) -> str | None:
    phone = plain_phone(described.phone)
    if described.phone.strip() and not is_phone(phone):
        raise Refused(
            "guardian:no_phone_number",
            _("This is no mobile number. Write its eleven digits, or leave it empty."),
            field="phone",
        )
    return phone or None


def _give_phone(guardian: Guardian, phone: str | None) -> None:
    guardian.phone, guardian.phone_index = phone, phone_index(phone) if phone else None
    guardian.phone_checked_at = guardian.phone_checked_by = None


def _there_already() -> Refused:
    return Refused(
        "guardian:there_already",
        _("Somebody with this name is on the child's file already. Change that entry instead."),
        field="name",
    )


def _record(action: str, child: Child, guardian: Guardian, by: str, more: Mapping[str, object]) -> None:
    detail = {
        "guardian": guardian.public_id,
        "standing": guardian.standing.value,
        "contact": guardian.contact_rule.value,
        "phone": "on file" if guardian.phone_index else "none",
        **more,
    }
    audit.record(action, actor=by, about=f"child:{child.public_id}", detail=detail)
