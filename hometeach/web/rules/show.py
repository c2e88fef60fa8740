"""Which rule of delivery is in force, since when, for whom, and by which document?"""

from dataclasses import dataclass
from datetime import date

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from hometeach.kernel import clock
from hometeach.kernel.clock import LAST_DAY, ONE_DAY
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.models import Child
from hometeach.schedule.models import RuleRow, scope_names
from hometeach.schedule.rules import DeliveryRule, RuleScope
from hometeach.web import words
from hometeach.web.base import allowed, person, sees_child
from hometeach.web.rules import pages
from hometeach.web.words.rules import quotas_words, rule_facts, scope_words

#: The widest first, as somebody reads who wants to know what holds.
SCOPES = (RuleScope.BUREAU, RuleScope.SCHOOL, RuleScope.CHILD)


@dataclass(frozen=True)
class Told:
    """A rule as a page tells it."""

    public_id: str
    rule: DeliveryRule
    scope: str
    quotas: str


@dataclass(frozen=True)
class Event:
    """A day on which another rule took over, or one ended."""

    day: date
    when: str
    what: str
    who: str
    href: str


@pages.get("")
@allowed(*FILE_READERS)
def index() -> str:
    """The rules in force today, those to come and those that were, and how they followed each other."""
    today, rules = clock.today(), _visible_rules()
    return render_template(
        "rules/index.html",
        in_force=[told for told in rules if today in told.rule.span],
        to_come=[told for told in rules if told.rule.span.first > today],
        past=[told for told in rules if told.rule.span.last < today],
        events=_events(rules),
        may_write=Role.BUREAU_OFFICER in person().roles,
    )


@pages.get("/<public_id>")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """One rule whole, with its source."""
    told = next((told for told in _visible_rules() if told.public_id == public_id), None)
    if told is None:
        raise NotFound
    may_write = Role.BUREAU_OFFICER in person().roles
    return render_template("rules/show.html", told=told, facts_of_rule=rule_facts(told.rule), may_write=may_write)


def _visible_rules() -> list[Told]:
    """The rules, widest first, the latest of each scope first; those of a child only for who sees the child."""
    statement = select(RuleRow).options(selectinload(RuleRow.quotas)).order_by(RuleRow.code)
    seen = set(db.session.scalars(select(Child.code).where(sees_child())))
    names = scope_names()
    found = [
        Told(row.public_id, rule, scope_words(rule, names), quotas_words(rule))
        for row in db.session.scalars(statement)
        if (rule := row.as_rule()).scope is not RuleScope.CHILD or rule.scope_key in seen
    ]
    return sorted(
        found, key=lambda told: (SCOPES.index(told.rule.scope), told.scope, -told.rule.span.first.toordinal())
    )


def _events(rules: list[Told]) -> list[Event]:
    """The days on which rules began and ended, the latest first."""
    begun = [_event(told, told.rule.span.first, _beginning(told.rule.span.first)) for told in rules]
    ended = [
        _event(told, told.rule.span.last + ONE_DAY, _("no longer in force"))
        for told in rules
        if told.rule.span.last != LAST_DAY
    ]
    return sorted(begun + ended, key=lambda event: event.day, reverse=True)


def _beginning(first: date) -> str:
    return _("will begin") if first > clock.today() else _("in force from this day on")


def _event(told: Told, day: date, what: str) -> Event:
    return Event(
        day,
        words.day_words(day),
        _("%(rule)s: %(what)s", rule=told.rule.code, what=what),
        words.listed((told.scope, told.quotas)),
        f"/rules/{told.public_id}",
    )
