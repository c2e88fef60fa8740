"""What was told to whom, by what way, and how that stands; what one was told oneself, and how one wants to be told."""

from flask import Blueprint

pages = Blueprint("messages", __name__, url_prefix="/messages")

from hometeach.web.messages import calls, choice, inbox, index, show  # noqa: E402, F401 - each hangs its views on ``pages``
