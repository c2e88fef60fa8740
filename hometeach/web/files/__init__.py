"""Children's files: what is in one, what is missing, and the list of what a school still has to bring."""

from flask import Blueprint

pages = Blueprint("files", __name__)

from hometeach.web.files import index, show  # noqa: E402, F401 - each hangs its views on ``pages``
