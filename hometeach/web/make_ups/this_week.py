"""Friday's list: whose running week, or month, can still be met, and how?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select

from hometeach.compliance.ahead import Ahead
from hometeach.compliance.models import LedgerEntry, is_leading
from hometeach.compliance.rules.debts import missed_day
from hometeach.compliance.rules.forecast import Outlook
from hometeach.kernel import clock
from hometeach.people.access import FILE_READERS
from hometeach.people.models import Child
from hometeach.schedule.rules import PeriodKind
from hometeach.web import words
from hometeach.web.base import allowed, person, sees_child
from hometeach.web.make_ups import pages
from hometeach.web.make_ups.index import PLANNERS, planned_words
from hometeach.web.standings.listed import Listed, children_listed
from hometeach.web.standings.names import PeriodNames
from hometeach.web.standings.outlook import outlook_sentence
from hometeach.web.standings.terms import chosen_term

#: Periods that end soon enough to be told of on this list.
SOON_OVER = (PeriodKind.WEEK, PeriodKind.FORTNIGHT, PeriodKind.MONTH)


@dataclass(frozen=True)
class Savable:
    """A child whose running period is not met yet, and how it can still be met."""

    child: Listed
    period: str
    missing: str
    until: date
    sentence: str
    planned: str
    will_be_met: bool
    #: The day for which a further lesson can be planned.
    missed_on: date


@pages.get("/this-week")
@allowed(*FILE_READERS)
def this_week() -> str:
    """Per school, the children whose running period is not met yet: what is planned, and what has to be."""
    today = clock.today()
    found = savable(today)
    schools = [
        (school, list(some)) for school, some in groupby(found, key=lambda one: one.child.school or _("no school"))
    ]
    return render_template(
        "make_ups/this_week.html",
        schools=schools,
        count=len(found),
        at_risk=sum(not one.will_be_met for one in found),
        may_plan=bool(person().roles & set(PLANNERS)),
        children=url_for("children.index") + "/",
        base=url_for(".index") + "/",
    )


def savable(today: date) -> list[Savable]:
    """The children whom the person sees and whose running period is not met yet, by school."""
    missing = select(LedgerEntry.child_id).where(
        LedgerEntry.unaccounted > 0,
        LedgerEntry.period_start <= today,
        LedgerEntry.period_end >= today,
        or_(is_leading(), LedgerEntry.period_kind.in_(SOON_OVER)),
    )
    children = children_listed(today, sees_child(), Child.id.in_(missing))
    if not children:
        return []
    ahead, names = Ahead({one.id for one in children}, today), PeriodNames(chosen_term(today).every)
    found = [one for child in children if (one := _savable(child, ahead, names)) is not None]
    return sorted(found, key=lambda one: (one.child.who_acts[0], one.will_be_met, one.child.who_acts, one.child.code))


def _savable(child: Listed, ahead: Ahead, names: PeriodNames) -> Savable | None:
    outlook = _telling(ahead.outlooks(child.id))
    if outlook is None:
        return None
    facts, ledger = ahead.gathered.facts[child.id], ahead.gathered.ledger
    planned = [one for one in ahead.planned.get(child.id, []) if one.day <= outlook.period.last]
    return Savable(
        child=child,
        period=names(outlook.quota.period, outlook.period),
        missing=words.amount_words(outlook.due - outlook.given, outlook.quota.metric),
        until=outlook.period.last,
        sentence=outlook_sentence(outlook),
        planned=planned_words(planned),
        will_be_met=outlook.will_be_met,
        missed_on=missed_day(outlook.period, ledger, facts, ledger.judge(facts), planned=[one.day for one in planned]),
    )


def _telling(outlooks: Sequence[Outlook]) -> Outlook | None:
    """The first that ends of those for which the plan does not suffice, else of those not met yet; else None.

    Of longer periods than a month only those are told beneath which there is no shorter one.
    """
    told = [one for one in outlooks if one.quota.period in (*SOON_OVER, outlooks[0].quota.period) and not one.is_met]
    falling_short = [one for one in told if one.missing]
    first_to_end = [one for one in told if one.quota.period is outlooks[0].quota.period]
    return min(falling_short or first_to_end, key=lambda one: (one.period.last, -one.missing), default=None)
