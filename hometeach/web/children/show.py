"""How does one child stand, and what stands behind it?"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import product

from flask import render_template, request, url_for
from sqlalchemy import ColumnElement

from hometeach.cases.models import Case, CaseMove, histories
from hometeach.cases.rules import Known
from hometeach.cases.rules.needs import holding
from hometeach.compliance.ahead import Ahead
from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.people.access import FILE_READERS, MAY_REVEAL, Role
from hometeach.people.models import Child
from hometeach.schedule.rules import Metric, PeriodKind
from hometeach.visits.models import Visit
from hometeach.web import words
from hometeach.web.absences.report import REPORTS_AS
from hometeach.web.agreements.loading import lines_of
from hometeach.web.base import allowed, load_child, person
from hometeach.web.children import pages
from hometeach.web.children.family import family_reached
from hometeach.web.children.parts.file import file_card
from hometeach.web.children.parts.messages import messages_about
from hometeach.web.children.parts.plan import plan_card
from hometeach.web.children.reveal import masked_fields
from hometeach.web.make_ups.index import due_among
from hometeach.web.standings import file
from hometeach.web.standings.ledger import KINDS, Row, ledger_rows, meets, missing_of
from hometeach.web.standings.listed import children_listed
from hometeach.web.standings.names import PeriodNames
from hometeach.web.standings.outlook import outlook_of
from hometeach.web.standings.pictures import TermPicture
from hometeach.web.standings.sessions import recorded_sessions, rules_by_code, sessions_held
from hometeach.web.standings.shortfalls import Shortfall, shortfalls_of, slots_of
from hometeach.web.standings.terms import Terms, chosen_term
from hometeach.web.states import cell_state
from hometeach.web.strips import Strip
from hometeach.web.words.cases import next_words

#: Whoever holds one of these may open the page of a school that serves a child whom they see.
OPENS_SCHOOLS = frozenset({Role.BUREAU_OFFICER, Role.AUDITOR})
#: Whoever holds one of these may set the weekly hours of a child whom they see.
PLANNERS = frozenset({Role.TEACHER, Role.SCHOOL_COORDINATOR})
#: How far ahead the next planned session is looked for.
AHEAD = timedelta(days=200)


@pages.get("/<public_id>")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """One child's file over a term."""
    child = load_child(public_id)
    today = clock.today()
    terms = chosen_term(today, request.args.get("term", ""))
    rows = ledger_rows(Child.id == child.id, meets(terms.span))
    case, agreements, suspensions = file.case_of(child), file.agreements_of(child), file.suspensions_of(child)
    leading = _leading(rows)
    listed = children_listed(today, Child.id == child.id)
    ahead = Ahead({child.id}, today)
    return render_template(
        "children/show.html",
        child=child,
        case_card=_case_card(case) if case else None,
        listed=listed[0],
        status=_as_sentence(words.case_words(case.status)) if case else "",
        planned=file.next_planned(child, Span(today, today + AHEAD)),
        terms=terms,
        strips=[_strip(child, terms, some) for some in _by_quota(leading)],
        unaccounted=missing_of(leading, today).nothing_words,
        others=[row for row in rows if row not in leading],
        row_state=lambda row: cell_state(row.numbers(today)),
        names=PeriodNames(terms.every),
        shortfalls=_shortfalls(rows, terms, Child.id == child.id),
        sessions=sessions_held(recorded_sessions(Visit.child_id == child.id, _held_in(terms.span))),
        absences=file.absences_of(child, terms.span),
        agreements=agreements,
        offers=lines_of(Child.id == child.id),
        suspensions=suspensions,
        slots=file.slots_of(child),
        may_plan=bool(person().roles & PLANNERS),
        may_hand_over=Role.SCHOOL_COORDINATOR in person().roles,
        plan=plan_card(child, today),
        file=file_card(child, today),
        outlook=outlook_of(child.id, ahead),
        due=due_among({child.id: listed[0]}, ahead),
        may_report=bool(person().roles & set(REPORTS_AS)),
        happened=file.latest_first(
            [
                *file.changes_of(child),
                *file.happened(case, agreements, suspensions, today),
                *messages_about(child),
            ]
        ),
        reached=family_reached(child),
        masked=masked_fields(child),
        opens_school=bool(person().roles & OPENS_SCHOOLS),
        may_reveal=bool(person().roles & MAY_REVEAL),
        words=words,
        base=url_for(".show", public_id=child.public_id),
    )


def _case_card(case: Case) -> tuple[str, str]:
    """Where the case stands, and what it waits for."""
    history = histories(CaseMove.case_id == case.id).get(case.id, [])
    return words.case_words(case.status), next_words(case.status, holding(Known(history)))


def _as_sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _held_in(span: Span) -> ColumnElement[bool]:
    return Visit.held_on.between(span.first, span.last)


def _leading(rows: Sequence[Row]) -> list[Row]:
    """The rows that no shorter period of the child lies beneath."""
    return [
        row
        for row in rows
        if not any(KINDS.index(one.kind) < KINDS.index(row.kind) and one.period.meets(row.period) for one in rows)
    ]


def _by_quota(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows apart by kind of period and by what is counted: a strip for each."""
    found = [[row for row in rows if (row.kind, row.metric) == one] for one in product(PeriodKind, Metric)]
    return [some for some in found if some]


def _strip(child: Child, terms: Terms, rows: Sequence[Row]) -> Strip:
    kind = rows[0].kind
    grid = TermPicture(terms, rows).grids[kind]
    return Strip(
        caption=f"{words.quota_words(rows[-1].quota)} · {terms.name}",
        heads=grid.heads,
        prefix=f"{url_for('.show', public_id=child.public_id)}/{kind.value}/",
        cells=grid.cells(child.id),
    )


def _shortfalls(rows: Sequence[Row], terms: Terms, condition: ColumnElement[bool]) -> list[Shortfall]:
    """What is missing of periods that are over, the shortest kind of period first."""
    short = [row for row in rows if row.unaccounted and row.last < terms.as_of]
    if not short:
        return []
    children = {one.id: one for one in children_listed(terms.as_of, condition)}
    return shortfalls_of(
        short, children, slots=slots_of(condition), rules=rules_by_code(), terms=terms.every, as_of=terms.as_of
    )
