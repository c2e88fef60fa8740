"""The plan as it is signed and kept on paper: an A4 PDF."""

from flask import Response

from hometeach.cases.plan.models import Plan
from hometeach.kernel import clock, documents
from hometeach.kernel.documents import Document
from hometeach.kernel.settings import setting
from hometeach.people.access import FILE_READERS
from hometeach.people.models import Child, the_bureau
from hometeach.reporting.paper import frame
from hometeach.web import words
from hometeach.web.base import allowed
from hometeach.web.plans import pages, telling
from hometeach.web.plans.asking import load_plan
from hometeach.web.standings.listed import children_listed


@pages.get("/children/<public_id>/plans/<int:version>/paper")
@allowed(*FILE_READERS)
def paper(public_id: str, version: int) -> Response:
    """The version as a PDF. The name of the file names nobody."""
    plan = load_plan(public_id, version)
    document = plan_pdf(plan)
    answer = Response(document.content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{plan.child.code}-plan-{plan.version}.pdf"'
    return answer


def plan_pdf(plan: Plan) -> Document:
    """The version on paper.

    Raises: Refused (``document:glyph``) naming every character that the font lacks.
    """
    today, bureau = clock.today(), the_bureau()
    (listed,) = children_listed(today, Child.id == plan.child_id)
    html = documents.render(
        "plan.html",
        **frame(bureau.name if bureau else setting("bureau_name", today)),
        as_of=words.day_words(today),
        plan=plan,
        child=plan.child,
        school=listed.school or "",
        teacher=listed.teacher or "",
        days=words.span_words(plan.span),
        standing=telling.standing_sentence(plan),
        parts=telling.parts_of(plan),
        history=telling.history_of(plan),
    )
    return documents.print_pdf(html, "plan.css")
