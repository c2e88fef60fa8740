"""What was owed in one period, what was given, and what is behind each number?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from hometeach.compliance.models import LedgerEntry, SessionVerdict
from hometeach.compliance.rules import Cause, RowVerdict
from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS
from hometeach.people.models import Child
from hometeach.schedule.rules import DeliveryRule, PeriodKind, Slot, Term
from hometeach.visits.models import Visit
from hometeach.visits.rules import Verdict
from hometeach.web import words
from hometeach.web.base import allowed, load_child
from hometeach.web.children import pages
from hometeach.web.children.doing import Doing, doing_about
from hometeach.web.standings import file
from hometeach.web.standings.ledger import Row, ledger_rows, of_kind
from hometeach.web.standings.names import PeriodNames
from hometeach.web.standings.sessions import Held, recorded_sessions, rules_by_code, sessions_held
from hometeach.web.standings.shortfalls import advice, last_day, slots_of
from hometeach.web.standings.terms import chosen_term
from hometeach.web.states import State, cell_state, state_words


@dataclass(frozen=True)
class Told:
    """One ledger row in words."""

    quota: str
    state: State
    standing: str
    owed: str
    balance: str
    causes: Sequence[str]
    next: str
    rule: DeliveryRule


@dataclass(frozen=True)
class Behind:
    """The sessions behind a period, apart by what they did for it."""

    delivered: Sequence[Held]
    made_up: Sequence[Held]
    not_counted: Sequence[Held]
    #: Held in the period, and credited to another.
    elsewhere: Sequence[Held]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was recorded."""
        return not (self.delivered or self.made_up or self.not_counted or self.elsewhere)


@dataclass(frozen=True)
class _Context:
    """What every row of the period is told with."""

    slots: Sequence[Slot]
    rules: dict[str, DeliveryRule]
    terms: Sequence[Term]
    as_of: date


@pages.get("/<public_id>/<period_kind>/<start>")
@allowed(*FILE_READERS)
def cell(public_id: str, period_kind: str, start: str) -> str:
    """The arithmetic of one period of one child; ``quota_no`` in the address narrows it to one quota."""
    child = load_child(public_id)
    kind, rows = _rows(child, period_kind, start)
    terms = chosen_term(clock.today())
    told_with = _Context(slots_of(Child.id == child.id).get(child.id, []), rules_by_code(), terms.every, terms.as_of)
    missing = [row for row in rows if row.unaccounted]
    period, names = rows[0].period, PeriodNames(terms.every)
    base = url_for(".show", public_id=child.public_id)

    def beside(found: Span | None) -> tuple[str, str] | None:
        return (f"{base}/{kind.value}/{found.first}", names(kind, found)) if found else None

    return render_template(
        "children/cell.html",
        child=child,
        title=names(kind, period),
        told=[_told(row, told_with) for row in rows],
        behind=_behind(child, period),
        absences=file.absences_of(child, period),
        planned=file.planned_of(child, period),
        doing=_doing(child, missing, told_with) if missing else None,
        before=beside(_neighbour(child, kind, LedgerEntry.period_start < period.first, latest=True)),
        after=beside(_neighbour(child, kind, LedgerEntry.period_start > period.first, latest=False)),
        base=base,
    )


def _rows(child: Child, period_kind: str, start: str) -> tuple[PeriodKind, list[Row]]:
    """The rows of this period, narrowed to the quota that the address asks for.

    Raises: NotFound where the address names no period of the child.
    """
    try:
        kind, first = PeriodKind(period_kind), date.fromisoformat(start)
    except ValueError:
        raise NotFound from None
    rows = ledger_rows(Child.id == child.id, of_kind(kind), LedgerEntry.period_start == first)
    wanted = request.args.get("quota_no")
    narrowed = [row for row in rows if wanted is None or str(row.quota_no) == wanted]
    if not narrowed:
        raise NotFound
    return kind, narrowed


def _neighbour(child: Child, kind: PeriodKind, condition: ColumnElement[bool], *, latest: bool) -> Span | None:
    order = LedgerEntry.period_start.desc() if latest else LedgerEntry.period_start.asc()
    found = db.session.execute(
        select(LedgerEntry.period_start, LedgerEntry.period_end)
        .where(LedgerEntry.child_id == child.id, of_kind(kind), condition)
        .order_by(order, LedgerEntry.period_end, LedgerEntry.quota_no)
        .limit(1)
    ).first()
    return Span(found.period_start, found.period_end) if found else None


def _told(row: Row, context: _Context) -> Told:
    rule = context.rules[row.rule_code]
    state, causes = cell_state(row.numbers(context.as_of)), row.causes(context.as_of)
    return Told(
        quota=words.quota_words(row.quota),
        state=state,
        standing=state_words(state),
        owed=words.owed_sentence(
            row.quota, rule.partial_period, teaching=row.teaching, active=row.active, required=row.required
        ),
        balance=words.balance_sentence(
            row.metric,
            required=row.required,
            delivered=row.delivered,
            made_up=row.made_up,
            excused=row.excused,
            unaccounted=row.unaccounted,
            surplus=row.surplus,
        ),
        causes=words.cause_sentences(causes, row.metric),
        next=_next(row, causes, rule, context),
        rule=rule,
    )


def _doing(child: Child, missing: Sequence[Row], context: _Context) -> Doing:
    """What can be done about what is missing; a make-up is only spoken of once the period is over."""
    row = missing[0]
    is_over = row.verdict(context.as_of) is not RowVerdict.OPEN
    until = last_day(row, context.slots, context.rules[row.rule_code], context.terms, context.as_of)
    return doing_about(child, row.period, context.slots, until if is_over else None)


def _next(row: Row, causes: dict[Cause, int], rule: DeliveryRule, context: _Context) -> str:
    """What to do next, and by when; empty where there is nothing to do."""
    if not row.unaccounted:
        return ""
    if row.verdict(context.as_of) is RowVerdict.OPEN:
        return _(
            "Still to be given: %(amount)s, by %(day)s",
            amount=words.amount_words(row.unaccounted, row.metric),
            day=words.day_words(row.last),
        )
    worst = max(causes, key=tuple(Cause).index)
    return advice(worst, last_day(row, context.slots, rule, context.terms, context.as_of))


def _behind(child: Child, period: Span) -> Behind:
    dated = Visit.held_on.between(period.first, period.last)
    credited = SessionVerdict.is_make_up & SessionVerdict.credited_on.between(period.first, period.last)
    held = sessions_held(recorded_sessions(Visit.child_id == child.id, dated | credited))

    def those(applies: Callable[[Held], bool]) -> list[Held]:
        return [one for one in held if applies(one)]

    return Behind(
        delivered=those(lambda one: _counts(one) and not one.recorded.is_make_up),
        made_up=those(lambda one: _counts(one) and one.recorded.is_make_up and one.recorded.credited_on in period),
        elsewhere=those(
            lambda one: _counts(one) and one.recorded.is_make_up and one.recorded.credited_on not in period
        ),
        not_counted=those(lambda one: not _counts(one) and one.recorded.day in period),
    )


def _counts(one: Held) -> bool:
    return one.recorded.verdict is Verdict.COUNTED
