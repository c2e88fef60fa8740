"""The bureau's workbook: handed in, checked, looked at, taken in."""

from flask import Blueprint

pages = Blueprint("imports", __name__, url_prefix="/imports")

from hometeach.web.imports import hand_in, show  # noqa: E402, F401 - each hangs its views on ``pages``
