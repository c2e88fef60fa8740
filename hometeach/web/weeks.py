"""Which child-weeks stand behind a figure? One row for each weekly quota of each child."""

from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, extract, select

from hometeach.cases.models import is_on_the_list
from hometeach.compliance.models import LedgerEntry
from hometeach.compliance.rules import Cause, RowVerdict, percentage
from hometeach.kernel import clock
from hometeach.kernel.clock import week_of, year_span
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS
from hometeach.schedule.rules import Metric, PeriodKind
from hometeach.web import words
from hometeach.web.base import allowed, sees_child
from hometeach.web.forms import day_named
from hometeach.web.lists import Asked, Filter, page_of
from hometeach.web.standings.ledger import Row, by_child, ledger_rows, of_kind
from hometeach.web.standings.listed import Listed, children_listed, schools_among, teachers_among
from hometeach.web.standings.names import PeriodNames
from hometeach.web.standings.pictures import SHOWN
from hometeach.web.standings.terms import chosen_term
from hometeach.web.states import State, cell_state, state_words
from hometeach.web.words.amounts import METRIC_WORDS

pages = Blueprint("weeks", __name__, url_prefix="/child-weeks")


@pages.get("")
@allowed(*FILE_READERS)
def index() -> str:
    """The weekly rows of a year (a week belongs to the year of its Monday), narrowed by the address."""
    today = clock.today()
    last = day_named(request.args.get("last", ""))
    day = min(today, week_of(last).last) if last else today
    children = {one.id: one for one in children_listed(day, sees_child(), is_on_the_list())}
    asked = Asked("weeks.index", filters=_filters(list(children.values())), kept=_days_asked())
    of_year = [
        row
        for row in ledger_rows(sees_child(), is_on_the_list(), *_conditions(asked))
        if _is_of(children[row.child_id], asked)
    ]
    shown = [row for row in of_year if _matches(row, asked, today)]
    shown.sort(key=lambda row: (row.last >= today, -row.first.toordinal(), children[row.child_id].code, row.quota_no))
    return render_template(
        "weeks/index.html",
        asked=asked,
        page=page_of(shown, asked),
        children=children,
        sums=_sums(of_year, today),
        rate=_rate(of_year, today),
        names=PeriodNames(chosen_term(today).every),
        row_state=lambda row: cell_state(row.numbers(today)),
        causes=lambda row: words.cause_sentences(row.causes(today), row.metric),
        words=words,
        base=url_for("children.index") + "/",
    )


def _filters(children: list[Listed]) -> tuple[Filter, ...]:
    return (
        Filter.over("year", _("Year"), _("All years"), [(year, year) for year in _years()]),
        Filter.over(
            "standing", _("State"), _("All states"), [(one.value, words.row_verdict_words(one)) for one in RowVerdict]
        ),
        Filter.over("mark", _("Mark"), _("All marks"), [(one.value, state_words(one)) for one in SHOWN]),
        Filter.over("cause", _("Cause"), _("All causes"), [(one.value, words.cause_words(one)) for one in Cause]),
        Filter.over(
            "metric", _("Counted in"), _("Anything"), [(one.value, str(said)) for one, said in METRIC_WORDS.items()]
        ),
        Filter.over("school", _("School"), _("All schools"), schools_among(children)),
        Filter.over("teacher", _("Teacher"), _("All teachers"), teachers_among(children)),
    )


def _days_asked() -> dict[str, str]:
    """The first and the last Monday of a span, where the address asks for one."""
    days = {name: request.args.get(name, "") for name in ("first", "last")}
    return days if all(day_named(day) for day in days.values()) else {}


def _years() -> list[str]:
    found = db.session.scalars(
        select(extract("year", LedgerEntry.period_start)).where(of_kind(PeriodKind.WEEK)).distinct()
    )
    return [str(year) for year in sorted({int(year) for year in found}, reverse=True)]


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [of_kind(PeriodKind.WEEK)]
    if asked.kept:
        found.append(LedgerEntry.period_start.between(day_named(asked.kept["first"]), day_named(asked.kept["last"])))
    if asked["year"]:
        span = year_span(int(asked["year"]))
        found.append(LedgerEntry.period_start.between(span.first, span.last))
    if asked["metric"]:
        found.append(LedgerEntry.metric == Metric(asked["metric"]))
    return found


def _is_of(child: Listed, asked: Asked) -> bool:
    return asked["school"] in ("", child.school_key) and asked["teacher"] in ("", child.teacher_key)


def _matches(row: Row, asked: Asked, today: date) -> bool:
    if asked["mark"] and cell_state(row.numbers(today)) is not State(asked["mark"]):
        return False
    if asked["standing"] and row.verdict(today) is not RowVerdict(asked["standing"]):
        return False
    return not asked["cause"] or Cause(asked["cause"]) in row.causes(today)


def _sums(rows: list[Row], today: date) -> dict[str, int | float | None]:
    """Child-weeks judged, and how many of them are met: under several weekly quotas, where none is short."""
    verdicts = [row.verdict(today) for weeks in by_child(rows, today).values() for row in weeks.values()]
    met, short = verdicts.count(RowVerdict.MET), verdicts.count(RowVerdict.SHORT)
    return {"judged": met + short, "met": met, "share": percentage(met, met + short)}


def _rate(rows: list[Row], today: date) -> float | None:
    """Given of what was owed and not excused, over the rows that count sessions."""
    judged = [
        row
        for row in rows
        if row.metric is Metric.SESSIONS and row.verdict(today) in (RowVerdict.MET, RowVerdict.SHORT)
    ]
    owed = sum(row.required - row.excused for row in judged)
    given = sum(min(row.required - row.excused, row.delivered + row.made_up) for row in judged)
    return percentage(given, owed)
