"""What is missing of a term, why, and who must act?

First what can still be given in time, then what nobody accounts for, then what has a known cause.
"""

from collections.abc import Mapping, Sequence

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from hometeach.compliance.models import is_leading
from hometeach.compliance.rules import Cause
from hometeach.kernel import clock
from hometeach.people.access import FILE_READERS
from hometeach.schedule.rules import PeriodKind
from hometeach.web import words
from hometeach.web.base import allowed, sees_child
from hometeach.web.kept import while_unchanged
from hometeach.web.lists import Asked, Filter, page_of
from hometeach.web.standings.ledger import Row, meets, missing_of, of_kind
from hometeach.web.standings.listed import Listed, children_listed, schools_among, teachers_among
from hometeach.web.standings.names import PeriodNames
from hometeach.web.standings.now import ChildNow, now_of
from hometeach.web.standings.sessions import rules_by_code
from hometeach.web.standings.shortfalls import Desk, Shortfall, desks, short_rows, shortfalls_of, slots_of
from hometeach.web.standings.terms import Terms, chosen_term

pages = Blueprint("unaccounted", __name__, url_prefix="/unaccounted")

#: The terms together, as an address asks for them; else a page is of one term, like the figures that lead to it.
EVERY_TERM = "all"
#: With more children than this still to be taught, only those are listed for whom nothing is planned.
MOST_WAITING = 30
KIND_WORDS = {
    PeriodKind.WEEK: lambda: _("By week"),
    PeriodKind.FORTNIGHT: lambda: _("By fortnight"),
    PeriodKind.MONTH: lambda: _("By month"),
    PeriodKind.TERM: lambda: _("By term"),
    PeriodKind.SCHOOL_YEAR: lambda: _("By school year"),
}


@pages.get("")
@allowed(*FILE_READERS)
@while_unchanged
def index() -> str:
    """All that is missing within the person's scope, by who must act, narrowed by the address."""
    today = clock.today()
    terms = chosen_term(today, request.args.get("term", ""))
    visible = children_listed(today, sees_child())
    asked = Asked("unaccounted.index", _filters(visible, terms))
    children = {one.id: one for one in visible if _is_of(one, asked)}
    rows = [row for row in _short(asked, terms) if row.child_id in children]
    shown = shortfalls_of(
        rows, children, slots=slots_of(sees_child()), rules=rules_by_code(), terms=terms.every, as_of=today
    )
    page = page_of(sorted(shown, key=lambda one: not one.is_nothing), asked)
    return render_template(
        "unaccounted/index.html",
        asked=asked,
        page=page,
        parts=_parts(page.items),
        over=_("All terms") if asked["term"] == EVERY_TERM else terms.name,
        missing=missing_of(rows, today),
        waiting=_waiting(children, terms) if page.page == 1 else None,
        names=PeriodNames(terms.every),
        words=words,
        base=url_for("children.index") + "/",
    )


def _parts(shown: Sequence[Shortfall]) -> list[tuple[str, list[Desk]]]:
    """What nobody accounts for, then what is short for a known cause, each by who must act."""
    parts = (
        (_("Nobody accounts for it"), [one for one in shown if one.is_nothing]),
        (_("Short, cause known"), [one for one in shown if not one.is_nothing]),
    )
    return [(name, desks(some)) for name, some in parts if some]


def _filters(visible: Sequence[Listed], terms: Terms) -> tuple[Filter, ...]:
    kinds = [(kind.value, said()) for kind, said in KIND_WORDS.items()]
    return (
        Filter.over("kind", _("Periods"), _("The shortest of each child"), kinds),
        Filter("term", _("Term"), (*terms.choices, (EVERY_TERM, _("All terms"))), default=terms.default_key),
        Filter.over("cause", _("Cause"), _("All causes"), [(one.value, words.cause_words(one)) for one in Cause]),
        Filter.over("school", _("School"), _("All schools"), schools_among(visible)),
        Filter.over("teacher", _("Teacher"), _("All teachers"), teachers_among(visible)),
    )


def _is_of(child: Listed, asked: Asked) -> bool:
    return asked["school"] in ("", child.school_key) and asked["teacher"] in ("", child.teacher_key)


def _short(asked: Asked, terms: Terms) -> list[Row]:
    """The rows that are short, of the periods, the term and with the cause asked for."""
    periods = of_kind(PeriodKind(asked["kind"])) if asked["kind"] else is_leading()
    within = [] if asked["term"] == EVERY_TERM else [meets(terms.span)]
    rows = short_rows(terms.as_of, sees_child(), periods, *within)
    return [row for row in rows if not asked["cause"] or Cause(asked["cause"]) in row.causes(terms.as_of)]


class Waiting:
    """Children to whom something is still to be given in the period that runs."""

    def __init__(self, children: Mapping[int, Listed], now: Mapping[int, ChildNow]):
        waiting = [(children[child], one) for child, one in now.items() if child in children and one.waits]
        waiting.sort(key=lambda pair: (not pair[1].is_unplanned, *pair[0].who_acts, pair[0].code))
        self.count = len(waiting)
        self.unplanned = sum(one.is_unplanned for _child, one in waiting)
        self.listed = waiting if self.count <= MOST_WAITING else waiting[: self.unplanned]


def _waiting(children: Mapping[int, Listed], terms: Terms) -> Waiting:
    return Waiting(children, now_of(terms.as_of, terms.span, sees_child()).of_child)
