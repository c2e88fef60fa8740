"""What is found, who must act, and what is past its day? The gravest kinds first."""

from collections.abc import Iterable, Sequence

from flask import render_template
from flask_babel import gettext as _

from hometeach.compliance.findings.rules import Kind, Standing
from hometeach.people.access import FILE_READERS
from hometeach.web.base import allowed
from hometeach.web.findings import pages, told
from hometeach.web.findings.seen import Seen, findings_seen
from hometeach.web.lists import Asked, Filter, page_of

#: States by which the list is narrowed, beside those of a finding.
OPEN, LATE, EVERY = "open", "late", "all"


@pages.get("")
@allowed(*FILE_READERS)
def index() -> str:
    """All findings within the person's scope, narrowed by the address."""
    seen = findings_seen()
    asked = Asked("findings.index", _filters(seen))
    about = [one for one in seen if _is_about(one, asked)]
    shown = [one for one in about if _stands(one, asked["state"])]
    return render_template(
        "findings/index.html",
        asked=asked,
        page=page_of(shown, asked),
        open=sum(one.is_open for one in about),
        late=sum(one.is_late for one in about),
        waiting=sum(one.standing is Standing.WAITING for one in about),
        told=told,
    )


def _filters(seen: Sequence[Seen]) -> tuple[Filter, ...]:
    found = {one.finding.kind for one in seen}
    kinds = [(kind.value, told.kind_words(kind)) for kind in Kind if kind in found]
    states = (
        (OPEN, _("Open")),
        (LATE, _("Past their day")),
        (Standing.WAITING.value, _("Explanation waits")),
        (Standing.EXPLAINED.value, _("Explained")),
        (EVERY, _("All")),
    )
    return (
        Filter.over("kind", _("Kind of finding"), _("All kinds"), kinds),
        Filter.over(
            "school", _("School"), _("All schools"), _named((one.who.school_key, one.who.school) for one in seen)
        ),
        Filter.over(
            "teacher", _("Teacher"), _("All teachers"), _named((one.who.teacher_key, one.who.teacher) for one in seen)
        ),
        Filter("state", _("State"), states, default=OPEN),
    )


def _named(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted({pair for pair in pairs if pair[0]}, key=lambda pair: (pair[1], pair[0]))


def _is_about(one: Seen, asked: Asked) -> bool:
    is_kind = asked["kind"] in ("", one.finding.kind.value)
    return is_kind and asked["school"] in ("", one.who.school_key) and asked["teacher"] in ("", one.who.teacher_key)


def _stands(one: Seen, wanted: str) -> bool:
    if wanted == OPEN:
        return one.is_open
    if wanted == LATE:
        return one.is_late
    return wanted in (EVERY, one.standing.value)
