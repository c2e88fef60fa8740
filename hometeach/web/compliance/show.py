"""A week's, a month's or a term's compliance: one line for each school, teacher or child, and the strips beneath."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response, g, render_template, request, url_for
from flask_babel import gettext as _

from hometeach.kernel import clock
from hometeach.people.access import FILE_READERS
from hometeach.schedule.rules import PeriodKind
from hometeach.web.base import allowed
from hometeach.web.compliance import pages
from hometeach.web.compliance.sheet import compliance_xlsx
from hometeach.web.compliance.spans import KINDS, Chosen, chosen_span
from hometeach.web.compliance.standing import Level, Standing, standing_in
from hometeach.web.kept import while_unchanged
from hometeach.web.lists import Asked, Filter
from hometeach.web.standings.listed import Listed, schools_among, teachers_among
from hometeach.web.standings.pictures import stacks_of
from hometeach.web.states import State
from hometeach.web.strips import Stack

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The states that stand in columns of their own, and the words over them.
COLUMNS = (State.MET, State.MADE_UP, State.EXCUSED, State.KNOWN_CAUSE, State.UNACCOUNTED)
RUNNING = (State.OPEN, State.OPEN_GIVEN)


@pages.get("")
@allowed(*FILE_READERS)
@while_unchanged
def show() -> str:
    """The span of the address, narrowed to a school or a teacher."""
    chosen = _chosen()
    everybody = standing_in(chosen)
    asked = _asked(chosen, everybody.children)
    standing = everybody.only(asked)
    level = standing.level()
    return render_template(
        "compliance/show.html",
        asked=asked,
        chosen=chosen,
        total=standing.total,
        level=level,
        groups=standing.groups(level),
        stacks=_stacks(standing, level),
        states=standing.picture.states,
        unaccounted=standing.picture.unaccounted_words(standing.children),
        previous=_address(asked, chosen.previous),
        following=_address(asked, chosen.following),
        rows_of=_RowsOf(asked, chosen, level, standing),
        download=asked.address().replace(url_for(".show"), url_for(".download"), 1),
        COLUMNS=COLUMNS,
        RUNNING=RUNNING,
        Level=Level,
        children=url_for("children.index") + "/",
    )


@pages.get("/download")
@allowed(*FILE_READERS)
def download() -> Response:
    """The same as a spreadsheet, by school, by teacher and by child; that it was taken away is logged."""
    chosen = _chosen()
    everybody = standing_in(chosen)
    standing = everybody.only(_asked(chosen, everybody.children))
    g.opened.append((f"compliance:{chosen.kind.value}-{chosen.key}", "export", ""))
    response = Response(compliance_xlsx(standing), mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="compliance-{chosen.kind.value}-{chosen.key}.xlsx"'
    return response


def _chosen() -> Chosen:
    kinds = {kind.value: kind for kind in KINDS}
    kind = kinds.get(request.args.get("kind", ""), PeriodKind.MONTH)
    return chosen_span(kind, request.args.get("from", ""), clock.today())


def _asked(chosen: Chosen, children: Sequence[Listed]) -> Asked:
    words = {PeriodKind.WEEK: _("A week"), PeriodKind.MONTH: _("A month"), PeriodKind.TERM: _("A term")}
    kinds = [(kind.value, words[kind]) for kind in KINDS]
    return Asked(
        "compliance.show",
        (
            Filter("kind", _("Over what?"), kinds, default=PeriodKind.MONTH.value),
            Filter.over("school", _("School"), _("All schools"), schools_among(children)),
            Filter.over("teacher", _("Teacher"), _("All teachers"), teachers_among(children)),
        ),
        kept={"from": chosen.key},
    )


def _address(asked: Asked, day: date | None) -> str:
    return asked.address(**{"from": day.isoformat()}) if day else ""


def _stacks(standing: Standing, level: Level) -> list[Stack]:
    """The children's strips, a stack for each school where there are several."""
    by_school: dict[str, list[Listed]] = {}
    for child in sorted(standing.children, key=lambda one: (*one.who_acts, one.code)):
        by_school.setdefault(child.school or _("no school"), []).append(child)
    return [
        stack
        for school, some in by_school.items()
        for stack in stacks_of(
            standing.picture,
            some,
            caption=_("%(school)s, %(term)s", school=school, term=standing.chosen.name),
            base=url_for("children.index") + "/",
            note=lambda child: child.code if level is Level.CHILD else child.teacher or _("no teacher"),
        )
    ]


class _RowsOf:
    """Where the rows behind a figure stand; nowhere for periods that the list of weeks does not hold."""

    def __init__(self, asked: Asked, chosen: Chosen, level: Level, standing: Standing):
        self._level, self._asked = level, asked
        weeks = chosen.within.weeks
        self._is_weekly = set(standing.picture.grids) == {PeriodKind.WEEK}
        self._days = {"first": weeks[0].first.isoformat(), "last": weeks[-1].first.isoformat()} if weeks else {}

    def __call__(self, key: str, state: State) -> str:
        """The address of the child-weeks in a state, of one line of the table; of all of them for an empty key."""
        if not self._is_weekly or self._level is Level.CHILD:
            return ""
        who: dict[str, Any] = {name: self._asked[name] for name in ("school", "teacher") if self._asked[name]}
        if key:
            who[self._level.value] = key
        return url_for("weeks.index", **(who | self._days), mark=state.value)
