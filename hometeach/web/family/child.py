"""What was a child owed this term, what did it get, who comes next, and what waits for the family's word?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from hometeach.cases.plan.models import plan_in_force
from hometeach.cases.plan.rules import PlanStatus
from hometeach.compliance.rules import Cause, RowVerdict
from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Guardian
from hometeach.people.rules import Standing
from hometeach.schedule.rules import Metric, PeriodKind
from hometeach.visits.confirming.models import Dispute, disputes_of, last_answers
from hometeach.visits.confirming.rules import Answer, DisputeState
from hometeach.visits.models import Visit
from hometeach.visits.rules import Confirmation
from hometeach.web import words
from hometeach.web.base import family, for_guardians, guardian_of, load_own_child
from hometeach.web.family import pages
from hometeach.web.family.agreements import standings_of
from hometeach.web.family.consents import questions_for
from hometeach.web.standings import file
from hometeach.web.standings.ledger import KINDS, Row, ledger_rows, meets
from hometeach.web.standings.pictures import TermPicture
from hometeach.web.standings.sessions import Held, recorded_sessions, sessions_held
from hometeach.web.standings.terms import Terms, chosen_term
from hometeach.web.strips import Strip

#: How far ahead the next lesson is looked for.
AHEAD = timedelta(days=60)
#: A record of so many days asks for the family's word at the head of the page; older ones stand in the list.
ASKED_FOR = timedelta(days=14)
ANSWERS = {
    Answer.AS_WRITTEN: _l("You said: as written"),
    Answer.SHORTER: _l("You said: shorter than written"),
    Answer.DID_NOT_COME: _l("You said: nobody came"),
}
OUTCOMES = {
    DisputeState.OPEN: _l("the bureau is looking into it"),
    DisputeState.REJECTED: _l("the bureau found that the record stands"),
    DisputeState.UPHELD: _l("the bureau found that you are right"),
    DisputeState.CORRECTED: _l("the record was corrected"),
    DisputeState.WITHDRAWN: _l("you took it back"),
}


@dataclass(frozen=True)
class Balance:
    """What one quota asked of the term's periods that are over, and what came of it. Units: the quota's metric."""

    metric: Metric
    owed: int
    given: int
    excused: int
    nothing: int

    @classmethod
    def of(cls, rows: Sequence[Row], as_of: Span) -> "Balance":
        """The sum of the rows that are over."""
        over = [row for row in rows if row.verdict(as_of.first) is not RowVerdict.OPEN]
        return cls(
            metric=rows[0].metric,
            owed=sum(row.required for row in over),
            given=sum(min(row.required - row.excused, row.delivered + row.made_up) for row in over),
            excused=sum(row.excused for row in over),
            nothing=sum(row.causes(as_of.first).get(Cause.NOTHING, 0) for row in over),
        )

    @property
    def known(self) -> int:
        """Missing for a cause that is known."""
        return self.owed - self.given - self.excused - self.nothing

    @property
    def sentence(self) -> str:
        """这学期到今天应送 12 次，已送 9 次，2 次请假，1 次没有人说明原因。"""
        if not self.owed:
            return _("So far this term no lesson was owed.")
        parts = [
            (self.given, _("%(amount)s given")),
            (self.excused, _("%(amount)s taken off because the child was away or ill")),
            (self.known, _("%(amount)s missing for a known reason")),
            (self.nothing, _("%(amount)s missing, and nobody said why")),
        ]
        told = [text % {"amount": words.amount_words(n, self.metric)} for n, text in parts if n or text is parts[0][1]]
        return _(
            "So far this term %(owed)s owed: %(rest)s.",
            owed=words.amount_words(self.owed, self.metric),
            rest=words.listed(told),
        )


@pages.get("/home")
@for_guardians
def home() -> str | Response:
    """The children in one's care; where there is one, its page."""
    children = family().children
    if len(children) == 1:
        return redirect(url_for(".child", public_id=children[0].public_id))
    waiting = {child.id: len(_waiting(child)) for child in children}
    upcoming = {child.id: _next(child) for child in children}
    return render_template("family/home.html", children=children, waiting=waiting, upcoming=upcoming)


@pages.get("/children/<public_id>")
@for_guardians
def child(public_id: str) -> str:
    """One child: the next lesson, the question that waits, the term in a sentence and as a strip, and each record."""
    found, today = load_own_child(public_id), clock.today()
    terms = chosen_term(today)
    leading = _leading(ledger_rows(Child.id == found.id, meets(terms.span)))
    held = sessions_held(recorded_sessions(Visit.child_id == found.id, _held_in(terms.span), Visit.is_void.is_(False)))
    return render_template(
        "family/child.html",
        child=found,
        several=len(family().children) > 1,
        upcoming=_next(found),
        unread=_has_unread_plan(found),
        waiting=_waiting(found),
        balances=[Balance.of(rows, Span(today)) for rows in leading],
        strips=[_strip(found, terms, rows) for rows in leading],
        terms=terms,
        held=held,
        said=_said(held),
        disputes=_own_disputes(found),
        outcomes=OUTCOMES,
        agreements=[one for one in standings_of(found) if one.waits],
        questions=questions_for(found),
    )


def _next(child: Child) -> file.PlannedLine | None:
    today = clock.today()
    return file.next_planned(child, Span(today, today + AHEAD))


def _has_unread_plan(child: Child) -> bool:
    plan = plan_in_force(child.id, clock.today())
    is_guardian = guardian_of(child).standing is Standing.GUARDIAN
    return plan is not None and plan.status is PlanStatus.APPROVED and is_guardian


def _waiting(child: Child) -> list[Held]:
    """The records of the last days of which nobody of the family has said anything, the latest first."""
    today = clock.today()
    recent = recorded_sessions(
        Visit.child_id == child.id,
        Visit.held_on.between(today - ASKED_FOR, today),
        Visit.is_void.is_(False),
        Visit.confirmation == Confirmation.UNCONFIRMED,
    )
    held = sessions_held(recent)
    answered = last_answers([one.recorded.id for one in held])
    return [one for one in held if one.recorded.id not in answered]


def _said(held: Sequence[Held]) -> Mapping[int, str]:
    """What stands beside each record: the family's last answer, or that it is still asked."""
    answered = last_answers([one.recorded.id for one in held])
    return {one.recorded.id: str(ANSWERS[answered[one.recorded.id]]) for one in held if one.recorded.id in answered}


def _own_disputes(child: Child) -> list[Dispute]:
    """What was said by whoever comes in with this phone."""
    mine = set(db.session.scalars(select(Guardian.id).where(Guardian.phone_index == family().entered.phone_index)))
    return [dispute for dispute in disputes_of(child) if dispute.guardian_id in mine]


def _held_in(span: Span):
    return Visit.held_on.between(span.first, span.last)


def _leading(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows that no shorter period lies beneath, apart by kind of period and by what is counted."""
    leading = [
        row
        for row in rows
        if not any(KINDS.index(one.kind) < KINDS.index(row.kind) and one.period.meets(row.period) for one in rows)
    ]
    found = [[row for row in leading if (row.kind, row.metric) == one] for one in product(PeriodKind, Metric)]
    return [some for some in found if some]


def _strip(child: Child, terms: Terms, rows: Sequence[Row]) -> Strip:
    """The term as a strip; each cell leads to its line in words on the same page."""
    grid = TermPicture(terms, rows).grids[rows[0].kind]
    return Strip(caption=words.quota_words(rows[-1].quota), heads=grid.heads, prefix="#", cells=grid.cells(child.id))
