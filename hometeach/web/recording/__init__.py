"""Writing down a visit: the form, its draft, its verdict before saving, and the receipt."""

from flask import Blueprint

pages = Blueprint("recording", __name__, url_prefix="/visits/record")

from hometeach.web.recording import write  # noqa: E402, F401 - hangs its views on ``pages``
