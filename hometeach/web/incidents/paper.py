"""Form F16 on paper: what happened, who was told and when, what became of it, and room for signatures."""

from flask import Response
from flask_babel import gettext as _

from hometeach.kernel import clock, documents
from hometeach.kernel.documents import Document
from hometeach.kernel.settings import setting
from hometeach.people.models import the_bureau
from hometeach.reporting.paper import frame
from hometeach.visits.incidents.models import Incident
from hometeach.visits.incidents.rules import AT_ONCE
from hometeach.web import words
from hometeach.web.base import allowed
from hometeach.web.incidents import pages, told
from hometeach.web.incidents.told import STAFF, load_incident


@pages.get("/<public_id>/paper")
@allowed(*STAFF)
def paper(public_id: str) -> Response:
    """The report as a PDF. The name of the file names nobody; that it was printed is logged."""
    document = incident_pdf(load_incident(public_id, looked_at="incident_paper"))
    answer = Response(document.content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="incident-{public_id}.pdf"'
    return answer


def incident_pdf(incident: Incident) -> Document:
    """The report on paper. A character that the font lacks is written by its number: nothing delays this report."""
    today, bureau = clock.today(), the_bureau()
    html = documents.render(
        "incident.html",
        **frame(bureau.name if bureau else setting("bureau_name", today)),
        printed=words.day_words(today),
        one=incident,
        told=told,
        at_once=words.enumerated([str(told.PARTIES[party]) for party in AT_ONCE]),
        lines=list(reversed(told.lines_of(incident))),
        not_recorded=_("Not recorded"),
    )
    for mark in documents.missing_glyphs(html):
        html = html.replace(mark, f"[U+{ord(mark):04X}]")
    return documents.print_pdf(html, "plan.css")
