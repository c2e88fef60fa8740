"""What can still be made up, the most pressing first?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.compliance.ahead import Ahead
from hometeach.compliance.models import LedgerEntry, is_leading
from hometeach.compliance.rules.debts import Debt
from hometeach.compliance.rules.forecast import PlannedSession
from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import whole_number
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.models import Child
from hometeach.visits.models import Absence, ExcuseReason
from hometeach.web import words
from hometeach.web.base import allowed, chosen_locale, person, sees_child
from hometeach.web.kept import while_unchanged
from hometeach.web.lists import Asked, Filter, page_of
from hometeach.web.make_ups import pages
from hometeach.web.standings.listed import Listed, children_listed, schools_among, teachers_among
from hometeach.web.standings.names import PeriodNames
from hometeach.web.standings.terms import chosen_term

#: No period that ended so long ago can be repaid by any bureau's rule.
LONGEST_AGO = timedelta(days=120)
#: Those who plan make-ups.
PLANNERS = (Role.TEACHER, Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER)


@dataclass(frozen=True)
class Due:
    """A lesson to be made up, ready to be shown."""

    child: Listed
    missed_on: date
    why: str
    period: str
    amount: str
    until: date
    is_closing: bool
    #: When it is planned, in words; empty where it is not.
    planned: str


@pages.get("")
@allowed(*FILE_READERS)
@while_unchanged
def index() -> str:
    """The lessons that can still be made up, by their last day; a teacher's own, a school's, or all."""
    today = clock.today()
    children = children_owing(today)
    due = due_among(children, Ahead(children.keys(), today)) if children else []
    visible = [one.child for one in due]
    asked = Asked(
        "make_ups.index",
        (
            Filter.over("school", _("School"), _("All schools"), schools_among(visible)),
            Filter.over("teacher", _("Teacher"), _("All teachers"), teachers_among(visible)),
        ),
    )
    shown = [one for one in due if _is_of(one.child, asked)]
    return render_template(
        "make_ups/index.html",
        asked=asked,
        page=page_of(shown, asked),
        closing=sum(one.is_closing and not one.planned for one in shown),
        unplanned=sum(not one.planned for one in shown),
        may_plan=bool(person().roles & set(PLANNERS)),
        children=url_for("children.index") + "/",
        base=request.path + "/",
    )


def children_owing(today: date) -> dict[int, Listed]:
    """The children whom the person sees and of whom something is missing that may still be repaid."""
    missing = select(LedgerEntry.child_id).where(
        LedgerEntry.unaccounted > 0,
        LedgerEntry.period_start <= today,
        LedgerEntry.period_end >= today - LONGEST_AGO,
        is_leading(),
    )
    return {one.id: one for one in children_listed(today, sees_child(), Child.id.in_(missing))}


def due_among(children: Mapping[int, Listed], ahead: Ahead) -> list[Due]:
    """What can still be made up of these children's lessons, the most pressing first."""
    today = ahead.as_of
    names, reasons = PeriodNames(chosen_term(today).every), _reasons(children.keys())
    closing_from = today + timedelta(days=whole_number("make_up_closing_days", today))
    found = [
        Due(
            child=child,
            missed_on=debt.missed_on,
            why=_why(debt, reasons.get((child.id, debt.missed_on), "")),
            period=names(debt.row.quota.period, debt.row.period),
            amount=words.amount_words(debt.amount, debt.row.quota.metric),
            until=debt.until,
            is_closing=debt.until <= closing_from,
            planned=planned_words(ahead.make_ups_planned(child.id, debt.missed_on)),
        )
        for child in children.values()
        for debt in ahead.debts(child.id)
    ]
    return sorted(found, key=lambda one: (one.until, *one.child.who_acts, one.child.code, one.missed_on))


def closing_debts(children: Iterable[Listed], ahead: Ahead) -> Iterator[tuple[Listed, Debt]]:
    """What has to be made up within the days that the bureau calls soon."""
    closing_from = ahead.as_of + timedelta(days=whole_number("make_up_closing_days", ahead.as_of))
    for child in children:
        for debt in ahead.debts(child.id):
            if debt.until <= closing_from:
                yield child, debt


def planned_words(planned: Sequence[PlannedSession]) -> str:
    """When sessions are planned; empty for none."""
    return words.enumerated(
        f"{words.day_words(one.day)} {words.hours_words(one.start_minute * 60, one.end_minute * 60)}" for one in planned
    )


def _why(debt: Debt, reason: str) -> str:
    return reason if debt.is_absence and reason else _("short, and no reason recorded")


def _reasons(child_ids: Any) -> dict[tuple[int, date], str]:
    name = ExcuseReason.name_zh if chosen_locale().startswith("zh") else ExcuseReason.name_en
    statement = (
        select(Absence.child_id, Absence.missed_on, name)
        .join(ExcuseReason, ExcuseReason.code == Absence.reason_code)
        .where(Absence.is_approved, Absence.child_id.in_(child_ids))
    )
    return {(child_id, day): reason for child_id, day, reason in db.session.execute(statement)}


def _is_of(child: Listed, asked: Asked) -> bool:
    return asked["school"] in ("", child.school_key) and asked["teacher"] in ("", child.teacher_key)
