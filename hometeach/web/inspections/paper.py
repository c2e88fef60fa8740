"""The sheet that an auditor takes along: seed, children, findings, boxes to tick, and what was noted."""

from flask import Response

from hometeach.compliance.sampling.models import Sample
from hometeach.kernel import clock, documents
from hometeach.kernel.documents import Document
from hometeach.kernel.settings import setting
from hometeach.people.models import the_bureau
from hometeach.reporting.paper import frame
from hometeach.web import words
from hometeach.web.base import allowed
from hometeach.web.inspections import pages
from hometeach.web.inspections.index import READERS
from hometeach.web.inspections.show import CHECKS, answer_words, inspected_in, load_sample, name_of


@pages.get("/<public_id>/sheet")
@allowed(*READERS)
def sheet(public_id: str) -> Response:
    """The inspection sheet as a PDF. The name of the file names nobody."""
    document = sheet_pdf(load_sample(public_id))
    answer = Response(document.content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="inspection-{public_id}.pdf"'
    return answer


def sheet_pdf(sample: Sample) -> Document:
    """The inspection sheet on paper.

    Raises: Refused (``document:glyph``) naming every character that the font lacks.
    """
    today, bureau = clock.today(), the_bureau()
    html = documents.render(
        "inspection.html",
        **frame(bureau.name if bureau else setting("bureau_name", today)),
        printed=words.day_words(today),
        drawn=words.day_words(sample.as_of),
        sample=sample,
        name=name_of(sample.drawn_by),
        inspected=inspected_in(sample),
        checks=CHECKS,
        answer=answer_words,
        day=words.day_words,
    )
    return documents.print_pdf(html, "plan.css")
