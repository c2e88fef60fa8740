"""The auditor's inspections: a sample drawn by chance, its files, what checks gave, and the sheet on paper."""

from flask import Blueprint

pages = Blueprint("inspections", __name__, url_prefix="/inspections")

from hometeach.web.inspections import index, paper, show  # noqa: E402, F401 - each hangs its views on ``pages``
