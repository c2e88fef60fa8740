"""The recorded sessions: the list, one record, what the family said of it on the telephone, and what becomes of it."""

from flask import Blueprint

pages = Blueprint("visits", __name__, url_prefix="/visits")

# Each hangs its views on ``pages``.
from hometeach.web.visits import calling, change, index, photos, receipt, show  # noqa: E402, F401
