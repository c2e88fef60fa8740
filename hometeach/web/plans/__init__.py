"""A child's plan: its versions, one of them, writing it, its goals, moving it on, and on paper."""

from flask import Blueprint

pages = Blueprint("plans", __name__)

from hometeach.web.plans import compare, goals, index, moves, paper, show, write  # noqa: E402, F401 - they hang views
