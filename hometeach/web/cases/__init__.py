"""The cases: the list, one case, each of its moves, a new child, and the year in figures."""

from flask import Blueprint

pages = Blueprint("cases", __name__, url_prefix="/cases")

from hometeach.web.cases import index, intake, moving, papers, show, year  # noqa: E402, F401 - each hangs views on it
