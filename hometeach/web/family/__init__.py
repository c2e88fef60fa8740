"""The family's own pages: by a code to the phone on record, in large type, with no navigation to learn."""

from flask import Blueprint

pages = Blueprint("family", __name__, url_prefix="/family")

from hometeach.web.family import absence, child, door, plan, tell, visit, who  # noqa: E402, F401 - views hang on ``pages``
