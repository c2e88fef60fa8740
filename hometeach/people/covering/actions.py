"""Have somebody hold a role for somebody who is away; it ends by itself, or early.

What it means for a teacher's children is the schedule's to do: see
``schedule/planning/covering.py``.
"""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hometeach.kernel import audit
from hometeach.kernel.clock import ONE_DAY, Span, machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.actions import end_grant, grant_role
from hometeach.people.covering.models import Cover, covers_of
from hometeach.people.models import Account, RoleGrant

_WHY_NOT = {
    "cover:reversed": _l("The last day lies before the first. Exchange the two."),
    "cover:past": _l("These days are over. Choose today or a later day."),
    "cover:not_held": _l("The person who is away does not hold this role on all of these days. Choose other days."),
    "cover:same": _l("Choose somebody else: nobody covers for themselves."),
    "cover:disabled": _l("This account is disabled. Choose somebody who can sign in."),
    "cover:no_staff_number": _l("Only somebody with a staff number covers for a teacher. Choose another person."),
    "cover:reason": _l("Say why in a few words."),
    "cover:there": _l("Somebody covers on some of these days already. End that first, or choose other days."),
    "cover:held_already": _l("This person holds the role there anyway on some of these days. Choose another one."),
}


def begin_cover(held: RoleGrant, covering: Account, days: Span, *, reason: str, today: date, by: str) -> Cover:
    """Have somebody cover for the one who holds a role: the same role, at the same unit, for these days.

    Raises: Refused ``cover:…``, ``role:self``, at the form's field.
    """
    audit.turn_first()
    refuse_misfit(held, covering, days, reason=reason, today=today)
    cover = Cover(
        away=held.account,
        covering=covering,
        role=held.role,
        unit=held.unit,
        effective_from=days.first,
        effective_to=days.last,
        reason=reason.strip(),
        made_by=by,
        made_at=machine_now(),
    )
    db.session.add(cover)
    if not _holds(covering, held, days):
        given = grant_role(covering, held.role, held.unit, days, is_head=held.is_head, by=by)
        cover.grant_id = given.id
    db.session.flush()
    audit.record("cover:begin", actor=by, about=f"account:{covering.public_id}", detail=_told(cover))
    return cover


def end_cover(cover: Cover, last: date, *, by: str) -> None:
    """End a cover early, with a day; one that has not begun by then is taken back whole.

    Raises: Refused ``cover:ended``, ``role:self``.
    """
    audit.turn_first()
    if cover.held is None or cover.held.last <= last:
        raise Refused("cover:ended", _("This cover has ended already, or ends today. Load the page again."))
    given = db.session.get(RoleGrant, cover.grant_id) if cover.grant_id is not None else None
    if given is not None and given.span.last > last:
        end_grant(given, on=last + ONE_DAY, by=by)
    cover.held_no_more_from = last + ONE_DAY
    db.session.flush()
    about = f"account:{cover.covering.public_id}"
    audit.record("cover:end", actor=by, about=about, detail=_told(cover) | {"last": last})


def refuse_misfit(held: RoleGrant, covering: Account, days: Span, *, reason: str, today: date) -> None:
    """Refuse a cover that cannot be.

    Raises: Refused ``cover:…``, at the form's field.
    """
    away = held.account
    teaches = held.role is Role.TEACHER
    refusals = (
        ("cover:reversed", "last", days.last < days.first),
        ("cover:past", "first", days.first < today),
        ("cover:same", "covering", covering is away),
        ("cover:disabled", "covering", covering.disabled_at is not None),
        ("cover:no_staff_number", "covering", teaches and covering.teacher is None),
        ("cover:not_held", "last", not (held.span.first <= days.first and days.last <= held.span.last)),
        ("cover:reason", "reason", not reason.strip()),
        ("cover:there", "first", any(_is_same(cover, held, days) for cover in covers_of(away))),
        ("cover:held_already", "covering", not teaches and _meets(covering, held, days)),
    )
    for code, field, applies in refusals:
        if applies:
            raise Refused(code, str(_WHY_NOT[code]), field=field)


def _is_same(cover: Cover, held: RoleGrant, days: Span) -> bool:
    is_of_role = cover.away is held.account and cover.role is held.role and cover.unit is held.unit
    return is_of_role and cover.held is not None and cover.held.meets(days)


def _meets(covering: Account, held: RoleGrant, days: Span) -> bool:
    return any(one.role is held.role and one.unit is held.unit and one.span.meets(days) for one in covering.grants)


def _holds(covering: Account, held: RoleGrant, days: Span) -> bool:
    """Whether somebody is a teacher anyway on all of these days, so that no role has to be given."""
    return any(
        one.role is held.role and one.span.first <= days.first and days.last <= one.span.last
        for one in covering.grants
        if one.role is Role.TEACHER
    )


def _told(cover: Cover) -> dict[str, object]:
    return {
        "away": cover.away.public_id,
        "role": cover.role.value,
        "unit": cover.unit.code,
        "from": cover.effective_from,
        "to": cover.effective_to,
    }
