"""The delivery rules: which are in force, by which document, and how one is written."""

from flask import Blueprint

pages = Blueprint("rules", __name__, url_prefix="/rules")

from hometeach.web.rules import show, write  # noqa: E402, F401 - they hang their views on the blueprint
