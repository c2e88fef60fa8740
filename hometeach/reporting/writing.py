"""The bytes of a report, for a command, a job or a page."""

from datetime import date

from flask import current_app
from flask_babel import gettext as _

from hometeach.kernel.errors import Refused
from hometeach.reporting.paper import report_pdf
from hometeach.reporting.report import YearReport, report_of
from hometeach.reporting.roster import roster_pdf
from hometeach.reporting.sheets import report_xlsx

#: The kinds of file that a report is written as, with their media types.
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def report_bytes(year: int, as_of: date, kind: str) -> bytes:
    """The report of a year as a file: ``pdf`` or ``xlsx``.

    Raises: Refused (``report:kind``) for any other kind; (``document:glyph``) for a character that the font lacks.
    """
    return written(report_of(year, as_of), kind)


def written(report: YearReport, kind: str) -> bytes:
    """A report that was put together, as a file."""
    if kind not in MEDIA_TYPES:
        raise Refused("report:kind", _("A report is written as pdf or xlsx. Name the file so."), "out")
    return report_pdf(report, mark=cover_mark()).content if kind == "pdf" else report_xlsx(report, mark=cover_mark())


def roster_bytes(year: int, as_of: date) -> bytes:
    """The roster of a year as a PDF, for use inside the bureau."""
    return roster_pdf(year, as_of, mark=cover_mark()).content


def cover_mark() -> str:
    """What a paper out of the demonstration says of itself."""
    return _("Demonstration: every person in it is invented.") if current_app.config["DEMONSTRATION"] else ""
