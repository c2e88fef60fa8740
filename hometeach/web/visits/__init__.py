"""The recorded sessions: the list, one record, and what becomes of it."""

from flask import Blueprint

pages = Blueprint("visits", __name__, url_prefix="/visits")

from hometeach.web.visits import change, index, receipt, show  # noqa: E402, F401 - each hangs its views on ``pages``
