"""What families dispute: the bureau's list with its clock, and one dispute to decide."""

from flask import Blueprint

pages = Blueprint("disputes", __name__, url_prefix="/disputes")

from hometeach.web.disputes import decide, index  # noqa: E402, F401 - each hangs its views on ``pages``
