"""A teacher's day: whom to visit, where, and what for."""

from flask import Blueprint

pages = Blueprint("my_day", __name__, url_prefix="/my-day")

from hometeach.web.my_day import show  # noqa: E402, F401 - hangs its views on ``pages``
