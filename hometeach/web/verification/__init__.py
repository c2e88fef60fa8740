"""The school's weekly look at its records: check them, decide on wished changes, give leave to be late."""

from flask import Blueprint

pages = Blueprint("verification", __name__, url_prefix="/verification")

from hometeach.web.verification import late, week  # noqa: E402, F401 - each hangs its views on ``pages``
