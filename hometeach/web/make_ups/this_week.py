"""Friday's list: what of the running period can still be saved, and which make-ups close soon, by who must act."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select

from hometeach.compliance.ahead import Ahead
from hometeach.compliance.making_up import Offer, offers_for
from hometeach.compliance.models import LedgerEntry, is_leading
from hometeach.compliance.rules.debts import missed_day
from hometeach.compliance.rules.forecast import Outlook
from hometeach.kernel import clock
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.models import Child
from hometeach.schedule.rules import PeriodKind
from hometeach.web import words
from hometeach.web.base import allowed, person, sees_child
from hometeach.web.kept import while_unchanged
from hometeach.web.lists import Asked, Filter, page_of
from hometeach.web.make_ups import pages
from hometeach.web.make_ups.index import PLANNERS, children_owing, closing_debts, planned_words
from hometeach.web.standings.listed import Listed, children_listed, schools_among, teachers_among
from hometeach.web.standings.names import PeriodNames
from hometeach.web.standings.terms import chosen_term

#: Periods that end soon enough to be told of on this list.
SOON_OVER = (PeriodKind.WEEK, PeriodKind.FORTNIGHT, PeriodKind.MONTH)
#: So many of the times that fit are told; the page on which one is chosen has more.
TIMES_TOLD = 3


@dataclass(frozen=True)
class Savable:
    """Something that is missing and can still be given."""

    child: Listed
    #: The running period, or the day whose make-up closes.
    what: str
    missing: str
    until: date
    planned: str
    will_be_met: bool
    #: The day for which a further lesson can be planned.
    missed_on: date

    @property
    def order(self) -> tuple[object, ...]:
        """By who must act; of each what is at risk first, and of that the first to close."""
        return (*self.child.who_acts, self.will_be_met, self.until, self.child.code, self.missed_on)


class School(NamedTuple):
    """What the teachers of a school can still save."""

    name: str
    lines: Sequence[Savable]


@pages.get("/this-week")
@allowed(*FILE_READERS)
@while_unchanged
def this_week() -> str:
    """For each teacher what can still be saved, until when, and the times that fit child and teacher."""
    today = clock.today()
    ahead, found = savable(today)
    asked = _asked([one.child for one in found])
    shown = [one for one in found if _is_of(one.child, asked)]
    page = page_of(shown, asked)
    return render_template(
        "make_ups/this_week.html",
        asked=asked,
        page=page,
        schools=schools(page.items),
        waiting=len({one.child.id for one in shown}),
        at_risk=len({one.child.id for one in shown if not one.will_be_met}),
        times=_times(page.items, ahead),
        may_plan=bool(person().roles & set(PLANNERS)),
        children=url_for("children.index") + "/",
        base=url_for(".index") + "/",
    )


def savable(today: date) -> tuple[Ahead, list[Savable]]:
    """What can still be saved of the children whom the person sees, by who must act, and what lies ahead of them."""
    missing = select(LedgerEntry.child_id).where(
        LedgerEntry.unaccounted > 0,
        LedgerEntry.period_start <= today,
        LedgerEntry.period_end >= today,
        or_(is_leading(), LedgerEntry.period_kind.in_(SOON_OVER)),
    )
    running = children_listed(today, sees_child(), Child.id.in_(missing))
    owing = children_owing(today)
    ahead = Ahead({one.id for one in running} | owing.keys(), today)
    names = PeriodNames(chosen_term(today).every)
    found = [one for child in running if (one := _savable(child, ahead, names)) is not None]
    return ahead, sorted([*found, *_closing(owing.values(), ahead)], key=lambda one: one.order)


def schools(found: Sequence[Savable]) -> list[School]:
    """Apart by school, of each by who must act."""
    return [
        School(school or _("no school serves these children"), list(lines))
        for school, lines in groupby(found, key=lambda one: one.child.school)
    ]


def _asked(visible: Sequence[Listed]) -> Asked:
    return Asked(
        "make_ups.this_week",
        (
            Filter.over("school", _("School"), _("All schools"), schools_among(visible)),
            Filter.over("teacher", _("Teacher"), _("All teachers"), teachers_among(visible)),
        ),
    )


def _is_of(child: Listed, asked: Asked) -> bool:
    return asked["school"] in ("", child.school_key) and asked["teacher"] in ("", child.teacher_key)


def _savable(child: Listed, ahead: Ahead, names: PeriodNames) -> Savable | None:
    outlook = _telling(ahead.outlooks(child.id))
    if outlook is None:
        return None
    of_child = ahead.of_child[child.id]
    planned = [one for one in ahead.planned.get(child.id, []) if one.day <= outlook.period.last]
    days = [one.day for one in planned]
    return Savable(
        child=child,
        what=names(outlook.quota.period, outlook.period),
        missing=words.amount_words(outlook.due - outlook.given, outlook.quota.metric),
        until=outlook.period.last,
        planned=planned_words(planned),
        will_be_met=outlook.will_be_met,
        missed_on=missed_day(outlook.period, of_child.ledger, of_child.facts, of_child.judged, planned=days),
    )


def _closing(owing: Iterable[Listed], ahead: Ahead) -> Iterator[Savable]:
    """The make-ups that close soon."""
    for child, debt in closing_debts(owing, ahead):
        planned = ahead.make_ups_planned(child.id, debt.missed_on)
        yield Savable(
            child=child,
            what=_("make-up for %(day)s", day=words.day_words(debt.missed_on)),
            missing=words.amount_words(debt.amount, debt.row.quota.metric),
            until=debt.until,
            planned=planned_words(planned),
            will_be_met=bool(planned),
            missed_on=debt.missed_on,
        )


def _telling(outlooks: Sequence[Outlook]) -> Outlook | None:
    """The first that ends of those for which the plan does not suffice, else of those not met yet; else None.

    Of longer periods than a month only those are told beneath which there is no shorter one.
    """
    told = [one for one in outlooks if one.quota.period in (*SOON_OVER, outlooks[0].quota.period) and not one.is_met]
    falling_short = [one for one in told if one.missing]
    first_to_end = [one for one in told if one.quota.period is outlooks[0].quota.period]
    return min(falling_short or first_to_end, key=lambda one: (one.period.last, -one.missing), default=None)


def _times(shown: Sequence[Savable], ahead: Ahead) -> dict[tuple[int, date], str]:
    """For what is at risk the first times that fit both, in words; empty where none does."""
    wanted = {(one.child.id, one.missed_on) for one in shown if not one.will_be_met}
    asking = person().scope.teacher_id if Role.TEACHER in person().roles else None
    return {key: _time_words(offer) for key, offer in offers_for(wanted, ahead, teacher_id=asking).items()}


def _time_words(offer: Offer) -> str:
    return words.enumerated(
        f"{words.day_words(one.day)} {words.clock_words(one.start_minute * 60)}" for one in offer.proposals[:TIMES_TOLD]
    )
