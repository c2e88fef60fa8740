"""The eight areas of a year side by side, one area by itself, and the agreements behind a day's figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import exists, extract, select

from hometeach.agreements.models import Agreement
from hometeach.cases.models import Suspension
from hometeach.compliance.models import SessionVerdict
from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import BUREAU_WIDE, Role
from hometeach.people.models import Child, in_force
from hometeach.programmes.models import IndicatorValue
from hometeach.programmes.rules import MoneyKind, money_total
from hometeach.reporting.facts import year_facts, year_figures
from hometeach.reporting.paper import investment_sentence, money_sentence
from hometeach.reporting.report import AreaPart, areas_of
from hometeach.schedule.models import SlotRow
from hometeach.web.base import allowed, person, sees_child
from hometeach.web.figures import Shown, shown
from hometeach.web.lists import Asked, Filter, page_of

pages = Blueprint("totals", __name__, url_prefix="/totals")

READERS = (Role.BUREAU_OFFICER, Role.RELIEF_CLERK, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class AreaShown:
    """One area as the page lays it out."""

    number: int
    name: str
    owner: str
    figures: Sequence[Shown]
    part: AreaPart

    @property
    def reported(self) -> int:
        """How many of its figures are there."""
        return sum(not figure.is_missing for figure in self.figures)

    @property
    def missing(self) -> int:
        """How many of them nobody has given yet."""
        return len(self.figures) - self.reported


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """An agreement in force on the day, and how its child stands."""

    number: str
    span: Span
    child_key: str
    child: str
    child_code: str
    is_suspended: bool
    has_hours: bool


@pages.get("")
@allowed(*READERS)
def show() -> str:
    """The eight areas of a year, and what of them may be added up."""
    year = asked_year()
    parts = areas_shown(year)
    figures = year_figures(year)
    lines = {line.indicator.code: line for area in parts for line in area.part.lines}
    return render_template(
        "totals/show.html",
        year=year,
        years=[(str(known), str(known)) for known in known_years()],
        areas=parts,
        asked=sum(len(area.figures) for area in parts),
        missing=sum(area.missing for area in parts),
        money=money_sentence(lines, money_total(figures.indicators, figures.figures, MoneyKind.AID, year)),
        investment=investment_sentence(lines),
        may_report=bool(person().roles & {Role.BUREAU_OFFICER, Role.RELIEF_CLERK}),
    )


@pages.get("/<int:year>/<int:area>")
@allowed(*READERS)
def one_area(year: int, area: int) -> str:
    """One area: its figures with their definitions and sources, its words, and what is missing."""
    areas = areas_shown(year) if year in known_years() else []
    found = next((one for one in areas if one.number == area), None)
    if found is None:
        raise NotFound
    return render_template(
        "totals/area.html",
        year=year,
        area=found,
        may_write=bool(person().roles & {Role.BUREAU_OFFICER, Role.RELIEF_CLERK}),
    )


@pages.get("/agreements")
@allowed(*BUREAU_WIDE)
def agreements() -> str:
    """The agreements in force today: the rows behind the figures that stand on a day."""
    states = [
        ("active", _("being taught")),
        ("scheduled", _("being taught, with a weekly hour")),
        ("suspended", _("suspended")),
    ]
    asked = Asked("totals.agreements", (Filter.over("state", _("State"), _("All states"), states),))
    every = _agreements(clock.today())
    chosen = [line for line in every if _STATES[asked["state"]](line)]
    return render_template(
        "totals/agreements.html",
        asked=asked,
        page=page_of(chosen, asked),
        in_force=len(every),
        children=len({line.child_key for line in every}),
        suspended=len({line.child_key for line in every if line.is_suspended}),
        base=url_for("children.index") + "/",
    )


_STATES = {
    "": lambda line: True,
    "active": lambda line: not line.is_suspended,
    "scheduled": lambda line: line.has_hours and not line.is_suspended,
    "suspended": lambda line: line.is_suspended,
}


def areas_shown(year: int) -> list[AreaShown]:
    """The eight areas of a year as the person sees them."""
    parts = areas_of(year_facts(year, clock.today()), year_figures(year))
    return [
        AreaShown(part.number, part.name, part.owner, [shown(line, year, person()) for line in part.lines], part)
        for part in parts
    ]


def asked_year() -> int:
    """The year that the address asks for, else the one we are in."""
    year = request.args.get("year", type=int)
    return year if year in known_years() else clock.today().year


def known_years() -> list[int]:
    """The years of which anything is known, and the one we are in, newest first."""
    of_figures = select(extract("year", IndicatorValue.period_end)).distinct()
    of_sessions = select(extract("year", SessionVerdict.held_on)).distinct()
    found = {int(year) for statement in (of_figures, of_sessions) for year in db.session.scalars(statement)}
    return sorted(found | {clock.today().year}, reverse=True)


def _agreements(day: date) -> list[AgreementLine]:
    suspended = exists(select(Suspension.id).where(Suspension.child_id == Child.id, in_force(Suspension, day)))
    scheduled = exists(select(SlotRow.id).where(SlotRow.child_id == Child.id, in_force(SlotRow, day)))
    statement = (
        select(
            Agreement.number,
            Agreement.effective_from,
            Agreement.effective_to,
            Child.public_id,
            Child.name,
            Child.code,
            suspended,
            scheduled,
        )
        .join(Child, Child.id == Agreement.child_id)
        .where(in_force(Agreement, day), sees_child())
        .order_by(Child.code, Agreement.number)
    )
    rows: Iterable[Any] = db.session.execute(statement)
    return [AgreementLine(number, Span.of(first, last), *rest) for number, first, last, *rest in rows]
