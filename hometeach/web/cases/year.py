"""The yearly verification: where do the children stand, and why did cases end?"""

from collections import Counter
from datetime import date

from flask import render_template
from sqlalchemy import select

from hometeach.cases.models import Case, CaseMove, Placement, closed_within
from hometeach.cases.rules import BEFORE_PLACEMENT, CaseStatus, ExitReason, PlacementForm, YearLine
from hometeach.cases.rules.codes import line_of_exit, line_of_placement
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.web.base import allowed
from hometeach.web.cases import pages
from hometeach.web.words import cases as said


@pages.get("/years/<int:year>")
@allowed(Role.BUREAU_OFFICER, Role.AUDITOR)
def year(year: int) -> str:
    """The table of a year, as it stood on its last day or stands today."""
    today = clock.today()
    if not 2000 <= year <= today.year:
        raise NotFound
    as_of = min(today, date(year, 12, 31))
    exits = {ExitReason(code): count for code, count in closed_within(clock.year_span(year)) if code in set(ExitReason)}
    standing = _standing_on(as_of)
    lines = Counter(_lines_of(standing))
    for reason, count in exits.items():
        lines[line_of_exit(reason)] += count
    return render_template(
        "cases/year.html",
        year=year,
        as_of=as_of,
        lines=[(said.LINES[line], lines[line]) for line in YearLine],
        total=sum(lines.values()),
        exits=[(said.EXITS[reason], exits.get(reason, 0)) for reason in ExitReason],
        ended=sum(exits.values()),
        not_placed=sum(status in BEFORE_PLACEMENT for status, _form in standing),
        before=year - 1 if year > 2000 else None,
        after=year + 1 if year < today.year else None,
    )


def _lines_of(standing: list[tuple[CaseStatus, PlacementForm | None]]) -> list[YearLine]:
    """The line of each child whose case is open and placed."""
    found = []
    for status, form in standing:
        if status is CaseStatus.PLACED_OTHER:
            found.append(line_of_placement(form) if form else YearLine.OTHER)
        elif status not in BEFORE_PLACEMENT and status is not CaseStatus.CLOSED:
            found.append(YearLine.HOME)
    return found


def _standing_on(day: date) -> list[tuple[CaseStatus, PlacementForm | None]]:
    """Where each case stood at the end of a day, with the placement decided by then.

    A placement may be decided before its first day: it stands from the decision on.
    """
    later: dict[int, CaseMove] = {}
    moves = select(CaseMove).where(CaseMove.done_on > day).order_by(CaseMove.case_id, CaseMove.number)
    for move in db.session.scalars(moves):
        if clock.local(move.at).date() > day:
            later.setdefault(move.case_id, move)
    decided = select(Placement.case_id, Placement.form).join(CaseMove).where(CaseMove.done_on <= day)
    forms = dict(db.session.execute(decided.order_by(Placement.move_id)).all())
    #: A case of the lists is known from its placement on.
    known = Case.placed_on.is_(None) | (Case.placed_on <= day) | Case.id.in_(forms)
    cases = db.session.execute(select(Case.id, Case.status).where(known).order_by(Case.id)).all()
    stood = [(case_id, later[case_id].source if case_id in later else status) for case_id, status in cases]
    return [(status, forms.get(case_id)) for case_id, status in stood if status is not None]
