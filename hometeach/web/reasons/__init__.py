"""The reasons of absences: which hold, what each does, and what another end would change."""

from flask import Blueprint

pages = Blueprint("reasons", __name__, url_prefix="/absence-reasons")

from hometeach.web.reasons import index, write  # noqa: E402, F401 - each hangs its views on ``pages``
