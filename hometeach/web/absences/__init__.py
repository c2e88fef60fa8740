"""Absences: reported for a child's day, decided by the school, taken back."""

from flask import Blueprint

pages = Blueprint("absences", __name__, url_prefix="/absences")
#: Named by a child, not by an absence.
reporting = Blueprint("report_absence", __name__, url_prefix="/report-absence")

from hometeach.web.absences import index, report, show  # noqa: E402, F401 - each hangs its views on a blueprint
