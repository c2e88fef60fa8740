"""Which papers does which child's file lack, and who must bring them?"""

from collections import Counter
from typing import NamedTuple

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import Select, select

from hometeach.cases.file.dictionary import forms
from hometeach.cases.file.rules import Brings, FileItem, ItemState, lacking
from hometeach.cases.models import Case
from hometeach.cases.rules import CaseStatus
from hometeach.compliance.paperwork import files_of
from hometeach.kernel import clock
from hometeach.people.access import FILE_READERS
from hometeach.people.models import Child
from hometeach.reporting.facts import day_facts
from hometeach.web.base import allowed, sees_child
from hometeach.web.files import pages
from hometeach.web.lists import Asked, Filter, page_of
from hometeach.web.standings.listed import children_listed
from hometeach.web.words import files as said


class FileLine(NamedTuple):
    """One child's file in the list."""

    public_id: str
    name: str
    school: str
    lacking: list[FileItem]
    expiring: list[FileItem]


@pages.get("/files")
@allowed(*FILE_READERS)
def index() -> str:
    """Every file that the person sees and that lacks something, or will soon; those that lack most first."""
    asked = Asked(
        "files.index",
        (
            Filter.over(
                "form",
                _("Which form"),
                _("All forms"),
                [(form.code, f"{form.code} {said.form_name(form)}") for form in forms() if form.needed_from],
            ),
            Filter.over(
                "brings", _("Who brings it"), _("Everybody"), [(one.value, said.brings_words(one)) for one in Brings]
            ),
        ),
    )
    lines, kept = _lines(asked)
    complete = _complete() if not asked.chosen else None
    short = sum(bool(line.lacking) for line in lines)
    return render_template(
        "files/index.html",
        asked=asked,
        page=page_of(lines, asked),
        kept=kept,
        complete=complete,
        not_yet=kept - short - (complete or 0),
        most_missing=_most_missing(lines),
        said=said,
    )


def _lines(asked: Asked) -> tuple[list[FileLine], int]:
    """The files that lack something asked for, and how many files there are."""
    today, seen = clock.today(), _seen()
    files = files_of(seen, today)
    children = {one.id: one for one in children_listed(today, Child.id.in_(seen))}
    lines = []
    for child, items in files.items():
        wanted = [item for item in items if _is_wanted(item, asked)]
        short, soon = lacking(wanted), [item for item in wanted if item.state is ItemState.EXPIRING]
        if short or soon:
            one = children[child]
            lines.append(FileLine(one.public_id, one.name, one.school or "", short, soon))
    return sorted(lines, key=lambda line: (-len(line.lacking), line.school, line.name, line.public_id)), len(files)


def _seen() -> Select[int]:
    """The children whose case runs and whom the person sees."""
    running = select(Case.child_id).where(Case.status != CaseStatus.CLOSED)
    return select(Child.id).where(sees_child(), Child.id.in_(running))


def _complete() -> int:
    """How many of their files are complete, as A4-07 counts them: a file at an early stage only lacks nothing yet."""
    return len(day_facts(clock.today(), _seen()).files_counted or ())


def _is_wanted(item: FileItem, asked: Asked) -> bool:
    is_form = asked["form"] in ("", item.form.code)
    return is_form and asked["brings"] in ("", item.form.brings.value)


def _most_missing(lines: list[FileLine]) -> list[tuple[str, int]]:
    counted = Counter(item.form.code for line in lines for item in line.lacking)
    names = {form.code: said.form_name(form) for form in forms()}
    return [(names[code], count) for code, count in counted.most_common(3)]
