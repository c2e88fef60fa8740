"""Consents of a child's guardians as the school sees and takes them, and the notice that they answer."""

from flask import Blueprint

pages = Blueprint("consents", __name__, url_prefix="/consents")
notices = Blueprint("notices", __name__, url_prefix="/notices")
BLUEPRINTS = (pages, notices)

from hometeach.web.consents import notice, show  # noqa: E402, F401 - each hangs its views on its blueprint
