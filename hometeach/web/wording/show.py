"""One version of the wording: its clauses as they are printed, and what keeps it from being published."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from flask import Response, render_template

from hometeach.agreements.offers.documents import longest_facts, points_of, unsigned_pdf
from hometeach.agreements.templates.actions import faults_in
from hometeach.agreements.templates.models import Clause, Template, in_print
from hometeach.agreements.templates.rules import EXAMPLES, Block, Finding, TemplateState
from hometeach.agreements.templates.wording import BLOCKS, told
from hometeach.people.access import Role
from hometeach.web.base import allowed, person
from hometeach.web.forms import Form
from hometeach.web.wording import READERS, pages
from hometeach.web.wording.loading import load_version


class ShownClause(NamedTuple):
    """A clause, what is wrong in it, and whether another stands before it in its block."""

    clause: Clause
    faults: Sequence[str]
    has_one_before: bool


@pages.get("/<int:version>")
@allowed(*READERS)
def show(version: int) -> str:
    """The version, block by block; what is wrong stands beside its clause."""
    template = load_version(version)
    faults = faults_in(template)
    return render_template(
        "wording/show.html",
        template=template,
        parts=_parts(template, faults),
        points=points_of(template.summary, _in_braces()),
        missing=[told(one) for clause, one in faults if clause is None],
        is_draft=template.state is TemplateState.DRAFT,
        may_write=Role.BUREAU_OFFICER in person().roles,
        form=Form(),
    )


@pages.get("/<int:version>/preview")
@allowed(*READERS)
def preview(version: int) -> Response:
    """The version as a PDF, with the longest that a bureau's data can be in its places."""
    template = load_version(version)
    document = unsigned_pdf(template, longest_facts(template), is_trial=True)
    answer = Response(document.content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="agreement-wording-{version}.pdf"'
    return answer


def _parts(template: Template, faults: Sequence[tuple[Clause | None, Finding]]) -> list[tuple[str, list[ShownClause]]]:
    wrong: defaultdict[int, list[str]] = defaultdict(list)
    for clause, finding in faults:
        if clause is not None:
            wrong[clause.id].append(told(finding))
    return [
        (_heading(block), [ShownClause(one, wrong[one.id], place > 0) for place, one in enumerate(some)])
        for block, some in groupby(in_print(template), key=lambda one: one.block)
    ]


def _heading(block: Block) -> str:
    return str(BLOCKS[block])


def _in_braces() -> dict[str, str]:
    """Each placeholder as it is written: what the summary says before there is a child."""
    return {name: f"{{{name}}}" for name in EXAMPLES}
