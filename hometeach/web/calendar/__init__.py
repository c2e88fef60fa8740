"""The school calendar: a year month by month, and what the bureau writes into it."""

from flask import Blueprint

pages = Blueprint("calendar", __name__, url_prefix="/calendar")

from hometeach.web.calendar import edit, show  # noqa: E402, F401 - each hangs its views on ``pages``
