"""Which agreements of a child wait for signatures for the same days? Only one of them can be concluded."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.signing.facts import facts_of
from hometeach.agreements.signing.rules import OPEN, state_of
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db


def waiting_beside(child_id: int, span: Span, on: date, *, but: Offer | None = None) -> list[Offer]:
    """The offers of a child that were not concluded and share a day with the span, the earliest drawn up first."""
    statement = select(Offer).where(Offer.child_id == child_id).order_by(Offer.id)
    met = [one for one in db.session.scalars(statement) if one is not but and one.span.meets(span)]
    known = facts_of(met, on)
    return [one for one in met if state_of(known[one.id], on) in OPEN]


def refuse_beside(waiting: Sequence[Offer]) -> None:
    """Draw up nothing beside what waits already, unless whoever does knows of it.

    Raises: Refused ``offer:beside``, at the tick that says so.
    """
    if waiting:
        numbers = "、".join(one.number for one in waiting)
        raise Refused(
            "offer:beside",
            _(
                "Agreement %(number)s is drawn up already and waits for signatures for some of these days."
                " Recall it first, or tick that this one is drawn up beside it.",
                number=numbers,
            ),
            field="beside",
        )
