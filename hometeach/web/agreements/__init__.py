"""Agreements of the school: drawn up on a child's page, sent, signed, countersigned."""

from flask import Blueprint

pages = Blueprint("agreements", __name__)

from hometeach.web.agreements import drawing, index, paper, show, taking  # noqa: E402, F401 - they hang views
