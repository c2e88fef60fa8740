"""Where do the cases stand, and which of them must not be forgotten?"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.cases.models import Case, CaseMove, histories
from hometeach.cases.rules import BEFORE_PLACEMENT, CaseStatus, Event, Known, Past
from hometeach.cases.rules.needs import holding, last_change
from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.models import Child
from hometeach.web import words
from hometeach.web.base import allowed, person
from hometeach.web.cases import pages
from hometeach.web.cases.loading import opens_case
from hometeach.web.lists import Asked, Filter, page_of
from hometeach.web.standings.listed import Listed, children_listed, schools_among, teachers_among
from hometeach.web.words import cases as said

#: Moves after which a child waits for placement because its family did not go along.
LEFT_BY = (Event.WITHDRAW, Event.TAKE_UP_REFUSAL)
#: The states of which the sentence at the head speaks first: somebody has to act.
TOLD_FIRST = (
    CaseStatus.PLACEMENT_PENDING,
    CaseStatus.REFUSED,
    CaseStatus.CLOSING,
    CaseStatus.REVIEW_DUE,
    CaseStatus.AGREEMENT_PENDING,
)
#: By which the list is narrowed to those who are not placed yet, whichever step they are at.
AWAITING = "awaiting"
MAY_REGISTER = frozenset({Role.BUREAU_OFFICER, Role.SCHOOL_COORDINATOR})


@dataclass(frozen=True)
class CaseLine:
    """A case as the list shows it."""

    child: Listed
    status: CaseStatus
    since: date | None
    must_follow: bool
    #: Nobody has decided yet where the child is placed, and it was never taught at home.
    awaits: bool = False
    #: What was done since it came to where it stands.
    holding: Sequence[Event] = ()

    @property
    def state(self) -> str:
        """Where it stands."""
        return words.case_words(self.status)

    @property
    def next(self) -> str:
        """What it waits for."""
        return said.next_words(self.status, self.holding)


@pages.get("")
@allowed(*FILE_READERS)
def index() -> str:
    """The cases that the person sees, by state, narrowed by the address."""
    lines = _lines()
    asked = Asked("cases.index", _filters(lines))
    shown = [line for line in lines if _matches(line, asked)]
    counts = Counter(line.status for line in lines)
    return render_template(
        "cases/index.html",
        asked=asked,
        page=page_of(shown, asked),
        total=len(lines),
        told=[_counted(state, counts[state]) for state in _in_telling_order(counts)],
        awaiting=sum(line.awaits for line in lines),
        taught=counts[CaseStatus.ACTIVE],
        follow_up=sum(line.must_follow for line in lines),
        may_register=bool(person().roles & MAY_REGISTER),
        sees_year=bool(person().roles & {Role.BUREAU_OFFICER, Role.AUDITOR}),
        year=clock.today().year,
        base=url_for(".index") + "/",
    )


def _in_telling_order(states: Iterable[CaseStatus]) -> list[CaseStatus]:
    """Every state beside the one that is told anyhow, so that the numbers add up to all cases."""
    first = [state for state in TOLD_FIRST if state in states]
    return first + [state for state in CaseStatus if state in states and state not in (*first, CaseStatus.ACTIVE)]


def _counted(state: CaseStatus, count: int) -> str:
    return _("%(state)s %(count)s", state=words.case_words(state), count=words.number(count))


def _lines() -> list[CaseLine]:
    """Every case that the person may open, those in which somebody has to act first."""
    opened = select(Case.child_id, Case.id, Case.status, Case.placed_on).join(Child).where(opens_case())
    cases = {row.child_id: row for row in db.session.execute(opened)}
    history = histories(CaseMove.case_id.in_(opened.with_only_columns(Case.id)))
    children = children_listed(clock.today(), Child.id.in_(opened.with_only_columns(Case.child_id)))
    found = [
        _line(child, cases[child.id], history.get(cases[child.id].id, [])) for child in children if child.id in cases
    ]
    order = {state: place for place, state in enumerate(CaseStatus)}
    return sorted(found, key=lambda line: (order[line.status], line.child.code))


def _line(child: Listed, case: Any, history: Sequence[Past]) -> CaseLine:
    status: CaseStatus = case.status
    left = status is CaseStatus.PLACEMENT_PENDING and bool(history) and history[-1].event in LEFT_BY
    return CaseLine(
        child=child,
        status=status,
        since=last_change(history, clock.today()) or case.placed_on,
        must_follow=status is CaseStatus.REFUSED or left,
        awaits=status in BEFORE_PLACEMENT and case.placed_on is None,
        holding=holding(Known(history)),
    )


def _filters(lines: Sequence[CaseLine]) -> tuple[Filter, ...]:
    standing = {line.status for line in lines}
    states = [(state.value, words.case_words(state)) for state in CaseStatus if state in standing]
    if any(line.awaits for line in lines):
        states.insert(0, (AWAITING, _("not placed yet")))
    children = [line.child for line in lines]
    return (
        Filter.over("state", _("State"), _("All states"), states),
        Filter.over("school", _("School"), _("All schools"), schools_among(children)),
        Filter.over("teacher", _("Teacher"), _("All teachers"), teachers_among(children)),
        Filter("follow", _("Follow-up"), (("", _("All cases")), ("1", _("Only those not to be forgotten")))),
    )


def _matches(line: CaseLine, asked: Asked) -> bool:
    return (
        (asked["state"] in ("", line.status.value) or (asked["state"] == AWAITING and line.awaits))
        and asked["school"] in ("", line.child.school_key)
        and asked["teacher"] in ("", line.child.teacher_key)
        and (not asked["follow"] or line.must_follow)
    )
