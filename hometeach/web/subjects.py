"""About what do the logs speak, when a reader names a child, a visit or an agreement?

The logs name things by random ids. A name is personal data and stays out of
addresses: it is looked for by POST, whose answer leads to the ids found. An
administrator, who reads no files, finds by ids alone.
"""

import re
from collections.abc import Sequence

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, or_, select
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers.models import Offer
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS
from hometeach.people.models import Child
from hometeach.visits.models import Visit
from hometeach.web.base import person, sees_child
from hometeach.web.editing import narrow, tidy
from hometeach.web.forms import BareForm

#: More children than this are not found but asked for more closely.
MOST_FOUND = 30
#: As the logs write it: what kind of thing, and its id. Nobody's name is written so.
_AS_WRITTEN = re.compile(r"[a-z_]+:[!-~]+")


class SubjectForm(BareForm):
    """About what are the rows?"""

    who = StringField(
        _l("About what? A child's name or number, the number of a visit or an agreement, or child:… as the log has it"),
        filters=[tidy, narrow],
        validators=[DataRequired(_l("Enter a name or a number, or a part of one.")), Length(max=80)],
    )


def subjects_named(text: str) -> list[str]:
    """What the logs call the things that somebody names so, ``child:<id>``; of a visit its child.

    Raises: Refused where there are none, or too many.
    """
    wanted = text.strip()
    if _AS_WRITTEN.fullmatch(wanted):
        return [wanted]
    found = [*_children(wanted), *_offers(wanted)] if person().roles & FILE_READERS & g.opened_by else []
    if not found:
        raise Refused("subject:not_found", _("Nothing that you may see has this name or number."), field="who")
    refuse_too_many(found)
    return found


def children_called(wanted: str, *or_else: ColumnElement[bool]) -> list[str]:
    """The random ids of the children with this in their name or number, or of whom another condition holds.

    One more than can be shown tells that there are too many.
    """
    is_it = or_(
        Child.name.contains(wanted, autoescape=True),
        func.upper(Child.code).contains(wanted.upper(), autoescape=True),
        *or_else,
    )
    statement = select(Child.public_id).where(sees_child(), is_it).order_by(Child.code).limit(MOST_FOUND + 1)
    return list(db.session.scalars(statement))


def refuse_too_many(found: Sequence[str]) -> None:
    """Ask for more of the name where too many have it.

    Raises: Refused ``child:too_many`` at the question.
    """
    if len(found) > MOST_FOUND:
        raise Refused(
            "child:too_many", _("More than %(n)s children. Write more of the name or number.", n=MOST_FOUND), "who"
        )


def _children(wanted: str) -> list[str]:
    numbered = [
        Child.id.in_(select(kept.child_id).where(func.upper(kept.number) == wanted.upper()))
        for kept in (Visit, Agreement, Offer)
    ]
    return [f"child:{public_id}" for public_id in children_called(wanted, *numbered)]


def _offers(wanted: str) -> list[str]:
    statement = select(Offer.public_id).join(Child, Child.id == Offer.child_id)
    found = statement.where(sees_child(), func.upper(Offer.number) == wanted.upper())
    return [f"offer:{public_id}" for public_id in db.session.scalars(found.order_by(Offer.id))]
