"""Who stands around a child, and by what way are they reached? For those who keep it."""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_urlsafe

from hometeach.kernel.clock import machine_now
from hometeach.people.entry.guardians.actions import way_to
from hometeach.people.entry.guardians.models import GuardianLink, running_links
from hometeach.people.entry.guardians.rules import Reach
from hometeach.people.models import Child, Guardian
from hometeach.people.rules import masked_phone
from hometeach.web.base import person
from hometeach.web.guardians import KEEPERS


@dataclass(frozen=True)
class Reached:
    """Somebody of the family: the phone masked, the way to reach them, and the link that still opens."""

    guardian: Guardian
    phone: str
    reach: Reach
    link: GuardianLink | None
    #: By which the button works once, however often it is pressed.
    once: str


def family_reached(child: Child) -> Sequence[Reached] | None:
    """The family of a child for whoever keeps it; None for those who only read."""
    if not person().roles & set(KEEPERS):
        return None
    links = running_links([one.id for one in child.guardians], machine_now())
    return [
        Reached(
            guardian=one,
            phone=masked_phone(one.phone) or "",
            reach=way_to(one),
            link=links.get(one.id),
            once=token_urlsafe(12),
        )
        for one in child.guardians
    ]
