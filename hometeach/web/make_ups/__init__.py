"""Make-ups: what can still be made up, what of this week can still be saved, and the times that fit."""

from flask import Blueprint

pages = Blueprint("make_ups", __name__, url_prefix="/make-ups")

from hometeach.web.make_ups import index, plan, this_week  # noqa: E402, F401 - each hangs its views on ``pages``
