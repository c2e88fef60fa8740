"""The children: the list, one child's file, one period of it, and what is masked."""

from flask import Blueprint

pages = Blueprint("children", __name__, url_prefix="/children")

from hometeach.web.children import cell, index, reveal, show  # noqa: E402, F401 - each hangs its views on ``pages``
