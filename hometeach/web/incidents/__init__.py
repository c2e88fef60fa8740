"""Incidents: reported from a child's page or a visit, read by few, never deleted."""

from flask import Blueprint

pages = Blueprint("incidents", __name__, url_prefix="/incidents")

from hometeach.web.incidents import index, paper, report, show  # noqa: E402, F401 - each hangs its views on ``pages``
