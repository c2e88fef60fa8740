"""What the records themselves say is to be looked at: the list, and one finding with its explanation."""

from flask import Blueprint

pages = Blueprint("findings", __name__, url_prefix="/findings")

from hometeach.web.findings import index, show  # noqa: E402, F401 - each hangs its views on ``pages``
